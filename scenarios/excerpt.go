package scenarios

import (
	"fmt"
	"strings"
	"unicode"
)

// wide is how much of a line an excerpt shows, and before how much of it
// stands in front of the place at most.
const (
	wide   = 100
	before = 70
)

// excerpt shows a line of a text with the one before and the one after it. Of
// long lines it shows what is around the place.
func excerpt(source []byte, line, column int) string {
	lines := strings.Split(string(source), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	column = max(1, column)
	from := 0
	if column > wide {
		from = column - before
	}
	var b strings.Builder
	for n := max(1, line-1); n <= min(line+1, len(lines)); n++ {
		text := window([]rune(strings.TrimRight(lines[n-1], "\r")), from, wide)
		if n != line && strings.TrimSpace(text) == "" {
			continue
		}
		fmt.Fprintf(&b, "%5d | %s\n", n, printable(text))
		if n == line {
			fmt.Fprintf(&b, "      | %s^\n", strings.Repeat(" ", column-1-from))
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// window cuts a piece out of a text; an ellipsis stands for what is cut off.
func window(text []rune, from, width int) string {
	if from >= len(text) {
		return ""
	}
	piece := text[from:]
	end := ""
	if len(piece) > width {
		piece, end = piece[:width-1], "…"
	}
	if from > 0 {
		return "…" + string(piece[1:]) + end
	}
	return string(piece) + end
}

// printable puts a blank for a tab and a mark for whatever else is no letter
// or sign: a terminal would obey it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == '\n' || unicode.IsGraphic(r):
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
