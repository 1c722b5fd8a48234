package gateway

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
)

// Gateway stands before the imitated APIs of one world. All fields but Base
// must be set.
type Gateway struct {
	Directory *directory.Directory
	Tokens    *Issuer
	Log       *Log
	// Open takes any credentials and makes unknown sales units on the fly.
	Open bool
	// Now is the world's simulated time, for the log.
	Now func() time.Time
	IDs IDs
	// Base gives the public URL that a request came in by, without a slash at
	// the end; nil derives it from the request.
	Base   func(*http.Request) string
	Logger *slog.Logger
}

// IDs draws the names of requests and tokens.
type IDs interface{ UUID() string }

// API says what the calls of one imitated API must bring.
type API struct {
	// Name stands in the log.
	Name string
	// Prefix is the part of the path that the gateway keeps to itself:
	// "/epayment". Problem documents name the path without it.
	Prefix string
	// KeyOptional lets calls without a subscription key pass; a wrong one is
	// refused all the same. Such an API takes the tokens of
	// /miami/v1/token too.
	KeyOptional bool
	// UnitOptional lets partners leave out the sales unit; the caller's unit
	// is then empty.
	UnitOptional bool
	// Payments refuses sales units that may not take payments.
	Payments bool
	// Refuse, unless nil, answers a refused token (401) or sales unit (400,
	// 403) in the API's own form.
	Refuse func(w http.ResponseWriter, r *http.Request, status int, title, detail string)
}

// Wrap puts the gateway before a handler: keys, token and sales unit are
// checked before it is asked. The handler finds who calls by
// [directory.CallerFrom] and the whole body by [Body].
func (g *Gateway) Wrap(api API, next http.Handler) http.Handler {
	return g.recorded(api.Name, g.guarded(&api, next))
}

// WrapRouter is [Gateway.Wrap] for the routes of an API, as the operator's
// gateway orders it: the route is found first, so an unknown one is 404 and a
// wrong method 405 whatever the credentials. The names of the routes stand in
// the log. It must be called once, after the routes are registered.
func (g *Gateway) WrapRouter(api API, routes *mux.Router) http.Handler {
	routes.SkipClean(true)
	routes.Use(func(next http.Handler) http.Handler { return g.guarded(&api, next) })
	routes.NotFoundHandler = unrouted(&api, routes)
	routes.MethodNotAllowedHandler = routes.NotFoundHandler
	return g.recorded(api.Name, routes)
}

// recorded reads the body and logs the call, whatever becomes of it. A slash
// at the end of the path is taken off.
func (g *Gateway) recorded(api string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := clock.Wall()
		call := &Call{
			At: g.Now(), Real: start, API: api,
			Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header,
		}
		rec := &recorder{ResponseWriter: w, call: call}
		body, refused := readBody(w, r)
		call.RequestBody = bounded(body)
		if refused != nil {
			refused.answer(rec, r)
		} else {
			rec.body = body
			next.ServeHTTP(rec, withoutSlash(r))
		}
		call.Took = clock.Wall().Sub(start)
		g.Log.add(call)
	})
}

// guarded lets only calls pass whose caller is known.
func (g *Gateway) guarded(api *API, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := w.(*recorder)
		if route := mux.CurrentRoute(r); route != nil {
			rec.call.Operation = route.GetName()
			rec.call.Reference = mux.Vars(r)["reference"]
		}
		noteLongHeaders(rec.call, r.Header)
		caller, refused := g.caller(r, api)
		if refused != nil {
			rec.call.note(refused.cause)
			refused.answer(rec, r)
			return
		}
		rec.call.MSN = caller.Unit.MSN
		r = r.WithContext(directory.WithCaller(withCall(r.Context(), rec.call), caller))
		r.Body = newBody(rec.body)
		next.ServeHTTP(rec, r)
	})
}

func withoutSlash(r *http.Request) *http.Request {
	path := r.URL.Path
	if len(path) < 2 || !strings.HasSuffix(path, "/") {
		return r
	}
	short, url := *r, *r.URL
	url.Path, url.RawPath = strings.TrimRight(path, "/"), strings.TrimRight(url.RawPath, "/")
	short.URL = &url
	return &short
}

func (g *Gateway) base(r *http.Request) string {
	if g.Base != nil {
		return g.Base(r)
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
