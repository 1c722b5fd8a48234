package server

import (
	"context"
	"net/http"

	"liksom/server/clock"
	"liksom/server/control"
	"liksom/server/gateway"
	"liksom/server/payment"
	"liksom/server/stripe"
	"liksom/server/webhook"
	"liksom/web"
)

// openStripe makes the room of those who take Vipps through Stripe.
func (w *World) openStripe(ctx context.Context) (err error) {
	o := &w.server.options
	w.stripe, err = stripe.Open(ctx, stripe.Deps{
		Accounts: append([]stripe.Account{stripe.DemoAccount()}, w.server.begun.stripe.Accounts...),
		Store:    w.store, Payments: w.service, Directory: w.directory, Clock: w.clock, IDs: w.ids,
		Site: func() *web.Site { return w.site() }, Committed: w.committed, Home: w.URL, Base: w.base,
		Landing: func(r *http.Request, p payment.Payment) string { return links{w}.Landing(r, p) },
		Noted: func(ctx context.Context, msn, operation, reference string) {
			gateway.Of(ctx, msn, operation)
			gateway.About(ctx, reference)
		},
		Open: o.Auth == "open", Log: o.Log,
	})
	return err
}

// stripeFamily is how Stripe's webhooks look, and how long they are repeated.
func (w *World) stripeFamily() webhook.Family {
	return stripe.Family{Live: func() bool { return w.directory.Settings().Stripe.WebhookRetries == "live" }}
}

// alsoStripe has the Webhooks API tell of payments through Stripe, where the
// world is set to.
func (w *World) alsoStripe(plan webhook.Plan) webhook.Plan {
	return func(p payment.Payment, e payment.Event, to []webhook.Registration) []webhook.Delivery {
		if p.Source == stripe.Source && w.directory.Settings().Stripe.AlsoEpaymentEvents {
			p.Source = "epayment"
		}
		return plan(p, e, to)
	}
}

// stripeDoor is the imitated API. Keys say who calls, wherever from.
func (w *World) stripeDoor() http.Handler {
	return w.gateway.Recorded(gateway.API{Name: "stripe", Refuse: w.stripe.RefuseCoded, Faulted: w.stripe.RefuseFault}, stripe.Scrub, w.stripe.Handler())
}

// stripePagesDoor are the pages that stand in for Stripe's own.
func (w *World) stripePagesDoor() http.Handler {
	return w.endingWithWorld(ownFormsOnly(w.stripe.Pages()))
}

// fromStripe lets sinks check deliveries to Stripe's endpoints.
func (w *World) fromStripe(r *http.Request, body []byte) (is bool, registration, event string, wrong error) {
	all, err := w.store.Registrations(r.Context(), "*")
	if err != nil {
		all = nil // then nobody's secret fits
	}
	return stripe.Delivered(r, body, all, clock.Wall())
}

// stripeKept shows the control API the Stripe side.
type stripeKept struct{ world *World }

// Intent implements [control.Stripe].
func (s stripeKept) Intent(ctx context.Context, p *payment.Payment) (*control.StripeIntent, error) {
	if p.Source != stripe.Source {
		return nil, nil
	}
	seen, err := s.world.stripe.Look(ctx, p.ID)
	if err != nil || seen == nil {
		return nil, err
	}
	told := &control.StripeIntent{Account: seen.Account, Intent: seen.Intent, Attempts: make([]control.StripeAttempt, len(seen.Attempts))}
	for i, a := range seen.Attempts {
		told.Attempts[i] = control.StripeAttempt(a)
	}
	return told, nil
}

// Accounts implements [control.Stripe].
func (s stripeKept) Accounts(msn string) []control.StripeAccount {
	var all []control.StripeAccount
	for _, k := range s.world.stripe.KeysOf(msn) {
		one := control.StripeAccount{Account: k.ID, SecretKey: k.SecretKey, PublishableKey: k.PublishableKey, Endpoints: make([]control.StripeEndpoint, len(k.Endpoints))}
		for i, e := range k.Endpoints {
			one.Endpoints[i] = control.StripeEndpoint(e)
		}
		all = append(all, one)
	}
	return all
}
