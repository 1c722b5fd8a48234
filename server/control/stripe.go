package control

import (
	"context"

	"liksom/server/payment"
)

// Stripe is what a world knows of those who take Vipps through Stripe.
type Stripe interface {
	// Intent is what a payment was made for; nil when it did not come through
	// Stripe.
	Intent(ctx context.Context, p *payment.Payment) (*StripeIntent, error)
	// Accounts are those bound to a sales unit, with their secrets.
	Accounts(msn string) []StripeAccount
}

// StripeIntent is the PaymentIntent behind a payment.
type StripeIntent struct {
	Account string `json:"account"`
	// Attempts are the payments it led to, oldest first.
	Attempts []StripeAttempt `json:"attempts"`
	// Intent is as Stripe's API gives it, its latest charge expanded.
	Intent map[string]any `json:"intent"`
}

// StripeAttempt is a payment made for an intent. Outcome is left out while it
// runs; Code is why it failed.
type StripeAttempt struct {
	Reference string `json:"reference"`
	Outcome   string `json:"outcome,omitempty"`
	Code      string `json:"code,omitempty"`
}

// StripeAccount are the keys of an account.
type StripeAccount struct {
	Account        string           `json:"account"`
	SecretKey      string           `json:"secretKey"`
	PublishableKey string           `json:"publishableKey"`
	Endpoints      []StripeEndpoint `json:"endpoints"`
}

// StripeEndpoint is a receiver of an account's events.
type StripeEndpoint struct {
	ID       string `json:"id"`
	URL      string `json:"url"`
	Secret   string `json:"secret"`
	Disabled bool   `json:"disabled,omitempty"`
}

func (c *Control) intent(ctx context.Context, p *payment.Payment) (*StripeIntent, error) {
	if c.Stripe == nil {
		return nil, nil
	}
	return c.Stripe.Intent(ctx, p)
}

// stripeAccounts are those of a sales unit, their secrets hidden unless they
// are asked for.
func (c *Control) stripeAccounts(msn string, secrets bool) []StripeAccount {
	if c.Stripe == nil {
		return nil
	}
	all := c.Stripe.Accounts(msn)
	if secrets {
		return all
	}
	for i := range all {
		all[i].SecretKey = masked
		for k := range all[i].Endpoints {
			all[i].Endpoints[k].Secret = masked
		}
	}
	return all
}
