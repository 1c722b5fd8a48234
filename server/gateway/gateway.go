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

// Gateway stands before the imitated APIs of one world. All fields but Base,
// Limited and Faults must be set.
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
	// Limited tells whether the limits of [API.Limit] are in force; nil means
	// no.
	Limited func() bool
	// Meter, unless nil, gives what counts the calls of an API by the names of
	// their routes. Asked once for each API.
	Meter func(api string) func(operation string, status int, took time.Duration)
	// Faults meet calls whose caller is known, and calls for tokens; nil for
	// none.
	Faults Faults

	limits limits
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
	// MaxBody is the most bytes a request may have; 0 means [BodyLimit].
	MaxBody int64
	// SystemHeader is the most characters of a system header before it is
	// noted; 0 means 30.
	SystemHeader int
	// Limit says how often one thing may be asked in a minute, by the name of
	// the route; nil means as often as one likes.
	Limit func(operation string) Limit
	// Refuse, unless nil, answers a refused token (401) or sales unit (400,
	// 403) in the API's own form.
	Refuse func(w http.ResponseWriter, r *http.Request, status int, title, detail string)
	// Faulted, unless nil, answers the bare status of a fault, 400 or above, in
	// the API's own form.
	Faulted func(w http.ResponseWriter, r *http.Request, status int, detail string)
	// OwnCodes tells that the API meets faults that are coded errors itself.
	OwnCodes bool
}

// Wrap puts the gateway before a handler: keys, token and sales unit are
// checked before it is asked. The handler finds who calls by
// [directory.CallerFrom] and the whole body by [Body].
func (g *Gateway) Wrap(api API, next http.Handler) http.Handler {
	return g.recorded(api.Name, api.MaxBody, g.guarded(&api, next))
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
	return g.recorded(api.Name, api.MaxBody, routes)
}

// recorded reads the body, of so many bytes at most, and logs the call,
// whatever becomes of it. A slash at the end of the path is taken off.
func (g *Gateway) recorded(api string, most int64, next http.Handler) http.Handler {
	if most == 0 {
		most = BodyLimit
	}
	count := g.meter(api)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := clock.Wall()
		call := &Call{
			At: g.Now(), Real: start, API: api,
			Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header,
		}
		rec := &recorder{ResponseWriter: w, call: call}
		body, refused := readBody(w, r, most)
		call.RequestBody, call.Cut = bounded(body), len(body) > keptBody
		defer func() { // also when a fault cuts the connection
			call.Took, call.ResponseHeader = clock.Wall().Sub(start), rec.Header()
			g.Log.add(call)
			count(call.Operation, call.Status, call.Took)
		}()
		if refused != nil {
			refused.answer(rec, r)
			return
		}
		rec.body = body
		next.ServeHTTP(rec, withoutSlash(r))
	})
}

// meter gives what counts an API's calls.
func (g *Gateway) meter(api string) func(operation string, status int, took time.Duration) {
	if g.Meter == nil {
		return func(string, int, time.Duration) {}
	}
	return g.Meter(api)
}

// guarded lets only calls pass whose caller is known.
func (g *Gateway) guarded(api *API, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := w.(*recorder)
		if route := mux.CurrentRoute(r); route != nil {
			rec.call.Operation = route.GetName()
			rec.call.Reference = mux.Vars(r)["reference"]
		}
		noteLongHeaders(rec.call, r.Header, api.SystemHeader)
		caller, count, refused := g.caller(r, api, rec)
		if refused != nil {
			rec.call.note(refused.cause)
			refused.answer(rec, r)
			return
		}
		rec.call.MSN = caller.Unit.MSN
		r = r.WithContext(directory.WithCaller(withCall(r.Context(), rec.call), caller))
		r.Body = newBody(rec.body)
		g.faulted(api, rec, r, func() {
			if count.over != nil {
				count.orReplay(rec, r, next)
				return
			}
			next.ServeHTTP(rec, r)
		})
		if rec.call.replayed {
			g.limits.giveBack(count.thing)
		}
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
