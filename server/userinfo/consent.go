package userinfo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"liksom/server/payment"
)

const (
	// page is how many payments are read at once.
	page = 256
	// longest is how long before its consent a payment may have been created
	// (ePayment contract, section 2.13).
	longest = 60 * 24 * time.Hour
)

// consents are what a payer agreed to share with one sales unit.
type consents struct {
	// scopes has the newest consent of each.
	scopes map[string]time.Time
	// newest is the time of the newest of all, and session names its payment.
	newest  time.Time
	session string
}

// consents reads what a payer agreed to in their payments, newest first. It
// does not read on where nothing can count any more.
func (a *API) consents(ctx context.Context, msn, sub, number string) (consents, error) {
	found := consents{scopes: map[string]time.Time{}}
	oldest := a.options.Now().Add(-Lifetime - longest)
	q := payment.Query{MSN: msn, Phone: number, State: payment.Authorized, Limit: page}
	for {
		payments, err := a.options.Payments.List(ctx, q)
		if err != nil {
			return found, err
		}
		for i := range payments {
			found.add(&payments[i], sub)
		}
		if len(payments) < page {
			return found, nil
		}
		last := &payments[len(payments)-1]
		if len(found.scopes) > 0 && last.CreatedAt.Before(oldest) {
			return found, nil
		}
		q.Before = last.Number
	}
}

func (c *consents) add(p *payment.Payment, sub string) {
	if p.Grant == nil || p.Grant.Sub != sub {
		return
	}
	at := p.EndedAt // the approval, of which the consent was a part
	for _, scope := range p.Grant.Scopes {
		if c.scopes[scope].Before(at) {
			c.scopes[scope] = at
		}
	}
	if c.newest.Before(at) {
		c.newest, c.session = at, session(p)
	}
}

// session is an id that each payment has its own of, made of what names it.
func session(p *payment.Payment) string {
	sum := sha256.Sum256([]byte("session " + p.PSP))
	return hex.EncodeToString(sum[:8])
}
