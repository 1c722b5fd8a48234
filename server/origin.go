package server

import (
	"net/http"

	"liksom/server/problem"
)

// ownPagesOnly refuses what a web page of another origin asks a browser on
// this machine to change. The control API has no keys, and forms need none,
// so without this any page that a developer visits could act here. Programs
// are not browsers and say nothing of where they come from: they pass.
func ownPagesOnly(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		problem.Write(w, problem.Document{
			Status: http.StatusForbidden, Instance: r.URL.Path,
			Detail: "A web page of another origin may not change anything here. Call this from a program, or from a page of the simulator.",
		})
	}))
	return guard.Handler(next)
}

// ownFormsOnly is [ownPagesOnly] for forms that prove by a secret in them that
// they came from our own page. That page tells nobody where it is, not even
// ourselves, so over plain http, where browsers do not say either whether a
// request crosses sites, "null" is all its forms say of where they come from.
func ownFormsOnly(next http.Handler) http.Handler {
	guarded := ownPagesOnly(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == "null" && r.Header.Get("Sec-Fetch-Site") == "" {
			next.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}
