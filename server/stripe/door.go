package stripe

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/gorilla/mux"
)

// mostBody is how large a request may be.
const mostBody = 1 << 20

// call is one request.
type call struct {
	*work
	params
	r    *http.Request
	vars map[string]string
	// browser tells that it came with a publishable key.
	browser bool
	to      *route
}

// id is the one in the path.
func (c *call) id() string { return c.vars["id"] }

// handler does what a call asks for: it answers an object, or a refusal that
// is an [*Error].
type handler func(c *call) (object, error)

// route is one call of the API.
type route struct {
	method, path string
	do           handler
	// names are the parameters that it takes.
	names []string
	// client tells that a publishable key will do.
	client bool
}

// Handler serves what lies below /v1/.
func (r *Room) Handler() http.Handler {
	routes := mux.NewRouter().UseEncodedPath()
	for _, one := range allRoutes() {
		routes.HandleFunc("/v1"+one.path, func(w http.ResponseWriter, q *http.Request) { r.serve(w, q, &one) }).Methods(one.method)
	}
	nowhere := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.serve(w, q, nil) })
	routes.NotFoundHandler, routes.MethodNotAllowedHandler = nowhere, nowhere
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		allowOrigins(w.Header())
		if q.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		routes.ServeHTTP(w, q)
	})
}

// allowOrigins lets pages of any origin call: keys say who they are.
func allowOrigins(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Stripe-Version, Stripe-Account, Idempotency-Key")
	h.Set("Access-Control-Expose-Headers", "Request-Id")
	h.Set("Access-Control-Max-Age", "300")
}

// reply is an answer on its way out.
type reply struct {
	status int
	body   []byte
}

// serve answers one request. A nil route is that of a URL that does not exist.
func (r *Room) serve(w http.ResponseWriter, q *http.Request, to *route) {
	request := "req_" + r.IDs.Code(14)
	w.Header().Set("Request-Id", request)
	form, err := readForm(q)
	var c *caller
	if err == nil {
		c, err = r.identify(q, form, to)
	}
	if err != nil {
		r.refuse(w, err, q)
		return
	}
	w.Header().Set("Stripe-Version", c.version.String())
	c.request = request
	if q.Method == http.MethodPost {
		c.key = q.Header.Get("Idempotency-Key")
	}
	if c.key == "" {
		r.send(w, r.answer(q, c))
		return
	}
	r.serveKeyed(w, q, c)
}

// answer does what a request asks for and keeps what it changed.
func (r *Room) answer(q *http.Request, from *caller) reply {
	w := r.begin(q.Context(), from.account, r.Clock.Now())
	defer w.end()
	w.version, w.request, w.idempotency = from.version, from.request, from.key
	c := &call{work: w, params: params{root: from.form}, r: q, vars: mux.Vars(q), browser: from.browser, to: from.route}
	w.note(from, q)
	result, err := c.run(from.route)
	c.tellLog(result)
	var refused *Error
	if errors.As(err, &refused) && !refused.kept {
		w.drop()
	}
	if err != nil && refused == nil {
		r.Log.ErrorContext(q.Context(), "a call of the Stripe side failed", "request", from.request, "err", err)
		w.drop()
		refused = &Error{Status: http.StatusInternalServerError, Type: "api_error", Message: "Something broke in the simulator; its log has more under " + from.request + "."}
	}
	out := reply{status: http.StatusOK}
	if refused != nil {
		out.status, result = refused.Status, refused.document(w, r.Base(q))
	}
	if out.body, err = render(result); err == nil {
		if from.key != "" && (refused == nil || !refused.unstored) {
			w.remember(from, out)
		}
		err = w.commit()
	}
	if err != nil {
		r.Log.ErrorContext(q.Context(), "nothing of a call of the Stripe side was kept", "request", from.request, "err", err)
		e := &Error{Status: http.StatusInternalServerError, Type: "api_error", Message: "The store failed; nothing is known to have happened."}
		out.status = e.Status
		out.body, _ = render(e.document(nil, r.Base(q)))
	}
	return out
}

// tellLog says what the call was about.
func (c *call) tellLog(result object) {
	if c.Noted == nil {
		return
	}
	id := c.id()
	if id == "" {
		id, _ = result["id"].(string)
	}
	about := ""
	if in, known := get[*intent](c.work, id); known && in.Attempts > 0 {
		about = reference(in, in.Attempts)
	}
	c.Noted(c.ctx, c.account.MSN, c.operation(), about)
}

// operation is what a call is called in the log: "POST /payment_intents/{id}".
func (c *call) operation() string {
	if c.to == nil {
		return ""
	}
	return c.to.method + " " + c.to.path
}

// secrets are the values that nobody keeps: of cards.
var secrets = regexp.MustCompile(`(?i)((?:\[|%5B)(?:number|cvc)(?:\]|%5D)=)[^&]*`)

// Scrub takes out of parameters what nobody may keep.
func Scrub(form []byte) []byte { return secrets.ReplaceAll(form, []byte("$1***")) }

// drop forgets what was changed.
func (w *work) drop() {
	w.dirty, w.made, w.gone, w.events, w.due = map[string]record{}, nil, nil, nil, nil
}

// run reads, checks and does.
func (c *call) run(to *route) (object, error) {
	if to == nil {
		return nil, refuse(http.StatusNotFound, "", "", "There is no %s %s here. The simulator has the part of the API through which Vipps is taken; see the README.", c.r.Method, shortened(c.r.URL.Path)).early()
	}
	if err := c.gate(); err != nil {
		return nil, err
	}
	c.known(to.names)
	if c.err != nil {
		return nil, c.err
	}
	result, err := to.do(c)
	if c.err != nil {
		return nil, c.err
	}
	if err != nil {
		return nil, err
	}
	return c.expanded(result)
}

// render writes an object as JSON.
func render(o object) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(o)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func (r *Room) send(w http.ResponseWriter, out reply) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-cache, no-store")
	if out.status >= 400 && out.status != http.StatusConflict && out.status < 500 {
		h.Set("Stripe-Should-Retry", "false")
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body)
}

// refuse answers what was refused before any work began.
func (r *Room) refuse(w http.ResponseWriter, e *Error, q *http.Request) {
	body, err := render(e.document(nil, r.Base(q)))
	if err != nil {
		body = nil
	}
	if e.Status == http.StatusConflict {
		w.Header().Set("Stripe-Should-Retry", "true")
	}
	r.send(w, reply{e.Status, body})
}

// RefuseFault answers what a fault has answered in our place: the kind of
// trouble that is not the caller's.
func (r *Room) RefuseFault(w http.ResponseWriter, q *http.Request, status int, detail string) {
	w.Header().Set("Request-Id", "req_"+r.IDs.Code(14))
	e := &Error{Status: status, Type: "api_error", Message: detail}
	if status < http.StatusInternalServerError {
		e.Type = requestError
	}
	r.refuse(w, e, q)
}

// RefuseCoded is [Room.RefuseFault] for the coded errors of other APIs.
func (r *Room) RefuseCoded(w http.ResponseWriter, q *http.Request, status int, title, detail string) {
	r.RefuseFault(w, q, status, title+": "+detail)
}

// NoScript answers for the browser script that there is none yet.
func (r *Room) NoScript(w http.ResponseWriter, q *http.Request) {
	allowOrigins(w.Header())
	w.Header().Set("Request-Id", "req_"+r.IDs.Code(14))
	r.refuse(w, refuse(http.StatusNotFound, "", "", "Stripe's browser script is not simulated yet. Confirm from your server, and lead the payer to next_action.redirect_to_url.url."), q)
}

// readForm reads the parameters of query and body.
func readForm(q *http.Request) (*node, *Error) {
	raws := []string{q.URL.RawQuery}
	if q.Method == http.MethodPost && q.Body != nil {
		body, err := io.ReadAll(io.LimitReader(q.Body, mostBody+1))
		if err != nil || len(body) > mostBody {
			return nil, invalid("", "The body cannot be read, or is larger than %d bytes.", mostBody)
		}
		media, _, _ := strings.Cut(q.Header.Get("Content-Type"), ";")
		if len(body) > 0 && strings.TrimSpace(media) != "application/x-www-form-urlencoded" {
			return nil, invalid("", "The body must be application/x-www-form-urlencoded, not %s.", shortened(q.Header.Get("Content-Type")))
		}
		raws = append(raws, string(body))
	}
	return decodeForm(raws...)
}
