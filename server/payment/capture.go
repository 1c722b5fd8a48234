package payment

// Capture takes reserved money. The order of its checks is that of the
// ePayment contract, section 3.4.
type Capture struct {
	Amount Amount
	Key    string
	// InFull refuses parts, for units that must take all at once.
	InFull bool
}

func (c Capture) decide(d *draft) error {
	p, err := d.existing()
	if err != nil {
		return err
	}
	if err := c.allowed(d, p); err != nil {
		return err
	}
	p.Sums.Captured += c.Amount.Value
	d.record(Event{Kind: PaymentCaptured, Amount: c.Amount.Value, PSP: d.service.IDs.UUID(), Key: c.Key, Phone: p.Phone})
	return nil
}

func (c Capture) allowed(d *draft, p *Payment) error {
	left := p.Sums.Capturable()
	switch {
	case p.State == Created:
		return refuse(p, NotReserved, "The payer has not approved this payment yet.")
	case p.State != Authorized:
		return refuse(p, CaptureState, "Reference %s cannot be captured in state %s.", p.Reference, p.State)
	case c.Amount.Value <= 0 || c.Amount.Currency != p.Amount.Currency:
		return badAmount(p)
	case !d.now.Before(p.CaptureBy):
		return refuse(p, CaptureTooLate, "The reservation ended at %s; create a new payment.", stamp(p.CaptureBy))
	case p.Sums.Cancelled > 0:
		return refuse(p, CaptureCancelled, "The rest of the reservation was cancelled and cannot be captured any more.")
	case p.Sums.Captured == p.Sums.Authorized:
		return refuse(p, FullyCaptured, "All of the reserved amount is captured already.")
	case c.Amount.Value > left:
		e := refuse(p, CaptureTooMuch, "%d asked, %d left to capture.", c.Amount.Value, left)
		e.Left = left
		return e
	case c.InFull && c.Amount.Value != p.Sums.Authorized:
		return refuse(p, CaptureInFull, "This sales unit captures in full: ask for %d.", p.Sums.Authorized)
	}
	return nil
}

// release gives back what was not captured when the reservation ends.
type release struct{}

func (release) decide(d *draft) error {
	p := d.payment
	if p == nil || p.State != Authorized || d.now.Before(p.CaptureBy) || p.Sums.Capturable() == 0 {
		return nil
	}
	p.Lapsed = true
	d.cancelRest()
	return nil
}
