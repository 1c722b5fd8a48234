package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Texts are the words customers read: key, then language.
type Texts map[string]map[string]string

// Languages are those the texts exist in; the first is the fallback.
func Languages() []string { return []string{"en", "nb", "da", "fi", "sv"} }

func readTexts() Texts {
	var t Texts
	if err := json.Unmarshal(open("texts.json"), &t); err != nil {
		panic("web: texts.json: " + err.Error()) // embedded, and read by a test
	}
	return t
}

// Texts gives all texts.
func (s *Site) Texts() Texts { return s.texts() }

// Say gives a text with its placeholders filled; args are pairs of name and
// value. Where the value of {n} is 0 or 1 and the key has a form for it, as in
// "ph.push.left.1", that form is taken. A text missing in a language is given
// in English, an unknown key as itself.
func (s *Site) Say(lang, key string, args ...string) string {
	pseudo := lang == Pseudo
	texts := s.texts()
	forms := texts[key]
	for i := 0; i+1 < len(args); i += 2 {
		if special, ok := texts[key+"."+args[i+1]]; ok && args[i] == "n" {
			forms = special
		}
	}
	text, ok := forms[lang]
	if !ok {
		text, ok = forms["en"]
	}
	if !ok {
		return key
	}
	if pseudo {
		text = lengthened(text)
	}
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs[i], pairs[i+1] = "{"+args[i]+"}", args[i+1]
	}
	return strings.NewReplacer(pairs[:len(args)/2*2]...).Replace(text)
}

// languageCookie keeps the language somebody chose.
const languageCookie = "liksom_lang"

// Language chooses the language of an answer: what the address asks for, else
// what was chosen before, else what the browser prefers, else English. A
// choice in the address is kept for a year.
func (s *Site) Language(w http.ResponseWriter, r *http.Request) string {
	if asksForPseudo(r) {
		return Pseudo
	}
	if lang, ok := known(r.URL.Query().Get("lang")); ok {
		s.keepLanguage(w, r, lang)
		return lang
	}
	if lang := SavedLanguage(r); lang != "" {
		return lang
	}
	return accepted(r.Header.Get("Accept-Language"))
}

// SavedLanguage is the one that somebody chose in this browser; "" for none.
func SavedLanguage(r *http.Request) string {
	c, err := r.Cookie(languageCookie)
	if err != nil {
		return ""
	}
	if lang, ok := known(c.Value); ok {
		return lang
	}
	return ""
}

// SaveLanguage has a browser remember the language of the customers' pages, or
// forget the one it has for "". It tells whether there is such a language.
func (s *Site) SaveLanguage(w http.ResponseWriter, r *http.Request, tag string) bool {
	lang, ok := known(tag)
	if tag != "" && !ok {
		return false
	}
	s.keepLanguage(w, r, lang)
	return true
}

func (s *Site) keepLanguage(w http.ResponseWriter, r *http.Request, lang string) {
	kept := 365 * 24 * 60 * 60
	if lang == "" {
		kept = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: lang, Path: s.Prefix(r) + "/", MaxAge: kept,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	})
}

// known maps a language tag to one of ours.
func known(tag string) (string, bool) {
	tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	if tag == "no" || tag == "nn" {
		tag = "nb"
	}
	return tag, slices.Contains(Languages(), tag)
}

// accepted reads an Accept-Language header (RFC 9110, section 12.5.4).
func accepted(header string) string {
	best, weight := "en", 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(part, ";")
		lang, ok := known(tag)
		if !ok {
			continue
		}
		q := 1.0
		if v, found := strings.CutPrefix(strings.TrimSpace(params), "q="); found {
			q, _ = strconv.ParseFloat(v, 64)
		}
		if q > weight {
			best, weight = lang, q
		}
	}
	return best
}
