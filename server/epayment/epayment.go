package epayment

import (
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/directory"
	"liksom/server/gateway"
	"liksom/server/payment"
	"liksom/server/problem"
)

// Links are the addresses that a payment's redirectUrl can be.
type Links interface {
	// Landing is the landing page.
	Landing(r *http.Request, p payment.Payment) string
	// App is the app's deep link.
	App(p payment.Payment) string
	// Picture is the picture of the payment's QR code.
	Picture(r *http.Request, p payment.Payment) string
	// Target is what that QR code says.
	Target(r *http.Request, p payment.Payment) string
}

// Door serves the ePayment API of one world. All exported fields but Faults
// and SubLate must be set, and it must not be copied.
type Door struct {
	Gateway   *gateway.Gateway
	Payments  *payment.Service
	Directory *directory.Directory
	Links     Links
	Customers Customers
	// Settings are read anew for each request: they may change while running.
	Settings func() *directory.Settings
	// Faults gives the code that a fault answers a call with, "" for none; nil
	// when there are no faults. Asking counts.
	Faults func(Meeting) string
	// SubLate tells whether a fault keeps the payer's sub from a call that
	// reads the payment so long after the approval; nil when there are no
	// faults. Asking counts.
	SubLate func(Meeting, time.Duration) bool
	Logger  *slog.Logger

	readers readers
}

// Meeting is a call that a fault may meet.
type Meeting struct{ Method, Path, MSN, Reference string }

// prefix is the part of the path that only the gateway sees.
const prefix = "/epayment"

// Handler makes the handler of all paths under /epayment, the gateway
// included.
func (d *Door) Handler() http.Handler {
	return d.Gateway.WrapRouter(gateway.API{Name: "epayment", Prefix: prefix, Payments: true, Limit: limit, OwnCodes: true}, d.Routes())
}

// Routes are the API's, with full paths, without the gateway.
func (d *Door) Routes() *mux.Router {
	routes := mux.NewRouter()
	// The router asks one route after the other: those used most come first.
	const one = prefix + "/v1/payments/{reference}"
	for _, route := range []struct {
		name, method, path string
		op                 operation
		handle             func(*call) (answer, error)
	}{
		{"create", http.MethodPost, prefix + "/v1/payments", creation, d.create},
		{"get", http.MethodGet, one, reading, d.get},
		{"capture", http.MethodPost, one + "/capture", capturing, d.capture},
		{"events", http.MethodGet, one + "/events", reading, d.events},
		{"refund", http.MethodPost, one + "/refund", refunding, d.refund},
		{"cancel", http.MethodPost, one + "/cancel", cancelling, d.cancel},
		{"approve", http.MethodPost, prefix + "/v1/test/payments/{reference}/approve", forceApprove, d.approve},
	} {
		routes.Name(route.name).Methods(route.method).Path(route.path).Handler(d.serve(route.op, route.handle))
	}
	routes.Name("approve").Methods(http.MethodPost).Path(one + "/approve").
		MatcherFunc(func(*http.Request, *mux.RouteMatch) bool { return d.Settings().ApproveWithoutTest }).
		Handler(d.serve(forceApprove, d.approve))
	return routes
}

// limit is the vendor's rate limit of a route (section 8.6).
func limit(route string) gateway.Limit {
	switch route {
	case "create", "capture", "cancel", "refund":
		return gateway.Limit{Most: 5}
	case "get", "events":
		return gateway.Limit{Most: 120, PerKey: true}
	}
	return gateway.Limit{}
}

// call is one request on its way through this door.
type call struct {
	*http.Request
	op       operation
	unit     *directory.Unit
	settings *directory.Settings
	id       payment.ID // the payment in the path, if there is one
}

func (c *call) instance() string { return strings.TrimPrefix(c.URL.Path, prefix) }

func (c *call) note(format string, args ...any) { gateway.Note(c.Context(), format, args...) }

// answer is what a handler answers. Without a body it is an empty 200.
type answer struct {
	status int
	body   []byte
}

// serve puts a handler on a route: it returns an answer or an error, and both
// are written here.
func (d *Door) serve(op operation, handle func(*call) (answer, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller := directory.CallerFrom(r.Context())
		c := &call{Request: r, op: op, unit: &caller.Unit, settings: d.Settings()}
		a, err := d.answer(c, handle)
		if err != nil {
			doc := d.document(c, err)
			a = answer{doc.Status, c.written(doc)}
		}
		a.write(w)
	})
}

func (d *Door) answer(c *call, handle func(*call) (answer, error)) (answer, error) {
	if reference, named := mux.Vars(c.Request)["reference"]; named {
		if !referencePattern.fits(reference) {
			return answer{}, invalid{{Name: "reference", Reason: referencePattern.reason("Reference")}}
		}
		c.id = payment.ID{MSN: c.unit.MSN, Reference: reference}
	}
	if !c.op.keyed {
		if err := d.fault(c); err != nil {
			return answer{}, err
		}
	}
	return handle(c)
}

// document renders an error; what clients may not know is logged.
func (d *Door) document(c *call, err error) problem.Document {
	doc, tellable := document(err, c.instance())
	if !tellable {
		coded(&doc, internalError, internalError.detail)
	}
	doc.Fill()
	if !tellable && c.Context().Err() == nil {
		d.Logger.ErrorContext(c.Context(), "a request failed", "operation", c.op.name, "path", c.URL.Path, "trace", doc.TraceID, "err", err)
	}
	return doc
}

// The content types as header values, made once.
var (
	jsonType    = []string{"application/json; charset=utf-8"}
	problemType = []string{problem.ContentType}
)

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	switch {
	case a.status >= http.StatusBadRequest:
		h["Content-Type"] = problemType
	case a.body != nil:
		h["Content-Type"] = jsonType
	}
	h["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that has gone needs no answer
}

// do applies a command at most once for its key and answers as was answered
// the first time. Without a key it is simply applied.
func (d *Door) do(c *call, cmd payment.Command, key string, sum print, render func(payment.Payment) answer) (answer, error) {
	if gateway.Over(c.Context()) {
		cmd = payment.Guarded{Command: cmd, Check: func() error { return notAllowed("The rate limit is exceeded.") }}
	} else if d.Faults != nil {
		cmd = payment.Guarded{Command: cmd, Check: sync.OnceValue(func() error { return d.fault(c) })}
	}
	result, err := d.Payments.Do(c.Context(), c.id, cmd, d.once(c, key, sum, render))
	if result.Replayed {
		gateway.Replayed(c.Context())
	}
	if result.Answer != nil {
		return stored(result.Answer), nil
	}
	if payment.ReasonOf(err) == payment.KeyReused {
		return answer{}, refuse(c.op.reused(key))
	}
	if err != nil {
		return answer{}, err
	}
	return render(result.Payment), nil
}

func (d *Door) get(c *call) (answer, error) {
	p, err := d.Payments.Get(c.Context(), c.id)
	if err != nil {
		return answer{}, err
	}
	d.holdSub(c, &p)
	return answer{http.StatusOK, appendPayment(nil, &p, d.redirect(c, &p), d.Payments.Now())}, nil
}

func (d *Door) events(c *call) (answer, error) {
	p, err := d.Payments.Get(c.Context(), c.id)
	if err != nil {
		return answer{}, err
	}
	all, err := d.Payments.Store.Events(c.Context(), c.id)
	if err != nil {
		return answer{}, err
	}
	return answer{http.StatusOK, appendEvents(nil, all, p.Amount.Currency)}, nil
}

// redirect is the link that leads the payer to a payment, "" for a push.
func (d *Door) redirect(c *call, p *payment.Payment) string {
	switch p.Flow {
	case payment.WebRedirect:
		return d.Links.Landing(c.Request, *p)
	case payment.NativeRedirect:
		return d.Links.App(*p)
	case payment.QR:
		if p.Details != nil && p.Details.QRFormat == qrTarget {
			return d.Links.Target(c.Request, *p)
		}
		return d.Links.Picture(c.Request, *p)
	}
	return ""
}
