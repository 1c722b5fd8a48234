package payment

import "time"

// Visit notes that the payer's browser has come to a payment that has one
// fixed deadline, and gives the payer until another moment to approve. Only
// the first visit counts, and whoever is identified later gets no more time
// by it (Stripe contract, section 5.3).
type Visit struct{ Until time.Time }

func (c Visit) decide(d *draft) error {
	p, err := d.waiting()
	if err != nil {
		return err
	}
	if p.Window != Fixed {
		return nil
	}
	until := c.Until.UTC().Truncate(time.Millisecond)
	d.wait(Approval, until)
	d.record(Event{Kind: Visited, Amount: p.Amount.Value, Phone: p.Phone, Until: until})
	return nil
}
