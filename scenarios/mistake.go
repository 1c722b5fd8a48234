package scenarios

import (
	"fmt"
	"strings"
)

// Mistake is one thing wrong in a script.
type Mistake struct {
	File string
	// Line and Column are counted from 1; 0 for the file as a whole.
	Line, Column int
	Message      string
	// Hint says how to mend it, "" when that is plain.
	Hint string
	// Excerpt shows the line with its neighbours and a mark below the place.
	Excerpt string
}

func (m Mistake) Error() string { //nolint:gocritic // told rarely
	place := m.File
	if m.Line > 0 {
		place = fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column)
	}
	text := place + ": " + m.Message
	if m.Hint != "" {
		text += " " + m.Hint
	}
	return text
}

// Mistakes are all that is wrong, in the order of the text.
type Mistakes []Mistake

func (m *Mistakes) Error() string {
	var b strings.Builder
	for i, one := range *m {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(one.Error())
		if one.Excerpt != "" {
			b.WriteString("\n" + one.Excerpt)
		}
	}
	return b.String()
}

// excerpt shows a line of a text with the one before and the one after it.
func excerpt(source []byte, line, column int) string {
	lines := strings.Split(string(source), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	var b strings.Builder
	for n := max(1, line-1); n <= min(line+1, len(lines)); n++ {
		text := strings.TrimRight(strings.ReplaceAll(lines[n-1], "\t", " "), "\r")
		if n != line && text == "" {
			continue
		}
		fmt.Fprintf(&b, "%5d | %s\n", n, text)
		if n == line {
			fmt.Fprintf(&b, "      | %s^\n", strings.Repeat(" ", max(0, column-1)))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// mistakes gathers what is wrong in one file.
type mistakes struct {
	file   string
	source []byte
	found  Mistakes
}

// limit is how many mistakes of one file are told.
const limit = 100

func (m *mistakes) add(v *value, message, hint string) { m.at(v.line, v.column, message, hint) }

func (m *mistakes) at(line, column int, message, hint string) {
	if len(m.found) >= limit {
		return
	}
	m.found = append(m.found, Mistake{
		File: m.file, Line: line, Column: column, Message: message, Hint: hint, Excerpt: excerpt(m.source, line, column),
	})
}
