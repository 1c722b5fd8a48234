// Package timer takes due rows in order and hands each to the room that asked
// for it.
//
// In ordinary running rows are done as their time comes. In a jump the timer
// carries the clock: it stands on every deadline on the way while what is due
// there is done, so that each thing happens at its own simulated time.
package timer

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"liksom/server/clock"
	"liksom/server/payment"
)

const (
	// claimLimit is how many rows are taken at once.
	claimLimit = 256
	// claimAhead is how far ahead of the clock a jump claims them: far enough
	// that a jump over months need not ask for each row that is minutes from
	// the one before.
	claimAhead = 6 * time.Hour
	// maxWorkers bounds what is done aside at the same time.
	maxWorkers = 4096
	// retryAfter is the simulated time a row waits that could not be done
	// because the store failed.
	retryAfter = 5 * time.Second
	// restAfter is the real time after which a store that failed is asked
	// again, so that a frozen clock does not make a short trouble a lasting
	// one.
	restAfter = time.Second
)

// Handler does the due rows of one kind.
type Handler struct {
	// Do does rows that are due at the same time (see Span), in their order. An error
	// means that nothing is done; the rows wait a little and come again.
	Do func(ctx context.Context, rows []payment.Due) error
	// Removes tells that Do removes the rows itself, in its transaction.
	Removes bool
	// Aside rows are done one by one beside everything else, because doing
	// them may take real time.
	Aside bool
	// Span, unless nil, tells how far apart the times of rows may lie that are
	// done together, each at its own time: given to Do at once, or begun beside
	// each other if they are Aside rows. The clock stands at the first one's
	// time meanwhile, and nothing else may be due in between. It spares a store
	// one transaction, and a jump one wait, for each of very many deadlines.
	// Asked each time; 0 for rows of the same time only.
	Span func(ctx context.Context) time.Duration
	// Next tells the earliest time at which doing an aside row may cause
	// another one: a jump does not pass it before the row is done. Nil: the
	// row's own time.
	Next func(payment.Due) time.Time
}

// Timer does one world's due rows.
type Timer struct {
	queue    Queue
	clock    *clock.Clock
	log      *slog.Logger
	handlers map[string]Handler

	// turn holds one token while rows are claimed and handed out, by the
	// running loop or by a jump. It is a channel because a jump may have it for
	// long: in a testing/synctest bubble time passes for who waits for it.
	turn chan struct{}
	wake chan struct{}
	// next is when the loop will look again, in nanoseconds since 1970.
	next atomic.Int64
	// jumping tells that a jump carries the clock.
	jumping atomic.Bool

	aside aside
}

// New makes a timer. Handlers are added before it runs.
func New(queue Queue, c *clock.Clock, log *slog.Logger) *Timer {
	t := &Timer{queue: queue, clock: c, log: log, handlers: map[string]Handler{}, wake: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
	t.next.Store(math.MaxInt64)
	return t
}

// Handle says who does the rows of a kind. To be called at wiring.
func (t *Timer) Handle(kind string, h Handler) { t.handlers[kind] = h }

// Alarm tells that a row due at a time was written.
func (t *Timer) Alarm(at time.Time) {
	if at.IsZero() || at.UnixNano() >= t.next.Load() {
		return
	}
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Settle does what is due now and returns; what is done aside may go on. The
// server calls it before it answers anybody, so that what fell due while it
// was down has happened.
func (t *Timer) Settle(ctx context.Context) error {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	return t.doDue(ctx, t.clock.Now())
}

// Run does rows as they fall due until the context ends, then waits for what
// is being done aside. Work is the context that the handlers get: it may end
// later, to let them finish.
func (t *Timer) Run(ctx, work context.Context) error {
	defer t.aside.wait()
	for {
		at, err := t.round(work)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			t.log.Error("due rows cannot be read, trying again", "error", err)
			if clock.Rest(ctx, restAfter, t.wake) != nil {
				return nil
			}
			continue
		}
		if err := t.clock.Wait(ctx, at, t.wake); err != nil {
			return nil //nolint:nilerr // the context ended: that is how it stops
		}
	}
}

// round does what is due and tells when to look again; zero for never.
func (t *Timer) round(ctx context.Context) (time.Time, error) {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	t.next.Store(math.MaxInt64)
	if err := t.doDue(ctx, t.clock.Now()); err != nil {
		return time.Time{}, err
	}
	at, ok, err := t.queue.Next(ctx)
	if err != nil || !ok {
		return time.Time{}, err
	}
	t.next.Store(at.UnixNano())
	return at, nil
}

func (t *Timer) doDue(ctx context.Context, now time.Time) error {
	for {
		rows, err := t.queue.Claim(ctx, now, claimLimit)
		if err != nil || len(rows) == 0 {
			return err
		}
		t.handOut(ctx, rows)
	}
}

// handOut gives rows to their handlers: those of a kind that are due at the
// same time together, aside ones one by one.
func (t *Timer) handOut(ctx context.Context, rows []payment.Due) {
	for len(rows) > 0 {
		n := t.together(ctx, rows, rows[len(rows)-1].At)
		t.give(ctx, rows[:n:n])
		rows = rows[n:]
	}
}

// together tells how many of the rows, earliest first, are done at once, none
// of them later than a time. What runs aside may write anything, so nothing is
// spanned then.
func (t *Timer) together(ctx context.Context, rows []payment.Due, last time.Time) int {
	n := alike(rows, rows[0].At)
	h := t.handlers[rows[0].Kind]
	if h.Span == nil || n == len(rows) || rows[n].Kind != rows[0].Kind || t.aside.first() != nil {
		return n
	}
	return max(n, alike(rows, earlier(rows[0].At.Add(h.Span(ctx)), last)))
}

// alike tells how many rows there are of the first one's kind and no later
// than a time.
func alike(rows []payment.Due, until time.Time) int {
	n := 1
	for n < len(rows) && rows[n].Kind == rows[0].Kind && !rows[n].At.After(until) {
		n++
	}
	return n
}

func (t *Timer) give(ctx context.Context, rows []payment.Due) {
	h, ok := t.handlers[rows[0].Kind]
	if !ok {
		t.log.Error("nobody does due rows of this kind; they are dropped", "kind", rows[0].Kind, "rows", len(rows))
		t.finish(ctx, Handler{}, rows, nil)
		return
	}
	if !h.Aside {
		t.finish(ctx, h, rows, h.Do(ctx, rows))
		return
	}
	for i := range rows {
		row := rows[i : i+1 : i+1]
		barrier := row[0].At
		if h.Next != nil {
			barrier = h.Next(row[0])
		}
		t.aside.start(barrier, func() {
			t.finish(ctx, h, row, h.Do(ctx, row))
			t.Alarm(time.Unix(0, 0)) // whatever it wrote may be due at once
		})
	}
}

func (t *Timer) finish(ctx context.Context, h Handler, rows []payment.Due, err error) {
	if err == nil && h.Removes {
		return
	}
	if err != nil && ctx.Err() != nil {
		t.putOff(ctx, rows) // a world that ends breaks off what it was doing
		return
	}
	if err != nil {
		t.log.Error("due rows could not be done, trying again", "kind", rows[0].Kind, "rows", len(rows), "error", err)
		t.putOff(ctx, rows)
		return
	}
	// What was done must not come again because the program is stopping.
	if err := t.queue.Done(context.WithoutCancel(ctx), rows...); err != nil {
		t.log.Error("due rows could not be kept", "kind", rows[0].Kind, "error", err)
	}
}

// putOff has rows come again in a while: of simulated time, or of real time
// when the clock is frozen and no simulated time would ever pass.
func (t *Timer) putOff(ctx context.Context, rows []payment.Due) {
	if t.jumping.Load() || !t.clock.Read().Frozen {
		t.putBack(ctx, t.clock.Now().Add(retryAfter), rows)
		return
	}
	t.aside.group.Go(func() {
		_ = clock.Rest(ctx, restAfter, nil) // stopping, they are put back at once
		t.putBack(ctx, t.clock.Now(), rows)
		t.Alarm(time.Unix(0, 0))
	})
}

func (t *Timer) putBack(ctx context.Context, at time.Time, rows []payment.Due) {
	if err := t.queue.PutBack(context.WithoutCancel(ctx), at, rows...); err != nil {
		t.log.Error("due rows could not be kept", "kind", rows[0].Kind, "error", err)
	}
}

// Advance moves the clock on by d.
func (t *Timer) Advance(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("the clock cannot go back by %s", -d)
	}
	return t.advance(ctx, func() time.Time { return t.clock.Now().Add(d) })
}

// AdvanceTo moves the clock on to a time. Every deadline passed on the way
// fires in its order, each at its own time, before it returns; tries done
// aside are waited for. An earlier time than now does what is due now.
func (t *Timer) AdvanceTo(ctx context.Context, target time.Time) error {
	return t.advance(ctx, func() time.Time { return target })
}

func (t *Timer) advance(ctx context.Context, target func() time.Time) error {
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	t.jumping.Store(true)
	defer t.jumping.Store(false)
	to := target()
	t.clock.Stand(t.clock.Now())
	if now := t.clock.Now(); to.Before(now) {
		to = now
	}
	err := t.walk(ctx, to)
	if err != nil {
		to = t.clock.Now()
	}
	t.clock.Release(to)
	t.next.Store(math.MaxInt64)
	t.Alarm(time.Unix(0, 0))
	return err
}

// walk stands on each deadline up to a time and does what is due there.
func (t *Timer) walk(ctx context.Context, to time.Time) error {
	// Rows are claimed ahead of their time, and wait here for it.
	var ahead []payment.Due
	for {
		ended := t.aside.ended.Load()
		next, waiting, err := t.queue.Next(ctx)
		if err != nil {
			t.unclaim(ctx, ahead)
			return err
		}
		at, claimed := next, len(ahead) > 0 && (!waiting || !next.Before(ahead[0].At))
		if claimed {
			at = ahead[0].At
		}
		last := !claimed && !waiting || at.After(to)
		waited := last && t.aside.waitOne() || !last && t.aside.waitBefore(at)
		if waited || t.aside.ended.Load() != ended {
			continue // what is over now may have written something earlier
		}
		if last {
			return nil
		}
		t.clock.Stand(at)
		if claimed {
			if !waiting {
				next = to
			}
			n := t.together(ctx, ahead, next)
			t.give(ctx, ahead[:n:n])
			ahead = ahead[n:]
			continue
		}
		if ahead, err = t.claimBefore(ctx, ahead, at, to); err != nil {
			t.unclaim(ctx, ahead)
			return err
		}
	}
}

// claimBefore claims what is due from a time on and before the rows that were
// claimed already, and gives all of them, earliest first.
func (t *Timer) claimBefore(ctx context.Context, ahead []payment.Due, at, to time.Time) ([]payment.Due, error) {
	until := earlier(at.Add(claimAhead), to)
	if len(ahead) > 0 {
		until = earlier(until, ahead[0].At.Add(-1))
	}
	rows, err := t.queue.Claim(ctx, until, claimLimit)
	return append(rows, ahead...), err
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// unclaim gives rows back to be done at their own times.
func (t *Timer) unclaim(ctx context.Context, rows []payment.Due) {
	for _, row := range rows {
		t.putBack(ctx, row.At, []payment.Due{row})
	}
}
