// Package api is the imitated QR API: merchants' redirect and callback codes,
// pictures of one-time codes, and the exchange of personal codes (QR
// contract, sections 2 to 6). The gateway in front of it has found out who
// calls.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"liksom/qr"
	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/server/problem"
)

// Options are what the API needs. All must be set.
type Options struct {
	Shelf   *qr.Shelf
	Counter *qr.Counter
	// Landing gets the payment that a landing page's link leads to; the error
	// is [payment.UnknownPayment] when there is none.
	Landing func(ctx context.Context, token string) (payment.Payment, error)
	// Code gets a payment by its code, with the same error.
	Code func(ctx context.Context, code string) (payment.Payment, error)
	// Hosts are those whose links are the simulator's own.
	Hosts func() []string
	// Now is the world's simulated time.
	Now func() time.Time
	// Base is the public URL by which a request came in.
	Base func(*http.Request) string
	// StrictURLs has redirect targets refused that the real service would
	// refuse, and StrictBodies unknown members; asked at each request.
	StrictURLs, StrictBodies func() bool
	// Objection says why the real service could not reach a URL, "" if it
	// could.
	Objection func(*url.URL) string
	// Note adds to the log of requests what only strict mode would refuse.
	Note func(ctx context.Context, format string, args ...any)
	Log  *slog.Logger
}

// API answers the calls under /qr/v1.
type API struct{ Options }

// New makes the API.
func New(o Options) *API { return &API{o} }

// call is one request on its way through this door.
type call struct {
	*http.Request
	caller *directory.Caller
}

// unit is the sales unit spoken for, which must be named.
func (c *call) unit() (msn string, err error) {
	if c.caller.Unit.MSN == "" {
		return "", invalid(param{"Merchant-Serial-Number", "These keys cover several sales units, so the header must name one."})
	}
	return c.caller.Unit.MSN, nil
}

// speaksFor tells whether the caller may know of a sales unit's payers.
func (c *call) speaksFor(msn string) bool {
	if c.caller.Unit.MSN == "" {
		return c.caller.Client.Covers(msn)
	}
	return c.caller.Unit.MSN == msn
}

// endpoint does one call; a nil answer is an empty body. An error that is no
// *refusal is only logged.
type endpoint func(*call) (any, error)

func (a *API) serve(do endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := a.call(do, r)
		if err != nil {
			a.fail(w, r, err)
			return
		}
		if answer == nil {
			w.Header().Set("Content-Length", "0")
			w.WriteHeader(http.StatusOK)
			return
		}
		write(w, http.StatusOK, answer)
	}
}

func (a *API) call(do endpoint, r *http.Request) (any, error) {
	caller := directory.CallerFrom(r.Context())
	if caller == nil {
		return nil, errors.New("the request came by without the gateway's word on its caller")
	}
	return do(&call{r, caller})
}

func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	var taken *conflict
	if errors.As(err, &taken) {
		write(w, http.StatusConflict, taken)
		return
	}
	var refused *refusal
	if !errors.As(err, &refused) {
		refused = plain(http.StatusInternalServerError)
		refused.instance = trace()
		a.Log.ErrorContext(r.Context(), "QR API", "error", err, "trace", refused.instance)
	}
	refused.write(w, r)
}

// Refuse answers a refused token or sales unit in the form of the endpoint.
func Refuse(w http.ResponseWriter, r *http.Request, status int, title, detail string) {
	refused := plain(status)
	refused.title, refused.detail = title, detail
	refused.write(w, r)
}

// param is one thing that is wrong with a request. Names start with a
// capital.
type param struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// conflict is the answer to a taken id, which is all there is to say.
type conflict struct {
	ID string `json:"id"`
}

func (c *conflict) Error() string { return "the id " + c.ID + " is taken" }

// refusal is a call that was wrong.
type refusal struct {
	status        int
	title, detail string
	wrong         []param
	instance      string // "" draws one
}

func (e *refusal) Error() string { return e.title + ": " + e.detail }

// titleInvalid stands over everything that breaks rules.
const titleInvalid = "One or more validation errors occurred."

func invalid(wrong ...param) *refusal {
	r := plain(http.StatusBadRequest)
	r.title, r.wrong = titleInvalid, wrong
	return r
}

// plain is a refusal that its status says all about. The detail is the
// status in one word, as the specification's example has it.
func plain(status int) *refusal {
	text := http.StatusText(status)
	return &refusal{status: status, title: text, detail: strings.ReplaceAll(text, " ", "")}
}

// document is an error of the redirect, callback and one-time calls.
type document struct {
	Type          string  `json:"type,omitempty"`
	Title         string  `json:"title"`
	Detail        string  `json:"detail"`
	Instance      string  `json:"instance"`
	InvalidParams []param `json:"invalidParams,omitempty"`
}

// types are where the standard defines the statuses.
var types = map[int]string{
	http.StatusBadRequest: "6.5.1", http.StatusForbidden: "6.5.3", http.StatusNotFound: "6.5.4",
	http.StatusUnsupportedMediaType: "6.5.13", http.StatusInternalServerError: "6.6.1",
}

// exchangeDocument is an error of the two exchange calls, which have a form of
// their own (QR contract, section 6).
type exchangeDocument struct {
	Title        string  `json:"title"`
	Status       int     `json:"status"`
	Detail       string  `json:"detail"`
	ExtraDetails []param `json:"extraDetails,omitempty"`
}

func (e *refusal) write(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, exchangePath) {
		write(w, e.status, e.exchangeDocument())
		return
	}
	doc := document{Title: e.title, Detail: e.detail, Instance: e.instance, InvalidParams: e.wrong}
	if section := types[e.status]; section != "" {
		doc.Type = "https://datatracker.ietf.org/doc/html/rfc7231#section-" + section
	}
	if doc.Instance == "" {
		doc.Instance = trace()
	}
	write(w, e.status, doc)
}

func (e *refusal) exchangeDocument() exchangeDocument {
	doc := exchangeDocument{Title: e.title, Status: e.status, Detail: e.detail, ExtraDetails: e.wrong}
	if e.title == titleInvalid {
		doc.Title, doc.Detail = "Bad request", "The request body contains one or more invalid parameters."
	}
	return doc
}

// trace names a refusal in the form of the examples, whose flags are 00.
func trace() string { return strings.TrimSuffix(problem.TraceID(), "1") + "0" }

func write(w http.ResponseWriter, status int, body any) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		panic("qr/api: an answer of our own making cannot be written: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // a client that has gone needs no answer
}
