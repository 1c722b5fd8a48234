package payment

// Cancel withdraws a waiting payment, or gives back what is left of a
// reservation.
type Cancel struct {
	// OnlyWaiting refuses once the payer has approved.
	OnlyWaiting bool
}

func (c Cancel) decide(d *draft) error {
	p, err := d.existing()
	if err != nil {
		return err
	}
	if p.Processing() {
		return refuse(p, CancelProcessing, "The payer has approved and the issuer has not decided yet; try again later.")
	}
	if p.State == Created {
		p.Sums.Cancelled = p.Amount.Value
		d.end(Terminated, PaymentTerminated, d.now, "")
		return nil
	}
	if err := c.allowed(d, p); err != nil {
		return err
	}
	d.cancelRest()
	return nil
}

func (c Cancel) allowed(d *draft, p *Payment) error {
	switch {
	case p.State != Authorized:
		return refuse(p, CancelState, "Reference %s cannot be cancelled in state %s.", p.Reference, p.State)
	case c.OnlyWaiting:
		return refuse(p, CancelAuthorized, "The payer has approved already; leave cancelTransactionOnly out to give the money back.")
	case p.Sums.Cancelled > 0 && !p.Lapsed:
		return refuse(p, CancelState, "Reference %s is cancelled already.", p.Reference)
	case p.Sums.Captured == p.Sums.Authorized:
		return refuse(p, CancelCaptured, "All of the reserved amount is captured; refund it instead.")
	case !d.now.Before(p.CaptureBy):
		return refuse(p, CancelTooLate, "The reservation ended at %s.", stamp(p.CaptureBy))
	}
	return nil
}

// cancelRest gives back all that is neither captured nor given back.
func (d *draft) cancelRest() {
	p := d.payment
	rest := p.Sums.Capturable()
	p.Sums.Cancelled += rest
	d.record(Event{Kind: PaymentCancelled, Amount: rest, PSP: d.service.IDs.UUID(), Phone: p.Phone})
}
