package sql

import (
	"context"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// Keep implements [webhook.Keeper].
func (s *Store) Keep(ctx context.Context, b webhook.Batch) (payment.Committed, error) {
	var done payment.Committed
	err := s.write(ctx, func(t *tx) error {
		done = payment.Committed{}
		for i := range b.Documents {
			if err := s.keepDocument(t, &b.Documents[i]); err != nil {
				return err
			}
		}
		for _, d := range b.Deliveries {
			if err := s.enqueue(t, &d, d.CreatedAt, &done); err != nil {
				return err
			}
		}
		return s.addDue(t, &done, b.Due...)
	})
	if err != nil {
		return payment.Committed{}, err
	}
	return done, nil
}

func (s *Store) keepDocument(t *tx, d *webhook.Document) error {
	if d.Body == nil {
		return t.exec(deleteDocument, s.world.id, d.Kind, d.Key)
	}
	return t.exec(putDocument, s.world.id, d.Kind, d.Key, blob(d.Body))
}
