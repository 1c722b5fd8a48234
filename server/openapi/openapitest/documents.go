package openapitest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"liksom/server/openapi"
)

// Load reads one of our documents as the validator knows it. The paths are
// whole, so that it has no servers.
func Load(name string) (*openapi3.T, error) {
	text, ok := openapi.JSON(name, "/")
	if !ok {
		return nil, fmt.Errorf("there is no document %s", name)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("document %s: %w", name, err)
	}
	doc.Servers = nil
	return doc, nil
}

// all is a router for each document; made once for all tests of a package.
var all = sync.OnceValues(func() ([]routers.Router, error) {
	var found []routers.Router
	for _, name := range openapi.Names() {
		doc, err := Load(name)
		if err != nil {
			return nil, err
		}
		if err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
			return nil, fmt.Errorf("document %s: %w", name, err)
		}
		// What is left to the library is parameters and headers, whose plain
		// schemas it would compile anew each time, too, if it knew of 3.1.
		doc.OpenAPI = "3.0.3"
		router, err := gorillamux.NewRouter(doc)
		if err != nil {
			return nil, fmt.Errorf("document %s: %w", name, err)
		}
		found = append(found, router)
	}
	return found, nil
})

// errUndocumented tells of a path or method that no document has.
var errUndocumented = errors.New("no document has this path with this method")

// find is the operation that a request is for. The path is put into the form
// that the documents have it in: without a slash at its end, and the one that
// may be cased at will in lower case. The simulator's own API takes neither.
func find(r *http.Request) (*routers.Route, map[string]string, error) {
	documents, err := all()
	if err != nil {
		return nil, nil, err
	}
	like := r.Clone(r.Context())
	if path := strings.TrimRight(like.URL.Path, "/"); path != "" && !strings.HasPrefix(path, "/sim/") {
		like.URL.Path, like.URL.RawPath = path, strings.TrimRight(like.URL.RawPath, "/")
	}
	if strings.EqualFold(like.URL.Path, "/accesstoken/get") {
		like.URL.Path = "/accesstoken/get"
	}
	if like.Method == http.MethodHead {
		like.Method = http.MethodGet
	}
	for _, router := range documents {
		route, params, err := router.FindRoute(like)
		if err == nil {
			return route, params, nil
		}
	}
	return nil, nil, errUndocumented
}
