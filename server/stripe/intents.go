package stripe

import (
	"net/http"
	"slices"
	"strings"
)

const mostAmount = 99_999_999

// createIntent is POST /v1/payment_intents.
func (c *call) createIntent() (object, error) {
	in := &intent{made: c.fresh("pi_", 24), Status: needsMethod, Metadata: map[string]string{}, Options: map[string]map[string]string{}}
	in.Secret = in.ID + "_secret_" + c.IDs.Code(25)
	in.Amount, in.Currency = c.amount(), strings.ToLower(c.at("currency").needed())
	in.CaptureMethod = c.at("capture_method").word(c.usualCapture(), "automatic", "automatic_async", "manual")
	if c.err != nil {
		return nil, c.err
	}
	if err := c.chooseTypes(in); err != nil {
		return nil, err
	}
	if err := c.fill(in); err != nil {
		return nil, err
	}
	confirm := c.at("confirm").yes()
	if !confirm {
		for _, name := range []string{"return_url", "confirmation_token", "off_session", "error_on_requires_action"} {
			if c.at(name).given() {
				return nil, invalid(name, "%s goes only with confirm=true.", name)
			}
		}
	}
	c.add(in)
	if !confirm {
		if err := c.giveMethod(in); err != nil {
			return nil, err
		}
	}
	c.emit(c.subject(reference(in, 1)), "payment_intent.created", c.intent(in))
	if !confirm {
		return c.intent(in), c.failed()
	}
	return c.confirm(in)
}

// amount reads and judges it.
func (c *call) amount() int64 {
	f := c.at("amount")
	f.needed()
	n := f.number()
	if c.err != nil {
		return 0
	}
	if least := c.settings().MinAmount; n < least {
		c.wrong(refuse(http.StatusBadRequest, "amount_too_small", "amount", "The smallest amount is %d.", least).early())
	}
	if n > mostAmount {
		c.wrong(refuse(http.StatusBadRequest, "amount_too_large", "amount", "The largest amount is %d.", mostAmount).early())
	}
	return n
}

func (c *call) usualCapture() string {
	if c.version.since("2024-04-10") {
		return "automatic_async"
	}
	return "automatic"
}

// chooseTypes says with which types an intent can be paid (Stripe contract,
// sections 0.1 and 6).
func (c *call) chooseTypes(in *intent) error {
	c.exclusive("payment_method_types", "allowed_payment_method_types", "automatic_payment_methods")
	allowed := c.at("allowed_payment_method_types")
	if allowed.given() {
		c.exclusive("allowed_payment_method_types", "excluded_payment_method_types", "payment_method_configuration")
		in.Allowed = allowed.texts()
	}
	in.Excluded = c.at("excluded_payment_method_types").texts()
	automatic := c.at("automatic_payment_methods")
	if c.err != nil {
		return c.err
	}
	listed := c.at("payment_method_types").texts()
	switch {
	case len(listed) > 0:
		in.Types = listed
		return c.judgeTypes(listed, in.Currency)
	case automatic.at("enabled").given() && !automatic.at("enabled").yes() || !automatic.given() && in.Allowed == nil && !c.version.since("2023-08-16"):
		in.Types = []string{"card"}
		return c.failed()
	}
	if in.Allowed == nil {
		in.Automatic = automatic.at("allow_redirects").word("always", "always", "never")
	}
	in.Types = c.dynamic(in.Currency, in.Allowed, in.Excluded, in.Automatic == "never")
	if len(in.Types) == 0 {
		return refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "allowed_payment_method_types", "None of the payment methods is left that this payment could be paid with.").early()
	}
	return c.failed()
}

// dynamic are the types that fit, of those the account has switched on.
func (c *call) dynamic(currency string, allowed, excluded []string, stay bool) []string {
	found := []string{}
	for _, kind := range c.account.Types {
		w, isWallet := wallets[kind]
		switch {
		case allowed != nil && !slices.Contains(allowed, kind), slices.Contains(excluded, kind):
		case isWallet && (stay || !c.mayVipps() || !slices.Contains(w.currencies, currency)):
		default:
			found = append(found, kind)
		}
	}
	return found
}

// wallet is a type of payment method that is approved on a phone.
type wallet struct {
	currencies []string
}

// wallets are those there are.
var wallets = map[string]wallet{"vipps": {currencies: []string{"nok"}}}

// judgeTypes refuses a list that names what cannot be.
func (c *call) judgeTypes(listed []string, currency string) error {
	for _, kind := range listed {
		w, isWallet := wallets[kind]
		switch {
		case !isWallet && kind != "card", !slices.Contains(c.account.Types, kind):
			return refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "payment_method_types", "The payment method type %q is not known, or not switched on for this account.", shortened(kind)).early()
		case isWallet && !slices.Contains(w.currencies, currency):
			return refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "payment_method_types", "%s takes %s only, not %s.", kind, strings.Join(w.currencies, ", "), shortened(currency)).early()
		}
	}
	return nil
}

// fill reads what an intent is told by a create or an update.
func (c *call) fill(in *intent) error {
	c.at("description").change(&in.Description)
	c.at("receipt_email").change(&in.Receipt)
	c.at("statement_descriptor").change(&in.Statement)
	c.at("statement_descriptor_suffix").change(&in.Suffix)
	in.Metadata = c.at("metadata").metadata(in.Metadata)
	c.shipping(c.at("shipping"), &in.Shipping)
	if f := c.at("setup_future_usage"); f.given() {
		f.word("", "on_session", "off_session")
		f.change(&in.SetupFuture)
	}
	if f := c.at("customer"); f.given() {
		if _, known := get[*customer](c.work, f.text()); f.text() != "" && !known {
			return unknown("customer", f.text(), "customer")
		}
		in.Customer = f.text()
	}
	if in.SetupFuture != nil && len(in.Types) == 1 && in.Types[0] == "vipps" {
		return refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "setup_future_usage", "Vipps cannot be saved for later.").early()
	}
	if c.at("confirmation_method").word("automatic", "automatic", "manual") == "manual" && slices.Contains(in.Types, "vipps") {
		return refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "confirmation_method", "With Vipps only confirmation_method=automatic works.").early()
	}
	return c.fillOptions(in)
}

// fillOptions reads payment_method_options.
func (c *call) fillOptions(in *intent) error {
	f := c.at("payment_method_options")
	if !f.given() {
		return c.failed()
	}
	now := map[string]map[string]string{}
	for kind, of := range in.Options {
		now[kind] = of
	}
	for _, kind := range f.n.names() {
		of := map[string]string{}
		for name, value := range now[kind] {
			of[name] = value
		}
		if below := f.at(kind); below.n != nil && !below.n.leaf {
			for _, name := range below.n.names() {
				of[name] = below.at(name).text()
			}
		}
		now[kind] = of
	}
	in.Options = now
	vipps := f.at("vipps")
	if vipps.given() {
		vipps.at("capture_method").word("", "manual")
		vipps.at("setup_future_usage").word("", "none")
		if r := vipps.at("reference"); r.given() && (r.text() == "" || len([]rune(r.text())) > 255) {
			return invalid(r.name(), "The reference has 1 to 255 characters.")
		}
		for _, name := range vipps.n.names() {
			if !slices.Contains([]string{"capture_method", "setup_future_usage", "reference"}, name) {
				return refuse(http.StatusBadRequest, "parameter_unknown", vipps.at(name).name(), "There is no parameter %s here.", vipps.at(name).name()).early()
			}
		}
	}
	return c.failed()
}

// shipping reads where goods go.
func (c *call) shipping(f field, into *object) {
	if !f.given() {
		return
	}
	if f.n.leaf {
		*into = nil
		return
	}
	o := f.members("carrier", "name", "phone", "tracking_number")
	o["address"] = f.at("address").members(words(addressNames)...)
	*into = o
}

// find gives the intent that a path names, settled.
func (c *call) find() (*intent, error) {
	in, known := get[*intent](c.work, c.id())
	if !known || !c.ours(in) {
		return nil, unknown("intent", c.id(), "")
	}
	if c.browser && c.at("client_secret").text() != in.Secret {
		return nil, refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "client_secret", "The client secret is missing or is not this payment intent's.")
	}
	in, err := c.catchUp(in.ID)
	if err != nil {
		return nil, err
	}
	return in, c.commitSettled()
}

// commitSettled keeps what settling changed, whatever becomes of the call.
func (c *call) commitSettled() error {
	noted := c.dirty
	if len(noted) == 0 {
		return nil
	}
	if err := c.commit(); err != nil {
		return err
	}
	c.drop()
	return nil
}

// shown is an intent as this caller may see it.
func (c *call) shown(in *intent) object {
	if now, ok := get[*intent](c.work, in.ID); ok {
		in = now
	}
	if c.browser {
		return subset(c.intent(in))
	}
	return c.intent(in)
}

// getIntent is GET /v1/payment_intents/{id}.
func (c *call) getIntent() (object, error) {
	in, err := c.find()
	if err != nil {
		return nil, err
	}
	return c.shown(in), nil
}

// listIntents is GET /v1/payment_intents.
func (c *call) listIntents() (object, error) {
	if err := c.settleAll(); err != nil {
		return nil, err
	}
	customer := c.at("customer").text()
	return listed(c, all[*intent](c.work, "intent"), func(in *intent) bool { return customer == "" || in.Customer == customer }, c.intent)
}

// settleAll settles whatever waits for its payer or its capture.
func (w *work) settleAll() error {
	for _, in := range all[*intent](w, "intent") {
		if in.Attempt == "" || in.Status == succeeded || in.Status == canceled {
			continue
		}
		if _, err := w.catchUp(in.ID); err != nil {
			return err
		}
	}
	return nil
}

// updateIntent is POST /v1/payment_intents/{id}.
func (c *call) updateIntent() (object, error) {
	in, err := c.find()
	if err != nil {
		return nil, err
	}
	if c.browser {
		c.known(words("payment_method " + billingNames + " receipt_email shipping.*"))
	}
	for _, name := range []string{"confirm", "confirmation_token", "off_session", "error_on_requires_action", "return_url"} {
		if c.at(name).given() {
			return nil, refuse(http.StatusBadRequest, "parameter_unknown", name, "There is no parameter %s here.", name).early()
		}
	}
	if c.err != nil {
		return nil, c.err
	}
	in = edit(c.work, in)
	if err := c.reprice(in); err != nil {
		return nil, err
	}
	if err := c.fill(in); err != nil {
		return nil, err
	}
	if c.at("payment_method").given() || c.at("payment_method_data").given() {
		if in.Status != needsMethod && in.Status != needsConfirm {
			return nil, wrongState(in, "The payment method cannot be changed while the intent is %s.", in.Status)
		}
		if err := c.giveMethod(in); err != nil {
			return nil, err
		}
	}
	in.LastError = nil
	return c.shown(in), c.failed()
}

// reprice changes amount, currency and types, which only an intent that
// nobody is about to pay allows.
func (c *call) reprice(in *intent) error {
	changes := false
	for _, name := range []string{"amount", "currency", "payment_method_types", "allowed_payment_method_types", "automatic_payment_methods", "capture_method"} {
		changes = changes || c.at(name).given()
	}
	if !changes {
		return nil
	}
	if in.Status != needsMethod && in.Status != needsConfirm {
		return wrongState(in, "The intent is %s: its amount and what it can be paid with stay as they are.", in.Status)
	}
	if c.at("amount").given() {
		in.Amount = c.amount()
	}
	if f := c.at("currency"); f.given() {
		in.Currency = strings.ToLower(f.needed())
	}
	in.CaptureMethod = c.at("capture_method").word(in.CaptureMethod, "automatic", "automatic_async", "manual")
	if c.err != nil {
		return c.err
	}
	if c.at("payment_method_types").given() || c.at("allowed_payment_method_types").given() || c.at("automatic_payment_methods").given() {
		in.Allowed, in.Excluded, in.Automatic = nil, nil, ""
		return c.chooseTypes(in)
	}
	return c.judgeTypes(in.Types, in.Currency)
}

// giveMethod attaches the method that a request names or describes.
func (c *call) giveMethod(in *intent) error {
	m, err := c.methodOf()
	if err != nil || m == nil {
		return err
	}
	if !slices.Contains(in.Types, m.Type) {
		return incompatible(in, m)
	}
	if m.Used && m.Type != "card" {
		return usedUp(m)
	}
	in.Method, in.Status = m.ID, needsConfirm
	return nil
}

func incompatible(in *intent, m *method) *Error {
	e := refuse(http.StatusBadRequest, "payment_intent_incompatible_payment_method", "payment_method", "A method of the type %s does not fit: the intent takes %s.", m.Type, strings.Join(in.Types, ", "))
	e.Method = m.ID
	return e
}

func usedUp(m *method) *Error {
	e := refuse(http.StatusBadRequest, "payment_method_unexpected_state", "payment_method", "This method has paid, or failed to, and cannot be used again. Make a new one.")
	e.Method = m.ID
	return e
}
