// Package clock tells a world's time and waits for it.
//
// Simulated time is real time, anchored and scaled: it runs on, stands still,
// or stands on a deadline while a jump is under way. Nothing else in the
// program asks the wall for the time, but for what must agree with other
// people's clocks; that asks [Wall] by name.
package clock

import (
	"context"
	"math"
	"sync"
	"time"
)

// Wall is the real time: for network limits, access tokens and the dates
// inside signatures, never for anything a world decides.
func Wall() time.Time { return time.Now() }

// Reading is the state of a clock, enough to make the same clock again: the
// simulated time Now belonged to the real time Real, and since then time has
// passed at Speed, or not at all.
type Reading struct {
	Now    time.Time `json:"now"`
	Real   time.Time `json:"real"`
	Speed  float64   `json:"speed"`
	Frozen bool      `json:"frozen"`
}

// Clock is one world's time. The zero value is not ready; see [New].
type Clock struct {
	mu      sync.Mutex
	reading Reading
	// standing, unless zero, is where a jump holds the clock.
	standing time.Time
	changed  chan struct{} // closed when waiters must look again
}

// New makes a clock that shows what a reading says it should show by now. The
// zero reading gives a clock that shows real time.
func New(from Reading) *Clock {
	now := Wall()
	if from.Now.IsZero() {
		from.Now, from.Real = now, now
	}
	// A wall that was set back meanwhile must not take the world with it.
	if from.Real.IsZero() || from.Real.After(now) {
		from.Real = now
	}
	if from.Speed <= 0 {
		from.Speed = 1
	}
	c := &Clock{reading: from, changed: make(chan struct{})}
	// From here on the monotonic clock counts, whatever is done to the wall.
	c.reading.Now, c.reading.Real = c.at(now), now
	return c
}

// Now is the simulated time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	if !c.standing.IsZero() {
		return c.standing
	}
	return c.at(Wall())
}

func (c *Clock) at(real time.Time) time.Time {
	r := c.reading
	if r.Frozen {
		return r.Now.UTC()
	}
	passed := real.Sub(r.Real)
	if r.Speed != 1 {
		passed = scale(passed, r.Speed)
	}
	return r.Now.Add(passed).Round(0).UTC()
}

// Read gives the clock's state with Now and Real of this moment.
func (c *Clock) Read() Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.reading
	r.Now, r.Real = c.now(), Wall().Round(0)
	return r
}

// Freeze stops simulated time.
func (c *Clock) Freeze() Reading { return c.change(func(r *Reading) { r.Frozen = true }) }

// Resume lets simulated time run on from where it stands.
func (c *Clock) Resume() Reading { return c.change(func(r *Reading) { r.Frozen = false }) }

// SetSpeed makes simulated time pass at so many seconds per real second. A
// speed that is not above zero is ignored: freezing is [Clock.Freeze].
func (c *Clock) SetSpeed(speed float64) Reading {
	return c.change(func(r *Reading) {
		if speed > 0 {
			r.Speed = speed
		}
	})
}

// Reset goes back to real time. It is the one way for a clock to go back, for
// a world that has forgotten everything.
func (c *Clock) Reset() Reading {
	return c.change(func(r *Reading) { *r = Reading{Now: r.Real.Round(0).UTC(), Real: r.Real, Speed: 1} })
}

// Show takes over what another clock shows at this moment, forward or back:
// for who follows a clock elsewhere.
func (c *Clock) Show(now time.Time, speed float64, frozen bool) Reading {
	return c.change(func(r *Reading) { *r = Reading{Now: now.UTC(), Real: r.Real, Speed: speed, Frozen: frozen} })
}

func (c *Clock) change(with func(*Reading)) Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading.Now, c.reading.Real = c.now(), Wall()
	with(&c.reading)
	c.wake()
	r := c.reading
	r.Real = r.Real.Round(0)
	return r
}

// Stand holds the clock at a time until [Clock.Release]. It never goes back:
// an earlier time than the present leaves it standing at the present.
func (c *Clock) Stand(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); at.Before(now) {
		at = now
	}
	c.standing = at.UTC()
	c.wake()
}

// Release ends a jump: time goes on from to, or from where the clock stands
// if that is later, at the speed it had.
func (c *Clock) Release(to time.Time) Reading {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); to.Before(now) {
		to = now
	}
	c.standing = time.Time{}
	c.reading.Now, c.reading.Real = to.UTC(), Wall()
	c.wake()
	r := c.reading
	r.Real = r.Real.Round(0)
	return r
}

func (c *Clock) wake() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// Changed gives a channel that is closed at the next jump or change of pace.
func (c *Clock) Changed() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// Wait returns nil when the simulated time has reached until, or when wake is
// ready; the caller looks which. It returns the context's error when that
// ends first. The zero until means for ever.
func (c *Clock) Wait(ctx context.Context, until time.Time, wake <-chan struct{}) error {
	for {
		c.mu.Lock()
		changed := c.changed
		left, passes := c.left(until)
		c.mu.Unlock()
		if !until.IsZero() && left <= 0 {
			return nil
		}
		var alarm <-chan time.Time
		var timer *time.Timer
		if passes && !until.IsZero() {
			timer = time.NewTimer(left)
			alarm = timer.C
		}
		woken := false
		select {
		case <-ctx.Done():
		case <-wake:
			woken = true
		case <-changed: // the pace may be another now
		case <-alarm:
		}
		if timer != nil {
			timer.Stop()
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if woken {
			return nil
		}
	}
}

// Rest waits for a real time, or until wake is ready: for trouble that is not
// of the world and goes on whether its time passes or not. It returns the
// context's error when that ends first.
func Rest(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// left is the real time until a simulated one, and whether time passes at all.
func (c *Clock) left(until time.Time) (time.Duration, bool) {
	left := until.Sub(c.now())
	if !c.standing.IsZero() || c.reading.Frozen {
		return left, false
	}
	if c.reading.Speed != 1 {
		early := left > 0
		if left = scale(left, 1/c.reading.Speed); early {
			left = max(left, 1)
		}
	}
	return left, true
}

// scale multiplies a span; what is too long to tell becomes the longest.
func scale(d time.Duration, by float64) time.Duration {
	scaled := float64(d) * by
	if scaled >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(scaled)
}
