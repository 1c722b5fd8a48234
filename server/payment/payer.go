package payment

import "time"

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
		return refuse(p, Taken, "This payment is open on another phone.")
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
	if p.Window == Landing {
		d.wait(Approval, d.now.Add(d.service.Windows().Approval))
	}
	d.record(Event{Kind: Identified, Amount: p.Amount.Value, Phone: phone})
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
		return refuse(p, Taken, "This payment is open on another phone.")
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
		return refuse(p, Taken, "This payment is open on another phone.")
	}
	p.Holder = ""
	d.record(Event{Kind: Released, Amount: p.Amount.Value, Phone: c.Phone})
	return nil
}

// Approve is the payer's yes.
type Approve struct {
	Phone string
	Card  Card
	// Consent answers the scopes asked for, all or nothing; nil when the
	// payer was not asked.
	Consent *bool
	// Grant is what a yes shares.
	Grant Grant
	// Forced approves without the payer's phone: no card is refused, nobody
	// is held off, and consent counts as given.
	Forced bool
	By     string
}

func (c Approve) decide(d *draft) error {
	p, err := d.waiting()
	if err != nil {
		return err
	}
	if !c.Forced {
		if err := c.allowed(d); err != nil {
			return err
		}
		if c.Consent != nil && !*c.Consent && len(p.Scopes) > 0 {
			d.end(Aborted, PaymentAborted, d.now, c.By)
			return nil
		}
	}
	if p.Phone == "" {
		d.identify(c.Phone)
	}
	p.Phone = c.Phone
	if c.Card.Refusal != "" && !c.Forced {
		d.record(Event{Kind: CardDeclined, Amount: p.Amount.Value, Phone: c.Phone, Note: string(c.Card.Refusal)})
		e := refuse(p, CardRefused, "The card was declined: %s. Another card may be tried.", c.Card.Refusal)
		e.Refusal = c.Card.Refusal
		return e
	}
	d.authorize(c)
	return nil
}

// allowed tells whether this phone may answer now.
func (c Approve) allowed(d *draft) error {
	p := d.payment
	if p.Holder != "" && p.Holder != c.Phone {
		return refuse(p, Taken, "This payment is open on another phone.")
	}
	if len(p.Scopes) > 0 && c.Consent == nil {
		return refuse(p, ConsentMissing, "The merchant asks for profile details: say whether to share them.")
	}
	return nil
}

func (d *draft) authorize(c Approve) {
	p := d.payment
	p.State, p.EndedAt, p.Holder = Authorized, d.now, ""
	p.Sums.Authorized = p.Amount.Value
	card := c.Card
	p.Card = &card
	if len(p.Scopes) > 0 {
		grant := c.Grant
		grant.Scopes = p.Scopes
		p.Grant = &grant
	}
	p.CaptureBy = d.now.Add(p.Terms.CaptureFor)
	d.later(DueRelease, p.CaptureBy)
	d.record(Event{Kind: PaymentAuthorized, Amount: p.Sums.Authorized, PSP: p.PSP, Key: p.Key, Phone: c.Phone, By: c.By})
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
		return refuse(p, Taken, "This payment is open on another phone.")
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
