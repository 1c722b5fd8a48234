package web

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pseudo is a language nobody speaks, for the storybook and for tests: English
// with every text at least 40 % longer, as the longest languages are.
const Pseudo = "pseudo"

// asksForPseudo tells whether a page of the storybook is wanted in [Pseudo].
func asksForPseudo(r *http.Request) bool {
	return r.URL.Query().Get("lang") == Pseudo && strings.Contains(r.URL.Path, "/storybook")
}

// lengthened writes a text with its vowels doubled, and more at its
// end until it is 40 % longer. Placeholders stay as they are. static/phone/draw.js
// does the same.
func lengthened(text string) string {
	var b strings.Builder
	inside := false
	want := (utf8.RuneCountInString(text)*14 + 9) / 10
	n := 0
	for _, c := range text {
		inside = inside && c != '}' || c == '{'
		b.WriteRune(c)
		n++
		if !inside && strings.ContainsRune("aeiouyAEIOUY", c) {
			b.WriteRune(unicode.ToLower(c))
			n++
		}
	}
	for ; n < want; n++ {
		b.WriteRune('o')
	}
	return b.String()
}
