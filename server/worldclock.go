package server

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/timer"
)

const (
	clockKind = "clock"
	clockKey  = "reading"
)

// worldClock is a world's clock as its users move it: every move is kept, so
// that a restart goes on from there.
type worldClock struct {
	*clock.Clock
	timer *timer.Timer
	docs  directory.Documents
	work  context.Context // what a jump may go on for, whoever asked for it

	// moving holds one token: one move at a time. It is a channel because a
	// jump may take long: in a testing/synctest bubble time passes meanwhile.
	moving chan struct{}
}

// openClock makes the clock a world had when it was last kept; the time it
// was down counts at its speed. A new world's begins as it is told. Speed,
// unless 0, is that of worlds that were given none of their own.
func openClock(ctx context.Context, docs directory.Documents, begin clock.Reading, speed float64) (*clock.Clock, error) {
	kept, err := docs.Documents(ctx, clockKind)
	if err != nil {
		return nil, fmt.Errorf("read the clock: %w", err)
	}
	reading := begin
	if body, ok := kept[clockKey]; ok {
		if err := json.Unmarshal(body, &reading); err != nil {
			return nil, fmt.Errorf("read the clock: %w", err)
		}
	}
	c := clock.New(reading)
	if speed > 0 && begin.Speed == 0 {
		c.SetSpeed(speed)
	}
	return c, keepClock(ctx, docs, c.Read())
}

func keepClock(ctx context.Context, docs directory.Documents, r clock.Reading) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return docs.PutDocument(ctx, clockKind, clockKey, body)
}

// Advance jumps by d. The target is kept before the walk begins: a program
// killed on the way does the rest when it starts again.
func (w *worldClock) Advance(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return fmt.Errorf("the clock cannot go back by %s", -d)
	}
	w.moving <- struct{}{}
	defer func() { <-w.moving }()
	ctx = context.WithoutCancel(ctx)
	reading := w.Read()
	reading.Now = reading.Now.Add(d)
	if err := keepClock(ctx, w.docs, reading); err != nil {
		return err
	}
	// Half a jump helps nobody: it goes on even if the client hangs up.
	if err := w.timer.AdvanceTo(w.work, reading.Now); err != nil {
		return err
	}
	return keepClock(ctx, w.docs, w.Read())
}

// reset goes back to real time.
func (w *worldClock) reset(ctx context.Context) error {
	return w.move(ctx, func() { w.Clock.Reset() })
}

// Freeze stops simulated time.
func (w *worldClock) Freeze(ctx context.Context) error {
	return w.move(ctx, func() { w.Clock.Freeze() })
}

// Resume lets it run on.
func (w *worldClock) Resume(ctx context.Context) error {
	return w.move(ctx, func() { w.Clock.Resume() })
}

// SetSpeed makes it pass faster or slower.
func (w *worldClock) SetSpeed(ctx context.Context, speed float64) error {
	return w.move(ctx, func() { w.Clock.SetSpeed(speed) })
}

func (w *worldClock) move(ctx context.Context, how func()) error {
	w.moving <- struct{}{}
	defer func() { <-w.moving }()
	how()
	return keepClock(ctx, w.docs, w.Read())
}
