package payment

import "time"

// Land notes that the landing page was opened. Only the first time counts:
// whoever loads it again, or comes when all is over, changes nothing.
type Land struct{}

func (Land) decide(d *draft) error {
	p, err := d.existing()
	if err != nil || p.Landed || p.Final() {
		return err
	}
	p.Landed = true
	d.record(Event{Kind: LandingOpened, Amount: p.Amount.Value})
	return nil
}

// Identify says who pays: a number given on the landing page, or the phone
// that scanned. It ends the landing window and starts the approval window;
// a payment with a fixed deadline keeps it.
type Identify struct {
	Phone string
	// Holds makes the phone the one that has the payment open, as after a
	// scan; another phone is then refused until it lets go.
	Holds bool
}

func (c Identify) decide(d *draft) error {
	p, err := d.waiting()
	if err != nil {
		return err
	}
	if p.Holder != "" && p.Holder != c.Phone {
		return taken(p)
	}
	if c.Holds {
		p.Holder = c.Phone
	}
	if p.Phone == c.Phone && p.Window != Landing {
		d.touched = d.touched || c.Holds
		return nil // the same person again: no second push, no longer window
	}
	d.identify(c.Phone)
	return nil
}

// identify takes down who pays. Whoever gives another number than before
// gets a push of their own, but no new time.
func (d *draft) identify(phone string) {
	p := d.payment
	p.Phone = phone
	e := Event{Kind: Identified, Amount: p.Amount.Value, Phone: phone}
	if p.Window == Landing {
		d.wait(Approval, d.service.Windows().toApprove(p.CreatedAt, d.now))
		e.Until = p.Deadline
	}
	d.record(e)
}

// Show notes that a phone showed the push.
type Show struct{ Phone string }

func (c Show) decide(d *draft) error {
	p, err := d.waiting()
	if err != nil {
		return err
	}
	d.record(Event{Kind: Shown, Amount: p.Amount.Value, Phone: c.Phone})
	return nil
}

// Open notes that the payer looks at the request. A payment taken by link or
// code belongs to the first phone that opens it until it lets go.
type Open struct{ Phone string }

func (c Open) decide(d *draft) error {
	p, err := d.waiting()
	if err != nil {
		return err
	}
	if p.Holder != "" && p.Holder != c.Phone {
		return taken(p)
	}
	if p.Flow != PushMessage {
		p.Holder = c.Phone
	}
	if p.Phone == "" {
		d.identify(c.Phone)
	}
	d.record(Event{Kind: Opened, Amount: p.Amount.Value, Phone: c.Phone})
	return nil
}

// LetGo notes that the payer put the request away.
type LetGo struct{ Phone string }

func (c LetGo) decide(d *draft) error {
	p, err := d.waiting()
	if err != nil {
		return err
	}
	if p.Holder != "" && p.Holder != c.Phone {
		return taken(p)
	}
	p.Holder = ""
	d.record(Event{Kind: Released, Amount: p.Amount.Value, Phone: c.Phone})
	return nil
}

// Decline is the payer's no, on the phone or on the landing page.
type Decline struct {
	Phone string // "" when nobody is identified yet
	By    string
}

func (c Decline) decide(d *draft) error {
	p, err := d.waiting()
	if err != nil {
		return err
	}
	if c.Phone != "" && p.Holder != "" && p.Holder != c.Phone {
		return taken(p)
	}
	d.end(Aborted, PaymentAborted, d.now, c.By)
	return nil
}

// ExpireNow ends a waiting payment as if its time had run out.
type ExpireNow struct{ By string }

func (c ExpireNow) decide(d *draft) error {
	if _, err := d.waiting(); err != nil {
		return err
	}
	d.end(Expired, PaymentExpired, d.now, c.By)
	return nil
}

// expire is what a window's row asks for. An overdue payment has been ended
// before any command is decided, so nothing is left to do here: a payment
// that was answered, or was given more time, makes the row pointless.
type expire struct{}

func (expire) decide(*draft) error { return nil }

// waiting gives the payment if its payer can still act, or the refusal that
// tells what became of it.
func (d *draft) waiting() (*Payment, error) {
	p, err := d.existing()
	if err != nil {
		return nil, err
	}
	switch p.State {
	case Created:
		if p.Processing() {
			return nil, refuse(p, BeingProcessed, "The payment is approved, and the bank has not decided yet.")
		}
		return p, nil
	case Authorized:
		return nil, refuse(p, AlreadyApproved, "The payment is already paid.")
	case Expired:
		return nil, refuse(p, RanOut, "The time to pay ran out at %s.", p.EndedAt.Format(time.RFC3339))
	case Terminated:
		return nil, refuse(p, AlreadyDecided, "The merchant has withdrawn the payment.")
	}
	return nil, refuse(p, AlreadyDecided, "The payment was declined.")
}

func taken(p *Payment) *Error { return refuse(p, Taken, "This payment is open on another phone.") }
