package api

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"liksom/server/problem"
)

// The paths, each with or without a slash at its end.
const (
	all = "/webhooks/v1/webhooks{end:/?}"
	one = "/webhooks/v1/webhooks/{id:[^/]+}{end:/?}"
)

// routes are the calls in the order of the documentation.
func (a *API) routes() *mux.Router {
	router := mux.NewRouter()
	router.NotFoundHandler = http.HandlerFunc(notFound)
	for _, route := range []struct {
		name, method, path string
		do                 endpoint
	}{
		{"register", http.MethodPost, all, a.register},
		{"list", http.MethodGet, all, a.list},
		{"delete", http.MethodDelete, one, a.remove},
	} {
		router.Handle(route.path, a.serve(route.do)).Methods(route.method).Name(route.name)
	}
	// mux would answer a wrong method without Allow.
	router.Handle(all, only(http.MethodGet, http.MethodPost))
	router.Handle(one, only(http.MethodDelete))
	return router
}

func notFound(w http.ResponseWriter, r *http.Request) {
	problem.NoRoute(w, instance(r))
}

func only(methods ...string) http.Handler {
	allow := strings.Join(methods, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		problem.Write(w, problem.Document{
			Status: http.StatusMethodNotAllowed, Detail: r.Method + " is not possible here; use " + allow + ".", Instance: instance(r),
		})
	})
}
