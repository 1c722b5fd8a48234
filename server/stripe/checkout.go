package stripe

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"liksom/server/payment"
)

const (
	// shortestSession and longestSession bound how long a session stays open.
	shortestSession = 30 * time.Minute
	longestSession  = 24 * time.Hour
	mostLines       = 100
)

const sessionNames = `mode line_items.* success_url return_url cancel_url payment_method_types allowed_payment_method_types excluded_payment_method_types
	payment_method_options.* payment_intent_data.* customer customer_email customer_creation client_reference_id currency expires_at locale metadata.*
	phone_number_collection.enabled shipping_address_collection.* billing_address_collection submit_type ui_mode payment_method_configuration
	allow_promotion_codes automatic_tax.enabled customer_update.* redirect_on_completion`

// createSession is POST /v1/checkout/sessions.
func (c *call) createSession() (object, error) {
	s := &session{made: c.fresh("cs_test_", 58), Status: "open", PaymentStatus: "unpaid", Metadata: c.at("metadata").metadata(map[string]string{})}
	c.readSession(s)
	if c.err != nil {
		return nil, c.err
	}
	if err := c.readLines(s); err != nil {
		return nil, err
	}
	if err := c.sessionTypes(s); err != nil {
		return nil, err
	}
	if err := c.sessionData(s); err != nil {
		return nil, err
	}
	if total := s.total(); total < c.settings().MinAmount || total > mostAmount {
		return nil, refuse(http.StatusBadRequest, "amount_too_small", "line_items", "The items must cost between %d and %d together; they cost %d.", c.settings().MinAmount, mostAmount, total).early()
	}
	c.add(s)
	c.later(time.Unix(s.Expires, 0).UTC(), s.ID)
	return c.session(s), nil
}

// modes are the spellings of how a session is shown, by the older one.
var modes = map[string]string{"hosted": "hosted_page", "embedded": "embedded_page", "custom": "elements", "form": "form"}

func (c *call) readSession(s *session) {
	s.Mode = c.at("mode").needed()
	if c.err == nil && s.Mode != "payment" {
		c.wrong(invalid("mode", "Vipps is for mode=payment; the simulator has no other, not %q.", shortened(s.Mode)))
	}
	s.UI = c.at("ui_mode").word("hosted_page", "hosted", "embedded", "custom", "hosted_page", "embedded_page", "elements", "form")
	if newer, old := modes[s.UI]; old {
		s.UI = newer
	}
	s.SuccessURL, s.CancelURL, s.ReturnURL = c.at("success_url").link(), c.at("cancel_url").link(), c.at("return_url").link()
	switch {
	case s.UI == "hosted_page" && s.SuccessURL == nil:
		c.wrong(missing("success_url"))
	case s.UI != "hosted_page" && s.ReturnURL == nil:
		c.wrong(missing("return_url"))
	}
	if s.UI != "hosted_page" {
		s.Secret = s.ID + "_secret_" + c.IDs.Code(40)
	}
	s.Email, s.Reference, s.Locale, s.Submit = c.at("customer_email").orNil(), c.at("client_reference_id").orNil(), c.at("locale").orNil(), c.at("submit_type").orNil()
	s.Creation = c.at("customer_creation").word("if_required", "if_required", "always")
	s.BillingCollection = c.at("billing_address_collection").orNil()
	s.ShippingCountries = c.at("shipping_address_collection", "allowed_countries").texts()
	s.AsksPhone = c.at("phone_number_collection", "enabled").yes()
	if id := c.at("customer").text(); id != "" {
		if cu, known := get[*customer](c.work, id); !known || !c.ours(cu) || cu.Deleted {
			c.wrong(unknown("customer", id, "customer"))
		}
		c.exclusive("customer", "customer_email")
		s.Customer = id
	}
	s.Expires = c.now.Add(longestSession).Unix()
	if f := c.at("expires_at"); f.given() {
		s.Expires = f.number()
		if ahead := s.Expires - c.now.Unix(); ahead < int64(shortestSession/time.Second) || ahead > int64(longestSession/time.Second) {
			c.wrong(invalid("expires_at", "A session expires 30 minutes to 24 hours after it was made."))
		}
	}
}

// readLines reads what is sold.
func (c *call) readLines(s *session) error {
	items := c.at("line_items").items()
	if c.err == nil && len(items) == 0 {
		return missing("line_items")
	}
	if len(items) > mostLines {
		return invalid("line_items", "A session has at most %d items.", mostLines)
	}
	for _, item := range items {
		l := line{ID: "li_" + c.IDs.Code(24), Quantity: 1}
		if q := item.at("quantity"); q.given() {
			l.Quantity = q.number()
		}
		if c.err == nil && (l.Quantity < 1 || l.Quantity > 999_999) {
			return invalid(item.at("quantity").name(), "The quantity must be between 1 and 999999.")
		}
		of, err := c.priceOf(item)
		if err != nil {
			return err
		}
		l.Price = *of
		if p, known := get[*product](c.work, of.Product); known {
			l.Description = p.Name
		}
		s.Lines = append(s.Lines, l)
	}
	s.Currency = s.Lines[0].Price.Currency
	if wanted := strings.ToLower(c.at("currency").text()); wanted != "" && wanted != s.Currency {
		return invalid("currency", "The items are priced in %s.", s.Currency)
	}
	return c.failed()
}

// sessionTypes says how a session can be paid.
func (c *call) sessionTypes(s *session) error {
	c.exclusive("payment_method_types", "allowed_payment_method_types")
	s.Excluded = c.at("excluded_payment_method_types").texts()
	if f := c.at("allowed_payment_method_types"); f.given() {
		s.Allowed = f.texts()
	}
	s.Types = c.at("payment_method_types").texts()
	if c.err != nil {
		return c.err
	}
	if len(s.Types) == 0 {
		s.Types = c.dynamic(s.Currency, s.Allowed, s.Excluded, false)
		if s.mixed() {
			s.Types = slices.DeleteFunc(s.Types, func(kind string) bool { return wallets[kind].currencies != nil })
		}
		if len(s.Types) == 0 {
			return refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "allowed_payment_method_types", "None of the payment methods is left that this session could be paid with.").early()
		}
		return nil
	}
	for i, kind := range s.Types {
		w, isWallet := wallets[kind]
		at := c.at("payment_method_types").at(c.at("payment_method_types").n.names()[i]).name()
		switch {
		case !isWallet && kind != "card", !slices.Contains(c.account.Types, kind):
			return invalid(at, "The payment method type %q is not known, or not switched on for this account.", shortened(kind))
		case isWallet && (s.mixed() || !slices.Contains(w.currencies, s.Currency)):
			return invalid("line_items", "%s takes prices in %s only, and all of one currency.", kind, strings.Join(w.currencies, ", "))
		}
	}
	return nil
}

// mixed tells whether not all items have one currency.
func (s *session) mixed() bool {
	return slices.ContainsFunc(s.Lines, func(l line) bool { return l.Price.Currency != s.Currency })
}

// sessionData reads what the intent will be.
func (c *call) sessionData(s *session) error {
	f := c.at("payment_intent_data")
	d := &s.Data
	d.CaptureMethod = f.at("capture_method").word(c.usualCapture(), "automatic", "automatic_async", "manual")
	d.Description, d.Receipt, d.Statement, d.SetupFuture = f.at("description").orNil(), f.at("receipt_email").orNil(), f.at("statement_descriptor").orNil(), f.at("setup_future_usage").orNil()
	d.Metadata = f.at("metadata").metadata(map[string]string{})
	c.shipping(f.at("shipping"), &d.Shipping)
	if d.SetupFuture != nil && len(s.Types) == 1 && s.Types[0] == "vipps" {
		return invalid("payment_intent_data[setup_future_usage]", "Vipps cannot be saved for later.")
	}
	probe := &intent{Types: s.Types}
	if err := c.fillOptions(probe); err != nil {
		return err
	}
	s.Options = probe.Options
	return c.failed()
}

func (c *call) findSession() (*session, error) {
	s, known := get[*session](c.work, c.id())
	if !known || !c.ours(s) {
		return nil, unknown("session", c.id(), "")
	}
	if s.Intent != "" {
		if _, err := c.catchUp(s.Intent); err != nil {
			return nil, err
		}
	}
	s, _ = get[*session](c.work, s.ID)
	if err := c.expireDue(s); err != nil {
		return nil, err
	}
	if err := c.commitSettled(); err != nil {
		return nil, err
	}
	s, _ = get[*session](c.work, s.ID)
	return s, nil
}

// getSession is GET /v1/checkout/sessions/{id}.
func (c *call) getSession() (object, error) {
	s, err := c.findSession()
	if err != nil {
		return nil, err
	}
	return c.session(s), nil
}

// getLines is GET /v1/checkout/sessions/{id}/line_items.
func (c *call) getLines() (object, error) {
	s, err := c.findSession()
	if err != nil {
		return nil, err
	}
	return whole(c.r.URL.Path, c.lines(s)), nil
}

// listSessions is GET /v1/checkout/sessions.
func (c *call) listSessions() (object, error) {
	if err := c.settleAll(); err != nil {
		return nil, err
	}
	of, by, status, email := c.at("payment_intent").text(), c.at("customer").text(), c.at("status").text(), c.at("customer_details", "email").text()
	return listed(c, all[*session](c.work, "session"), func(s *session) bool {
		return (of == "" || s.Intent == of) && (by == "" || s.Customer == by) && (status == "" || s.Status == status) &&
			(email == "" || s.Details != nil && s.Details["email"] == email)
	}, c.session)
}

// expireSession is POST /v1/checkout/sessions/{id}/expire.
func (c *call) expireSession() (object, error) {
	s, err := c.findSession()
	if err != nil {
		return nil, err
	}
	if s.Status != "open" {
		return nil, refuse(http.StatusBadRequest, "", "", "Only an open session can be expired; this one is %s.", s.Status)
	}
	if err := c.close(s); err != nil {
		return nil, err
	}
	s, _ = get[*session](c.work, s.ID)
	return c.session(s), nil
}

// expireDue closes a session whose time is over.
func (w *work) expireDue(s *session) error {
	if s.Status != "open" || w.now.Unix() < s.Expires {
		return nil
	}
	defer func(now time.Time) { w.now = now }(w.now)
	w.now = time.Unix(s.Expires, 0).UTC()
	return w.close(s)
}

// close ends an open session with what it had begun.
func (w *work) close(s *session) error {
	about := w.subject(s.ID)
	if in, begun := get[*intent](w, s.Intent); begun && in.Status != canceled {
		about = w.sessionSubject(in)
		reason := "expired"
		w.asked.reason = &reason
		if err := w.cancel(in); err != nil {
			return err
		}
	}
	s, _ = get[*session](w, s.ID)
	s = edit(w, s)
	s.Status = "expired"
	w.emit(about, "checkout.session.expired", w.session(s))
	return nil
}

// sessionPaid completes the session that an intent was made by.
func (w *work) sessionPaid(in *intent) {
	s, known := get[*session](w, in.Session)
	if !known || s.Status != "open" {
		return
	}
	s = edit(w, s)
	s.Status, s.PaymentStatus = "complete", "unpaid"
	if in.Status == succeeded {
		s.PaymentStatus = "paid"
	}
	if s.Details == nil {
		s.Details = details(w.emailOf(s))
	}
	if s.Creation == "always" && s.Customer == "" {
		s.Customer = w.customerOf(s)
		edit(w, in).Customer = s.Customer
	}
	w.emit(w.sessionSubject(in), "checkout.session.completed", w.session(s))
}

// customerOf makes the customer that a session was to make.
func (w *work) customerOf(s *session) string {
	cu := &customer{made: w.fresh("cus_", 14), Metadata: map[string]string{}}
	if email, ok := s.Details["email"].(string); ok {
		cu.Email = &email
	}
	w.add(cu)
	w.emit(w.subject(cu.ID), "customer.created", w.customer(cu))
	return cu.ID
}

func (w *work) sessionSubject(in *intent) payment.ID {
	if a, led := get[*attempt](w, in.Attempt); led && a.Ref.Reference != "" {
		return a.Ref
	}
	return w.subject(reference(in, 1))
}

// sessionLate tells of the result of a session that completed before there was
// one.
func (w *work) sessionLate(in *intent, paid bool) {
	s, known := get[*session](w, in.Session)
	if !known {
		return
	}
	s = edit(w, s)
	name := "checkout.session.async_payment_failed"
	if paid {
		name = "checkout.session.async_payment_succeeded"
		if in.Status == succeeded {
			s.PaymentStatus = "paid"
		}
	}
	w.emit(w.sessionSubject(in), name, w.session(s))
}
