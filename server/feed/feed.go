// Package feed follows one world's log for whoever must react.
//
// The feed is only a bell. It carries a position and nothing else: readers
// fetch what they missed from the log, so one that is slow, offline or
// restarted loses nothing, and none of them holds up the writer.
package feed

import (
	"context"
	"iter"
	"sync"

	"liksom/server/payment"
)

// Log is what a feed follows.
type Log interface {
	// After reads events behind a position, oldest first.
	After(ctx context.Context, pos payment.Seq, limit int) ([]payment.Event, error)
}

// batch is how many events are fetched at once.
const batch = 256

// Feed tells readers how far the log reaches.
type Feed struct {
	log Log

	mu   sync.Mutex
	head payment.Seq
	bell chan struct{} // closed when the head moves; nil while nobody waits
}

// New makes a feed of a log that reaches to head.
func New(log Log, head payment.Seq) *Feed { return &Feed{log: log, head: head} }

// Publish rings the bell: the log reaches to seq now.
func (f *Feed) Publish(seq payment.Seq) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if seq <= f.head {
		return
	}
	f.head = seq
	if f.bell != nil {
		close(f.bell)
		f.bell = nil
	}
}

// Head is how far the log reaches.
func (f *Feed) Head() payment.Seq {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head
}

// Bell gives the head, and a channel that is closed once it has moved on.
func (f *Feed) Bell() (payment.Seq, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.bell == nil {
		f.bell = make(chan struct{})
	}
	return f.head, f.bell
}

// Follow gives the events behind a position as they come, until the context
// ends, the reader breaks off, or the log cannot be read; the last pair then
// carries the error.
func (f *Feed) Follow(ctx context.Context, after payment.Seq) iter.Seq2[payment.Event, error] {
	return func(yield func(payment.Event, error) bool) {
		for {
			head, bell := f.Bell()
			if after >= head {
				select {
				case <-bell:
					continue
				case <-ctx.Done():
					return
				}
			}
			events, err := f.log.After(ctx, after, batch)
			if err != nil {
				if ctx.Err() == nil {
					yield(payment.Event{}, err)
				}
				return
			}
			for _, e := range events {
				if ctx.Err() != nil || !yield(e, nil) {
					return
				}
				after = e.Seq
			}
			if len(events) == 0 {
				after = head // the tail was written by somebody else's empty change
			}
		}
	}
}
