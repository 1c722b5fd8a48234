package payment

import "time"

// Refund gives captured money back.
type Refund struct {
	Amount Amount
	Key    string
	// Deny refuses what would else succeed, for this reason: where a unit
	// cannot refund, or the amount is one to test with. "" for no reason.
	Deny Reason
}

func (c Refund) decide(d *draft) error {
	p, err := d.existing()
	if err != nil {
		return err
	}
	if err := c.allowed(d, p); err != nil {
		return err
	}
	p.Sums.Refunded += c.Amount.Value
	d.record(Event{Kind: PaymentRefunded, Amount: c.Amount.Value, PSP: d.service.IDs.UUID(), Key: c.Key, Phone: p.Phone})
	return nil
}

func (c Refund) allowed(d *draft, p *Payment) error {
	left := p.Sums.Refundable()
	switch {
	case p.State == Created:
		return refuse(p, RefundEarly, "The payer has not approved this payment yet, so there is nothing to refund.")
	case p.State != Authorized:
		return refuse(p, RefundState, "Reference %s cannot be refunded in state %s.", p.Reference, p.State)
	case c.Amount.Value <= 0 || c.Amount.Currency != p.Amount.Currency:
		return badAmount(p)
	case p.Sums.Captured > 0 && left == 0:
		return refuse(p, FullyRefunded, "All of the captured amount is refunded already.")
	case p.Sums.Captured > 0 && !d.now.Before(p.EndedAt.Add(p.Terms.RefundFor)):
		return refuse(p, RefundTooLate, "Refunds were possible until %s.", stamp(p.EndedAt.Add(p.Terms.RefundFor)))
	case c.Amount.Value > left:
		e := refuse(p, RefundTooMuch, "%d asked, %d refundable.", c.Amount.Value, left)
		e.Left = left
		return e
	case c.Deny != "":
		return refuse(p, c.Deny, "%s", denials[c.Deny])
	}
	return nil
}

// denials are the words for the reasons a refund can be denied for.
var denials = map[Reason]string{
	RefundImpossible: "This sales unit cannot refund.",
	RefundState:      "The payer has no account that can take a refund any more.",
	RefundTooLate:    "The time for refunds has passed.",
}

func badAmount(p *Payment) *Error {
	return refuse(p, BadAmount, "The amount must be a whole number of minor units above zero in %s.", p.Amount.Currency)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
