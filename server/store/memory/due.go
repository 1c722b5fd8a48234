package memory

import (
	"context"
	"slices"
	"sync"
	"time"

	"liksom/server/payment"
)

// dueRows is a heap of four children each over what must happen later. Rows
// hold no timers of their own: a million of them cost a million entries.
type dueRows struct {
	mu      sync.Mutex
	heap    []dueRow
	claimed map[int64]dueRow
	// gone are rows done before they were claimed; skipped when they come up.
	gone map[int64]struct{}
	last int64
}

type dueRow struct {
	at   int64 // nanoseconds since 1970
	n    int64
	kind string
	key  string
}

func (r dueRow) before(o dueRow) bool { return r.at < o.at || r.at == o.at && r.n < o.n }

func (r dueRow) due() payment.Due {
	return payment.Due{At: time.Unix(0, r.at).UTC(), Kind: r.kind, Key: r.key, N: r.n}
}

// add writes rows and tells the earliest of them.
func (q *dueRows) add(rows ...payment.Due) time.Time {
	q.mu.Lock()
	defer q.mu.Unlock()
	earliest := rows[0].At
	for _, row := range rows {
		q.last++
		q.push(dueRow{row.At.UnixNano(), q.last, row.Kind, row.Key})
		if row.At.Before(earliest) {
			earliest = row.At
		}
	}
	return earliest
}

func (q *dueRows) done(n int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.remove(n)
}

func (q *dueRows) remove(n int64) {
	if _, ok := q.claimed[n]; ok {
		delete(q.claimed, n)
		return
	}
	if !slices.ContainsFunc(q.heap, func(r dueRow) bool { return r.n == n }) {
		return
	}
	if q.gone == nil {
		q.gone = map[int64]struct{}{}
	}
	q.gone[n] = struct{}{}
}

// skip drops what is on top of the heap but gone.
func (q *dueRows) skip() {
	for len(q.heap) > 0 && len(q.gone) > 0 {
		n := q.heap[0].n
		if _, ok := q.gone[n]; !ok {
			return
		}
		delete(q.gone, n)
		q.pop()
	}
}

func (q *dueRows) push(r dueRow) {
	q.heap = append(q.heap, r)
	i := len(q.heap) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !r.before(q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		i = parent
	}
	q.heap[i] = r
}

func (q *dueRows) pop() dueRow {
	top := q.heap[0]
	last := len(q.heap) - 1
	r := q.heap[last]
	q.heap[last] = dueRow{}
	q.heap = q.heap[:last]
	if last == 0 {
		return top
	}
	i := 0
	for {
		first := 4*i + 1
		if first >= last {
			break
		}
		least := first
		for c := first + 1; c < min(first+4, last); c++ {
			if q.heap[c].before(q.heap[least]) {
				least = c
			}
		}
		if !q.heap[least].before(r) {
			break
		}
		q.heap[i] = q.heap[least]
		i = least
	}
	q.heap[i] = r
	return top
}

// Claim implements the timer's queue.
func (s *Store) Claim(_ context.Context, now time.Time, limit int) ([]payment.Due, error) {
	q := &s.due
	q.mu.Lock()
	defer q.mu.Unlock()
	var rows []payment.Due
	until := now.UnixNano()
	for len(rows) < limit {
		q.skip()
		if len(q.heap) == 0 || q.heap[0].at > until {
			break
		}
		r := q.pop()
		if q.claimed == nil {
			q.claimed = map[int64]dueRow{}
		}
		q.claimed[r.n] = r
		rows = append(rows, r.due())
	}
	return rows, nil
}

// Next implements the timer's queue.
func (s *Store) Next(context.Context) (time.Time, bool, error) {
	q := &s.due
	q.mu.Lock()
	defer q.mu.Unlock()
	q.skip()
	if len(q.heap) == 0 {
		return time.Time{}, false, nil
	}
	return time.Unix(0, q.heap[0].at).UTC(), true, nil
}

// Done implements the timer's queue.
func (s *Store) Done(_ context.Context, rows ...payment.Due) error {
	s.due.mu.Lock()
	defer s.due.mu.Unlock()
	for _, row := range rows {
		delete(s.due.claimed, row.N)
	}
	return nil
}

// PutBack implements the timer's queue.
func (s *Store) PutBack(_ context.Context, at time.Time, rows ...payment.Due) error {
	q := &s.due
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, row := range rows {
		if _, ok := q.claimed[row.N]; ok {
			delete(q.claimed, row.N)
			q.push(dueRow{at.UnixNano(), row.N, row.Kind, row.Key})
		}
	}
	return nil
}

// Add implements the timer's queue.
func (s *Store) Add(_ context.Context, rows ...payment.Due) error {
	if len(rows) > 0 {
		s.due.add(rows...)
	}
	return nil
}

// Waiting implements the timer's queue.
func (s *Store) Waiting(_ context.Context, kind string, limit int) ([]payment.Due, error) {
	q := &s.due
	q.mu.Lock()
	var rows []dueRow
	for _, r := range q.heap {
		if _, gone := q.gone[r.n]; !gone && (kind == "" || r.kind == kind) {
			rows = append(rows, r)
		}
	}
	q.mu.Unlock()
	slices.SortFunc(rows, func(a, b dueRow) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	if limit > 0 && len(rows) > limit {
		rows = rows[:limit]
	}
	due := make([]payment.Due, len(rows))
	for i, r := range rows {
		due[i] = r.due()
	}
	return due, nil
}
