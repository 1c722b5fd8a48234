package sql

import (
	"context"
	"database/sql"
	"time"

	"liksom/server/webhook"
)

// addAttempt writes an attempt, if there was one, and gives it its number;
// first tells that there is none before it.
func (s *Store) addAttempt(t *tx, delivery int64, a *webhook.Attempt, first bool) error {
	if a == nil {
		return nil
	}
	if first {
		a.N = 1
		return s.writeAttempt(t, delivery, a)
	}
	err := t.row("SELECT coalesce(max(n), 0) + 1 FROM attempts WHERE world = ? AND delivery = ?", s.world.id, delivery).Scan(&a.N)
	if err != nil {
		return err
	}
	return s.writeAttempt(t, delivery, a)
}

// writeAttempt writes an attempt that has its number.
func (s *Store) writeAttempt(t *tx, delivery int64, a *webhook.Attempt) error {
	header, err := encode(a.Header)
	if err != nil {
		return err
	}
	answered, err := encode(a.AnswerHeader)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO attempts (world, delivery, n, manual, at, wall, took, url, header, body, signed, status, answer_header, answer, error, fault)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.world.id, delivery, a.N, a.Manual, millis(a.At), millis(a.Real), int64(a.Took), a.URL, header, a.Body, a.Signed,
		a.Status, answered, a.Answer, a.Error, a.Fault)
}

// Attempts implements [webhook.Store].
func (s *Store) Attempts(ctx context.Context, delivery string) ([]webhook.Attempt, error) {
	d, err := s.Delivery(ctx, delivery)
	if err != nil {
		return nil, err
	}
	return collect(ctx, s.db.reader, func(row *sql.Rows) (webhook.Attempt, error) {
		a := webhook.Attempt{Delivery: delivery}
		var took int64
		err := row.Scan(&a.N, &a.Manual, moment{&a.At}, moment{&a.Real}, &took, &a.URL, document{&a.Header}, &a.Body, &a.Signed,
			&a.Status, document{&a.AnswerHeader}, &a.Answer, &a.Error, &a.Fault)
		a.Took = time.Duration(took)
		return a, err
	}, `SELECT n, manual, at, wall, took, url, header, body, signed, status, answer_header, answer, error, fault
		FROM attempts WHERE world = ? AND delivery = ? ORDER BY n`, s.world.id, d.Number)
}
