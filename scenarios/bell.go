package scenarios

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"liksom/server/client"
	"liksom/server/clock"
)

// bell wakes whoever waits for something in the world.
type bell struct {
	mu      sync.Mutex
	rung    chan struct{}
	end     context.CancelFunc
	working sync.WaitGroup
}

func newBell() *bell { return &bell{rung: make(chan struct{})} }

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.rung)
	b.rung = make(chan struct{})
}

// next gives a channel that is closed when the bell rings.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rung
}

func (b *bell) stop() {
	if b.end != nil {
		b.end()
	}
	b.working.Wait()
}

// breath is the pause, in real time, before a stream that broke is opened
// again.
const breath = 100 * time.Millisecond

// opening is how long a run waits for its world's stream to open before it
// begins. Without a stream it would begin too, and hear of nothing.
const opening = time.Second

// follow has the bell ring at all that the world's stream tells, the first
// time when it is open. That is waited for: were the stream still on its way
// when a short run is over, it would ask for a world that is gone.
func (e *engine) follow() {
	ctx, end := context.WithCancel(context.Background())
	e.bell.end = end
	open := e.bell.next()
	sim := client.New(e.base, client.WithHTTPClient(e.o.HTTP))
	e.bell.working.Go(func() {
		for ctx.Err() == nil {
			for told, err := range sim.Stream(ctx, client.StreamFilter{}) {
				if err != nil {
					break
				}
				e.rang(&told)
				e.bell.ring()
			}
			_ = clock.Rest(ctx, breath, nil)
		}
	})
	_ = clock.Rest(ctx, opening, open)
}

// rang tells whoever wants to know which phone a push was for.
func (e *engine) rang(told *client.StreamEvent) {
	if e.o.Rang == nil || told.Kind != "push" {
		return
	}
	var push struct{ Phone string }
	if json.Unmarshal(told.Data, &push) == nil && push.Phone != "" {
		e.o.Rang(e.script, push.Phone)
	}
}

// until asks again at every ring until the answer is yes. It ends when the
// step's time is up, with what was expected and what was there instead. ask
// tells what is there; its error counts as a no that may pass.
func (r *run) until(ctx context.Context, limit limits, expected string, ask func(context.Context) (yes bool, actual string, err error)) error {
	due, err := r.due(ctx, limit)
	if err != nil {
		return err
	}
	for told := false; ; {
		rung, sold := r.bell.next(), r.till.changed()
		yes, actual, err := ask(ctx)
		if err != nil {
			actual = err.Error()
		}
		if yes {
			return nil
		}
		left, over := due.left(ctx, r)
		if over || ctx.Err() != nil {
			return r.late(ctx, limit, expected, actual)
		}
		if !told {
			r.tell(Progress{Step: r.at, State: Waiting, Waiting: expected, Detail: actual})
			told = true
		}
		patience, cancel := context.WithTimeout(ctx, left)
		select {
		case <-rung:
		case <-sold:
		case <-patience.Done():
		}
		cancel()
		if ctx.Err() != nil {
			return r.late(ctx, limit, expected, actual)
		}
	}
}

// late is the error of a wait that has ended without what it waited for.
func (r *run) late(ctx context.Context, limit limits, expected, actual string) error {
	if ctx.Err() != nil && context.Cause(ctx) != errTimeUp {
		return fmt.Errorf("it was waiting for %s, and got %s", expected, actual)
	}
	within := limit.d.String()
	if limit.simulated {
		within += " of simulated time"
	}
	return &miss{expected + " within " + within, actual}
}

// due is when a wait is over.
type due struct{ at time.Time }

// due is that of a limit on the world's clock; real time is the context's.
func (r *run) due(ctx context.Context, limit limits) (due, error) {
	if !limit.simulated {
		return due{}, nil
	}
	now, err := r.sim.Clock(ctx)
	return due{now.Now.Add(limit.d)}, err
}

// left is the real time to wait until asking again at the latest.
func (d due) left(ctx context.Context, r *run) (left time.Duration, over bool) {
	if d.at.IsZero() {
		return longest, false
	}
	now, err := r.sim.Clock(ctx)
	if err != nil {
		return longest, false
	}
	if rest := d.at.Sub(now.Now); rest <= 0 {
		return 0, true
	} else if now.Frozen || now.Speed <= 0 {
		return longest, false
	}
	rest := d.at.Sub(now.Now)
	return max(time.Millisecond, time.Duration(float64(rest)/now.Speed)), rest <= 0
}
