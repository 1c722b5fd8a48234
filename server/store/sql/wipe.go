package sql

import (
	"context"
)

// Wipe removes a sales unit's payments, kept answers, registrations and
// deliveries, or everybody's and all due rows for "". What was numbered goes
// on from where it was.
func (s *Store) Wipe(ctx context.Context, msn string) error {
	return s.write(ctx, func(t *tx) error {
		w := s.world
		w.registrationsChange(t)
		w.openForgotten(t)
		w.recent = nil
		t.onCommit(w.tail.clear)
		if err := t.exec("UPDATE worlds SET head = ?, deliveries = ? WHERE id = ?", int64(w.head), w.deliveries, w.id); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM attempts WHERE world = ?1 AND (?2 = '' OR delivery IN
			(SELECT number FROM deliveries WHERE world = ?1 AND msn = ?2))`, w.id, msn); err != nil {
			return err
		}
		for _, table := range []string{"deliveries", "registrations", "replies", "events", "payments"} {
			if err := t.exec("DELETE FROM "+table+" WHERE world = ?1 AND (?2 = '' OR msn = ?2)", w.id, msn); err != nil {
				return err
			}
		}
		if msn != "" {
			return nil
		}
		t.onCommit(w.soon.clear)
		return t.exec("DELETE FROM due WHERE world = ?", w.id)
	})
}
