package memory

import (
	"context"

	"liksom/server/webhook"
)

// Record implements [webhook.Store].
func (s *Store) Record(_ context.Context, d webhook.Delivery, a *webhook.Attempt) error {
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.deliveries == nil {
		h.deliveries, h.queues = map[string]*delivery{}, map[queue][]*delivery{}
	}
	h.planned++
	d.Number, a.N = h.planned, 1
	kept := &delivery{Delivery: d, attempts: []webhook.Attempt{*a}}
	h.deliveries[d.ID] = kept
	h.order = append(h.order, kept)
	s.noteHealth(d.Registration, a)
	return nil
}
