package stripe

import (
	"net/http"
	"slices"

	"liksom/server/payment"
)

// captureIntent is POST /v1/payment_intents/{id}/capture.
func (c *call) captureIntent() (object, error) {
	in, err := c.find()
	if err != nil {
		return nil, err
	}
	if in.Status != needsCapture {
		return nil, wrongState(in, "Only an intent that requires capture can be captured; this one is %s.", in.Status)
	}
	amount := in.Amount
	if f := c.at("amount_to_capture"); f.given() {
		amount = f.number()
	}
	a, isWallet := get[*attempt](c.work, in.Attempt)
	isWallet = isWallet && a.Ref.Reference != ""
	bad := func(param, format string, args ...any) *Error {
		return refuse(http.StatusBadRequest, "payment_intent_invalid_parameter", param, format, args...)
	}
	final := c.at("final_capture").word("", "true", "false")
	switch {
	case c.err != nil:
		return nil, c.err
	case isWallet && amount != in.Amount:
		return nil, bad("amount_to_capture", "Vipps is captured in full: %d.", in.Amount)
	case isWallet && final == "false":
		return nil, bad("final_capture", "Vipps is captured once and in full.")
	case amount < 1 || amount > in.Amount:
		return nil, bad("amount_to_capture", "Between 1 and %d can be captured.", in.Amount)
	}
	if c.at("metadata").given() {
		c.asked.metadata = c.at("metadata").metadata(in.Metadata)
	}
	if c.err != nil {
		return nil, c.err
	}
	if !isWallet {
		c.take(edit(c.work, in), amount, c.subject(reference(in, 1)))
		return c.shown(in), nil
	}
	if _, err := c.do(a.Ref, payment.Capture{Amount: payment.Amount{Currency: "NOK", Value: in.Amount}, Key: c.idempotency, InFull: true}); err != nil {
		return nil, core(in, err)
	}
	if in, err = c.settle(in.ID); err != nil {
		return nil, err
	}
	return c.shown(in), nil
}

// cancelIntent is POST /v1/payment_intents/{id}/cancel.
func (c *call) cancelIntent() (object, error) {
	in, err := c.find()
	if err != nil {
		return nil, err
	}
	if f := c.at("cancellation_reason"); f.word("", "duplicate", "fraudulent", "requested_by_customer", "abandoned") != "" {
		c.asked.reason = f.orNil()
	}
	switch {
	case c.err != nil:
		return nil, c.err
	case in.Session != "" && in.Status != needsCapture:
		return nil, wrongState(in, "The intent belongs to a Checkout session: expire that instead.")
	case !slices.Contains([]string{needsMethod, needsConfirm, needsAction, needsCapture}, in.Status):
		return nil, wrongState(in, "An intent that is %s cannot be canceled.", in.Status)
	}
	if err := c.cancel(in); err != nil {
		return nil, err
	}
	return c.shown(in), nil
}

// cancel ends an intent for the reason that was asked for.
func (w *work) cancel(in *intent) error {
	a, led := get[*attempt](w, in.Attempt)
	wallet := led && a.Ref.Reference != ""
	about := w.subject(reference(in, 1))
	if wallet {
		about = a.Ref
	}
	in = edit(w, in)
	switch {
	case in.Status == needsCapture && wallet:
		if _, err := w.do(a.Ref, payment.Cancel{}); err != nil {
			return core(in, err)
		}
		_, err := w.settle(in.ID)
		return err
	case in.Status == needsCapture:
		w.release(in, about, false)
		return nil
	case in.Status == needsAction && wallet:
		w.asked.withdrawn = true
		if _, err := w.do(a.Ref, payment.Cancel{OnlyWaiting: true}); err != nil {
			return core(in, err)
		}
	}
	if led {
		edit(w, a).Outcome = canceled
		w.spend(a.Method)
	}
	w.canceled(in)
	w.emit(about, "payment_intent.canceled", w.intent(in))
	return nil
}

// createRefund is POST /v1/refunds.
func (c *call) createRefund() (object, error) {
	ch, err := c.chargeToRefund()
	if err != nil {
		return nil, err
	}
	in, err := c.catchUp(ch.Intent)
	if err != nil {
		return nil, err
	}
	ch, _ = get[*charge](c.work, ch.ID)
	left := ch.Captured - ch.Refunded
	amount := left
	if f := c.at("amount"); f.given() {
		amount = f.number()
	}
	if f := c.at("reason"); f.word("", "duplicate", "fraudulent", "requested_by_customer") != "" {
		c.asked.reason = f.orNil()
	}
	c.asked.metadata = c.at("metadata").metadata(map[string]string{})
	switch {
	case c.err != nil:
		return nil, c.err
	case in.Status != succeeded || ch.Status != succeeded || in.Charge != ch.ID:
		return nil, refuse(http.StatusBadRequest, "charge_not_refundable", "", "Only a payment that has succeeded can be refunded; the intent is %s.", in.Status)
	case left == 0:
		return nil, refuse(http.StatusBadRequest, "charge_already_refunded", "", "Charge %s has been refunded in full.", ch.ID)
	case amount < 1:
		return nil, refuse(http.StatusBadRequest, "parameter_invalid_integer", "amount", "The amount must be above zero.").early()
	case amount > left:
		return nil, invalid("amount", "%d is more than is left to refund: %d.", amount, left)
	}
	a, led := get[*attempt](c.work, in.Attempt)
	if !led || a.Ref.Reference == "" {
		c.refunded(in, amount)
	} else {
		_, err := c.do(a.Ref, payment.Refund{Amount: payment.Amount{Currency: "NOK", Value: amount}, Key: c.idempotency})
		if err != nil {
			return nil, core(in, err)
		}
		if _, err := c.settle(in.ID); err != nil {
			return nil, err
		}
	}
	r, _ := get[*refund](c.work, c.asked.refund)
	return c.refund(r), nil
}

func (c *call) chargeToRefund() (*charge, error) {
	c.exclusive("charge", "payment_intent")
	byCharge, byIntent := c.at("charge"), c.at("payment_intent")
	switch {
	case c.err != nil:
		return nil, c.err
	case byCharge.given():
		ch, known := get[*charge](c.work, byCharge.text())
		if !known || !c.ours(ch) {
			return nil, unknown("charge", byCharge.text(), "charge")
		}
		return ch, nil
	case !byIntent.given():
		return nil, missing("payment_intent")
	}
	in, known := get[*intent](c.work, byIntent.text())
	if !known || !c.ours(in) {
		return nil, unknown("payment_intent", byIntent.text(), "payment_intent")
	}
	in, err := c.catchUp(in.ID)
	if err != nil {
		return nil, err
	}
	ch, charged := get[*charge](c.work, in.Charge)
	if !charged {
		return nil, refuse(http.StatusBadRequest, "charge_not_refundable", "", "The intent is %s: nothing has been paid.", in.Status)
	}
	return ch, nil
}

// listCharges is GET /v1/charges.
func (c *call) listCharges() (object, error) {
	if err := c.settleAll(); err != nil {
		return nil, err
	}
	of, by := c.at("payment_intent").text(), c.at("customer").text()
	return listed(c, all[*charge](c.work, "charge"), func(ch *charge) bool {
		return (of == "" || ch.Intent == of) && (by == "" || ch.Customer == by)
	}, c.chargeView)
}

// getCharge is GET /v1/charges/{id}.
func (c *call) getCharge() (object, error) {
	ch, known := get[*charge](c.work, c.id())
	if !known || !c.ours(ch) {
		return nil, unknown("charge", c.id(), "")
	}
	if _, err := c.catchUp(ch.Intent); err != nil {
		return nil, err
	}
	ch, _ = get[*charge](c.work, ch.ID)
	return c.chargeView(ch), nil
}

// listRefunds is GET /v1/refunds, and /v1/charges/{id}/refunds.
func (c *call) listRefunds() (object, error) {
	if err := c.settleAll(); err != nil {
		return nil, err
	}
	of, from := c.at("payment_intent").text(), c.at("charge").text()
	if c.id() != "" {
		from = c.id()
	}
	return listed(c, all[*refund](c.work, "refund"), func(r *refund) bool {
		return (of == "" || r.Intent == of) && (from == "" || r.Charge == from)
	}, c.refund)
}

func (c *call) findRefund() (*refund, error) {
	r, known := get[*refund](c.work, c.id())
	if !known || !c.ours(r) {
		return nil, unknown("refund", c.id(), "")
	}
	return r, nil
}

// getRefund is GET /v1/refunds/{id}.
func (c *call) getRefund() (object, error) {
	r, err := c.findRefund()
	if err != nil {
		return nil, err
	}
	return c.refund(r), nil
}

// updateRefund is POST /v1/refunds/{id}.
func (c *call) updateRefund() (object, error) {
	r, err := c.findRefund()
	if err != nil {
		return nil, err
	}
	before := c.refund(r)
	r = edit(c.work, r)
	r.Metadata = c.at("metadata").metadata(r.Metadata)
	if c.err != nil {
		return nil, c.err
	}
	ch, _ := get[*charge](c.work, r.Charge)
	c.emit(c.aboutCharge(ch), "refund.updated", c.refund(r)).previous(before, c.refund(r))
	return c.refund(r), nil
}

// cancelRefund is POST /v1/refunds/{id}/cancel: one that has begun cannot be
// called back, as with most payment methods.
func (c *call) cancelRefund() (object, error) {
	r, err := c.findRefund()
	if err != nil {
		return nil, err
	}
	return nil, refuse(http.StatusBadRequest, "", "", "Refund %s is %s and cannot be canceled.", r.ID, r.Status)
}
