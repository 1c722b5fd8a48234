package stripe

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

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
