package merchant

import (
	"context"
	"slices"
	"strings"

	"liksom/server/client"
)

// Start registers the shop's webhook, unless it stands already. What earlier runs registered for the
// same address is removed, since its secret is lost and each would deliver
// once more; registrations for other addresses are let alone.
func (s *Shop) Start(ctx context.Context) error {
	if s.has(RegistersOnce) && s.Secret() != "" {
		return nil
	}
	old, err := s.api.ListWebhooks(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(old, func(w client.Webhook) bool { return s.mine(w.ID) }) {
		return nil
	}
	if err := s.register(ctx); err != nil {
		return err
	}
	for _, w := range old {
		if w.URL != s.hook.String() {
			continue
		}
		if err := s.api.DeleteWebhook(ctx, w.ID); err != nil {
			return err
		}
	}
	return nil
}

// mine tells a registration of this very run, whose secret is known.
func (s *Shop) mine(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return id == s.hookID
}

func (s *Shop) register(ctx context.Context) error {
	events := client.PaymentEvents()
	if s.has(RegistersSingular) {
		for i := range events {
			events[i] = strings.Replace(events[i], "epayments.", "epayment.", 1)
		}
	}
	w, err := s.api.RegisterWebhook(ctx, s.hook.String(), events...)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hookID, s.secret = w.ID, w.Secret
	return nil
}

// Leave removes the shop's registration, for a shop that closes for good.
func (s *Shop) Leave(ctx context.Context) error {
	s.mu.Lock()
	id := s.hookID
	s.mu.Unlock()
	if id == "" {
		return nil
	}
	return s.api.DeleteWebhook(ctx, id)
}

// Secret is that of the registration in force; "" before [Shop.Start].
func (s *Shop) Secret() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secret
}

// HookURL is where the shop wants its webhooks.
func (s *Shop) HookURL() string { return s.hook.String() }
