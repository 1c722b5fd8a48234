package stripe

import (
	"errors"
	"time"

	"liksom/server/payment"
)

// settle brings an intent up to what the core's log tells, and gives it as it
// is then.
func (w *work) settle(id string) (*intent, error) {
	in, found := get[*intent](w, id)
	if !found || in.Attempt == "" {
		return in, nil
	}
	a, found := get[*attempt](w, in.Attempt)
	if !found || a.Ref.Reference == "" {
		return in, nil
	}
	p, err := w.Payments.Get(w.ctx, a.Ref) // ends it if its time is over
	if err != nil {
		return in, missingPayment(err)
	}
	events, err := w.Store.Events(w.ctx, a.Ref)
	if err != nil {
		return in, missingPayment(err)
	}
	for i := range events {
		if events[i].Seq <= a.Seen {
			continue
		}
		if err := w.follow(id, a.ID, &p, &events[i]); err != nil {
			return in, err
		}
		if a, _ = get[*attempt](w, a.ID); a.Seen < events[i].Seq {
			edit(w, a).Seen = events[i].Seq
		}
	}
	in, _ = get[*intent](w, id)
	return in, nil
}

// catchUp settles an intent with what payer and clock have done: no request of
// the merchant's is behind it, whoever happens to look.
func (w *work) catchUp(id string) (*intent, error) {
	defer func(request, key string) { w.request, w.idempotency = request, key }(w.request, w.idempotency)
	w.request, w.idempotency = "", ""
	return w.settle(id)
}

// missingPayment forgives that the core knows a payment no more: the sales
// unit was reset on its own.
func missingPayment(err error) error {
	if payment.ReasonOf(err) == payment.UnknownPayment {
		return nil
	}
	return err
}

// follow applies one event of an attempt's payment, at the event's time.
func (w *work) follow(id, nonce string, p *payment.Payment, e *payment.Event) error {
	defer func(now time.Time) { w.now = now }(w.now)
	w.now = e.At
	old, _ := get[*intent](w, id)
	before, _ := get[*attempt](w, nonce)
	if moot(old.Status, e.Kind) {
		return nil
	}
	in, a := edit(w, old), edit(w, before)
	switch e.Kind {
	case payment.CardDeclined:
		a.Refusal = payment.Refusal(e.Note)
		w.refusedCharge(in, a)
	case payment.InProgress:
		if p.Takes > 0 {
			w.process(in, a)
		}
	case payment.PaymentAuthorized:
		return w.approved(in, a, p)
	case payment.PaymentAborted:
		w.fail(in, a, abortion(a, e))
	case payment.PaymentExpired:
		w.fail(in, a, ranOut)
	case payment.PaymentTerminated:
		if !w.asked.withdrawn {
			w.fail(in, a, declined)
		}
	case payment.PaymentCaptured:
		w.captured(in, a)
	case payment.PaymentCancelled:
		w.released(in, a, p)
	case payment.PaymentRefunded:
		w.refunded(in, e.Amount)
	}
	return nil
}

// moot tells that an event says nothing new of an intent in this state.
func moot(status string, kind payment.Kind) bool {
	switch kind {
	case payment.CardDeclined, payment.InProgress, payment.PaymentAborted, payment.PaymentExpired, payment.PaymentTerminated, payment.PaymentAuthorized:
		return status != needsAction && status != processing
	case payment.PaymentCaptured, payment.PaymentCancelled:
		return status != needsCapture
	case payment.PaymentRefunded:
		return status != succeeded
	}
	return true
}

// The ways an attempt can fail (Stripe contract, section 5.4).
var (
	declined = failure{Type: requestError, Code: "payment_method_customer_decline", Message: "The payer did not approve this payment. Confirm again with a new payment method."}
	failed   = failure{Type: requestError, Code: "payment_intent_authentication_failure", Message: "The payment method could not be authenticated. Confirm again with a new payment method."}
	ranOut   = failure{Type: requestError, Code: "payment_intent_payment_attempt_expired", Message: "The payer did not approve this payment in time. Confirm again with a new payment method."}
)

// testPage names who acts by the buttons of the test payment page.
const testPage = "test payment page"

// abortion is why an attempt was given up: the card was refused for good, the
// test page said so, or the payer said no.
func abortion(a *attempt, e *payment.Event) failure {
	switch {
	case a.Refusal != "":
		return refusedCard(a.Refusal)
	case e.By == testPage:
		return failed
	}
	return declined
}

// declineCodes are the issuers' words for the core's refusals.
var declineCodes = map[payment.Refusal]string{
	payment.DeclinedByIssuer:  "generic_decline",
	payment.InsufficientFunds: "insufficient_funds",
	payment.CardExpired:       "expired_card",
}

func refusedCard(r payment.Refusal) failure {
	code := declineCodes[r]
	if code == "" {
		code = "generic_decline"
	}
	return failure{Type: "card_error", Code: "payment_method_provider_decline", DeclineCode: code, Message: r.Text() + " Confirm again with a new payment method."}
}

// refusedCharge is what an issuer's no leaves behind.
func (w *work) refusedCharge(in *intent, a *attempt) {
	why := refusedCard(a.Refusal)
	c := w.charge(in, a.Method)
	c.Status, c.Failure, c.Decline = "failed", why.Code, why.DeclineCode
	in.Charge = c.ID
	w.emit(a.Ref, "charge.failed", w.chargeView(c))
}

// fail ends an attempt.
func (w *work) fail(in *intent, a *attempt, why failure) {
	why.Method = a.Method
	if why.Type == "card_error" {
		why.Charge = in.Charge
	}
	if in.Status == processing { // what was pending is not to be
		if c, ok := get[*charge](w, in.Charge); ok && c.Status == "pending" {
			c = edit(w, c)
			c.Status, c.Failure, c.Decline = "failed", why.Code, why.DeclineCode
			w.emit(a.Ref, "charge.failed", w.chargeView(c))
		}
	}
	late := in.Status == processing
	a.Outcome, a.Code = "failed", why.Code
	in.Status, in.LastError, in.Method, in.Attempt = needsMethod, &why, "", ""
	w.spend(a.Method)
	w.emit(a.Ref, "payment_intent.payment_failed", w.intent(in))
	if late {
		w.sessionLate(in, false)
	}
}

// spend marks a method as tried.
func (w *work) spend(id string) {
	if m, ok := get[*method](w, id); ok && !m.Used {
		edit(w, m).Used = true
	}
}

// process is the detour that lets a merchant's handlers be tested.
func (w *work) process(in *intent, a *attempt) {
	in.Status, a.Processed = processing, true
	a.Outcome = "pending"
	c := w.charge(in, a.Method)
	c.Status = "pending"
	in.Charge = c.ID
	w.emit(a.Ref, "payment_intent.processing", w.intent(in))
	w.emit(a.Ref, "charge.pending", w.chargeView(c))
	w.sessionPaid(in)
}

// approved has the money reserved, and taken unless the merchant does that.
func (w *work) approved(in *intent, a *attempt, p *payment.Payment) error {
	if !in.manual() {
		_, err := w.do(a.Ref, payment.Capture{Amount: p.Amount, InFull: true})
		if err != nil && !errors.Is(err, payment.Because(payment.FullyCaptured)) {
			return err
		}
	}
	a.Outcome = succeeded
	w.authorize(in, a.Method, a.Ref, p.Card)
	return nil
}

// authorize is what an approval leaves behind, of a wallet or of a card.
func (w *work) authorize(in *intent, methodID string, about payment.ID, paidWith *payment.Card) {
	late := in.Status == processing
	w.spend(methodID)
	c, pending := get[*charge](w, in.Charge)
	if pending = pending && c.Status == "pending"; pending {
		c = edit(w, c)
	} else {
		c = w.charge(in, methodID)
	}
	c.Status, c.Paid = succeeded, true
	if paidWith != nil {
		c.Card = &card{Brand: brandOf(paidWith.BIN), Last4: paidWith.Last4, ExpMonth: 12, ExpYear: int64(w.now.Year() + 2)}
	}
	in.Charge, in.LastError = c.ID, nil
	if in.manual() {
		in.Status = needsCapture
	} else {
		in.Status, in.Received, c.Captured = succeeded, in.Amount, in.Amount
	}
	w.emit(about, "charge.succeeded", w.chargeView(c))
	if in.Status == needsCapture {
		w.emit(about, "payment_intent.amount_capturable_updated", w.intent(in))
	} else {
		w.emit(about, "payment_intent.succeeded", w.intent(in))
	}
	if late {
		w.sessionLate(in, true)
		return
	}
	w.sessionPaid(in)
}

func brandOf(bin string) string {
	if len(bin) > 0 && bin[0] == '5' {
		return "mastercard"
	}
	return "visa"
}

// captured has all that was reserved, or a part of a card's, taken.
func (w *work) captured(in *intent, a *attempt) { w.take(in, in.Amount, a.Ref) }

func (w *work) take(in *intent, amount int64, about payment.ID) {
	in.Status, in.Received = succeeded, amount
	in.Metadata = w.asked.metadataOr(in.Metadata)
	c, _ := get[*charge](w, in.Charge)
	c = edit(w, c)
	c.Captured = amount
	if amount < c.Amount {
		c.Refunded = c.Amount - amount
	}
	w.emit(about, "charge.captured", w.chargeView(c))
	w.emit(about, "payment_intent.succeeded", w.intent(in))
	if s, ok := get[*session](w, in.Session); ok {
		edit(w, s).PaymentStatus = "paid"
	}
}

func (a *asked) metadataOr(before map[string]string) map[string]string {
	if a.metadata != nil {
		return a.metadata
	}
	return before
}

// released gives back what was reserved: the merchant said so, or a week has
// passed.
func (w *work) released(in *intent, a *attempt, p *payment.Payment) {
	a.Outcome = canceled
	if p.Lapsed {
		reason := "automatic"
		w.asked.reason = &reason
	}
	w.release(in, a.Ref, p.Lapsed)
}

func (w *work) release(in *intent, about payment.ID, lapsed bool) {
	c, _ := get[*charge](w, in.Charge)
	c = edit(w, c)
	c.Refunded, c.Released = c.Amount, true
	name := "charge.refunded"
	if lapsed {
		name = "charge.expired"
	}
	w.canceled(in)
	first, second := name, "payment_intent.canceled"
	if !lapsed { // the intent's own event comes first then
		first, second = second, first
	}
	for _, name := range []string{first, second} {
		if name == "payment_intent.canceled" {
			w.emit(about, name, w.intent(in))
			continue
		}
		w.emit(about, name, w.chargeView(c))
	}
}

// canceled marks an intent as such, for the reason that was asked for.
func (w *work) canceled(in *intent) {
	in.Status, in.Canceled, in.CancelReason = canceled, w.now.Unix(), w.asked.reason
}

// refunded gives money back that the core has given back.
func (w *work) refunded(in *intent, amount int64) {
	old, found := get[*charge](w, in.Charge)
	if !found {
		return
	}
	c := edit(w, old)
	prefix := "pyr_"
	if c.Type == "card" {
		prefix = "re_"
	}
	r := &refund{
		made: w.fresh(prefix, 24), Charge: c.ID, Intent: in.ID, Method: c.Method, Customer: c.Customer, Amount: amount, Currency: c.Currency,
		Reason: w.asked.reason, Metadata: w.asked.metadata, Status: succeeded, Type: c.Type,
	}
	if _, delay := w.settings().Delays(); delay > 0 {
		r.Status = "pending"
		w.later(w.now.Add(delay), r.ID)
	}
	w.add(r)
	w.asked.refund = r.ID
	c.Refunded += amount
	about := w.aboutCharge(c)
	w.emit(about, "refund.created", w.refund(r))
	w.emit(about, "charge.refunded", w.chargeView(c))
}

// settleRefund lets a refund that took its time succeed.
func (w *work) settleRefund(r *refund) {
	if r.Status != "pending" {
		return
	}
	before := w.refund(r)
	r = edit(w, r)
	r.Status = succeeded
	c, _ := get[*charge](w, r.Charge)
	about := w.aboutCharge(c)
	w.emit(about, "refund.updated", w.refund(r)).previous(before, w.refund(r))
	w.emit(about, "charge.refund.updated", w.refund(r)).previous(before, w.refund(r))
}

// aboutCharge names the payment of the core that a charge is of.
func (w *work) aboutCharge(c *charge) payment.ID {
	in, _ := get[*intent](w, c.Intent)
	if a, led := get[*attempt](w, in.Attempt); led && a.Ref.Reference != "" {
		return a.Ref
	}
	return w.subject(reference(in, 1))
}

// charge begins one.
func (w *work) charge(in *intent, methodID string) *charge {
	m, _ := get[*method](w, methodID)
	prefix := "py_"
	if m.Type == "card" {
		prefix = "ch_"
	}
	c := &charge{
		made: w.fresh(prefix, 24), Intent: in.ID, Method: m.ID, Customer: in.Customer, Amount: in.Amount, Currency: in.Currency,
		Description: in.Description, Receipt: in.Receipt, Metadata: in.Metadata, Billing: m.Billing, Type: m.Type, Card: m.Card,
	}
	w.add(c)
	return c
}
