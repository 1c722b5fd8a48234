package sql

import (
	"context"
	"database/sql"
	"math"
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
	for _, row := range rows {
		s.db.lastDue++
		err := t.exec("INSERT INTO due (n, world, at, kind, key) VALUES (?, ?, ?, ?, ?)", s.db.lastDue, s.world.id, millis(row.At), row.Kind, row.Key)
		if err != nil {
			return err
		}
		done.Note(0, row.At)
	}
	return nil
}

func (s *Store) removeDue(t *tx, n int64) error {
	s.unclaim(t, n)
	return t.exec("DELETE FROM due WHERE n = ? AND world = ?", n, s.world.id)
}

// claim marks a row as given away; false if it is already.
func (s *Store) claim(t *tx, n int64) bool {
	w := s.world
	w.claiming.Lock()
	defer w.claiming.Unlock()
	if _, taken := w.claimed[n]; taken {
		return false
	}
	w.claimed[n] = struct{}{}
	t.onRollback(func() { w.forget(n) })
	return true
}

func (s *Store) unclaim(t *tx, n int64) {
	w := s.world
	if !w.isClaimed(n) {
		return
	}
	w.forget(n)
	t.onRollback(func() {
		w.claiming.Lock()
		defer w.claiming.Unlock()
		w.claimed[n] = struct{}{}
	})
}

func (w *world) forget(n int64) {
	w.claiming.Lock()
	defer w.claiming.Unlock()
	delete(w.claimed, n)
}

// claims is how many rows are given away.
func (w *world) claims() int {
	w.claiming.Lock()
	defer w.claiming.Unlock()
	return len(w.claimed)
}

func (w *world) isClaimed(n int64) bool {
	w.claiming.Lock()
	defer w.claiming.Unlock()
	_, taken := w.claimed[n]
	return taken
}

// Claim implements the timer's queue. It goes through the writer, so that it
// never meets a row that somebody is about to remove.
func (s *Store) Claim(ctx context.Context, now time.Time, limit int) ([]payment.Due, error) {
	var claimed []payment.Due
	err := s.write(ctx, func(t *tx) error {
		claimed = nil
		return s.eachDue(ctx, t, limit, "at <= ?", []any{millis(now)}, func(row payment.Due) bool {
			if len(claimed) < limit && s.claim(t, row.N) {
				claimed = append(claimed, row)
			}
			return len(claimed) < limit
		})
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// mostDue bounds how many rows are read at once.
const mostDue = 1000

// pageOfDue is what comes behind a row, earliest first.
func pageOfDue(condition string) string {
	return selectDue + " WHERE world = ? AND " + condition + " AND (at, n) > (?, ?) ORDER BY at, n LIMIT ?"
}

// eachDue reads rows, earliest first, until it is told to stop, which is
// likely once it has given as many as are wanted; 0 for all. It reads by the
// page: an engine behind a socket sends all that it was asked for.
func (s *Store) eachDue(ctx context.Context, from querier, wanted int, condition string, args []any, yield func(payment.Due) bool) error {
	size := mostDue
	if wanted > 0 {
		size = min(wanted+s.world.claims(), mostDue)
	}
	at, n := int64(math.MinInt64), int64(0)
	for {
		page, err := collect(ctx, from, scanDue, pageOfDue(condition), slices.Concat([]any{s.world.id}, args, []any{at, n, size})...)
		if err != nil {
			return err
		}
		for _, row := range page {
			if !yield(row) {
				return nil
			}
		}
		if len(page) < size {
			return nil
		}
		last := page[len(page)-1]
		at, n = millis(last.At), last.N
	}
}

// Next implements the timer's queue.
func (s *Store) Next(ctx context.Context) (at time.Time, ok bool, err error) {
	if err := ctx.Err(); err != nil {
		return at, ok, err
	}
	err = s.eachDue(context.WithoutCancel(ctx), s.db.reader, 1, "true", nil, func(row payment.Due) bool {
		if s.world.isClaimed(row.N) {
			return true
		}
		at, ok = row.At, true
		return false
	})
	return at, ok, err
}

// Done implements the timer's queue. A row that is not claimed any more went
// with the change it caused, and costs no transaction.
func (s *Store) Done(ctx context.Context, rows ...payment.Due) error {
	rows = slices.DeleteFunc(slices.Clone(rows), func(row payment.Due) bool { return !s.world.isClaimed(row.N) })
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

// PutBack implements the timer's queue.
func (s *Store) PutBack(ctx context.Context, at time.Time, rows ...payment.Due) error {
	return s.write(ctx, func(t *tx) error {
		for _, row := range rows {
			if err := t.exec("UPDATE due SET at = ? WHERE n = ? AND world = ?", millis(at), row.N, s.world.id); err != nil {
				return err
			}
			s.unclaim(t, row.N)
		}
		return nil
	})
}

// Add implements the timer's queue.
func (s *Store) Add(ctx context.Context, rows ...payment.Due) error {
	return s.write(ctx, func(t *tx) error { return s.addDue(t, &payment.Committed{}, rows...) })
}

// Waiting implements the timer's queue. Claimed rows wait no more.
func (s *Store) Waiting(ctx context.Context, kind string, limit int) ([]payment.Due, error) {
	var waiting []payment.Due
	err := s.eachDue(ctx, s.db.reader, max(limit, 0), "(?2 = '' OR kind = ?2)", []any{kind}, func(row payment.Due) bool {
		if !s.world.isClaimed(row.N) {
			waiting = append(waiting, row)
		}
		return limit <= 0 || len(waiting) < limit
	})
	return waiting, err
}
