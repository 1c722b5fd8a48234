package sql

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"

	"liksom/server/payment"
)

// mostSoon is about how many due rows are known by heart.
const mostSoon = 512

// soon knows a world's earliest due rows by heart, and which are given away.
// A jump of the clock asks for the next one at each of its stops, and would
// have the engine step over all that are claimed each time. It is safe for use
// by many goroutines; the writer alone makes rows known, once they are
// committed.
type soon struct {
	mu      sync.Mutex
	claimed map[int64]struct{}
	rows    []payment.Due // the unclaimed ones up to until, earliest first
	until   place
}

// place is where a row stands in the order of due rows.
type place struct{ at, n int64 }

var (
	// nothing is how far is known at first.
	nothing = place{at: math.MinInt64}
	// everything is how far is known once there are no more rows.
	everything = place{math.MaxInt64, math.MaxInt64}
)

func placeOf(row payment.Due) place { return place{millis(row.At), row.N} }

func compare(a, b place) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.n, b.n))
}

func newSoon() *soon { return &soon{claimed: map[int64]struct{}{}, until: nothing} }

// add makes rows known that wait from now on.
func (s *soon) add(rows ...payment.Due) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, row := range rows {
		row.At = time.UnixMilli(millis(row.At)).UTC() // as it will be read
		at, known := slices.BinarySearchFunc(s.rows, placeOf(row), func(r payment.Due, p place) int { return compare(placeOf(r), p) })
		if !known && compare(placeOf(row), s.until) <= 0 {
			s.rows = slices.Insert(s.rows, at, row)
		}
	}
	if len(s.rows) > 2*mostSoon {
		s.rows = slices.Clip(s.rows[:mostSoon])
		s.until = placeOf(s.rows[mostSoon-1])
	}
}

// learn makes the rows known that follow those known so far; all that are left
// if they are less than a page.
func (s *soon) learn(from place, page []payment.Due) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if from != s.until {
		return // somebody else did
	}
	for _, row := range page {
		if _, taken := s.claimed[row.N]; !taken {
			s.rows = append(s.rows, row)
		}
	}
	if s.until = everything; len(page) == mostSoon {
		s.until = placeOf(page[len(page)-1])
	}
}

// take claims rows that are due at a time, up to a limit. It tells whether
// there may be more of them that are not known.
func (s *soon) take(now time.Time, limit int) (taken []payment.Due, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for n < min(limit, len(s.rows)) && millis(s.rows[n].At) <= millis(now) {
		s.claimed[s.rows[n].N] = struct{}{}
		n++
	}
	taken = slices.Clone(s.rows[:n])
	s.rows = s.rows[n:]
	return taken, n < limit && len(s.rows) == 0 && s.until.at <= millis(now)
}

// first is the earliest row's time; not known where there may be one.
func (s *soon) first() (at time.Time, ok, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rows) > 0 {
		return s.rows[0].At, true, true
	}
	return time.Time{}, false, s.until == everything
}

// known is how far is known.
func (s *soon) known() place {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until
}

func (s *soon) isClaimed(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, taken := s.claimed[n]
	return taken
}

// release takes rows back that were given away.
func (s *soon) release(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.claimed, n)
}

// forget has the waiting rows read anew: perhaps a commit that failed went
// through after all.
func (s *soon) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows, s.until = nil, nothing
}

// clear forgets what was given away as well: all rows are gone.
func (s *soon) clear() {
	s.forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.claimed)
}
