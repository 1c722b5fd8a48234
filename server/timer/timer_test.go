package timer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/server/clock"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/server/timer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const minute = time.Minute

var (
	morning   = time.Date(2030, 3, 2, 9, 0, 0, 0, time.UTC)
	errBroken = errors.New("the disk is full")
)

// world is a timer with what it works on, and the diary of what it did.
type world struct {
	*timer.Timer
	t     *testing.T
	clock *clock.Clock
	queue timer.Queue
	logs  *strings.Builder

	mu    sync.Mutex
	diary []string
}

// inWorld runs a test in a bubble; rows of the kind "row" are written to the
// diary with the time since morning at which they are done.
func inWorld(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, memory.New(nil))
		w.Handle("row", timer.Handler{Do: w.note})
		test(t, w)
	})
}

func newWorld(t *testing.T, queue timer.Queue) *world {
	w := &world{t: t, clock: clock.New(clock.Reading{Now: morning}), queue: queue, logs: &strings.Builder{}}
	w.Timer = timer.New(queue, w.clock, slog.New(slog.NewTextHandler(io.Writer(w.logs), nil)))
	return w
}

func (w *world) note(_ context.Context, rows []payment.Due) error {
	for _, row := range rows {
		w.write("%s at %s", row.Key, w.clock.Now().Sub(morning))
	}
	return nil
}

func (w *world) write(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.diary = append(w.diary, fmt.Sprintf(format, args...))
}

func (w *world) wrote() []string {
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.diary
}

// add writes a row as a command does: the timer hears of it.
func (w *world) add(kind, key string, after time.Duration) {
	at := morning.Add(after)
	if err := w.queue.Add(context.Background(), payment.Due{At: at, Kind: kind, Key: key}); err != nil {
		panic(err)
	}
	w.Alarm(at)
}

// run runs the timer until the test ends.
func (w *world) run() (stop func()) {
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx, context.WithoutCancel(ctx)) }()
	stop = sync.OnceFunc(func() {
		cancel()
		require.NoError(w.t, <-ended)
	})
	w.t.Cleanup(stop)
	return stop
}

func (w *world) left() []payment.Due {
	rows, err := w.queue.Waiting(context.Background(), "", 0)
	require.NoError(w.t, err)
	return rows
}

func (w *world) jump(d time.Duration) { require.NoError(w.t, w.Advance(w.t.Context(), d)) }

func later(d time.Duration) { <-time.After(d) }

func TestRowsAreDoneAsTheirTimeComes(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.add("row", "third", 3*minute)
		w.add("row", "first", minute)
		w.add("row", "second", 2*minute)
		w.run()
		later(minute - 1)
		require.Empty(t, w.wrote())
		later(1)
		require.Equal(t, []string{"first at 1m0s"}, w.wrote())
		later(10 * minute)
		require.Equal(t, []string{"first at 1m0s", "second at 2m0s", "third at 3m0s"}, w.wrote())
		require.Empty(t, w.left())
	})
}

func TestAnAlarmWakesTheTimerForAnEarlierRow(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.add("row", "late", time.Hour)
		w.run()
		synctest.Wait()
		w.add("row", "early", minute)
		w.add("row", "later still", 2*time.Hour)
		later(minute)
		require.Equal(t, []string{"early at 1m0s"}, w.wrote())
	})
}

func TestAnAlarmWakesATimerWithNothingToDo(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.run()
		later(time.Hour)
		w.Alarm(time.Time{})
		w.add("row", "at once", minute)
		require.Equal(t, []string{"at once at 1h0m0s"}, w.wrote())
	})
}

func TestNothingIsDoneWhileTheClockIsFrozen(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.clock.Freeze()
		w.add("row", "waits", minute)
		w.run()
		later(time.Hour)
		require.Empty(t, w.wrote())
		w.clock.SetSpeed(60)
		w.clock.Resume()
		later(time.Second)
		require.Equal(t, []string{"waits at 1m0s"}, w.wrote())
	})
}

func TestSettleDoesWhatFellDueMeanwhile(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.add("row", "second", 2*minute)
		w.add("row", "first", minute)
		w.add("row", "far", 2*time.Hour)
		later(time.Hour)
		require.NoError(t, w.Settle(t.Context()))
		require.Equal(t, []string{"first at 1h0m0s", "second at 1h0m0s"}, w.diary, "done when it returns, in order")
		require.Len(t, w.left(), 1)
	})
}

func TestAJumpStandsOnEachDeadline(t *testing.T) {
	for _, running := range []bool{false, true} {
		t.Run(fmt.Sprintf("with the timer running %t", running), func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				if running {
					w.run()
				}
				w.add("row", "c", 90*minute)
				w.add("row", "a", minute)
				w.add("row", "b", 5*minute)
				w.add("row", "same time as b", 5*minute)
				w.add("row", "beyond", 2*time.Hour+1)
				w.jump(2 * time.Hour)
				require.Equal(t, []string{"a at 1m0s", "b at 5m0s", "same time as b at 5m0s", "c at 1h30m0s"}, w.diary, "all done when it returns")
				require.Equal(t, morning.Add(2*time.Hour), w.clock.Now())
				require.Len(t, w.left(), 1)
			})
		})
	}
}

func TestAJumpIncludesItsEnd(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.add("row", "end", time.Hour)
		w.jump(time.Hour)
		require.Equal(t, []string{"end at 1h0m0s"}, w.diary)
	})
}

func TestRowsWrittenInAJumpAreDoneInIt(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("parent", timer.Handler{Do: func(ctx context.Context, rows []payment.Due) error {
			w.add("row", "child", 10*minute)
			w.add("row", "at once", minute)
			w.add("row", "too far", 3*time.Hour)
			return w.note(ctx, rows)
		}})
		w.add("parent", "parent", minute)
		w.add("row", "other", 20*minute)
		w.jump(time.Hour)
		require.Equal(t, []string{"parent at 1m0s", "at once at 1m0s", "child at 10m0s", "other at 20m0s"}, w.diary)
		require.Len(t, w.left(), 1)
	})
}

func TestAfterAJumpTheTimerGoesOn(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.run()
		w.add("row", "beyond", 2*time.Hour+minute)
		w.jump(2 * time.Hour)
		later(minute)
		require.Equal(t, []string{"beyond at 2h1m0s"}, w.wrote())
	})
}

func TestAJumpOnAFrozenClockLeavesItFrozen(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.clock.Freeze()
		w.add("row", "on the way", 30*minute)
		w.jump(time.Hour)
		later(time.Hour)
		require.Equal(t, []string{"on the way at 30m0s"}, w.diary)
		require.Equal(t, morning.Add(time.Hour), w.clock.Now())
	})
}

func TestAJumpBackIsRefused(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		require.ErrorContains(t, w.Advance(t.Context(), -time.Second), "1s")
		require.Equal(t, morning, w.clock.Now())
	})
}

func TestAJumpToAnEarlierTimeDoesWhatIsDueNow(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.add("row", "late", 30*minute)
		later(time.Hour)
		require.NoError(t, w.AdvanceTo(t.Context(), morning.Add(minute)))
		require.Equal(t, []string{"late at 1h0m0s"}, w.diary)
		require.Equal(t, morning.Add(time.Hour), w.clock.Now())
	})
}

func TestJumpsFollowEachOther(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.run()
		w.add("row", "a", minute)
		w.add("row", "b", 90*minute)
		var jumps sync.WaitGroup
		for range 2 {
			jumps.Go(func() { w.jump(time.Hour) })
		}
		jumps.Wait()
		require.Equal(t, morning.Add(2*time.Hour), w.clock.Now(), "neither is lost in the other")
		require.Equal(t, []string{"a at 1m0s", "b at 1h30m0s"}, w.diary)
	})
}

func TestRowsOfOneKindAndTimeAreDoneTogether(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		batch := func(name string) timer.Handler {
			return timer.Handler{Do: func(_ context.Context, rows []payment.Due) error {
				keys := make([]string, len(rows))
				for i, row := range rows {
					keys[i] = row.Key
				}
				w.write("%s %s", name, strings.Join(keys, " "))
				return nil
			}}
		}
		w.Handle("x", batch("x"))
		w.Handle("y", batch("y"))
		w.add("x", "1", minute)
		w.add("x", "2", minute)
		w.add("y", "3", minute)
		w.add("x", "4", minute)
		w.add("x", "5", 2*minute)
		w.jump(minute)
		w.jump(minute)
		require.Equal(t, []string{"x 1 2", "y 3", "x 4", "x 5"}, w.diary, "the order of writing is kept")
	})
}

// together writes which rows it is given at once, and where the clock stands.
func (w *world) together(span time.Duration) timer.Handler {
	return timer.Handler{
		Span: func(context.Context) time.Duration { return span },
		Do: func(_ context.Context, rows []payment.Due) error {
			line := w.clock.Now().Sub(morning).String()
			for _, row := range rows {
				line += fmt.Sprintf(" %s@%s", row.Key, row.At.Sub(morning))
			}
			w.write("%s", line)
			return nil
		},
	}
}

func TestAJumpDoesRowsWithinASpanTogether(t *testing.T) {
	const ms = time.Millisecond
	for _, tt := range []struct {
		name    string
		span    time.Duration
		between string
		want    []string
	}{
		{"those of one span at once, each with its own time", time.Second, "", []string{"1m0s a@1m0s b@1m0.3s c@1m1s", "1m1.001s d@1m1.001s"}},
		{"without a span one after another", 0, "", []string{"1m0s a@1m0s", "1m0.3s b@1m0.3s", "1m1s c@1m1s", "1m1.001s d@1m1.001s"}},
		{"another kind in between parts them", time.Second, "row", []string{"1m0s a@1m0s b@1m0.3s", "x at 1m0.5s", "1m1s c@1m1s d@1m1.001s"}},
		{"what runs aside parts them while it does", time.Second, "slow", []string{"1m0s a@1m0s b@1m0.3s", "x begins", "x is over at 1m0.5s", "1m1s c@1m1s d@1m1.001s"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.Handle("many", w.together(tt.span))
				w.Handle("slow", w.slow(time.Second, nil))
				for key, at := range map[string]time.Duration{"a": 0, "b": 300 * ms, "c": time.Second, "d": 1001 * ms} {
					w.add("many", key, minute+at)
				}
				if tt.between != "" {
					w.add(tt.between, "x", minute+500*ms)
				}
				w.jump(time.Hour)
				require.Equal(t, tt.want, w.wrote())
				require.Empty(t, w.left())
			})
		})
	}
}

func TestNothingIsSpannedWhileSomethingRunsAside(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("many", w.together(time.Second))
		w.Handle("slow", w.slow(time.Second, afterwards(minute)))
		w.add("slow", "x", minute)
		w.add("many", "a", minute+1)
		w.add("many", "b", minute+2)
		w.jump(time.Hour)
		require.Equal(t, []string{"1m0.000000001s a@1m0.000000001s", "1m0.000000002s b@1m0.000000002s"},
			without(without(w.wrote(), "x begins"), "x is over at 1m0.000000002s"))
	})
}

func TestARowWrittenBeforeOthersClaimedAheadIsDoneBeforeThem(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("parent", timer.Handler{Do: func(ctx context.Context, rows []payment.Due) error {
			w.add("row", "child", minute+time.Second/2)
			return w.note(ctx, rows)
		}})
		w.add("parent", "parent", minute)
		w.add("row", "next", minute+time.Second)
		w.jump(time.Hour)
		require.Equal(t, []string{"parent at 1m0s", "child at 1m0.5s", "next at 1m1s"}, w.diary)
	})
}

func TestWhatAFailedJumpHadClaimedAheadIsDoneLater(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		q := &troubledQueue{Queue: w.queue}
		w = newWorld(t, q)
		w.Handle("breaking", timer.Handler{Do: func(context.Context, []payment.Due) error { q.broken.Store(true); return nil }})
		w.Handle("row", timer.Handler{Do: w.note})
		w.add("breaking", "a", minute)
		w.add("row", "b", minute+time.Second)
		require.ErrorIs(t, w.Advance(t.Context(), time.Hour), errBroken)
		q.broken.Store(false)
		w.jump(time.Hour)
		require.Equal(t, []string{"b at 1m1s"}, w.diary)
	})
}

func TestAHandlersErrorMakesTheRowsComeAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		fails := 2
		w.Handle("troubled", timer.Handler{Do: func(ctx context.Context, rows []payment.Due) error {
			if fails > 0 {
				fails--
				return errBroken
			}
			return w.note(ctx, rows)
		}})
		w.add("troubled", "a", minute)
		w.add("troubled", "b", minute)
		w.add("row", "meanwhile", minute+time.Second)
		w.jump(time.Hour)
		require.Equal(t, []string{"meanwhile at 1m1s", "a at 1m10s", "b at 1m10s"}, w.diary)
		require.Empty(t, w.left())
		require.Contains(t, w.logs.String(), errBroken.Error())
	})
}

// Trouble of the store passes in real time, whatever the world's clock does.
func TestTroubleIsTriedAgainInRealTimeWhileTheClockIsFrozen(t *testing.T) {
	t.Run("rows that could not be done", func(t *testing.T) {
		for name, aside := range map[string]bool{"in turn": false, "aside": true} {
			t.Run(name, func(t *testing.T) {
				inWorld(t, func(t *testing.T, w *world) {
					fails := 2
					w.Handle("troubled", timer.Handler{Aside: aside, Do: func(ctx context.Context, rows []payment.Due) error {
						if fails > 0 {
							fails--
							return errBroken
						}
						return w.note(ctx, rows)
					}})
					w.clock.Freeze()
					w.add("troubled", "a", 0)
					w.run()
					later(time.Second / 2)
					require.Empty(t, w.wrote())
					later(10 * time.Second)
					require.Equal(t, []string{"a at 0s"}, w.wrote())
					require.Empty(t, w.left())
				})
			})
		}
	})
	t.Run("a queue that cannot be read", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			q := &troubledQueue{Queue: w.queue}
			q.broken.Store(true)
			w = newWorld(t, q)
			w.Handle("row", timer.Handler{Do: w.note})
			w.clock.Freeze()
			w.run()
			later(time.Minute)
			q.broken.Store(false)
			require.NoError(t, w.queue.Add(t.Context(), payment.Due{At: morning, Kind: "row", Key: "a"})) // its alarm was lost in the trouble
			later(10 * time.Second)
			require.Equal(t, []string{"a at 0s"}, w.wrote())
		})
	})
}

func TestARowNobodyDoesIsDroppedAndLogged(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.add("forgotten", "a", minute)
		w.add("row", "b", minute)
		w.jump(minute)
		require.Equal(t, []string{"b at 1m0s"}, w.diary)
		require.Empty(t, w.left())
		require.Contains(t, w.logs.String(), "kind=forgotten")
	})
}

func TestAHandlerThatRemovesItsRowsIsTrusted(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.queue = &countingQueue{Queue: w.queue}
		w.Timer = timer.New(w.queue, w.clock, slog.New(slog.DiscardHandler))
		w.Handle("own", timer.Handler{Do: w.note, Removes: true})
		w.Handle("row", timer.Handler{Do: w.note})
		w.add("own", "a", minute)
		w.add("row", "b", 2*minute)
		w.jump(time.Hour)
		require.Equal(t, 1, w.queue.(*countingQueue).done)
	})
}

// countingQueue counts the rows said to be done.
type countingQueue struct {
	timer.Queue
	done int
}

func (q *countingQueue) Done(ctx context.Context, rows ...payment.Due) error {
	q.done += len(rows)
	return q.Queue.Done(ctx, rows...)
}

// troubledQueue cannot be read while it is broken.
type troubledQueue struct {
	timer.Queue
	broken atomic.Bool
}

func (q *troubledQueue) Next(ctx context.Context) (time.Time, bool, error) {
	if q.broken.Load() {
		return time.Time{}, false, errBroken
	}
	return q.Queue.Next(ctx)
}

func TestAQueueThatCannotBeReadIsTriedAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		q := &troubledQueue{Queue: w.queue}
		q.broken.Store(true)
		w = newWorld(t, q)
		w.Handle("row", timer.Handler{Do: w.note})
		w.run()
		w.add("row", "a", minute)
		later(30 * time.Second)
		require.ErrorIs(t, w.Advance(t.Context(), time.Hour), errBroken)
		require.Equal(t, morning.Add(30*time.Second), w.clock.Now(), "a jump that failed stays where it failed")
		q.broken.Store(false)
		later(time.Hour)
		require.Equal(t, []string{"a at 1m0s"}, w.wrote())
		require.Contains(t, w.logs.String(), "trying again")
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.add("row", "never", time.Hour)
		stop := w.run()
		later(minute)
		stop()
		later(2 * time.Hour)
		require.Empty(t, w.wrote())
		require.Len(t, w.left(), 1, "the row is still there for the next one")
	})
}
