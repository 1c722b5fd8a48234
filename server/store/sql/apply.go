package sql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"liksom/server/payment"
)

// Apply implements [payment.Store].
func (s *Store) Apply(ctx context.Context, ops ...payment.Op) (payment.Committed, error) {
	var done payment.Committed
	err := s.write(ctx, func(t *tx) error {
		done = payment.Committed{}
		for i := range ops {
			if err := s.apply(t, &ops[i], &done); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return payment.Committed{}, err
	}
	return done, nil
}

func (s *Store) apply(t *tx, op *payment.Op, done *payment.Committed) error {
	current, err := s.current(t, op)
	if err != nil {
		return fmt.Errorf("read payment %s: %w", op.ID, err)
	}
	change, err := op.Step(current)
	if err != nil || change.Empty() {
		return err
	}
	if err := s.keep(t, op, current.Payment, &change, done); err != nil {
		return fmt.Errorf("store payment %s: %w", op.ID, err)
	}
	return nil
}

// selectCurrent asks for both at once, because one question costs half of two.
const selectCurrent = `SELECT p.doc, r.print, r.answer FROM (SELECT 1) AS one
	LEFT JOIN payments p ON p.world = ? AND p.msn = ? AND p.reference = ?
	LEFT JOIN replies r ON r.world = ? AND r.key = ?`

// current reads what a step decides on. No reply has an empty key.
func (s *Store) current(t *tx, op *payment.Op) (payment.Current, error) {
	var current payment.Current
	var doc, print, answer []byte
	var err error
	if op.Once == "" {
		if known, ok := s.world.recent[op.ID]; ok {
			current.Payment = &known
			return current, nil
		}
		err = t.row(selectPayment+byReference, s.world.id, op.ID.MSN, op.ID.Reference).Scan(&doc)
	} else {
		err = t.row(selectCurrent, s.world.id, op.ID.MSN, op.ID.Reference, s.world.id, op.Once).Scan(&doc, &print, &answer)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return current, err
	}
	if doc != nil {
		current.Payment = new(payment.Payment)
		if err := (document{current.Payment}).Scan(doc); err != nil {
			return current, err
		}
	}
	if print != nil {
		current.Reply = &payment.Reply{Answer: answer}
		copy(current.Reply.Print[:], print)
	}
	return current, nil
}

// keep writes a change: the payment, what happened to it, whom to tell, what
// must follow, and the answer.
func (s *Store) keep(t *tx, op *payment.Op, before *payment.Payment, ch *payment.Change, done *payment.Committed) error {
	p, err := s.keepPayment(t, before, ch)
	if err != nil {
		return err
	}
	if err := s.log(t, p, ch.Events, done); err != nil {
		return err
	}
	if err := s.addDue(t, done, ch.Later...); err != nil {
		return err
	}
	if ch.Reply != nil && op.Once != "" {
		err := t.exec("INSERT INTO replies (world, key, msn, print, answer) VALUES (?, ?, ?, ?, ?) ON CONFLICT (world, key) DO UPDATE SET print = excluded.print, answer = excluded.answer",
			s.world.id, op.Once, op.ID.MSN, ch.Reply.Print[:], blob(ch.Reply.Answer))
		if err != nil {
			return err
		}
	}
	if ch.Done != 0 {
		return s.removeDue(t, ch.Done)
	}
	return nil
}

// keepPayment writes the payment's new state, if there is one, and gives the
// payment as it is after the change.
func (s *Store) keepPayment(t *tx, before *payment.Payment, ch *payment.Change) (*payment.Payment, error) {
	if ch.Payment == nil {
		if before == nil && len(ch.Events) > 0 {
			return nil, errors.New("events of a payment that does not exist")
		}
		return before, nil
	}
	p := *ch.Payment
	if before == nil {
		return &p, s.insertPayment(t, &p, len(ch.Events))
	}
	p.Number = before.Number
	doc, err := encode(&p)
	if err != nil {
		return nil, err
	}
	s.world.remember(t, &p)
	return &p, t.exec("UPDATE payments SET state = ?, phone = ?, holder = ?, amount = ?, description = ?, doc = ? WHERE world = ? AND number = ?",
		string(p.State), p.Phone, p.Holder, p.Amount.Value, p.Description, doc, s.world.id, int64(p.Number))
}

func (s *Store) insertPayment(t *tx, p *payment.Payment, events int) error {
	if events == 0 {
		return errors.New("a new payment without an event has no number")
	}
	p.Number = s.world.head + 1
	return s.writePayment(t, p)
}

// writePayment writes a payment that has its number.
func (s *Store) writePayment(t *tx, p *payment.Payment) error {
	doc, err := encode(p)
	if err != nil {
		return err
	}
	s.world.remember(t, p)
	return t.exec("INSERT INTO payments (world, number, msn, reference, code, state, phone, holder, amount, description, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		s.world.id, int64(p.Number), p.MSN, p.Reference, p.Code, string(p.State), p.Phone, p.Holder, p.Amount.Value, p.Description, doc)
}

// log gives the events their positions, writes them, and plans deliveries of
// those that merchants hear of.
func (s *Store) log(t *tx, p *payment.Payment, events []payment.Event, done *payment.Committed) error {
	if len(events) == 0 {
		return nil
	}
	w := s.world
	head := w.head
	t.onRollback(func() { w.head = head })
	written := make([]payment.Event, 0, len(events))
	for _, e := range events {
		w.head++
		e.Seq = w.head
		if err := s.writeEvent(t, p.Number, &e); err != nil {
			return err
		}
		if err := s.planFor(t, p, e, done); err != nil {
			return err
		}
		written = append(written, e)
	}
	t.onCommit(func() { w.tail.add(written) })
	done.Note(w.head, time.Time{})
	return nil
}

// writeEvent writes an event that has its position, of the payment with a
// number.
func (s *Store) writeEvent(t *tx, number payment.Seq, e *payment.Event) error {
	return t.exec("INSERT INTO events (world, seq, payment, msn, reference, kind, at, amount, psp, key, phone, note, acted_by, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		s.world.id, int64(e.Seq), int64(number), e.ID.MSN, e.ID.Reference, string(e.Kind), millis(e.At), e.Amount, e.PSP, e.Key, e.Phone, e.Note, e.By, millis(e.Until))
}
