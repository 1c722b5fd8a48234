package payment

import "time"

// Approve is the payer's yes.
type Approve struct {
	Phone string
	Card  Card
	// Known are the scopes granted before, which the payer was not asked for.
	Known []string
	// Consent answers the other scopes, all or nothing; nil when the payer
	// was not asked.
	Consent *bool
	// Grant is what a yes shares.
	Grant Grant
	// Shipping is what the payer chose, where goods are shipped.
	Shipping *ShippingPick
	// Takes is how long the issuer takes to decide. Until then the approval
	// is being processed: see [Payment.Processing].
	Takes time.Duration
	// Forced approves without the payer's phone: no card is refused, nothing
	// takes its time, nobody is held off, and consent counts as given.
	Forced bool
	By     string
}

// Agreement is a yes that nothing stands against any more.
type Agreement struct {
	Phone  string
	Card   Card
	Grant  *Grant
	Chosen *ShippingChoice
	By     string
	// Until is when the issuer will have decided.
	Until time.Time
}

func (c Approve) decide(d *draft) error {
	p, err := d.existing()
	if err != nil {
		return err
	}
	if !c.Forced || !p.Processing() { // what is forced waits for no issuer
		if p, err = d.waiting(); err != nil {
			return err
		}
	}
	asked := Without(p.Scopes, c.Known)
	if !c.Forced {
		if err := c.allowed(p, asked); err != nil {
			return err
		}
		if c.Consent != nil && !*c.Consent && len(asked) > 0 {
			d.end(Aborted, PaymentAborted, d.now, c.By)
			return nil
		}
	}
	chosen, err := c.choose(p)
	if err != nil {
		return err
	}
	if p.Phone == "" && c.Phone != "" {
		d.identify(c.Phone)
	}
	p.Phone = c.Phone
	a := Agreement{Phone: c.Phone, Card: c.Card, Grant: c.grant(p, asked), Chosen: chosen, By: c.By}
	if c.Forced {
		d.authorize(a, d.now)
		return nil
	}
	return c.submit(d, a)
}

// allowed tells whether this phone may answer now.
func (c Approve) allowed(p *Payment, asked []string) error {
	if p.Holder != "" && p.Holder != c.Phone {
		return taken(p)
	}
	if len(asked) > 0 && c.Consent == nil {
		return refuse(p, ConsentMissing, "The merchant asks for profile details: say whether to share them.")
	}
	return nil
}

func (c Approve) grant(p *Payment, asked []string) *Grant {
	if len(p.Scopes) == 0 {
		return nil
	}
	grant := c.Grant
	grant.Scopes, grant.Given = p.Scopes, asked
	return &grant
}

// unknownFor is how long a result stays unknown (ePayment contract, section
// 9.2).
const unknownFor = time.Hour

// submit has the issuer decide: it refuses, takes its time, or agrees.
func (c Approve) submit(d *draft, a Agreement) error {
	p := d.payment
	if refusal := p.refusal(a); refusal != "" {
		if refusal == AuthenticationNeeded {
			p.Challenged = a.Phone
		}
		d.record(Event{Kind: CardDeclined, Amount: p.Amount.Value, Phone: a.Phone, Note: string(refusal)})
		return c.refused(d, refusal)
	}
	takes := max(c.Takes, p.Takes)
	if p.Verdict == ResultUnknown {
		takes = unknownFor
	}
	if takes <= 0 {
		d.authorize(a, d.now)
		return nil
	}
	a.Until = d.now.Add(takes)
	p.Pending = &a
	d.later(DueWindow, a.Until)
	d.record(Event{Kind: InProgress, Amount: p.Amount.Value, Phone: a.Phone, By: a.By})
	return nil
}

// refused tells the payer of a refused card, which ends the payment where the
// merchant's side allows no second one. To be asked for a code is no refusal of
// that kind.
func (c Approve) refused(d *draft, refusal Refusal) error {
	p := d.payment
	text := refusal.Text()
	if p.RefusalEnds && refusal != AuthenticationNeeded {
		d.end(Aborted, PaymentAborted, d.now, c.By)
	} else {
		text += refusal.mend()
	}
	e := refuse(p, CardRefused, "%s", text)
	e.Refusal = refusal
	return e
}

// refusal is the issuer's word on an approval, "" when it agrees.
func (p *Payment) refusal(a Agreement) Refusal {
	switch p.Verdict {
	case "", ResultUnknown:
		return a.Card.Refusal
	case AuthenticationNeeded:
		if a.Card.Refusal == "" && p.Challenged != a.Phone {
			return AuthenticationNeeded
		}
		return a.Card.Refusal
	}
	return p.Verdict
}

// refusals tell the payer why a card was refused.
var refusals = map[Refusal]string{
	DeclinedByIssuer:     "The bank declined the card.",
	InsufficientFunds:    "There is not enough money on the card.",
	CardExpired:          "The card has expired.",
	FraudSuspected:       "The bank suspects fraud and declined the card.",
	LimitExceeded:        "The card's limit is exceeded.",
	CardInvalid:          "The card is not valid.",
	AuthenticationDenied: "The bank did not accept the confirmation.",
	AuthenticationNeeded: "The bank wants a confirmation with the code.",
}

// Text tells a payer why a card was refused.
func (r Refusal) Text() string { return refusals[r] }

// mend tells what may be tried next.
func (r Refusal) mend() string {
	if r == AuthenticationNeeded {
		return " Confirm, and pay again."
	}
	return " Another card may be tried."
}

// authorize reserves the money at a moment that may have passed already.
func (d *draft) authorize(a Agreement, at time.Time) {
	p := d.payment
	p.State, p.EndedAt, p.Holder, p.Pending = Authorized, at, "", nil
	p.Phone, p.Card, p.Grant, p.Chosen = a.Phone, &a.Card, a.Grant, a.Chosen
	p.Sums.Authorized = p.Amount.Value
	if a.Chosen != nil {
		p.Sums.Authorized += a.Chosen.Cost
	}
	p.CaptureBy = at.Add(p.Terms.CaptureFor)
	d.later(DueRelease, p.CaptureBy)
	d.record(Event{Kind: PaymentAuthorized, At: at, Amount: p.Sums.Authorized, PSP: p.PSP, Key: p.Key, Phone: a.Phone, By: a.By})
}

// runOut does what a time that has passed leads to, at that time.
func (d *draft) runOut() {
	p := d.payment
	if p.Processing() {
		d.authorize(*p.Pending, p.Pending.Until)
		return
	}
	d.end(Expired, PaymentExpired, p.Deadline, "")
}
