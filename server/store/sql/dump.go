package sql

import (
	"context"
	"database/sql"
	"time"

	"liksom/server/payment"
	"liksom/server/store"
	"liksom/server/webhook"
)

// Export implements [store.Store]. It goes through the writer, so that all of
// it is of one moment.
func (s *Store) Export(ctx context.Context) (store.Dump, error) {
	var d store.Dump
	err := s.write(ctx, func(t *tx) error {
		w := s.world
		d = store.Dump{Head: w.head, LastDelivery: w.deliveries}
		var err error
		read := func(one func() error) {
			if err == nil {
				err = one()
			}
		}
		read(func() error {
			return into(ctx, t, &d.Payments, scanPayment, selectPayment+" WHERE world = ? ORDER BY number", w.id)
		})
		read(func() error {
			return into(ctx, t, &d.Events, scanEvent, selectEvent+" WHERE world = ? ORDER BY seq", w.id)
		})
		read(func() error {
			return into(ctx, t, &d.Answers, scanAnswer, "SELECT key, msn, print, answer FROM replies WHERE world = ? ORDER BY key", w.id)
		})
		read(func() error {
			return into(ctx, t, &d.Due, scanUnnumbered, selectDue+" WHERE world = ? ORDER BY n", w.id)
		})
		read(func() error {
			return into(ctx, t, &d.Registrations, scanRegistration, selectRegistration+" WHERE world = ? ORDER BY number", w.id)
		})
		read(func() error {
			return into(ctx, t, &d.Deliveries, scanDelivery, selectDelivery+" WHERE world = ? ORDER BY number", w.id)
		})
		read(func() error { return into(ctx, t, &d.Attempts, scanTold, selectTold, w.id) })
		read(func() error {
			return into(ctx, t, &d.Documents, scanDocument, "SELECT kind, key, body FROM documents WHERE world = ? ORDER BY kind, key", w.id)
		})
		return err
	})
	return d, err
}

// into reads all rows of a query into a list.
func into[T any](ctx context.Context, t *tx, list *[]T, scan func(*sql.Rows) (T, error), query string, args ...any) (err error) {
	*list, err = collect(ctx, t, scan, query, args...)
	return err
}

func scanAnswer(row *sql.Rows) (a store.Answer, err error) {
	var print []byte
	err = row.Scan(&a.Key, &a.MSN, &print, &a.Answer)
	copy(a.Print[:], print)
	a.Answer = blob(a.Answer)
	return a, err
}

func scanUnnumbered(row *sql.Rows) (payment.Due, error) {
	due, err := scanDue(row)
	due.N = 0
	return due, err
}

func scanDocument(row *sql.Rows) (d store.Document, err error) {
	err = row.Scan(&d.Kind, &d.Key, &d.Body)
	return d, err
}

// selectTold reads attempts with the id of their delivery before them.
const selectTold = `SELECT d.id, a.n, a.manual, a.at, a.wall, a.took, a.url, a.header, a.body, a.signed, a.status, a.answer_header, a.answer, a.error, a.fault
	FROM attempts a JOIN deliveries d ON d.world = a.world AND d.number = a.delivery WHERE a.world = ? ORDER BY a.delivery, a.n`

func scanTold(row *sql.Rows) (a webhook.Attempt, err error) {
	var took int64
	err = row.Scan(&a.Delivery, &a.N, &a.Manual, moment{&a.At}, moment{&a.Real}, &took, &a.URL, document{&a.Header}, &a.Body, &a.Signed,
		&a.Status, document{&a.AnswerHeader}, &a.Answer, &a.Error, &a.Fault)
	a.Took = time.Duration(took)
	return a, err
}

// Import implements [store.Store].
func (s *Store) Import(ctx context.Context, d store.Dump) error {
	return s.write(ctx, func(t *tx) error {
		if err := s.empty(t, &d); err != nil {
			return err
		}
		for _, part := range []func(*tx, *store.Dump) error{s.importPayments, s.importHooks, s.importRest} {
			if err := part(t, &d); err != nil {
				return err
			}
		}
		return nil
	})
}

// empty removes everything and sets how far things are numbered.
func (s *Store) empty(t *tx, d *store.Dump) error {
	w := s.world
	for _, table := range []string{"attempts", "deliveries", "registrations", "replies", "events", "payments", "due", "documents"} {
		if err := t.exec("DELETE FROM "+table+" WHERE world = ?", w.id); err != nil {
			return err
		}
	}
	head, deliveries := w.head, w.deliveries
	t.onRollback(func() { w.head, w.deliveries = head, deliveries })
	w.head, w.deliveries = d.Head, d.LastDelivery
	w.registrationsChange(t)
	w.openForgotten(t)
	w.recent = nil
	t.onCommit(w.tail.clear)
	t.onCommit(w.soon.clear)
	return t.exec("UPDATE worlds SET head = ?, deliveries = ? WHERE id = ?", int64(w.head), w.deliveries, w.id)
}

func (s *Store) importPayments(t *tx, d *store.Dump) error {
	numbers := make(map[payment.ID]payment.Seq, len(d.Payments))
	for i := range d.Payments {
		p := &d.Payments[i]
		numbers[p.ID] = p.Number
		if err := s.writePayment(t, p); err != nil {
			return err
		}
	}
	for i := range d.Events {
		if err := s.writeEvent(t, numbers[d.Events[i].ID], &d.Events[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) importHooks(t *tx, d *store.Dump) error {
	for i := range d.Registrations {
		r := &d.Registrations[i]
		events, err := encode(r.Events)
		if err != nil {
			return err
		}
		err = t.exec("INSERT INTO registrations (world, number, id, msn, client, url, events, secret, created, failing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			s.world.id, r.Number, r.ID, r.MSN, r.Client, r.URL, events, r.Secret, millis(r.CreatedAt), millis(r.FailingSince))
		if err != nil {
			return err
		}
	}
	numbers := make(map[string]int64, len(d.Deliveries))
	for i := range d.Deliveries {
		numbers[d.Deliveries[i].ID] = d.Deliveries[i].Number
		if err := s.writeDelivery(t, &d.Deliveries[i]); err != nil {
			return err
		}
	}
	for i := range d.Attempts {
		if err := s.writeAttempt(t, numbers[d.Attempts[i].Delivery], &d.Attempts[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) importRest(t *tx, d *store.Dump) error {
	for _, a := range d.Answers {
		err := t.exec("INSERT INTO replies (world, key, msn, print, answer) VALUES (?, ?, ?, ?, ?)",
			s.world.id, a.Key, a.MSN, a.Print[:], blob(a.Answer))
		if err != nil {
			return err
		}
	}
	for _, one := range d.Documents {
		err := t.exec("INSERT INTO documents (world, kind, key, body) VALUES (?, ?, ?, ?)", s.world.id, one.Kind, one.Key, blob(one.Body))
		if err != nil {
			return err
		}
	}
	return s.addDue(t, new(payment.Committed), d.Due...)
}
