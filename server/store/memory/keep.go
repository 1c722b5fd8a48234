package memory

import (
	"context"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// Keep implements [webhook.Keeper].
func (s *Store) Keep(ctx context.Context, b webhook.Batch) (payment.Committed, error) {
	var done payment.Committed
	for _, d := range b.Documents {
		keep := s.PutDocument
		if d.Body == nil {
			keep = func(ctx context.Context, kind, key string, _ []byte) error { return s.DeleteDocument(ctx, kind, key) }
		}
		if err := keep(ctx, d.Kind, d.Key, d.Body); err != nil {
			return done, err
		}
	}
	for _, d := range b.Deliveries {
		done.Note(0, s.enqueue(d, d.CreatedAt))
	}
	if len(b.Due) > 0 {
		done.Note(0, s.due.add(b.Due...))
	}
	return done, nil
}
