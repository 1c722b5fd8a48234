package server

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"

	"liksom/server/problem"
	"liksom/web"
)

// place is where a request came in: the world it is for and how its links
// lead back there.
type place struct {
	prefix string // "" or "/w/{name}"
	base   string // the absolute URL that links in this world begin with
}

type placeKey struct{}

// base is the absolute URL that links made for a request begin with. Requests
// to the default world carry no place: most do, and it would cost each a copy.
func (w *World) base(r *http.Request) string {
	if at, ok := r.Context().Value(placeKey{}).(place); ok {
		return at.base
	}
	return w.server.PublicURL()
}

// prefixOf is the path that this request's world begins with on its host.
func prefixOf(r *http.Request) string {
	at, _ := r.Context().Value(placeKey{}).(place)
	return at.prefix
}

// ServeHTTP finds the world a request is for, by path or by host, and the
// door by the first part of the path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.around != nil {
		s.around.ServeHTTP(w, r)
		return
	}
	s.serve(w, r)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	defer s.recovered(w, r)
	world, at, rest, ok := s.locate(r)
	if !ok {
		s.noWorld(w, r)
		return
	}
	defer world.leave()
	if world.name != "" {
		r = r.WithContext(context.WithValue(r.Context(), placeKey{}, at))
	}
	if rest != r.URL.Path {
		r.URL.RawPath = strings.TrimPrefix(r.URL.RawPath, at.prefix)
		r.URL.Path = rest
	}
	world.door(firstPart(rest)).ServeHTTP(w, r)
}

// noWorld answers a request to a world that nobody has made, or that is gone.
func (s *Server) noWorld(w http.ResponseWriter, r *http.Request) {
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/w/"), "/")
	detail := "A path below /w/ needs a world's name, as in /w/ci-42/."
	if name != "" {
		detail = fmt.Sprintf("There is no world %q. POST /sim/v1/worlds with {\"name\": %[1]q} makes it, GET /sim/v1/worlds lists those there are; "+
			"one that nobody touches for an hour is removed.", name)
	}
	if web.WantsPage(r) {
		s.shared.site.NotHere(w, r, detail)
		return
	}
	problem.Write(w, problem.Document{
		Type: problem.TypeOf(http.StatusNotFound), Title: "Not Found", Status: http.StatusNotFound,
		Detail: detail, Instance: r.URL.Path, TraceID: problem.TraceID(),
	})
}

// locate reads the world's name off the path, else off the host. Where it
// finds one it has begun a visit.
func (s *Server) locate(r *http.Request) (w *World, at place, rest string, ok bool) {
	rest = r.URL.Path
	if after, found := strings.CutPrefix(rest, "/w/"); found {
		name, tail, _ := strings.Cut(after, "/")
		if name == "" {
			return nil, at, rest, false
		}
		w, ok = s.visit(r.Context(), name)
		prefix := "/w/" + name
		return w, place{prefix: prefix, base: s.PublicURL() + prefix}, "/" + tail, ok
	}
	label, _, dotted := strings.Cut(r.Host, ".")
	if dotted && label != "" && net.ParseIP(hostOnly(r.Host)) == nil {
		if w, ok = s.visit(r.Context(), strings.ToLower(label)); ok {
			return w, place{base: scheme(r) + "://" + r.Host}, rest, true
		}
	}
	w, ok = s.visit(r.Context(), "")
	return w, place{}, rest, ok
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return hostport
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// firstPart is what stands between the first two slashes of a path.
func firstPart(path string) string {
	part, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return part
}

// recovered answers a request whose handler panicked; the cause goes to the
// log, under the id that the client gets to see.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(cause)
	}
	trace := problem.TraceID()
	s.options.Log.Error("a handler panicked", "trace", trace, "path", r.URL.Path, "cause", cause, "stack", string(debug.Stack()))
	if web.WantsPage(r) {
		s.shared.site.Broken(w, r, web.Trouble{Request: trace})
		return
	}
	problem.Write(w, problem.Document{
		Type: problem.TypeOf(http.StatusInternalServerError), Title: "Internal error", Status: http.StatusInternalServerError,
		Detail: "Something broke in the simulator; its log has more under this trace id.", Instance: r.URL.Path, TraceID: trace,
	})
}

// quiet sends what net/http complains of to the log, as a detail.
func quiet(to *slog.Logger) *log.Logger { return slog.NewLogLogger(to.Handler(), slog.LevelDebug) }
