// Package api is the imitated Webhooks API: register, list, delete (webhooks
// contract, section 2). The gateway in front of it has found out who calls.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/directory"
	"liksom/server/problem"
	"liksom/server/webhook"
)

// Store keeps the registrations; a [webhook.Store] is one.
type Store interface {
	Register(ctx context.Context, r webhook.Registration, allowed func(existing []webhook.Registration) error) error
	Registrations(ctx context.Context, msn string) ([]webhook.Registration, error)
	Registration(ctx context.Context, id string) (webhook.Registration, error)
	Unregister(ctx context.Context, id string, at time.Time) error
}

// IDs draws the ids and secrets of registrations.
type IDs interface {
	UUID() string
	Secret() string
}

// Options are what the API needs.
type Options struct {
	Store Store
	IDs   IDs
	// Now is the world's simulated time.
	Now func() time.Time
	// StrictURLs has URLs refused that the real service would refuse, and
	// StrictBodies unknown members; asked at each request, nil means no.
	StrictURLs, StrictBodies func() bool
	// Log is told of internal errors; nil means nobody.
	Log *slog.Logger
}

// API answers the calls under /webhooks/v1.
type API struct {
	options Options
	router  *mux.Router
}

// New makes the API. It serves full paths, from "/webhooks" on.
func New(o Options) *API {
	no := func() bool { return false }
	if o.StrictURLs == nil {
		o.StrictURLs = no
	}
	if o.StrictBodies == nil {
		o.StrictBodies = no
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{options: o}
	a.router = a.routes()
	return a
}

// ServeHTTP implements [http.Handler].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.router.ServeHTTP(w, r) }

// response is what a call answers when nothing is wrong; a nil body is none.
type response struct {
	status int
	body   any
}

// endpoint does one call. A *refusal is shown to the caller, any other error
// only logged.
type endpoint func(r *http.Request, caller *directory.Caller) (response, error)

// refusal is a call that was wrong.
type refusal struct {
	status int
	detail string
	extra  []problem.Detail
}

func (e *refusal) Error() string { return e.detail }

// invalid is the refusal of a request that breaks rules, all of them named.
func invalid(extra ...problem.Detail) error {
	return &refusal{status: http.StatusBadRequest, detail: "One or more validation errors occurred.", extra: extra}
}

// serve turns an endpoint into a handler: it writes answers and errors alike.
func (a *API) serve(do endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := a.call(do, r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		if answer.body == nil {
			w.WriteHeader(answer.status)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(answer.status)
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(answer.body) // a client that has gone needs no answer
	}
}

func (a *API) call(do endpoint, r *http.Request) (response, error) {
	caller := directory.CallerFrom(r.Context())
	if caller == nil {
		return response{}, errors.New("the request came by without the gateway's word on its caller")
	}
	return do(r, caller)
}

func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	doc := problem.Document{Status: http.StatusInternalServerError, Detail: "Something went wrong here.", Instance: instance(r), TraceID: problem.TraceID()}
	var refused *refusal
	if errors.As(err, &refused) {
		doc.Status, doc.Detail, doc.ExtraDetails = refused.status, refused.detail, refused.extra
	} else {
		a.options.Log.ErrorContext(r.Context(), "webhooks API", "error", err, "trace", doc.TraceID)
	}
	problem.Write(w, doc)
}

// instance is the path as the service behind the real gateway sees it.
func instance(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, "/webhooks") }
