package stripe

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

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

// serveKeyed answers a request that must not take effect twice.
func (r *Room) serveKeyed(w http.ResponseWriter, q *http.Request, c *caller) {
	w.Header().Set("Idempotency-Key", c.key)
	w.Header().Set("Original-Request", c.request)
	if len(c.key) > 255 {
		r.refuse(w, invalid("", "An idempotency key has at most 255 characters."), q)
		return
	}
	busy := c.account.ID + " " + c.key
	if !r.occupy(busy) {
		e := refuse(http.StatusConflict, "idempotency_key_in_use", "", "A request with this idempotency key is still being answered.")
		e.Type = "idempotency_error"
		r.refuse(w, e, q)
		return
	}
	defer r.free(busy)
	sum := sha256.Sum256([]byte(q.Method + " " + q.URL.Path + "\n" + c.form.canonical()))
	c.print = hex.EncodeToString(sum[:])
	if kept, found := r.replay(c); found {
		if kept.Print != c.print {
			e := refuse(http.StatusBadRequest, "", "", "The idempotency key was already used for a request with another path or other parameters.")
			e.Type = "idempotency_error"
			r.refuse(w, e, q)
			return
		}
		w.Header().Set("Idempotent-Replayed", "true")
		w.Header().Set("Original-Request", kept.Request)
		r.send(w, reply{kept.Status, kept.Body})
		return
	}
	r.send(w, r.answer(q, c))
}

func (r *Room) occupy(key string) bool {
	r.busyMu.Lock()
	defer r.busyMu.Unlock()
	taken := r.busy[key]
	r.busy[key] = true
	return !taken
}

func (r *Room) free(key string) {
	r.busyMu.Lock()
	defer r.busyMu.Unlock()
	delete(r.busy, key)
}

// keysLast is how long, in simulated time, an idempotency key is remembered.
const keysLast = 24 * time.Hour

func answerID(account, key string) string { return "answer " + account + " " + key }

func (r *Room) replay(c *caller) (*answered, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept, found := r.rows[answerID(c.account.ID, c.key)].(*answered)
	return kept, found && r.Clock.Now().Sub(time.Unix(kept.Created, 0)) < keysLast
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

// remember keeps an answer for replays.
func (w *work) remember(from *caller, out reply) {
	a := &answered{made: made{ID: answerID(from.account.ID, from.key), Account: from.account.ID, Created: w.now.Unix()}, Print: from.print, Status: out.status, Body: out.body, Request: from.request}
	if old, known := w.rows[a.ID].(*answered); known { // its time was over
		a.Number = old.Number
		w.dirty[a.ID] = a
		return
	}
	w.add(a)
	w.forgetKeys()
}

// forgetKeys drops the oldest answers that nobody can be given any more.
func (w *work) forgetKeys() {
	for _, id := range w.lists["answer"] {
		old := w.rows[id].(*answered)
		if w.now.Sub(time.Unix(old.Created, 0)) < keysLast {
			return
		}
		w.remove(old)
	}
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

// caller is who asks, and how.
type caller struct {
	route   *route
	account *Account
	browser bool
	version version
	form    *node
	request string
	key     string
	print   string
}

// identify tells who calls (Stripe contract, sections 2.2 and 2.3).
func (r *Room) identify(q *http.Request, form *node, to *route) (*caller, *Error) {
	c := &caller{route: to, form: form}
	key := bearer(q)
	p := params{root: form}
	if key == "" {
		key = p.at("key").text()
	}
	if err := r.checkKey(c, key); err != nil {
		return nil, err
	}
	if foreign := q.Header.Get("Stripe-Account"); foreign != "" && foreign != c.account.ID {
		return nil, refuse(http.StatusForbidden, "account_invalid", "", "This key has no access to the account %q.", shortened(foreign))
	}
	if c.browser && to != nil && !to.client {
		return nil, refuse(http.StatusUnauthorized, "secret_key_required", "", "This call needs a secret key; it came with a publishable one.")
	}
	text := q.Header.Get("Stripe-Version")
	if text == "" {
		text = p.at("_stripe_version").text()
	}
	if text == "" {
		text = r.defaultVersion(c.account)
	}
	var err *Error
	if c.version, err = parseVersion(text); err != nil {
		return nil, err
	}
	if c.version.vipps && !c.account.Preview {
		return nil, invalid("", "The account %s has no access to the preview that %s asks for.", c.account.ID, vippsFlag)
	}
	return c, nil
}

func (r *Room) checkKey(c *caller, key string) *Error {
	unauthorized := func(format string, args ...any) *Error {
		return refuse(http.StatusUnauthorized, "", "", format, args...)
	}
	switch {
	case key == "":
		return unauthorized("Send a key: Authorization: Bearer sk_test_…")
	case strings.HasPrefix(key, "sk_live_"), strings.HasPrefix(key, "rk_live_"), strings.HasPrefix(key, "pk_live_"):
		return unauthorized("This is a simulator, and the key is one for real money: keep it away from here. Nothing of it was kept.")
	}
	for i := range r.Accounts {
		a := &r.Accounts[i]
		if key == a.SecretKey || key == a.PublishableKey {
			c.account, c.browser = a, key == a.PublishableKey
			return nil
		}
	}
	if r.Open && (strings.HasPrefix(key, "sk_test_") || strings.HasPrefix(key, "pk_test_")) {
		c.account, c.browser = &r.Accounts[0], strings.HasPrefix(key, "pk_")
		return nil
	}
	return unauthorized("The key is not known here. The ready-made ones are sk_test_liksom and pk_test_liksom.")
}

// gate refuses requests that name Vipps without the preview flag, and types
// where the version has dropped them (Stripe contract, section 2.3).
func (c *call) gate() *Error {
	listed := c.at("payment_method_types")
	if listed.given() && c.version.noTypes() && strings.HasPrefix(c.r.URL.Path, "/v1/payment_intents") || listed.given() && c.version.noTypes() && strings.HasPrefix(c.r.URL.Path, "/v1/checkout/") {
		return refuse(http.StatusBadRequest, "payment_method_types_no_longer_supported", "payment_method_types",
			"This version takes no payment_method_types: send allowed_payment_method_types, or ask for an earlier version.").early()
	}
	if c.version.vipps || c.settings().PreviewGate == "off" || !c.namesVipps() {
		return nil
	}
	return c.unactivated()
}

func (c *call) namesVipps() bool {
	return c.r.Method == http.MethodPost && (slices.Contains(c.at("payment_method_types").texts(), "vipps") ||
		c.at("payment_method_data", "type").text() == "vipps" || c.at("payment_method_options", "vipps").given() || c.at("type").text() == "vipps")
}

// unactivated is the refusal of a type that the account cannot use.
func (c *call) unactivated() *Error {
	const text = "Vipps is in preview: ask for it with %s in Stripe-Version, as in \"2026-03-25.preview; %s\", or set stripe.preview_gate to off."
	if strings.HasPrefix(c.r.URL.Path, "/v1/checkout/") {
		return invalid("payment_method_types[0]", text, vippsFlag, vippsFlag)
	}
	return refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "payment_method_types", text, vippsFlag, vippsFlag).early()
}

// mayVipps tells whether Vipps may be offered to this call.
func (c *call) mayVipps() bool {
	return c.account.Preview && (c.version.vipps || c.settings().PreviewGate == "off")
}

// note takes down what the call tells of the account's habits.
func (w *work) note(from *caller, q *http.Request) {
	if from.browser {
		return
	}
	id := "habits " + w.account.ID
	h, known := get[*habits](w, id)
	if !known {
		h = &habits{made: made{ID: id, Account: w.account.ID, Created: w.now.Unix()}}
	}
	is := eventsVersion(q.Header.Get("User-Agent"), w.version, h.Version)
	if known && h.Version == is {
		return
	}
	if known {
		edit(w, h).Version = is
		return
	}
	h.Version = is
	w.add(h)
}

// eventsVersion is that of the account's events.
func (w *work) eventsVersion() string {
	if fixed(w.account) {
		return w.account.Version
	}
	if h, known := get[*habits](w, "habits "+w.account.ID); known {
		return h.Version
	}
	return firstVersion
}

func fixed(a *Account) bool { return a.Version != "" && a.Version != "auto" }

// defaultVersion is that of a request that names none.
func (r *Room) defaultVersion(a *Account) string {
	if fixed(a) {
		return a.Version
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if h, known := r.rows["habits "+a.ID].(*habits); known {
		return h.Version
	}
	return firstVersion
}

// checkURL refuses addresses that our own pages must not link to.
func (f field) checkURL(text string) {
	u, err := url.Parse(text)
	if err == nil && u.Scheme != "" && !slices.Contains([]string{"javascript", "data", "file", "vbscript"}, strings.ToLower(u.Scheme)) {
		return
	}
	f.p.wrong(refuse(http.StatusBadRequest, "url_invalid", f.name(), "The parameter %s must be an absolute URL, or one with a scheme of your app.", f.name()).early())
}

// link is an address that a payer can be led to.
func (f field) link() *string {
	text := f.orNil()
	if text != nil {
		f.checkURL(*text)
	}
	return text
}
