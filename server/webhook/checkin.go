package webhook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"liksom/server/payment"
)

// checkInForm is how the moment of a scan is told: seven decimals.
const checkInForm = "2006-01-02T15:04:05.0000000Z"

// The errors of [Sender.CheckIn], worded for whoever runs the shop.
var (
	// ErrNobody tells that no registration wants to hear of check-ins.
	ErrNobody = errors.New("no webhook is registered for " + CheckedIn + ", or it is paused")
	// ErrNotAccepted tells that the receiver did not answer with 2xx in time.
	ErrNotAccepted = errors.New("the webhook for " + CheckedIn + " was not accepted")
)

// CheckIn is a payer's scan of a merchant's callback code.
type CheckIn struct {
	ID    string // of the delivery
	MSN   string
	Token string // names the payer to the merchant
	QR    string // the merchant's own id of the code
	At    time.Time
}

// Body is what is sent of a check-in (webhooks contract, section 4.2).
func (c *CheckIn) Body() []byte {
	b := append(make([]byte, 0, 256), `{"customerToken":`...)
	b = appendString(b, c.Token)
	b = appendMember(b, "merchantQrId", c.QR)
	b = appendMember(b, "msn", c.MSN)
	b = appendMember(b, "initiatedAt", c.At.UTC().Format(checkInForm))
	return append(b, '}')
}

// CheckIn tells the unit's registration of a scan, or else that of a partner
// who covers speaks for the unit, and waits for the answer: the payer looks
// at a waiting screen meanwhile. It is tried once, and recorded as a delivery
// with that attempt. The errors are [ErrNobody], after which nothing is
// recorded, [ErrNotAccepted], and trouble with the store.
func (s *Sender) CheckIn(ctx context.Context, c CheckIn, covers func(client, msn string) bool) error {
	r, err := s.receptionist(ctx, c.MSN, covers)
	if err != nil {
		return err
	}
	d := Delivery{
		ID: c.ID, Registration: r.ID, Payment: payment.ID{MSN: c.MSN}, Type: CheckedIn, Body: c.Body(),
		Status: Delivered, CreatedAt: c.At, FirstAt: c.At, Tries: 1,
	}
	f := s.meet(&d)
	attempts, err := s.tries(ctx, &r, &d, &f, c.At)
	if err != nil {
		return err
	}
	a := &attempts[0]
	d.DoneAt = s.options.Now()
	if !a.OK() {
		d.Status, d.Reason = Dropped, "It was not accepted, and a check-in is tried once only: the payer waits for the answer."
	}
	if f.Do.Drop {
		d.Reason = "The fault " + a.Fault + " lost it."
	}
	// The receiver has seen it, even if nobody waits any more.
	if err := s.options.Store.Record(context.WithoutCancel(ctx), d, a); err != nil {
		return fmt.Errorf("record the check-in %s: %w", d.ID, err)
	}
	if err := s.settleCopies(ctx, d, attempts[1:], d.DoneAt); err != nil {
		return err
	}
	if s.options.Committed != nil {
		var told payment.Committed
		if !a.OK() {
			told.Earliest = c.At.Add(patience) // the registration may have to go then
		}
		s.options.Committed(told)
	}
	if !a.OK() {
		return ErrNotAccepted
	}
	return nil
}

// receptionist is the one registration that hears of a unit's check-ins
// (webhooks contract, section 2.4). One that is paused hears of none: the
// payer cannot wait until it goes on.
func (s *Sender) receptionist(ctx context.Context, msn string, covers func(client, msn string) bool) (Registration, error) {
	for _, owner := range []string{msn, ""} {
		all, err := s.options.Store.Registrations(ctx, owner)
		if err != nil {
			return Registration{}, err
		}
		for i := range all {
			if r := &all[i]; r.Wants(CheckedIn) && !r.Paused && (owner != "" || covers(r.Client, msn)) {
				return *r, nil
			}
		}
	}
	return Registration{}, ErrNobody
}
