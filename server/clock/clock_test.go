package clock_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/server/clock"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var morning = time.Date(2030, 3, 2, 9, 0, 0, 0, time.UTC)

// bubble runs a test in a bubble of its own time.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

// later lets real time pass.
func later(d time.Duration) { <-time.After(d) }

func TestAClockOutOfTheBoxShowsRealTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := clock.New(clock.Reading{})
		later(time.Hour)
		require.Equal(t, clock.Wall().UTC().Round(0), c.Now())
		require.Equal(t, clock.Reading{Now: c.Now(), Real: clock.Wall().Round(0), Speed: 1}, c.Read())
	})
}

func TestHowSimulatedTimePasses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*clock.Clock)
		want   time.Duration // after an hour at its own pace and a minute after the change
	}{
		{"it runs with real time", func(*clock.Clock) {}, time.Hour + time.Minute},
		{"frozen it stands", func(c *clock.Clock) { c.Freeze() }, time.Hour},
		{"resumed it goes on from where it stood", func(c *clock.Clock) { c.Freeze(); later(time.Hour); c.Resume() }, time.Hour + time.Minute},
		{"sped up it passes faster", func(c *clock.Clock) { c.SetSpeed(60) }, 2 * time.Hour},
		{"slowed down it passes slower", func(c *clock.Clock) { c.SetSpeed(0.5) }, time.Hour + 30*time.Second},
		{"a speed of zero is ignored", func(c *clock.Clock) { c.SetSpeed(0) }, time.Hour + time.Minute},
		{"a speed below zero is ignored", func(c *clock.Clock) { c.SetSpeed(-1) }, time.Hour + time.Minute},
		{"a speed set while frozen counts once resumed", func(c *clock.Clock) { c.Freeze(); c.SetSpeed(2); later(time.Hour); c.Resume() }, time.Hour + 2*time.Minute},
		{"a jump carries it on", func(c *clock.Clock) { c.Release(morning.Add(5 * time.Hour)) }, 5*time.Hour + time.Minute},
		{"a jump does not lead back", func(c *clock.Clock) { c.Release(morning) }, time.Hour + time.Minute},
		{"standing it stands", func(c *clock.Clock) { c.Stand(morning.Add(3 * time.Hour)) }, 3 * time.Hour},
		{"standing leads forward only", func(c *clock.Clock) { c.Stand(morning) }, time.Hour},
		{"standing goes on forward only", func(c *clock.Clock) { c.Stand(morning.Add(3 * time.Hour)); c.Stand(morning.Add(2 * time.Hour)) }, 3 * time.Hour},
		{"released it goes on from where it stood at least", func(c *clock.Clock) { c.Stand(morning.Add(3 * time.Hour)); later(time.Hour); c.Release(morning) }, 3*time.Hour + time.Minute},
		{"released it keeps its speed", func(c *clock.Clock) {
			c.SetSpeed(2)
			c.Stand(morning.Add(3 * time.Hour))
			c.Release(morning.Add(4 * time.Hour))
		}, 4*time.Hour + 2*time.Minute},
		{"released it stays frozen", func(c *clock.Clock) {
			c.Freeze()
			c.Stand(morning.Add(3 * time.Hour))
			c.Release(morning.Add(4 * time.Hour))
		}, 4 * time.Hour},
		{"frozen in a jump it stands where the jump ends", func(c *clock.Clock) {
			c.Stand(morning.Add(3 * time.Hour))
			c.Freeze()
			c.Release(morning.Add(4 * time.Hour))
		}, 4 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				c := clock.New(clock.Reading{Now: morning})
				later(time.Hour)
				require.Equal(t, morning.Add(time.Hour), c.Now())
				tt.change(c)
				later(time.Minute)
				require.Equal(t, morning.Add(tt.want), c.Now())
			})
		})
	}
}

func TestChangesTellTheNewReading(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := clock.New(clock.Reading{Now: morning})
		later(time.Second)
		real := clock.Wall().Round(0)
		require.Equal(t, clock.Reading{Now: morning.Add(time.Second), Real: real, Speed: 1, Frozen: true}, c.Freeze())
		require.Equal(t, clock.Reading{Now: morning.Add(time.Second), Real: real, Speed: 5, Frozen: true}, c.SetSpeed(5))
		require.Equal(t, clock.Reading{Now: morning.Add(time.Second), Real: real, Speed: 5}, c.Resume())
		c.Stand(morning.Add(time.Hour))
		require.Equal(t, morning.Add(time.Hour), c.SetSpeed(6).Now, "in a jump it tells where it stands")
		require.Equal(t, morning.Add(time.Hour), c.Read().Now)
		require.Equal(t, clock.Reading{Now: morning.Add(2 * time.Hour), Real: real, Speed: 6}, c.Release(morning.Add(2*time.Hour)))
	})
}

func TestAClockMadeAgainCountsTheTimeBetween(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*clock.Clock)
		want   time.Duration // of an hour down
	}{
		{"in full at its ordinary pace", func(*clock.Clock) {}, time.Hour},
		{"at the speed it had", func(c *clock.Clock) { c.SetSpeed(24) }, 24 * time.Hour},
		{"not at all when frozen", func(c *clock.Clock) { c.Freeze() }, 0},
		{"not at all when frozen at a speed", func(c *clock.Clock) { c.SetSpeed(24); c.Freeze() }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				first := clock.New(clock.Reading{Now: morning})
				tt.change(first)
				kept := first.Read()
				later(time.Hour)
				again := clock.New(kept)
				require.Equal(t, morning.Add(tt.want), again.Now())
				require.Equal(t, first.Now(), again.Now())
				require.Equal(t, kept.Speed, again.Read().Speed)
				require.Equal(t, kept.Frozen, again.Read().Frozen)
			})
		})
	}
}

func TestAWallThatWasSetBackDoesNotTakeTheWorldWithIt(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := clock.New(clock.Reading{Now: morning, Real: clock.Wall().Add(time.Hour), Speed: 3})
		require.Equal(t, morning, c.Now())
		later(time.Minute)
		require.Equal(t, morning.Add(3*time.Minute), c.Now())
	})
}

func TestTimeNeverGoesBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := clock.New(clock.Reading{Now: morning})
		steps := []func(){
			func() { c.Freeze() }, func() { c.Resume() }, func() { c.SetSpeed(7.3) }, func() { c.SetSpeed(0.1) },
			func() { c.Stand(c.Now().Add(-time.Hour)) }, func() { c.Stand(c.Now().Add(time.Minute)) }, func() { c.Freeze() },
			func() { c.Release(morning) }, func() { c.Resume() }, func() { c.Release(c.Now().Add(time.Hour)) },
		}
		last := c.Now()
		for i := range 200 {
			steps[i*7%len(steps)]()
			require.False(t, c.Now().Before(last), "step %d", i)
			later(time.Duration(i) * 1234567)
			require.False(t, c.Now().Before(last), "after step %d", i)
			last = c.Now()
		}
	})
}

// waiter waits in a goroutine of its own.
type waiter struct {
	mu   sync.Mutex
	back bool
	err  error
}

func wait(ctx context.Context, c *clock.Clock, until time.Time, wake <-chan struct{}) *waiter {
	w := &waiter{}
	go func() {
		err := c.Wait(ctx, until, wake)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.back, w.err = true, err
	}()
	return w
}

func (w *waiter) isBack() bool {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.back && w.err == nil
}

func TestWhatEndsAWait(t *testing.T) {
	t.Parallel()
	far := morning.Add(time.Hour)
	tests := []struct {
		name   string
		before func(*clock.Clock)
		until  time.Time
		act    func(c *clock.Clock, wake chan struct{})
		want   bool
	}{
		{"its time has come already", nil, morning, func(*clock.Clock, chan struct{}) {}, true},
		{"not yet", nil, far, func(*clock.Clock, chan struct{}) { later(time.Hour - 1) }, false},
		{"its time comes", nil, far, func(*clock.Clock, chan struct{}) { later(time.Hour) }, true},
		{"its time comes sooner at a speed", func(c *clock.Clock) { c.SetSpeed(60) }, far, func(*clock.Clock, chan struct{}) { later(time.Minute) }, true},
		{"not before its time at an odd speed", func(c *clock.Clock) { c.SetSpeed(7.1) }, far, func(*clock.Clock, chan struct{}) { later(507 * time.Second) }, false},
		{"it is woken", nil, far, func(_ *clock.Clock, wake chan struct{}) { wake <- struct{}{} }, true},
		{"it is woken while frozen", func(c *clock.Clock) { c.Freeze() }, far, func(_ *clock.Clock, wake chan struct{}) { wake <- struct{}{} }, true},
		{"for ever it is woken only", nil, time.Time{}, func(_ *clock.Clock, wake chan struct{}) { wake <- struct{}{} }, true},
		{"for ever has no end", nil, time.Time{}, func(c *clock.Clock, _ chan struct{}) { c.Release(far); later(10000 * time.Hour) }, false},
		{"a jump passes its time", nil, far, func(c *clock.Clock, _ chan struct{}) { c.Release(far) }, true},
		{"a jump stands on its time", nil, far, func(c *clock.Clock, _ chan struct{}) { c.Stand(far) }, true},
		{"a jump stops short of its time", nil, far, func(c *clock.Clock, _ chan struct{}) { c.Release(far.Add(-1)) }, false},
		{"frozen its time does not come", nil, far, func(c *clock.Clock, _ chan struct{}) { c.Freeze(); later(2 * time.Hour) }, false},
		{"resumed its time comes", func(c *clock.Clock) { c.Freeze() }, far, func(c *clock.Clock, _ chan struct{}) { later(time.Hour); c.Resume(); later(time.Hour) }, true},
		{"resumed its time takes as long as it took", func(c *clock.Clock) { c.Freeze() }, far, func(c *clock.Clock, _ chan struct{}) { later(time.Hour); c.Resume(); later(time.Hour - 1) }, false},
		{"sped up in the middle it comes sooner", nil, far, func(c *clock.Clock, _ chan struct{}) { later(30 * time.Minute); c.SetSpeed(30); later(time.Minute) }, true},
		{"standing elsewhere its time does not come", nil, far, func(c *clock.Clock, _ chan struct{}) { c.Stand(morning.Add(time.Minute)); later(2 * time.Hour) }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				c := clock.New(clock.Reading{Now: morning})
				if tt.before != nil {
					tt.before(c)
				}
				wake := make(chan struct{}, 1)
				w := wait(t.Context(), c, tt.until, wake)
				synctest.Wait()
				tt.act(c, wake)
				require.Equal(t, tt.want, w.isBack())
			})
		})
	}
}

func TestAWaitIsNotBackBeforeItsTimeAtAnySpeed(t *testing.T) {
	t.Parallel()
	for _, speed := range []float64{1, 3, 7.1, 0.3, 1e-3, 999.99, 1e6} {
		synctest.Test(t, func(t *testing.T) {
			c := clock.New(clock.Reading{Now: morning, Speed: speed})
			until := morning.Add(time.Hour + 7)
			require.NoError(t, c.Wait(t.Context(), until, nil))
			require.False(t, c.Now().Before(until), "speed %v", speed)
			require.Less(t, c.Now().Sub(until), time.Duration(2*max(1, speed)), "speed %v", speed)
		})
	}
}

// A wait of half a year at a thousandth of the ordinary speed takes longer
// than the longest span there is; it must neither end at once nor spin.
func TestAWaitTooLongToTellIsStillAWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := clock.New(clock.Reading{Now: morning, Speed: 1e-4})
		w := wait(t.Context(), c, morning.Add(180*24*time.Hour), nil)
		later(time.Hour)
		require.False(t, w.isBack())
		c.SetSpeed(1)
		later(180 * 24 * time.Hour)
		require.True(t, w.isBack())
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := clock.New(clock.Reading{Now: morning, Frozen: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, c.Wait(ctx, morning.Add(time.Hour), nil), context.DeadlineExceeded)
		require.ErrorIs(t, c.Wait(ctx, time.Time{}, nil), context.DeadlineExceeded)
	})
}

// Whoever wakes a waiter in the moment in which the clock changes must not be
// forgotten: a row written in a jump would be done late.
func TestAWakeInTheMomentOfAChangeIsNotLost(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := clock.New(clock.Reading{Now: morning})
		for range 100 {
			wake := make(chan struct{}, 1)
			w := wait(t.Context(), c, c.Now().Add(time.Hour), wake)
			synctest.Wait()
			wake <- struct{}{}
			c.Release(c.Now().Add(time.Minute))
			require.True(t, w.isBack())
		}
	})
}

func TestEveryChangeClosesTheChannel(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*clock.Clock){
		"freeze": func(c *clock.Clock) { c.Freeze() }, "resume": func(c *clock.Clock) { c.Resume() },
		"speed": func(c *clock.Clock) { c.SetSpeed(2) }, "stand": func(c *clock.Clock) { c.Stand(c.Now()) },
		"release": func(c *clock.Clock) { c.Release(c.Now()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := clock.New(clock.Reading{})
			changed := c.Changed()
			select {
			case <-changed:
				t.Fatal("nothing has changed yet")
			default:
			}
			change(c)
			<-changed
			require.NotEqual(t, changed, c.Changed())
		})
	}
}

func TestAResetGoesBackToRealTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		c := clock.New(clock.Reading{Now: morning, Speed: 60})
		c.Freeze()
		w := wait(t.Context(), c, morning.Add(time.Hour), nil)
		synctest.Wait()
		real := clock.Wall().Round(0)
		require.Equal(t, clock.Reading{Now: real.UTC(), Real: real, Speed: 1}, c.Reset())
		later(time.Minute)
		require.Equal(t, clock.Wall().Round(0).UTC(), c.Now())
		require.False(t, w.isBack(), "whoever waits looks again at how long")
		c.Release(morning.Add(time.Hour))
		require.True(t, w.isBack())
	})
}
