package stripe

import (
	"net/http"
	"slices"
	"strings"
)

// authenticate is the outcome of a card whose owner must confirm.
const authenticate = "authenticate"

// cards are the numbers that there are (Stripe contract, section 3.2).
var cards = map[string]card{
	"4242424242424242": {Brand: "visa", Last4: "4242"},
	"5555555555554444": {Brand: "mastercard", Last4: "4444"},
	"4000000000000002": {Brand: "visa", Last4: "0002", Outcome: "generic_decline"},
	"4000000000009995": {Brand: "visa", Last4: "9995", Outcome: "insufficient_funds"},
	"4000002760003184": {Brand: "visa", Last4: "3184", Outcome: authenticate},
}

// shortcuts are ids and tokens that stand for a card.
var shortcuts = map[string]string{
	"pm_card_visa": "4242424242424242", "tok_visa": "4242424242424242", "pm_card_mastercard": "5555555555554444", "tok_mastercard": "5555555555554444",
	"pm_card_chargeDeclined": "4000000000000002", "tok_chargeDeclined": "4000000000000002",
	"pm_card_chargeDeclinedInsufficientFunds": "4000000000009995", "tok_chargeDeclinedInsufficientFunds": "4000000000009995",
}

// methodOf gives the method that a request names or describes; nil for none.
func (c *call) methodOf() (*method, error) {
	c.exclusive("payment_method", "payment_method_data", "confirmation_token")
	if c.err != nil {
		return nil, c.err
	}
	if f := c.at("payment_method"); f.given() && f.text() != "" {
		if number, short := shortcuts[f.text()]; short {
			return c.newCard(number), nil
		}
		m, known := get[*method](c.work, f.text())
		if !known || !c.ours(m) {
			return nil, unknown("payment_method", f.text(), "payment_method")
		}
		return m, nil
	}
	if data := c.at("payment_method_data"); data.given() {
		m, err := c.describe(data)
		if err == nil {
			c.add(m)
		}
		return m, err
	}
	return nil, nil
}

func (c *call) newCard(number string) *method {
	m := &method{made: c.fresh("pm_", 24), Type: "card", Redisplay: "unspecified", Metadata: map[string]string{}}
	m.Card = c.cardOf(number, 12, int64(c.now.Year()+2))
	c.add(m)
	return m
}

func (c *call) cardOf(number string, month, year int64) *card {
	is := cards[number]
	is.ExpMonth, is.ExpYear = month, year
	is.Fingerprint = "liksom" + is.Last4 + "000000"
	return &is
}

// describe reads a method that is none yet.
func (c *call) describe(f field) (*method, error) {
	m := &method{made: c.fresh("pm_", 24), Type: f.at("type").needed(), Billing: c.billing(f.at("billing_details"), nil)}
	m.Metadata = f.at("metadata").metadata(map[string]string{})
	m.Redisplay = f.at("allow_redisplay").word("unspecified", "always", "limited", "unspecified")
	if c.err != nil {
		return nil, c.err
	}
	if _, isWallet := wallets[m.Type]; isWallet && slices.Contains(c.account.Types, m.Type) {
		if m.Type == "vipps" && !c.mayVipps() {
			return nil, c.unactivated()
		}
		return m, nil
	}
	if m.Type != "card" || !slices.Contains(c.account.Types, "card") {
		return nil, refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", f.at("type").name(), "The payment method type %q is not known, or not switched on for this account.", shortened(m.Type)).early()
	}
	return m, c.readCard(f.at("card"), m)
}

// readCard takes what may be kept of a card and lets go of the rest.
func (c *call) readCard(f field, m *method) error {
	if number, short := shortcuts[f.at("token").text()]; short {
		m.Card = c.cardOf(number, 12, int64(c.now.Year()+2))
		return c.failed()
	}
	number := strings.NewReplacer(" ", "", "-", "").Replace(f.at("number").needed())
	month, year := f.at("exp_month").number(), f.at("exp_year").number()
	if c.err != nil {
		return c.err
	}
	if _, known := cards[number]; !known {
		return &Error{Status: http.StatusPaymentRequired, Type: "card_error", Code: "incorrect_number", Param: "number", Message: "This is none of the card numbers to test with."}
	}
	if year < 100 {
		year += 2000
	}
	if month < 1 || month > 12 {
		return &Error{Status: http.StatusPaymentRequired, Type: "card_error", Code: "invalid_expiry_month", Param: "exp_month", Message: "The card's month of expiry is 1 to 12."}
	}
	if year < int64(c.now.Year()) || year == int64(c.now.Year()) && month < int64(c.now.Month()) {
		return &Error{Status: http.StatusPaymentRequired, Type: "card_error", Code: "invalid_expiry_year", Param: "exp_year", Message: "The card has expired."}
	}
	m.Card = c.cardOf(number, month, year)
	return nil
}

// billing reads billing_details over what there was.
func (c *call) billing(f field, before object) object {
	if !f.given() {
		return before
	}
	o := billing(before)
	now := object{"address": o["address"], "tax_id": o["tax_id"]}
	for _, name := range words("email name phone tax_id") {
		now[name] = o[name]
		if f.at(name).given() {
			now[name] = f.at(name).orNil()
		}
	}
	if a := f.at("address"); a.given() {
		now["address"] = a.members(words(addressNames)...)
	}
	return now
}

// createMethod is POST /v1/payment_methods.
func (c *call) createMethod() (object, error) {
	m, err := c.describe(field{p: &c.params, n: c.root})
	if err != nil {
		return nil, err
	}
	c.add(m)
	return c.method(m), nil
}

func (c *call) findMethod() (*method, error) {
	m, known := get[*method](c.work, c.id())
	if !known || !c.ours(m) {
		return nil, unknown("payment_method", c.id(), "")
	}
	return m, nil
}

// getMethod is GET /v1/payment_methods/{id}.
func (c *call) getMethod() (object, error) {
	m, err := c.findMethod()
	if err != nil {
		return nil, err
	}
	return c.method(m), nil
}

// updateMethod is POST /v1/payment_methods/{id}.
func (c *call) updateMethod() (object, error) {
	m, err := c.findMethod()
	if err != nil {
		return nil, err
	}
	m = edit(c.work, m)
	m.Billing = c.billing(c.at("billing_details"), m.Billing)
	m.Metadata = c.at("metadata").metadata(m.Metadata)
	m.Redisplay = c.at("allow_redisplay").word(m.Redisplay, "always", "limited", "unspecified")
	return c.method(m), c.failed()
}

// attachMethod is POST /v1/payment_methods/{id}/attach.
func (c *call) attachMethod() (object, error) {
	var m *method
	if number, short := shortcuts[c.id()]; short {
		m = c.newCard(number)
	} else {
		found, err := c.findMethod()
		if err != nil {
			return nil, err
		}
		m = found
	}
	to := c.at("customer").needed()
	if c.err != nil {
		return nil, c.err
	}
	if m.Type != "card" {
		e := refuse(http.StatusBadRequest, "payment_method_unsupported_type", "", "A method of the type %s pays once and cannot be kept with a customer.", m.Type)
		e.Method = m.ID
		return nil, e
	}
	if cu, known := get[*customer](c.work, to); !known || !c.ours(cu) || cu.Deleted {
		return nil, unknown("customer", to, "customer")
	}
	m = edit(c.work, m)
	m.Customer = to
	c.emit(c.subject(m.ID), "payment_method.attached", c.method(m))
	return c.method(m), nil
}

// detachMethod is POST /v1/payment_methods/{id}/detach. A browser needs a
// customer session that allows it.
func (c *call) detachMethod() (object, error) {
	m, err := c.findMethod()
	if err != nil {
		return nil, err
	}
	if c.browser {
		if err := c.mayRemove(m); err != nil {
			return nil, err
		}
	}
	if m.Customer == "" {
		return nil, refuse(http.StatusBadRequest, "payment_method_unexpected_state", "", "The method is attached to nobody.")
	}
	before := c.method(m)
	m = edit(c.work, m)
	m.Customer = ""
	c.emit(c.subject(m.ID), "payment_method.detached", c.method(m)).previous(before, c.method(m))
	return c.method(m), nil
}

// listMethods is GET /v1/payment_methods, and a customer's.
func (c *call) listMethods() (object, error) {
	of, kind, redisplay := c.at("customer").text(), c.at("type").text(), c.at("allow_redisplay").text()
	if c.id() != "" {
		of = c.id()
		if cu, known := get[*customer](c.work, of); !known || !c.ours(cu) {
			return nil, unknown("customer", of, "")
		}
	}
	return listed(c, all[*method](c.work, "method"), func(m *method) bool {
		return (of == "" || m.Customer == of) && (kind == "" || m.Type == kind) && (redisplay == "" || m.Redisplay == redisplay)
	}, c.method)
}
