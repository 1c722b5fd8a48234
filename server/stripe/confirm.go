package stripe

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"liksom/server/payment"
)

// captureWithin is how long a reservation through Stripe lasts.
const captureWithin = 7 * 24 * time.Hour

// refundWithin is how long money can be given back.
const refundWithin = 365 * 24 * time.Hour

// confirmIntent is POST /v1/payment_intents/{id}/confirm.
func (c *call) confirmIntent() (object, error) {
	in, err := c.find()
	if err != nil {
		return nil, err
	}
	return c.confirm(edit(c.work, in))
}

// confirm begins to pay an intent (Stripe contract, section 5.2).
func (c *call) confirm(in *intent) (object, error) {
	if in.Status != needsMethod && in.Status != needsConfirm && in.Status != needsAction {
		return nil, wrongState(in, "The intent is %s and cannot be confirmed.", in.Status)
	}
	if f := c.at("capture_method"); f.given() {
		in.CaptureMethod = f.word(in.CaptureMethod, "automatic", "automatic_async", "manual")
	}
	if in.Attempts > 0 || c.id() != "" { // a create has read them already
		if err := c.reconfirm(in); err != nil {
			return nil, err
		}
	}
	t, err := c.useToken(in)
	if err != nil {
		return nil, err
	}
	m, err := c.methodFor(in, t)
	if err != nil {
		return nil, err
	}
	returnURL := c.at("return_url").link()
	if returnURL == nil && t != nil {
		returnURL = t.ReturnURL
	}
	offSession := c.at("off_session").text()
	if c.err != nil {
		return nil, c.err
	}
	in.Method, in.LastError = m.ID, nil
	if m.Type == "card" {
		return c.confirmCard(in, m, returnURL)
	}
	switch {
	case offSession != "" && offSession != "false":
		return nil, refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", "off_session", "Somebody must approve on the phone, so the payer must be there.").early()
	case returnURL == nil:
		return nil, missing("return_url")
	case c.at("error_on_requires_action").yes():
		in.Status = needsMethod
		in.Method = ""
		e := refuse(http.StatusBadRequest, "payment_intent_action_required", "", "The payer must approve on the phone, and the request wants an error for that.")
		e.Intent, e.kept = in.ID, true
		return nil, e
	}
	if _, err := c.lead(in, m, *returnURL); err != nil {
		return nil, err
	}
	return c.shown(in), nil
}

// reconfirm reads what a confirm may change.
func (c *call) reconfirm(in *intent) error {
	if c.at("payment_method_types").given() || c.at("allowed_payment_method_types").given() {
		in.Allowed, in.Automatic = nil, ""
		if err := c.chooseTypes(in); err != nil {
			return err
		}
	}
	return c.fill(in)
}

// methodFor is what an intent is to be paid with.
func (c *call) methodFor(in *intent, t *token) (*method, error) {
	m, err := c.methodOf()
	if err != nil {
		return nil, err
	}
	if m == nil && t != nil {
		m = c.methodOfToken(t)
	}
	if in.Status == needsAction {
		if m == nil {
			return nil, wrongState(in, "The payer is about to approve. Send a new payment method to begin anew.")
		}
		if err := c.withdraw(in); err != nil {
			return nil, err
		}
	}
	if m == nil {
		kept, known := get[*method](c.work, in.Method)
		if !known {
			return nil, wrongState(in, "There is nothing to pay with: send payment_method or payment_method_data.")
		}
		m = kept
	}
	switch {
	case !slices.Contains(in.Types, m.Type):
		return nil, incompatible(in, m)
	case m.Used && m.Type != "card":
		return nil, usedUp(m)
	}
	return m, nil
}

// withdraw ends the attempt that runs, without a word to the merchant.
func (c *call) withdraw(in *intent) error {
	a, ok := get[*attempt](c.work, in.Attempt)
	if !ok {
		return nil
	}
	if a.Ref.Reference != "" {
		if _, err := c.do(a.Ref, payment.Cancel{OnlyWaiting: true}); err != nil {
			return core(in, err)
		}
	}
	edit(c.work, a).Outcome = canceled
	c.spend(a.Method)
	in.Attempt, in.Status = "", needsMethod
	return nil
}

// reference is the name of an intent's attempt in the core.
func reference(in *intent, n int) string {
	return strings.ReplaceAll(in.ID, "_", "-") + "-" + strconv.Itoa(n)
}

// lead starts an attempt with a wallet: the payer is led to our page.
func (w *work) lead(in *intent, m *method, returnURL string) (*attempt, error) {
	if unit, known := w.Directory.Unit(w.account.MSN); known && !unit.Switches.PaymentsAllowed {
		return nil, w.switchedOff(in, m)
	}
	a := &attempt{made: w.fresh("pa_nonce_", 24), Intent: in.ID, Method: m.ID, ReturnURL: returnURL}
	set := w.settings()
	took, _ := set.Delays()
	cmd := payment.Create{
		Source: Source, Amount: payment.Amount{Currency: "NOK", Value: in.Amount}, Flow: payment.WebRedirect, Method: "WALLET",
		Description: orderText(in), ReturnURL: w.pageOf(a) + "/return",
		Terms:    payment.Terms{CaptureFor: captureWithin, GuaranteedFor: captureWithin, RefundFor: refundWithin},
		Deadline: w.now.Add(time.Duration(w.Directory.Settings().LandingWindow)), RefusalEnds: set.OnCardDecline == "fail", Takes: took,
	}
	for {
		in.Attempts++
		a.Ref = payment.ID{MSN: w.account.MSN, Reference: reference(in, in.Attempts)}
		_, err := w.do(a.Ref, cmd)
		if payment.ReasonOf(err) == payment.ReferenceTaken {
			continue // an attempt that was begun and never told of
		}
		if err != nil {
			return nil, core(in, err)
		}
		break
	}
	w.add(a)
	in.Attempt, in.Status, in.Method, in.LastError = a.ID, needsAction, m.ID, nil
	w.emit(a.Ref, "payment_intent.requires_action", w.intent(in))
	return a, nil
}

// switchedOff is the wallet's answer to a sales unit that may take no payments.
func (w *work) switchedOff(in *intent, m *method) error {
	why := failure{Type: requestError, Code: "payment_method_not_available", Message: "The payment method cannot be used at the moment. Try another one, or later.", Method: m.ID}
	in.Status, in.Method, in.Attempt, in.LastError = needsMethod, "", "", &why
	w.spend(m.ID)
	w.emit(w.subject(reference(in, 1)), "payment_intent.payment_failed", w.intent(in))
	e := refuse(http.StatusBadRequest, why.Code, "", "%s", why.Message)
	e.Intent, e.Method, e.kept = in.ID, m.ID, true
	return e
}

// confirmCard asks the issuer of a card at once.
func (c *call) confirmCard(in *intent, m *method, returnURL *string) (object, error) {
	if in.Automatic == "always" && returnURL == nil {
		return nil, missing("return_url")
	}
	about := c.subject(reference(in, 1))
	if m.Card.Outcome == authenticate {
		if returnURL == nil {
			return nil, missing("return_url")
		}
		c.challenge(in, m, *returnURL)
		return c.shown(in), nil
	}
	if m.Card.Outcome != "" {
		e := c.declineCard(in, m, about)
		return nil, e
	}
	c.authorize(in, m.ID, about, nil)
	c.saveCard(in, m)
	return c.shown(in), nil
}

// challenge leads the owner of a card to a page where the bank asks who it is.
func (w *work) challenge(in *intent, m *method, returnURL string) *attempt {
	a := &attempt{made: w.fresh("pa_nonce_", 24), Intent: in.ID, Method: m.ID, ReturnURL: returnURL}
	w.add(a)
	in.Attempt, in.Status, in.Method, in.LastError = a.ID, needsAction, m.ID, nil
	w.emit(w.subject(reference(in, 1)), "payment_intent.requires_action", w.intent(in))
	return a
}

// declineCard is an issuer's no to a card that was given to the merchant.
func (w *work) declineCard(in *intent, m *method, about payment.ID) *Error {
	why := failure{Type: "card_error", Code: "card_declined", DeclineCode: m.Card.Outcome, Message: "The card was declined.", Method: m.ID}
	ch := w.charge(in, m.ID)
	ch.Status, ch.Failure, ch.Decline = "failed", why.Code, why.DeclineCode
	in.Charge, why.Charge = ch.ID, ch.ID
	in.Status, in.Method, in.Attempt, in.LastError = needsMethod, "", "", &why
	w.emit(about, "charge.failed", w.chargeView(ch))
	w.emit(about, "payment_intent.payment_failed", w.intent(in))
	return &Error{
		Status: http.StatusPaymentRequired, Type: why.Type, Code: why.Code, DeclineCode: why.DeclineCode, Message: why.Message,
		Intent: in.ID, Method: m.ID, Charge: ch.ID, kept: true,
	}
}

// saveCard keeps a card with the customer where that was asked for.
func (w *work) saveCard(in *intent, m *method) {
	if in.SetupFuture == nil || in.Customer == "" || m.Customer == in.Customer {
		return
	}
	m = edit(w, m)
	m.Customer = in.Customer
	w.emit(w.subject(m.ID), "payment_method.attached", w.method(m))
}
