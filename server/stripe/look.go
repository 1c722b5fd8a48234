package stripe

import (
	"context"

	"liksom/server/payment"
)

// Looked is a PaymentIntent as somebody sees it who looks into the simulator.
type Looked struct {
	// Account is that of the merchant.
	Account string
	// Intent is as the API gives it with its latest charge expanded; its
	// secret is hidden.
	Intent map[string]any
	// Attempts are the payments of the core it led to, oldest first.
	Attempts []Attempt
}

// Attempt is a try to pay an intent.
type Attempt struct {
	// Reference names the payment in the account's sales unit.
	Reference string
	// Outcome is "" while it runs, else "succeeded", "pending", "failed" or
	// "canceled"; Code is why it failed.
	Outcome, Code string
}

// hidden stands where a secret would be.
const hidden = "***"

// Look gives the intent that a payment of the core was made for, brought up to
// what payer and clock have done; nil when there is none.
func (r *Room) Look(ctx context.Context, id payment.ID) (*Looked, error) {
	r.mu.Lock()
	a, known := r.rows[r.refs[id]].(*attempt)
	r.mu.Unlock()
	if !known {
		return nil, nil
	}
	account, _ := r.account(a.Account)
	w := r.begin(ctx, account, r.Clock.Now())
	defer w.end()
	in, err := w.settle(a.Intent)
	if err != nil || in == nil {
		return nil, err
	}
	if err := w.commit(); err != nil {
		return nil, err
	}
	o := w.intent(in)
	o["client_secret"] = hidden
	if c, found := get[*charge](w, in.Charge); found {
		o["latest_charge"] = w.chargeView(c)
	}
	return &Looked{Account: account.ID, Intent: o, Attempts: w.attempts(in.ID)}, nil
}

// attempts are those of an intent, oldest first.
func (w *work) attempts(intent string) []Attempt {
	var found []Attempt
	for _, id := range w.lists["attempt"] {
		if a, ok := get[*attempt](w, id); ok && a.Intent == intent && a.Ref.Reference != "" {
			found = append(found, Attempt{a.Ref.Reference, a.Outcome, a.Code})
		}
	}
	return found
}

// Keys are what a merchant's code needs to know of an account.
type Keys struct {
	Account
	Endpoints []Endpoint
}

// Endpoint is a receiver of an account's events.
type Endpoint struct {
	ID, URL, Secret string
	Disabled        bool
}

// KeysOf are the accounts bound to a sales unit, with the secrets of their
// endpoints, oldest first.
func (r *Room) KeysOf(msn string) []Keys {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []Keys
	for i := range r.Accounts {
		if r.Accounts[i].MSN != msn {
			continue
		}
		k := Keys{Account: r.Accounts[i]}
		for _, id := range r.lists["endpoint"] {
			if h, ok := r.rows[id].(*endpoint); ok && h.Account == k.ID {
				k.Endpoints = append(k.Endpoints, Endpoint{h.ID, h.URL, h.Secret, h.Disabled})
			}
		}
		found = append(found, k)
	}
	return found
}
