package server

import (
	"context"
	"sync"
	"time"
)

const (
	// firstStride is how far apart ends may lie that webhooks tell of together,
	// once nobody did anything about the ones before.
	firstStride = 10 * time.Minute
	// longestStride is that of ends which nobody is told of, and where longer
	// strides end: each end has its own time, and the clock shows the first
	// one's meanwhile.
	longestStride = 6 * time.Hour
)

// stride is how far apart, in a jump, things may lie that are done together
// although a merchant hears of them. What a receiver does about the first may
// change what becomes of the next, so a stride is nothing at first, grows while
// merchants only listen, and is nothing again as soon as one of them calls.
// It is safe for use by many goroutines.
type stride struct {
	mu    sync.Mutex
	calls int64 // of merchants, when it was last asked
	long  time.Duration
}

// begin forgets how long it was.
func (s *stride) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.long, s.calls = 0, -1
}

// next is how long the next one is, given how many calls merchants made so far.
func (s *stride) next(calls int64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if calls != s.calls {
		s.calls, s.long = calls, 0
		return 0
	}
	s.long = min(max(firstStride, 2*s.long), longestStride)
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

// endSpan is how far apart the deadlines of windows may lie that end in one
// transaction, each at its own time.
func (w *World) endSpan(ctx context.Context) time.Duration {
	all, err := w.store.Registrations(ctx, "*")
	switch {
	case err != nil:
		return 0
	case len(all) == 0:
		return longestStride
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
