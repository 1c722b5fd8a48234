package scenarios

import (
	"errors"
	"strings"
)

// piece of a template: text as it stands, or an expression.
type segment struct {
	text    string
	formula *formula
	at      int // of the expression, in bytes from the text's begin
}

// segments takes a template apart: "a${b}c" is text, an expression, text;
// "$${" stands for the characters "${". An error names the place.
func segments(text string) ([]segment, int, error) {
	var all []segment
	plain := ""
	for i := 0; i < len(text); {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "$${"):
			plain += "${"
			i += 3
		case strings.HasPrefix(rest, "${"):
			end := closing(rest[2:])
			if end < 0 {
				return nil, i, errors.New("${ is not closed.")
			}
			inner := rest[2 : 2+end]
			f, err := compile(inner)
			if err != nil {
				message, at := whereWrong(err)
				return nil, i + 2 + at, errors.New(message)
			}
			if plain != "" {
				all = append(all, segment{text: plain})
				plain = ""
			}
			all = append(all, segment{formula: f, at: i + 2})
			i += 2 + end + 1
		default:
			plain += rest[:1]
			i++
		}
	}
	if plain != "" || len(all) == 0 {
		all = append(all, segment{text: plain})
	}
	return all, 0, nil
}

// closing finds the brace that ends an expression; braces and quotes within
// it count.
func closing(text string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}
