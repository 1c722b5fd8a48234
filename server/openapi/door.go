package openapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"liksom/server/problem"
	"liksom/web"
)

// SimPath is where the simulator's own API has its document, besides
// /openapi/sim.json.
const SimPath = "/sim/v1/openapi.json"

// Title is a document's name for people.
func Title(name string) string { return documents[name]().in("info").text("title") }

// JSON is a document for clients that reach the simulator at a base URL,
// which has no slash at its end. It is false when there is no such document.
func JSON(name, base string) ([]byte, bool) {
	read, ok := documents[name]
	if !ok {
		return nil, false
	}
	doc := object{}
	for _, m := range read() {
		doc = append(doc, m)
		if m.name == "info" {
			doc = append(doc, member{"servers", []any{object{{"url", base}}}})
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		panic("openapi: " + err.Error()) // texts, numbers and lists of them
	}
	return out.Bytes(), true
}

// Door serves the documents, as JSON under /openapi/ and as pages under
// /docs. Both fields must be set.
type Door struct {
	Site *web.Site
	// Base gives the absolute URL that the world of a request begins with.
	Base func(*http.Request) string
}

// ServeHTTP answers for /openapi/{name}.json, /sim/v1/openapi.json, /docs,
// which shows the first document, /docs/{name} and /docs/{name}/print.
func (d Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		problem.Write(w, problem.Document{
			Status: http.StatusMethodNotAllowed, Instance: r.URL.Path, Detail: r.URL.Path + " is there to be read: use GET.",
		})
		return
	}
	path := strings.TrimSuffix(r.URL.Path, "/")
	switch {
	case path == SimPath:
		d.document(w, r, "sim")
	case path == "/docs":
		d.viewer(w, r, names[0])
	case strings.HasPrefix(path, "/docs/"):
		name, printed := strings.CutSuffix(strings.TrimPrefix(path, "/docs/"), "/print")
		d.page(w, r, name, printed)
	default:
		name, isJSON := strings.CutSuffix(strings.TrimPrefix(path, "/openapi/"), ".json")
		if !isJSON {
			name = ""
		}
		d.document(w, r, name)
	}
}

func (d Door) document(w http.ResponseWriter, r *http.Request, name string) {
	text, ok := JSON(name, d.Base(r))
	if !ok {
		problem.Write(w, problem.Document{
			Status: http.StatusNotFound, Instance: r.URL.Path,
			Detail: "There is no such document. There are /openapi/" + strings.Join(names, ".json, /openapi/") + ".json.",
		})
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Cache-Control", "no-cache")
	// Editors and viewers on other origins may read the documents: they tell
	// nothing that this page of the manual does not.
	h.Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(text) // a client that has gone needs no answer
}

func (d Door) page(w http.ResponseWriter, r *http.Request, name string, printed bool) {
	if _, ok := documents[name]; !ok {
		d.Site.Render(w, r, web.Page{Name: "docs-unknown", Lang: "en", Status: http.StatusNotFound, Title: "No such reference – Liksom", Data: map[string]any{"Name": name}})
		return
	}
	if printed {
		d.print(w, r, name)
		return
	}
	d.viewer(w, r, name)
}

// viewer shows a document by the vendored viewer, beside the choice of all.
// What is tried out there is asked as by our own page.
func (d Door) viewer(w http.ResponseWriter, r *http.Request, name string) {
	d.Site.Render(w, r, web.Page{
		Name: "docs", Lang: "en", Title: Title(name) + " – Liksom", TellsItself: true,
		Data: map[string]any{"Name": name, "Chapters": chapters()},
	})
}

// print shows a document as one page, for paper and for browsers without
// scripts.
func (d Door) print(w http.ResponseWriter, r *http.Request, name string) {
	m := manualOf(name)
	d.Site.Render(w, r, web.Page{Name: "docs-print", Lang: "en", Title: m.Title + " – Liksom", Data: map[string]any{"Manual": m, "Chapters": chapters()}})
}

// chapter is a document among all.
type chapter struct{ Name, Title string }

func chapters() []chapter {
	all := make([]chapter, len(names))
	for i, name := range names {
		all[i] = chapter{name, Title(name)}
	}
	return all
}
