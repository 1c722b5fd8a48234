// Package orders is the imitated Order Management API: pictures, links and
// receipts that go with a payment, whether it exists or not (userinfo
// contract, part 2). The gateway in front of it has found out who calls.
package orders

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"liksom/server/directory"
	"liksom/server/gateway"
	"liksom/server/payment"
	"liksom/server/problem"
)

// MaxBody is the most bytes a request may have: a picture of 2 MB in base64,
// and what goes with it.
const MaxBody = 3 << 20

// Payments reads payments: a receipt given at create is the one receipt of
// its order.
type Payments interface {
	Get(ctx context.Context, id payment.ID) (payment.Payment, error)
}

// IDs draws the ids of links and receipts.
type IDs interface{ UUID() string }

// Options are what the API needs.
type Options struct {
	Documents directory.Documents
	Payments  Payments
	IDs       IDs
	// StrictBodies has unknown members refused; asked at each request, nil
	// means no.
	StrictBodies func() bool
	// Log is told of internal errors; nil means nobody.
	Log *slog.Logger
}

// API answers the calls under /order-management.
type API struct {
	options Options
	book    book
}

// New makes the API. It reads what was kept when first asked.
func New(o Options) *API {
	if o.StrictBodies == nil {
		o.StrictBodies = func() bool { return false }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &API{options: o, book: book{docs: o.Documents}}
}

// Routes are the API's, with full paths, without a slash at their ends.
func (a *API) Routes() *mux.Router {
	routes := mux.NewRouter()
	for _, route := range []struct {
		name, method, path string
		do                 endpoint
	}{
		{"add-image", http.MethodPost, "/v1/images", a.addImage},
		{"put-category", http.MethodPut, "/v2/{paymentType}/categories/{orderId}", a.putCategory},
		{"add-receipt", http.MethodPost, "/v2/{paymentType}/receipts/{orderId}", a.addReceipt},
		{"get-order", http.MethodGet, "/v2/{paymentType}/{orderId}", a.getOrder},
		{"add-link", http.MethodPost, "/v3/categories", a.addLink},
		{"list-links", http.MethodGet, "/v3/categories", a.listLinks},
		{"get-link", http.MethodGet, "/v3/categories/{categoryId}", a.getLink},
		{"delete-link", http.MethodDelete, "/v3/categories/{categoryId}", a.deleteLink},
	} {
		routes.Name(route.name).Methods(route.method).Path("/order-management" + route.path).Handler(a.serve(route.do))
	}
	return routes
}

// Open reads what is kept, so that an error of that shows now.
func (a *API) Open(ctx context.Context) error {
	if err := a.book.open(ctx); err != nil {
		return err
	}
	a.book.close()
	return nil
}

// Reset forgets what a sales unit added, or everything for "".
func (a *API) Reset(ctx context.Context, msn string) error { return a.book.reset(ctx, msn) }

// endpoint does one call: it gives the status and what to answer, nil for
// nothing. A *refusal is shown to the caller, any other error only logged.
type endpoint func(r *http.Request, unit string) (int, any, error)

// refusal is a call that was wrong.
type refusal struct {
	status int
	doc    problem.Older
}

func (e *refusal) Error() string { return e.doc.Detail }

// invalid is the refusal of a request that breaks rules, all of them named.
func invalid(params ...problem.Detail) error {
	return &refusal{http.StatusBadRequest, problem.Older{
		Title: "One or more validation errors occurred.", Detail: "BadRequest", InvalidParams: params,
	}}
}

func notFound(detail string) error {
	return &refusal{http.StatusNotFound, problem.Older{Detail: detail}}
}

func taken(detail string) error {
	return &refusal{http.StatusConflict, problem.Older{Detail: detail}}
}

// Refuse answers with an error in the API's own form; the gateway uses it for
// refused tokens and sales units.
func Refuse(w http.ResponseWriter, _ *http.Request, status int, title, detail string) {
	problem.WriteOlder(w, status, problem.Older{Title: title, Detail: detail})
}

func (a *API) serve(do endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, answer, err := do(r, directory.CallerFrom(r.Context()).Unit.MSN)
		var refused *refusal
		switch {
		case errors.As(err, &refused):
			problem.WriteOlder(w, refused.status, refused.doc)
		case err != nil:
			a.options.Log.ErrorContext(r.Context(), "order management API", "error", err)
			problem.WriteOlder(w, http.StatusInternalServerError, problem.Older{Detail: "Something went wrong here."})
		case answer == nil:
			w.WriteHeader(status)
		default:
			write(w, status, answer)
		}
	}
}

func write(w http.ResponseWriter, status int, answer any) {
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(answer) // texts, numbers and truth values: cannot fail
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // a client that has gone needs no answer
}

// orderPattern is what ids of orders and pictures are made of.
var orderPattern = regexp.MustCompile(`^[0-9A-Za-z\-_.]+$`)

// order reads which order a path is about. Guides write the kind of payment
// in lower case there.
func order(r *http.Request, unit string) (orderKey, error) {
	v := mux.Vars(r)
	key := orderKey{unit, strings.ToUpper(v["paymentType"]), v["orderId"]}
	var wrong []problem.Detail
	if !paymentType(key.kind) {
		wrong = append(wrong, problem.Detail{Name: "PaymentType", Reason: "The value must be ECOM or RECURRING."})
	}
	gateway.About(r.Context(), key.order)
	if !orderPattern.MatchString(key.order) {
		wrong = append(wrong, problem.Detail{Name: "OrderId", Reason: mustMatch("OrderId")})
	}
	if wrong != nil {
		return key, invalid(wrong...)
	}
	return key, nil
}

func mustMatch(name string) string {
	return "The field " + name + " must match the regular expression '^[0-9A-Za-z-_\\.]+$'."
}

const (
	ecom      = "ECOM"
	recurring = "RECURRING"
)

func paymentType(s string) bool { return s == ecom || s == recurring }
