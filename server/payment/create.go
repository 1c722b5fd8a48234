package payment

import "time"

// Create makes a payment that waits for its payer.
type Create struct {
	Source      string
	Amount      Amount
	Flow        Flow
	Method      string
	Key         string // the request's idempotency key
	Description string
	ReturnURL   string
	// Phone is the number the merchant named: the payer's for a push, a
	// suggestion for the landing page otherwise.
	Phone  string
	Scopes []string
	Terms  Terms
	// Deadline, unless zero, takes the place of both windows.
	Deadline time.Time
	Details  *Details
	// Verdict, unless empty, is what issuers say whatever the card.
	Verdict Refusal
	// RefusalEnds has the first refused card end the payment.
	RefusalEnds bool
	// Takes is how long the issuer takes at least, whatever the card.
	Takes time.Duration
	// Warnings are put on the timeline: what is odd, and no reason to refuse.
	Warnings []string
	// Check is asked after replays and taken references are told apart; what
	// it answers is the refusal. May be nil.
	Check func() error
}

const (
	codeLength  = 10
	tokenLength = 32
)

func (c Create) decide(d *draft) error {
	if d.payment != nil {
		return refuse(d.payment, ReferenceTaken, "Reference %s already exists.", d.id.Reference)
	}
	if c.Check != nil {
		if err := c.Check(); err != nil {
			d.checkFailed = true
			return err
		}
	}
	ids := d.service.IDs
	code := "p" + ids.Code(codeLength)
	d.payment = &Payment{
		ID: d.id, Code: code, Token: code + "." + ids.Code(tokenLength), Source: c.Source, PSP: ids.UUID(),
		Amount: c.Amount, State: Created, Flow: c.Flow, Method: c.Method,
		CreatedAt: d.now, Suggested: c.Phone, Key: c.Key, Description: c.Description, ReturnURL: c.ReturnURL,
		Scopes: c.Scopes, Terms: c.Terms, Details: c.Details, Verdict: c.Verdict,
		RefusalEnds: c.RefusalEnds, Takes: c.Takes,
	}
	if c.Flow == PushMessage {
		d.payment.Phone = c.Phone
	}
	d.begin(c)
	d.record(Event{Kind: PaymentCreated, Amount: c.Amount.Value, PSP: d.payment.PSP, Key: c.Key, Phone: d.payment.Phone, Until: d.payment.Deadline})
	for _, text := range c.Warnings {
		d.record(Event{Kind: Warned, Amount: c.Amount.Value, Note: text})
	}
	return nil
}

func (d *draft) begin(c Create) {
	windows := d.service.Windows()
	switch {
	case !c.Deadline.IsZero():
		d.wait(Fixed, c.Deadline.UTC().Truncate(time.Millisecond))
	case c.Flow == PushMessage:
		d.wait(Approval, windows.toApprove(d.now, d.now))
	default:
		d.wait(Landing, windows.toOpen(d.now))
	}
}
