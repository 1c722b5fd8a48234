package stripe

import (
	"net/http"
	"slices"
	"time"
)

// tokensLast is how long a confirmation token can be used, sessionsLast a
// customer session.
const (
	tokensLast   = 12 * time.Hour
	sessionsLast = 30 * time.Minute
)

// createToken is POST /v1/confirmation_tokens, which browsers call, and POST
// /v1/test_helpers/confirmation_tokens.
func (c *call) createToken() (object, error) {
	t := &token{made: c.fresh("ctoken_", 24), ReturnURL: c.at("return_url").link(), SetupFuture: c.at("setup_future_usage").orNil()}
	t.Expires = c.now.Add(tokensLast).Unix()
	c.shipping(c.at("shipping"), &t.Shipping)
	if err := c.previewed(t); err != nil {
		return nil, err
	}
	if secret := c.at("customer_session_client_secret"); secret.given() {
		if _, err := c.customerSession(secret.text()); err != nil {
			return nil, err
		}
	}
	if c.err != nil {
		return nil, c.err
	}
	c.add(t)
	return c.token(t), nil
}

// previewed reads what a token will pay with.
func (c *call) previewed(t *token) error {
	c.exclusive("payment_method", "payment_method_data")
	if data := c.at("payment_method_data"); data.given() {
		m, err := c.describe(data)
		if err != nil {
			return err
		}
		t.Method = *m
		return nil
	}
	m, err := c.methodOf()
	if err != nil {
		return err
	}
	if m == nil {
		return missing("payment_method_data")
	}
	t.Method, t.Saved = *m, true
	return nil
}

func (c *call) token(t *token) object {
	preview := c.method(&t.Method)
	for _, name := range []string{"id", "object", "created", "livemode", "metadata"} {
		delete(preview, name)
	}
	expires := seconds(t.Expires)
	if t.Intent != "" {
		expires = nil
	}
	return object{
		"id": t.ID, "object": "confirmation_token", "created": t.Created, "expires_at": expires, "livemode": false, "mandate_data": nil,
		"metadata": nil, "payment_intent": orNull(t.Intent), "payment_method_options": nil, "payment_method_preview": preview,
		"return_url": t.ReturnURL, "setup_future_usage": t.SetupFuture, "setup_intent": nil, "shipping": objectOrNull(t.Shipping), "use_stripe_sdk": true,
	}
}

// getToken is GET /v1/confirmation_tokens/{id}.
func (c *call) getToken() (object, error) {
	t, known := get[*token](c.work, c.id())
	if !known || !c.ours(t) {
		return nil, unknown("confirmation_token", c.id(), "")
	}
	return c.token(t), nil
}

// useToken gives the token that a confirm names, and puts on the intent what
// it holds and the request does not say.
func (c *call) useToken(in *intent) (*token, error) {
	f := c.at("confirmation_token")
	if !f.given() {
		return nil, nil
	}
	t, known := get[*token](c.work, f.text())
	switch {
	case !known || !c.ours(t):
		return nil, unknown("confirmation_token", f.text(), "confirmation_token")
	case t.Intent != "":
		return nil, refuse(http.StatusBadRequest, "token_already_used", "confirmation_token", "The confirmation token has been used.")
	case c.now.Unix() >= t.Expires:
		return nil, refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "confirmation_token", "The confirmation token has expired.")
	case t.Method.Type == "vipps" && !slices.Contains(in.Types, "vipps"):
		return nil, incompatible(in, &t.Method)
	}
	t = edit(c.work, t)
	t.Intent = in.ID
	if t.Shipping != nil && !c.at("shipping").given() {
		in.Shipping = t.Shipping
	}
	if t.SetupFuture != nil && !c.at("setup_future_usage").given() {
		in.SetupFuture = t.SetupFuture
	}
	return t, nil
}

// methodOfToken makes the method that a token previews, once.
func (c *call) methodOfToken(t *token) *method {
	if t.Saved {
		if m, known := get[*method](c.work, t.Method.ID); known {
			return m
		}
	}
	m := t.Method
	m.made = c.fresh("pm_", 24)
	c.add(&m)
	return &m
}

// The parts of a customer session.
var (
	components   = words("buy_button customer_sheet mobile_payment_element payment_element pricing_table")
	featureWords = words("payment_method_redisplay payment_method_save payment_method_remove")
)

// createCustomerSession is POST /v1/customer_sessions.
func (c *call) createCustomerSession() (object, error) {
	s := &customerSession{made: c.fresh("cuss_secret_", 44), Customer: c.at("customer").needed(), Expires: c.now.Add(sessionsLast).Unix()}
	if cu, known := get[*customer](c.work, s.Customer); c.err == nil && (!known || !c.ours(cu) || cu.Deleted) {
		return nil, unknown("customer", s.Customer, "customer")
	}
	for _, name := range components {
		if c.at("components", name, "enabled").yes() {
			s.Enabled = append(s.Enabled, name)
		}
	}
	if len(s.Enabled) == 0 {
		c.wrong(invalid("components", "Enable at least one component."))
	}
	f := c.at("components", "payment_element", "features")
	s.Features = object{"payment_method_save_usage": nil}
	for _, name := range featureWords {
		s.Features[name] = f.at(name).word("disabled", "enabled", "disabled")
	}
	if usage := f.at("payment_method_save_usage").word("", "off_session", "on_session"); usage != "" {
		s.Features["payment_method_save_usage"] = usage
	}
	limit := int64(3)
	if l := f.at("payment_method_redisplay_limit"); l.given() {
		if limit = l.number(); limit < 1 || limit > 10 {
			c.wrong(invalid(l.name(), "The limit is 1 to 10."))
		}
	}
	s.Features["payment_method_redisplay_limit"] = limit
	filters := f.at("payment_method_allow_redisplay_filters").texts()
	if filters == nil {
		filters = []string{"always"}
	}
	s.Features["payment_method_allow_redisplay_filters"] = filters
	if c.err != nil {
		return nil, c.err
	}
	c.add(s)
	return c.shownSession(s), nil
}

func (c *call) shownSession(s *customerSession) object {
	parts := object{}
	for _, name := range components {
		part := object{"enabled": slices.Contains(s.Enabled, name)}
		switch name {
		case "customer_sheet", "mobile_payment_element", "payment_element":
			part["features"] = nil
		}
		if name == "payment_element" && part["enabled"] == true {
			part["features"] = s.Features
		}
		parts[name] = part
	}
	return object{
		"object": "customer_session", "client_secret": s.ID, "components": parts, "created": s.Created, "customer": s.Customer,
		"customer_account": nil, "expires_at": s.Expires, "livemode": false,
	}
}

// customerSession finds one by its secret, while it lasts.
func (c *call) customerSession(secret string) (*customerSession, error) {
	s, known := get[*customerSession](c.work, secret)
	switch {
	case !known || !c.ours(s):
		return nil, unknown("customer_session", secret, "customer_session_client_secret")
	case c.now.Unix() >= s.Expires:
		return nil, refuse(http.StatusBadRequest, "customer_session_expired", "", "The customer session has expired.")
	}
	return s, nil
}

// mayRemove lets a browser detach a card of its own customer, where that is
// enabled.
func (c *call) mayRemove(m *method) error {
	s, err := c.customerSession(c.at("customer_session_client_secret").text())
	if err != nil {
		return err
	}
	if s.Customer != m.Customer || s.Features["payment_method_remove"] != "enabled" {
		return refuse(http.StatusUnauthorized, "secret_key_required", "", "This customer session does not allow removing this payment method.")
	}
	return nil
}
