package problem

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Position tells where the byte at an offset of a body stands: line and
// column from 1, columns counted in characters. An offset behind the end
// stands right behind the last character.
func Position(body []byte, offset int) (line, column int) {
	before := body[:min(max(offset, 0), len(body))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// Syntax tells what is wrong with a body that [encoding/json] could not
// parse: where, what stands there and what was expected. It answers false
// for an error that is not one of syntax.
func Syntax(body []byte, err error) (Detail, bool) {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
	default:
		return Detail{}, false
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return Detail{Name: "$", Reason: "The body is empty; a JSON object was expected."}, true
	}
	at := len(body)
	if syntax != nil && !truncated(syntax) {
		at = int(syntax.Offset) - 1 // the decoder counts the byte it stumbled over
	}
	at, reason := explain(body, at, syntax)
	line, column := Position(body, at)
	return Detail{Name: "$", Reason: fmt.Sprintf("Line %d, column %d: %s", line, column, reason)}, true
}

func truncated(err *json.SyntaxError) bool { return err.Error() == "unexpected end of JSON input" }

// explain finds the place to point at and words for it. A closing bracket
// behind a comma is the comma's fault.
func explain(body []byte, at int, err *json.SyntaxError) (int, string) {
	if at < 0 || at >= len(body) {
		return len(body), "the JSON text ends too early; a closing quote, bracket or brace is missing."
	}
	before := bytes.TrimRight(body[:at], " \t\r\n")
	if (body[at] == '}' || body[at] == ']') && bytes.HasSuffix(before, []byte(",")) {
		next := "another value"
		if body[at] == '}' {
			next = "another member"
		}
		return len(before) - 1, fmt.Sprintf("%s was expected after this comma, but '%c' follows; leave the comma out.", next, body[at])
	}
	found, _ := utf8.DecodeRune(body[at:])
	return at, fmt.Sprintf("%q cannot stand here; %s was expected.", found, expected(err))
}

// expected puts the decoder's word for where it was into what it waited for.
func expected(err *json.SyntaxError) string {
	if err == nil {
		return "another character"
	}
	for _, known := range []struct{ where, what string }{
		{"beginning of object key string", "a member's name in double quotes, or '}'"},
		{"after object key:value pair", "',' or '}'"},
		{"after object key", "':'"},
		{"after array element", "',' or ']'"},
		{"after top-level value", "the end of the text"},
		{"in string literal", "a character that a string may hold, with control characters escaped"},
		{"in string escape code", "one of \" \\ / b f n r t u"},
		{"hexadecimal character escape", "a hexadecimal digit"},
		{"in numeric literal", "a digit"},
		{"in exponent", "a digit"},
		{"decimal point", "a digit"},
		{"beginning of value", "a value"},
		{"in literal", "true, false or null"},
	} {
		if bytes.Contains([]byte(err.Error()), []byte(known.where)) {
			return known.what
		}
	}
	return "another character"
}
