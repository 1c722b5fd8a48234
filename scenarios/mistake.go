package scenarios

import (
	"cmp"
	"fmt"
	"slices"
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

// mistakes gathers what is wrong in one file.
type mistakes struct {
	file   string
	source []byte
	found  Mistakes
}

// limit is how many mistakes of one file are told, and wordy how many letters
// of each: what a file says may be quoted in it.
const (
	limit = 100
	wordy = 400
)

func (m *mistakes) add(v *value, message, hint string) { m.at(v.line, v.column, message, hint) }

func (m *mistakes) at(line, column int, message, hint string) {
	switch {
	case len(m.found) > limit:
		return
	case len(m.found) == limit:
		m.found = append(m.found, Mistake{File: m.file, Line: line, Column: column, Message: "There are more; mend these first."})
		return
	}
	m.found = append(m.found, Mistake{
		File: m.file, Line: line, Column: column, Message: printable(window([]rune(message), 0, wordy)), Hint: hint,
		Excerpt: excerpt(m.source, line, column),
	})
}

// sorted gives what was found in the order of the text, each thing once: a
// file that is included twice is as wrong as one that is included once.
func (m *mistakes) sorted() *Mistakes {
	slices.SortStableFunc(m.found, func(a, b Mistake) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	once := Mistakes{}
	for _, one := range m.found {
		if !slices.Contains(once, one) {
			once = append(once, one)
		}
	}
	return &once
}
