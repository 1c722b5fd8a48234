package web

import (
	"net/http"
	"strings"
)

// WantsPage tells whether a request is a person's, whose browser asks for a
// page to show, and not a program's.
func WantsPage(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

// trouble is the page of who cannot be shown what was asked for.
const trouble = "trouble"

// Trouble is what went wrong.
type Trouble struct {
	// Brand is the skin of the payer's pages; "" elsewhere.
	Brand string
	// Request is the id that the log has more under.
	Request string
	// Again is where to try once more; "" is where the request went, if asking
	// twice is harmless.
	Again string
}

// Broken answers a request that failed for a reason of our own: a browser
// gets a page, a program a line of text. The cause is told to nobody.
func (s *Site) Broken(w http.ResponseWriter, r *http.Request, t Trouble) {
	lang := s.Language(w, r)
	if !WantsPage(r) {
		http.Error(w, s.Say(lang, "landing.err", "id", t.Request), http.StatusInternalServerError)
		return
	}
	if t.Again == "" {
		t.Again = sameAgain(r)
	}
	s.Render(w, r, Page{
		Name: trouble, Status: http.StatusInternalServerError, Lang: lang, Brand: t.Brand, Title: s.Say(lang, "trouble.broken"),
		Data: map[string]any{
			"Tone": "bad", "Icon": "warning", "Title": "trouble.broken", "Text": "trouble.broken.text", "Again": t.Again,
			"Request": t.Request,
		},
	})
}

// sameAgain is the address of a request, on its own host, if it may be made
// anew.
func sameAgain(r *http.Request) string {
	uri := r.RequestURI
	if r.Method != http.MethodGet && r.Method != http.MethodHead || !strings.HasPrefix(uri, "/") || strings.HasPrefix(uri, "//") || strings.HasPrefix(uri, `/\`) {
		return ""
	}
	return uri
}

// NotHere answers a browser that asked for a page there is none of. Why, for
// developers, may be "".
func (s *Site) NotHere(w http.ResponseWriter, r *http.Request, why string) {
	lang := s.Language(w, r)
	path, _, _ := strings.Cut(r.RequestURI, "?")
	s.Render(w, r, Page{
		Name: trouble, Status: http.StatusNotFound, Lang: lang, Title: s.Say(lang, "trouble.lost"),
		Data: map[string]any{
			"Tone": "mute", "Icon": "search", "Title": "trouble.lost", "Text": "trouble.lost.text", "Why": why,
			"Path": Clipped(path, 80),
		},
	})
}
