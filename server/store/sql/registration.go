package sql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"liksom/server/payment"
	"liksom/server/webhook"
)

const selectRegistration = "SELECT number, id, msn, client, url, events, secret, created, failing, paused FROM registrations"

func scanRegistration(row *sql.Rows) (r webhook.Registration, err error) {
	err = row.Scan(&r.Number, &r.ID, &r.MSN, &r.Client, &r.URL, document{&r.Events}, &r.Secret, moment{&r.CreatedAt}, moment{&r.FailingSince}, &r.Paused)
	return r, err
}

// registrations gives all of the world's, oldest first, mostly by heart: each
// event asks for them.
func (s *Store) registrations(t *tx) ([]webhook.Registration, error) {
	w := s.world
	if w.known {
		return w.registrations, nil
	}
	all, err := collect(context.Background(), t, scanRegistration, selectRegistration+" WHERE world = ? ORDER BY number", w.id)
	if err != nil {
		return nil, err
	}
	w.registrations, w.known = all, true
	t.onRollback(w.forgetRegistrations)
	t.onCommit(func() {
		if now := w.registrations; w.known { // nobody changed them since, in the same transaction
			w.listed.Store(&now)
		}
	})
	return all, nil
}

// forgetRegistrations has them read anew. The writer calls it.
func (w *world) forgetRegistrations() {
	w.known = false
	w.listed.Store(nil)
}

// registrationsChange forgets them, and what deliveries are known by heart,
// whose fate hangs on theirs; to be called before any of them is written.
func (w *world) registrationsChange(t *tx) {
	w.forgetRegistrations()
	w.fresh.clear()
	t.onCommit(w.fresh.clear)
}

// concerning gives the registrations that may want the events of a unit: its
// own and those of partners.
func (s *Store) concerning(t *tx, msn string) ([]webhook.Registration, error) {
	all, err := s.registrations(t)
	if err != nil {
		return nil, err
	}
	var found []webhook.Registration
	for _, r := range all {
		if r.MSN == msn || r.MSN == "" {
			found = append(found, r)
		}
	}
	return found, nil
}

// Register implements [webhook.Store].
func (s *Store) Register(ctx context.Context, r webhook.Registration, allowed func([]webhook.Registration) error) error {
	events, err := encode(r.Events)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		all, err := s.registrations(t)
		if err != nil {
			return fmt.Errorf("read the registrations: %w", err)
		}
		if err := ask(allowed, all, &r); err != nil {
			return err
		}
		s.world.registrationsChange(t)
		return t.exec(`INSERT INTO registrations (world, number, id, msn, client, url, events, secret, created, failing, paused)
			VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM registrations WHERE world = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`,
			s.world.id, r.ID, r.MSN, r.Client, r.URL, events, r.Secret, millis(r.CreatedAt), millis(r.FailingSince), r.Paused)
	})
}

// ask shows a new registration's peers to whoever must allow it.
func ask(allowed func([]webhook.Registration) error, all []webhook.Registration, r *webhook.Registration) error {
	if allowed == nil {
		return nil
	}
	var peers []webhook.Registration
	for _, e := range all {
		if e.MSN == r.MSN && (r.MSN != "" || e.Client == r.Client) {
			peers = append(peers, e)
		}
	}
	return allowed(peers)
}

// Registrations implements [webhook.Store].
func (s *Store) Registrations(ctx context.Context, msn string) ([]webhook.Registration, error) {
	if all := s.world.listed.Load(); all != nil {
		return slices.DeleteFunc(slices.Clone(*all), func(r webhook.Registration) bool { return msn != "*" && r.MSN != msn }), ctx.Err()
	}
	return collect(ctx, s.db.reader, scanRegistration,
		selectRegistration+" WHERE world = ? AND (?2 = '*' OR msn = ?2) ORDER BY number", s.world.id, msn)
}

// Registration implements [webhook.Store].
func (s *Store) Registration(ctx context.Context, id string) (webhook.Registration, error) {
	if all := s.world.listed.Load(); all != nil {
		i := slices.IndexFunc(*all, func(r webhook.Registration) bool { return r.ID == id })
		if i < 0 {
			return webhook.Registration{}, webhook.ErrNotFound
		}
		return (*all)[i], ctx.Err()
	}
	r, err := first(ctx, s.db.reader, scanRegistration, selectRegistration+" WHERE world = ? AND id = ?", s.world.id, id)
	return r, orNotFound(err)
}

func orNotFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return webhook.ErrNotFound
	}
	return err
}

// ChangeRegistration implements [webhook.Store].
func (s *Store) ChangeRegistration(ctx context.Context, id string, change func(*webhook.Registration) error) (webhook.Registration, error) {
	var r webhook.Registration
	err := s.write(ctx, func(t *tx) error {
		var err error
		if r, err = first(ctx, t, scanRegistration, selectRegistration+" WHERE world = ? AND id = ?", s.world.id, id); err != nil {
			return orNotFound(err)
		}
		if err := change(&r); err != nil {
			return err
		}
		events, err := encode(r.Events)
		if err != nil {
			return err
		}
		s.world.registrationsChange(t)
		return t.exec("UPDATE registrations SET url = ?, events = ?, paused = ? WHERE world = ? AND number = ?",
			r.URL, events, r.Paused, s.world.id, r.Number)
	})
	return r, err
}

// Unregister implements [webhook.Store]. The due rows of the deliveries it
// ends stay; they have become pointless.
func (s *Store) Unregister(ctx context.Context, id string, at time.Time) error {
	return s.write(ctx, func(t *tx) error {
		var number int64
		err := t.row("SELECT number FROM registrations WHERE world = ? AND id = ?", s.world.id, id).Scan(&number)
		if err != nil {
			return orNotFound(err)
		}
		s.world.registrationsChange(t)
		s.world.openForgotten(t)
		if err := t.exec("DELETE FROM registrations WHERE world = ? AND number = ?", s.world.id, number); err != nil {
			return err
		}
		return t.exec("UPDATE deliveries SET status = ?, done = ?, next = ?, reason = ? WHERE world = ? AND registration = ? AND "+isOpen,
			string(webhook.Ended), millis(at), millis(time.Time{}), "its registration was deleted", s.world.id, id)
	})
}

// noteHealth has a registration be as a try left it, and writes when it may
// have to be removed.
func (s *Store) noteHealth(t *tx, registration string, a *webhook.Attempt, done *payment.Committed) error {
	if a == nil {
		return nil
	}
	all, err := s.registrations(t)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r webhook.Registration) bool { return r.ID == registration })
	if i < 0 {
		return nil
	}
	left, changed := all[i].After(a)
	if !changed {
		return nil
	}
	s.world.registrationsChange(t)
	if err := t.exec("UPDATE registrations SET failing = ? WHERE world = ? AND number = ?", millis(left.FailingSince), s.world.id, left.Number); err != nil {
		return err
	}
	if due, failing := left.Removal(); failing {
		return s.addDue(t, done, due)
	}
	return nil
}
