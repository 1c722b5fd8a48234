package sql

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"liksom/server/payment"
	"liksom/server/webhook"
)

const selectDelivery = "SELECT number, id, registration, msn, reference, event, type, body, status, created, first, next, done, tries, reason FROM deliveries"

// isOpen is the condition of the index of open deliveries, word for word.
const isOpen = "status IN ('waiting', 'held')"

// selectHead finds the oldest open delivery of a queue.
const selectHead = selectDelivery + " WHERE world = ? AND registration = ? AND msn = ? AND reference = ? AND " + isOpen + " ORDER BY number LIMIT 1"

func scanDelivery(row *sql.Rows) (d webhook.Delivery, err error) {
	err = row.Scan(&d.Number, &d.ID, &d.Registration, &d.Payment.MSN, &d.Payment.Reference, &d.Event, &d.Type, &d.Body, &d.Status,
		moment{&d.CreatedAt}, moment{&d.FirstAt}, moment{&d.NextAt}, moment{&d.DoneAt}, &d.Tries, &d.Reason)
	return d, err
}

// planFor writes the deliveries that an event causes.
func (s *Store) planFor(t *tx, p *payment.Payment, e payment.Event, done *payment.Committed) error {
	if s.plan == nil || !e.Kind.Public() {
		return nil
	}
	concerned, err := s.concerning(t, p.MSN)
	if err != nil {
		return err
	}
	for _, d := range s.plan(*p, e, concerned) {
		if err := s.enqueue(t, &d, e.At, done); err != nil {
			return err
		}
	}
	return nil
}

// enqueue puts a delivery in its queue: due at once if it is the first, held
// otherwise.
func (s *Store) enqueue(t *tx, d *webhook.Delivery, at time.Time, done *payment.Committed) error {
	found := false
	none, err := s.noneOpen(t)
	if err == nil && !none {
		_, found, err = s.head(t, d)
	}
	if err != nil {
		return err
	}
	d.Status = webhook.Held
	if !found {
		d.Status, d.NextAt = webhook.Waiting, at
	}
	if err := s.addDelivery(t, d); err != nil || d.Status == webhook.Held {
		return err
	}
	written := *d
	t.onCommit(func() { s.world.fresh.add(written) })
	return s.addDue(t, done, payment.Due{At: at, Kind: webhook.DueDelivery, Key: d.ID})
}

// addDelivery writes a new delivery and gives it its number.
func (s *Store) addDelivery(t *tx, d *webhook.Delivery) error {
	s.world.deliveries++
	t.onRollback(func() { s.world.deliveries-- })
	d.Number = s.world.deliveries
	if d.Status.Open() {
		s.world.openChanges(t, 1)
	}
	return s.writeDelivery(t, d)
}

// writeDelivery writes a delivery that has its number.
func (s *Store) writeDelivery(t *tx, d *webhook.Delivery) error {
	return t.exec(`INSERT INTO deliveries (world, number, id, registration, msn, reference, event, type, body, status, created, first, next, done, tries, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		s.world.id, d.Number, d.ID, d.Registration, d.Payment.MSN, d.Payment.Reference, int64(d.Event), d.Type, d.Body, string(d.Status),
		millis(d.CreatedAt), millis(d.FirstAt), millis(d.NextAt), millis(d.DoneAt), d.Tries, d.Reason)
}

// head gives the oldest open delivery of a queue.
func (s *Store) head(t *tx, of *webhook.Delivery) (webhook.Delivery, bool, error) {
	d, err := first(context.Background(), t, scanDelivery, selectHead,
		s.world.id, of.Registration, of.Payment.MSN, of.Payment.Reference)
	if errors.Is(err, sql.ErrNoRows) {
		return d, false, nil
	}
	return d, err == nil, err
}

// Delivery implements [webhook.Store].
func (s *Store) Delivery(ctx context.Context, id string) (webhook.Delivery, error) {
	if d, known := s.world.fresh.get(id); known {
		return d, ctx.Err()
	}
	return s.delivery(ctx, s.db.reader, id)
}

func (s *Store) delivery(ctx context.Context, from querier, id string) (webhook.Delivery, error) {
	d, err := first(ctx, from, scanDelivery, selectDelivery+" WHERE world = ? AND id = ?", s.world.id, id)
	return d, orNotFound(err)
}

// Deliveries implements [webhook.Store].
func (s *Store) Deliveries(ctx context.Context, q webhook.Query) ([]webhook.Delivery, error) {
	var w where
	w.and("world = ?", s.world.id)
	if q.MSN != "" {
		w.and("msn = ?", q.MSN)
	}
	if q.Reference != "" {
		w.and("reference = ?", q.Reference)
	}
	if q.Registration != "" {
		w.and("registration = ?", q.Registration)
	}
	if q.Status != "" {
		w.and("status = ?", string(q.Status))
	}
	if q.Before > 0 {
		w.and("number < ?", q.Before)
	}
	query := selectDelivery + " WHERE " + w.text.String() + " ORDER BY number DESC LIMIT ?"
	return collect(ctx, s.db.reader, scanDelivery, query, append(w.args, limit(q.Limit))...)
}

// Settle implements [webhook.Store]. It numbers the attempt.
func (s *Store) Settle(ctx context.Context, d webhook.Delivery, a *webhook.Attempt, done int64, now time.Time) (payment.Committed, error) {
	var kept payment.Committed
	err := s.write(ctx, func(t *tx) error {
		kept = payment.Committed{}
		before, untried := s.world.fresh.take(d.ID)
		if !untried {
			var err error
			if before, err = s.delivery(ctx, t, d.ID); err != nil {
				return err
			}
		}
		if done != 0 {
			if err := s.removeDue(t, done); err != nil {
				return err
			}
		}
		if err := s.addAttempt(t, before.Number, a, untried); err != nil {
			return err
		}
		if err := s.noteHealth(t, before.Registration, a, &kept); err != nil {
			return err
		}
		byHand := done == 0 && d.Status.Open()
		if !before.Status.Open() || byHand {
			return nil
		}
		before.Status, before.Tries, before.Reason = d.Status, d.Tries, d.Reason
		before.FirstAt, before.NextAt, before.DoneAt = d.FirstAt, d.NextAt, d.DoneAt
		return s.settle(t, &before, now, &kept)
	})
	if err != nil {
		return payment.Committed{}, err
	}
	return kept, nil
}

// settle writes what became of an open delivery and lets the next one go if
// that one's turn has come.
func (s *Store) settle(t *tx, d *webhook.Delivery, now time.Time, done *payment.Committed) error {
	if !d.Status.Open() {
		d.NextAt = time.Time{}
		s.world.openChanges(t, -1)
	}
	if err := s.updateDelivery(t, d); err != nil {
		return err
	}
	if d.Status == webhook.Waiting {
		return s.addDue(t, done, payment.Due{At: d.NextAt, Kind: webhook.DueDelivery, Key: d.ID})
	}
	if none, err := s.noneOpen(t); err != nil || none {
		return err
	}
	next, found, err := s.head(t, d)
	if err != nil || !found || next.Status != webhook.Held {
		return err
	}
	next.Status, next.NextAt = webhook.Waiting, now
	if err := s.updateDelivery(t, &next); err != nil {
		return err
	}
	return s.addDue(t, done, payment.Due{At: now, Kind: webhook.DueDelivery, Key: next.ID})
}

func (s *Store) updateDelivery(t *tx, d *webhook.Delivery) error {
	return t.exec("UPDATE deliveries SET status = ?, first = ?, next = ?, done = ?, tries = ?, reason = ? WHERE world = ? AND number = ?",
		string(d.Status), millis(d.FirstAt), millis(d.NextAt), millis(d.DoneAt), d.Tries, d.Reason, s.world.id, d.Number)
}
