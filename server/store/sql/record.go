package sql

import (
	"context"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// Record implements [webhook.Store].
func (s *Store) Record(ctx context.Context, d webhook.Delivery, a *webhook.Attempt) error {
	return s.write(ctx, func(t *tx) error {
		if err := s.addDelivery(t, &d); err != nil {
			return err
		}
		if err := s.addAttempt(t, d.Number, a, true); err != nil {
			return err
		}
		return s.noteHealth(t, d.Registration, a, new(payment.Committed))
	})
}
