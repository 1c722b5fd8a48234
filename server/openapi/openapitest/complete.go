package openapitest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"
)

// Routes are what a router serves, as "METHOD /path/{variable}". HEAD goes
// with GET, and a route without methods is there to refuse.
func Routes(t testing.TB, router *mux.Router) []string {
	t.Helper()
	var found []string
	require.NoError(t, router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		if err != nil {
			return err
		}
		methods, err := route.GetMethods()
		if err != nil {
			return nil //nolint:nilerr // it has none
		}
		for _, method := range methods {
			if method != http.MethodHead {
				found = append(found, method+" "+path)
			}
		}
		return nil
	}))
	return found
}

var variable = regexp.MustCompile(`\{[^}]*\}`)

// plain makes routes comparable, however their variables are called.
func plain(routes []string) []string {
	all := make([]string, len(routes))
	for i, route := range routes {
		route = strings.ReplaceAll(route, "{end:/?}", "")
		all[i] = variable.ReplaceAllString(route, "{}")
	}
	slices.Sort(all)
	return all
}

// Complete fails the test unless a document has exactly the operations that
// are served, each as "METHOD /path/{variable}".
func Complete(t testing.TB, document string, served []string) {
	t.Helper()
	doc, err := Load(document)
	require.NoError(t, err)
	var described []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	require.Equal(t, plain(served), plain(described), "the document %s.yaml must have what is served and nothing else", document)
}
