package epayment

import (
	"strings"
	"unicode/utf8"
)

// pattern is a rule on a text. It is tested by code, being on every request's
// way, and quoted as the regular expression that the documents give.
type pattern struct {
	source string
	fits   func(string) bool
}

func (p pattern) reason(field string) string {
	return "The field " + field + " must match the regular expression '" + p.source + "'."
}

// The patterns of the contract, by section.
var (
	referencePattern = pattern{`^[a-zA-Z0-9-]{8,64}$`, func(s string) bool { // 1.2, 2.1
		return len(s) >= 8 && len(s) <= 64 && all(s, func(c byte) bool { return letter(c) || digit(c) || c == '-' })
	}}
	quantityPattern = pattern{`^\d+([\.]\d{1,8})?$`, func(s string) bool { // 2.11
		before, after, dot := strings.Cut(s, ".")
		return before != "" && all(before, digit) && (!dot || len(after) >= 1 && len(after) <= 8 && all(after, digit))
	}}
	airlinePattern    = pattern{`^[0-9]{3}$`, func(s string) bool { return len(s) == 3 && all(s, digit) }}     // 2.12
	designatorPattern = pattern{`^[a-zA-Z]{2}$`, func(s string) bool { return len(s) == 2 && all(s, letter) }} // 2.12
	countryPattern    = pattern{`^[A-Z]{2}$`, func(s string) bool {                                            // 2.9
		return len(s) == 2 && all(s, func(c byte) bool { return c >= 'A' && c <= 'Z' })
	}}
)

func all(s string, is func(byte) bool) bool {
	for i := range len(s) {
		if !is(s[i]) {
			return false
		}
	}
	return true
}

func digit(c byte) bool  { return c >= '0' && c <= '9' }
func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// length counts characters.
func length(s string) int { return utf8.RuneCountInString(s) }
