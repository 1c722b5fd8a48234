// Package gallery shows the catalogue of scenarios as pages to read, without
// scripts: /docs/scenarios and one page for each. For editors it has the
// schema of the language.
package gallery

import (
	"net/http"
	"slices"
	"strings"

	"liksom/scenarios"
	"liksom/scenarios/catalogue"
	"liksom/server/problem"
	"liksom/web"
)

// Path is where the pages stand.
const Path = "/docs/scenarios"

// Door serves the pages. Site must be set.
type Door struct{ Site *web.Site }

// group is the scenarios of one folder of the catalogue.
type group struct {
	Name, Title string
	Scripts     []*scenarios.Script
}

// SchemaPath is where editors find the schema of the language.
const SchemaPath = Path + "/schema.json"

// ServeHTTP answers for /docs/scenarios, /docs/scenarios/{id} and the schema.
func (d Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		problem.WrongMethod(w, r, "GET, HEAD")
		return
	}
	if r.URL.Path == SchemaPath {
		w.Header().Set("Content-Type", "application/schema+json")
		_, _ = w.Write(scenarios.EditorSchema())
		return
	}
	all, err := catalogue.All()
	if err != nil { // our own files: our tests would have said so
		problem.Write(w, problem.Document{Status: http.StatusInternalServerError, Instance: r.URL.Path, Detail: "The scenarios cannot be read."})
		return
	}
	id := strings.Trim(strings.TrimPrefix(r.URL.Path, Path), "/")
	if id == "" {
		d.Site.Render(w, r, web.Page{Name: "docs-scenarios", Lang: "en", Title: "Scenarios – Liksom", Data: map[string]any{"Groups": groups(all), "Count": len(all)}})
		return
	}
	at := slices.IndexFunc(all, func(s *scenarios.Script) bool { return s.ID == id })
	if at < 0 {
		d.Site.Render(w, r, web.Page{
			Name: "docs-scenario-unknown", Lang: "en", Status: http.StatusNotFound, Title: "No such scenario – Liksom",
			Data: map[string]any{"Name": id, "Instead": nearest(id, all)},
		})
		return
	}
	d.Site.Render(w, r, web.Page{Name: "docs-scenario", Lang: "en", Title: all[at].Title + " – Liksom", Data: map[string]any{"Script": all[at], "Source": string(all[at].Source), "Groups": groups(all)}})
}

// nearest says which scenario was probably meant.
func nearest(id string, all []*scenarios.Script) string {
	ids := make([]string, len(all))
	for i, s := range all {
		ids[i] = s.ID
	}
	return scenarios.Instead(id, ids)
}

// groups keeps scripts of one folder together, in their order.
func groups(all []*scenarios.Script) []group {
	var found []group
	for _, s := range all {
		if len(found) == 0 || found[len(found)-1].Name != s.Group {
			found = append(found, group{Name: s.Group, Title: strings.ToUpper(s.Group[:1]) + s.Group[1:]})
		}
		last := &found[len(found)-1]
		last.Scripts = append(last.Scripts, s)
	}
	return found
}
