package sql

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"liksom/server/payment"
)

const (
	selectPayment = "SELECT doc FROM payments"
	byReference   = " WHERE world = ? AND msn = ? AND reference = ?"
)

func scanPayment(row *sql.Rows) (p payment.Payment, err error) {
	err = row.Scan(document{&p})
	return p, err
}

// Get implements [payment.Store].
func (s *Store) Get(ctx context.Context, id payment.ID) (payment.Payment, error) {
	p, err := first(ctx, s.db.reader, scanPayment, selectPayment+byReference, s.world.id, id.MSN, id.Reference)
	return p, orUnknown(err, id)
}

// Find implements [payment.Store].
func (s *Store) Find(ctx context.Context, code string) (payment.Payment, error) {
	p, err := first(ctx, s.db.reader, scanPayment, selectPayment+" WHERE world = ? AND code = ?", s.world.id, code)
	return p, orUnknown(err, payment.ID{Reference: code})
}

// orUnknown makes the absence of a row a refusal.
func orUnknown(err error, id payment.ID) error {
	if errors.Is(err, sql.ErrNoRows) {
		return payment.Unknown(id)
	}
	return err
}

// where gathers conditions, of which all must hold.
type where struct {
	text strings.Builder
	args []any
}

func (w *where) and(condition string, args ...any) {
	if w.text.Len() > 0 {
		w.text.WriteString(" AND ")
	}
	w.text.WriteString(condition)
	w.args = append(w.args, args...)
}

// List implements [payment.Store]. Text is found in reference, description
// and phone, letter by letter; an amount is found whole, in minor units.
func (s *Store) List(ctx context.Context, q payment.Query) ([]payment.Payment, error) {
	query, args := s.list(q)
	return collect(ctx, s.db.reader, scanPayment, query, args...)
}

func (s *Store) list(q payment.Query) (query string, args []any) {
	w := s.selected(&q)
	if q.Before > 0 {
		w.and("number < ?", int64(q.Before))
	}
	return selectPayment + " WHERE " + w.text.String() + " ORDER BY number DESC LIMIT ?", append(w.args, limit(q.Limit))
}

// Count implements [payment.Store].
func (s *Store) Count(ctx context.Context, q payment.Query) (map[payment.State]int, error) {
	w := s.selected(&q)
	type count struct {
		state payment.State
		n     int
	}
	rows, err := collect(ctx, s.db.reader, func(row *sql.Rows) (c count, err error) {
		err = row.Scan(&c.state, &c.n)
		return c, err
	}, "SELECT state, count(*) FROM payments WHERE "+w.text.String()+" GROUP BY state", w.args...)
	counts := map[payment.State]int{}
	for _, c := range rows {
		counts[c.state] = c.n
	}
	return counts, err
}

// selected are the conditions of a query, whatever the page.
func (s *Store) selected(q *payment.Query) *where {
	w := new(where)
	w.and("world = ?", s.world.id)
	if q.MSN != "" {
		w.and("msn = ?", q.MSN)
	}
	if q.State != "" {
		w.and("state = ?", string(q.State))
	}
	if q.Phone != "" {
		w.and("number IN (SELECT number FROM payments WHERE world = ? AND phone = ? AND phone <> ''", s.world.id, q.Phone)
		if q.State != "" {
			w.and("state = ?", string(q.State)) // the inbox of a busy phone is found at once
		}
		w.text.WriteString(" UNION SELECT number FROM payments WHERE world = ? AND holder = ? AND holder <> '')")
		w.args = append(w.args, s.world.id, q.Phone)
	}
	if q.Text != "" {
		w.and("(instr(reference, ?) > 0 OR instr(description, ?) > 0 OR instr(phone, ?) > 0 OR amount = ?)", q.Text, q.Text, q.Text, wholeAmount(q.Text))
	}
	return w
}

// wholeAmount is the amount that a text is, or one that no payment has.
func wholeAmount(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		return -1
	}
	return n
}

const (
	selectEvent  = "SELECT seq, msn, reference, kind, at, amount, psp, key, phone, note, acted_by, until FROM events"
	selectEvents = selectEvent + " WHERE world = ?1 AND payment = (SELECT number FROM payments WHERE world = ?1 AND msn = ?2 AND reference = ?3) ORDER BY seq"
)

func scanEvent(row *sql.Rows) (e payment.Event, err error) {
	err = row.Scan(&e.Seq, &e.ID.MSN, &e.ID.Reference, &e.Kind, moment{&e.At}, &e.Amount, &e.PSP, &e.Key, &e.Phone, &e.Note, &e.By, moment{&e.Until})
	return e, err
}

// Events implements [payment.Store]; the error for a payment that does not
// exist is that of Get.
func (s *Store) Events(ctx context.Context, id payment.ID) ([]payment.Event, error) {
	events, err := collect(ctx, s.db.reader, scanEvent, selectEvents, s.world.id, id.MSN, id.Reference)
	if err == nil && len(events) == 0 {
		return nil, payment.Unknown(id) // every payment begins with an event
	}
	return events, err
}

// After implements [payment.Store].
func (s *Store) After(ctx context.Context, pos payment.Seq, n int) ([]payment.Event, error) {
	if events, known := s.world.tail.after(pos, n); known {
		return events, ctx.Err()
	}
	return collect(ctx, s.db.reader, scanEvent, selectEvent+" WHERE world = ? AND seq > ? ORDER BY seq LIMIT ?", s.world.id, int64(pos), limit(n))
}

// Head implements [payment.Store].
func (s *Store) Head(ctx context.Context) (payment.Seq, error) {
	return first(ctx, s.db.reader, func(row *sql.Rows) (seq payment.Seq, err error) {
		err = row.Scan(&seq)
		return seq, err
	}, "SELECT coalesce(max(seq), 0) FROM events WHERE world = ?", s.world.id)
}
