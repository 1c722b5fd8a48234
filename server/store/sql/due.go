package sql

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"liksom/server/payment"
)

const selectDue = "SELECT n, at, kind, key FROM due"

func scanDue(row *sql.Rows) (d payment.Due, err error) {
	err = row.Scan(&d.N, moment{&d.At}, &d.Kind, &d.Key)
	return d, err
}

// addDue writes rows and notes the earliest.
func (s *Store) addDue(t *tx, done *payment.Committed, rows ...payment.Due) error {
	if len(rows) == 0 {
		return nil
	}
	last := s.db.lastDue
	t.onRollback(func() { s.db.lastDue = last })
	written := slices.Clone(rows)
	for i := range written {
		row := &written[i]
		s.db.lastDue++
		row.N = s.db.lastDue
		err := t.exec("INSERT INTO due (n, world, at, kind, key) VALUES (?, ?, ?, ?, ?)", row.N, s.world.id, millis(row.At), row.Kind, row.Key)
		if err != nil {
			return err
		}
		done.Note(0, row.At)
	}
	s.wait(t, written...)
	return nil
}

// wait has rows known as waiting once they are committed.
func (s *Store) wait(t *tx, rows ...payment.Due) {
	t.onRollback(s.world.soon.forget)
	t.onCommit(func() { s.world.soon.add(rows...) })
}

func (s *Store) removeDue(t *tx, n int64) error {
	t.onCommit(func() { s.world.soon.release(n) })
	return t.exec("DELETE FROM due WHERE n = ? AND world = ?", n, s.world.id)
}

// Claim implements the timer's queue. No row that waits is removed but with
// all of its world, so that claiming one is between nobody and the engine.
func (s *Store) Claim(ctx context.Context, now time.Time, limit int) ([]payment.Due, error) {
	var claimed []payment.Due
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for {
		more, unknown := s.world.soon.take(now, limit-len(claimed))
		claimed = append(claimed, more...)
		if !unknown {
			return claimed, nil
		}
		if err := s.learnDue(ctx); err != nil {
			s.giveBack(claimed)
			return nil, err
		}
	}
}

// giveBack has rows wait again that were claimed for nothing.
func (s *Store) giveBack(rows []payment.Due) {
	for _, row := range rows {
		s.world.soon.release(row.N)
	}
	s.world.soon.forget()
}

// learnDue reads a page of due rows by heart. It goes through the writer, so
// that no row is committed meanwhile that neither of the two would know of.
func (s *Store) learnDue(ctx context.Context) error {
	return s.write(ctx, func(t *tx) error {
		from := s.world.soon.known()
		page, err := collect(ctx, t, scanDue, pageOfDue("true"), s.world.id, from.at, from.n, mostSoon)
		if err != nil {
			return err
		}
		t.onCommit(func() { s.world.soon.learn(from, page) })
		return nil
	})
}

// pageOfDue is what comes behind a row, earliest first.
func pageOfDue(condition string) string {
	return selectDue + " WHERE world = ? AND " + condition + " AND (at, n) > (?, ?) ORDER BY at, n LIMIT ?"
}

// Next implements the timer's queue.
func (s *Store) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return at, ok, err
	}
	for {
		at, ok, known := s.world.soon.first()
		if known {
			return at, ok, nil
		}
		if err := s.learnDue(ctx); err != nil {
			return time.Time{}, false, err
		}
	}
}

// Done implements the timer's queue. A row that is not claimed any more went
// with the change it caused, and costs no transaction.
func (s *Store) Done(ctx context.Context, rows ...payment.Due) error {
	rows = s.stillClaimed(rows)
	if len(rows) == 0 {
		return nil
	}
	return s.write(ctx, func(t *tx) error {
		for _, row := range rows {
			if err := s.removeDue(t, row.N); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) stillClaimed(rows []payment.Due) []payment.Due {
	return slices.DeleteFunc(slices.Clone(rows), func(row payment.Due) bool { return !s.world.soon.isClaimed(row.N) })
}

// PutBack implements the timer's queue.
func (s *Store) PutBack(ctx context.Context, at time.Time, rows ...payment.Due) error {
	rows = s.stillClaimed(rows)
	if len(rows) == 0 {
		return nil
	}
	return s.write(ctx, func(t *tx) error {
		for _, row := range rows {
			if err := t.exec("UPDATE due SET at = ? WHERE n = ? AND world = ?", millis(at), row.N, s.world.id); err != nil {
				return err
			}
			t.onCommit(func() { s.world.soon.release(row.N) })
			row.At = at
			s.wait(t, row)
		}
		return nil
	})
}

// Add implements the timer's queue.
func (s *Store) Add(ctx context.Context, rows ...payment.Due) error {
	return s.write(ctx, func(t *tx) error { return s.addDue(t, &payment.Committed{}, rows...) })
}

// mostDue bounds how many rows are read at once.
const mostDue = 1000

// Waiting implements the timer's queue. Claimed rows wait no more. It reads by
// the page: an engine behind a socket sends all that it was asked for.
func (s *Store) Waiting(ctx context.Context, kind string, limit int) ([]payment.Due, error) {
	var waiting []payment.Due
	for last := nothing; ; {
		page, err := collect(ctx, s.db.reader, scanDue, pageOfDue("(?2 = '' OR kind = ?2)"), s.world.id, kind, last.at, last.n, mostDue)
		if err != nil {
			return nil, err
		}
		for _, row := range page {
			if limit > 0 && len(waiting) == limit {
				return waiting, nil
			}
			if !s.world.soon.isClaimed(row.N) {
				waiting = append(waiting, row)
			}
		}
		if len(page) < mostDue {
			return waiting, nil
		}
		last = placeOf(page[len(page)-1])
	}
}
