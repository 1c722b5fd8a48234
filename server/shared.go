package server

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"

	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/metrics"
	"liksom/server/webhook"
	"liksom/web"
)

// shared is what all worlds of a server use together.
type shared struct {
	site    *web.Site
	options Options
	trusted *x509.CertPool // nil: the system's
	book    metrics.Book
}

func newShared(o Options) (*shared, error) {
	s := &shared{options: o, site: web.New(web.Options{Base: pageBase, Log: o.Log})}
	if o.WebhookCA == "" {
		return s, nil
	}
	pem, err := os.ReadFile(o.WebhookCA)
	if err != nil {
		return nil, fmt.Errorf("cannot read the webhook authorities: %w", err)
	}
	if s.trusted, err = webhook.Authorities(pem); err != nil {
		return nil, fmt.Errorf("%s: %w", o.WebhookCA, err)
	}
	return s, nil
}

// pageBase is the address that a page's own links begin with: the host that
// the browser used, which need not be the public one.
func pageBase(r *http.Request) string { return scheme(r) + "://" + r.Host + prefixOf(r) }

// sender makes the one that tries a world's deliveries.
func (s *shared) sender(w *World) *webhook.Sender {
	return webhook.NewSender(webhook.Options{
		Store: w.store, Now: w.clock.Now, Committed: w.committed,
		Timeout: func() time.Duration { return time.Duration(w.directory.Settings().WebhookTimeout) },
		Egress:  webhook.Egress(s.options.Egress), CA: s.trusted, Dial: s.options.Dial,
		Faults: w.faults, Later: w.later, Removed: departed{w.store}.remember, Family: w.stripeFamily(),
	})
}

// express makes the one that asks merchants what they deliver, over the way
// that webhooks take. Its calls are rare, so it keeps no connections.
func (s *shared) express(w *World) *express.Desk {
	way := webhook.NewTransport(webhook.Options{Egress: webhook.Egress(s.options.Egress), CA: s.trusted, Dial: s.options.Dial})
	way.DisableKeepAlives = true
	return express.New(express.Options{
		Payments: w.service, Transport: way,
		Pascal: func() bool { return w.directory.Settings().ShippingCallbackCasing == directory.PascalCase },
	})
}
