package server

import (
	"context"
	"sync"
	"time"
)

const (
	// exactEnds is how many ends of a jump are told one by one at least, so that
	// whatever a test looks at is heard in order, with the clock at its time.
	exactEnds = 100
	// firstStride is how far apart ends may lie that webhooks tell of together,
	// once nobody did anything about those.
	firstStride = 10 * time.Minute
	// longestStride is that of ends which nobody is told of, and where strides
	// stop growing: each end has its own time, and the clock shows the first
	// one's meanwhile.
	longestStride = 6 * time.Hour
)

// stride is how far apart, in a jump, things may lie that are done together
// although a merchant hears of them. What a receiver does about the first may
// change what becomes of the next, so a stride is nothing for many ends, grows while
// merchants only listen, and is nothing for the rest of the jump as soon as one
// of them calls. It is safe for use by many goroutines.
type stride struct {
	mu    sync.Mutex
	calls int64 // of merchants, when the jump began
	ends  int   // how often it was asked
	long  time.Duration
}

// begin has a jump begin, before which merchants made so many calls.
func (s *stride) begin(calls int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.ends, s.long = calls, 0, 0
}

// next is how long the next one is, given how many calls merchants made so far.
func (s *stride) next(calls int64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case calls != s.calls:
		s.long = 0
	case s.ends >= exactEnds:
		s.long = min(max(firstStride, 2*s.long), longestStride)
	}
	s.ends++
	return s.long
}

// same is how long the last one was, unless a merchant has called since.
func (s *stride) same(calls int64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if calls != s.calls {
		return 0
	}
	return s.long
}

// jump has a jump begin.
func (w *World) jump() { w.stride.begin(w.gateway.Log.Last()) }

// endSpan is how far apart the deadlines of windows may lie that end in one
// transaction, each at its own time.
func (w *World) endSpan(ctx context.Context) time.Duration {
	all, err := w.store.Registrations(ctx, "*")
	switch {
	case err != nil:
		return 0
	case len(all) == 0:
		return longestStride
	case w.faults.Any():
		return 0
	}
	return w.stride.next(w.gateway.Log.Last())
}

// trySpan is how far apart the times of tries may lie that go out beside each
// other. A fault may have one wait for another, or put it off a little, so
// with any fault each try is over before time goes on.
func (w *World) trySpan(context.Context) time.Duration {
	if w.faults.Any() {
		return 0
	}
	return w.stride.same(w.gateway.Log.Last())
}
