package timer_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/timer"
)

// slow handles rows aside that take real time, and writes that they begin and
// when they are over.
func (w *world) slow(took time.Duration, next func(payment.Due) time.Time) timer.Handler {
	return timer.Handler{Aside: true, Next: next, Do: func(_ context.Context, rows []payment.Due) error {
		w.write("%s begins", rows[0].Key)
		later(took)
		w.write("%s is over at %s", rows[0].Key, w.clock.Now().Sub(morning))
		return nil
	}}
}

// afterwards is a barrier that long after the row's own time.
func afterwards(d time.Duration) func(payment.Due) time.Time {
	return func(row payment.Due) time.Time { return row.At.Add(d) }
}

func TestAsideRowsHoldUpNothingInOrdinaryRunning(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("slow", w.slow(time.Hour, nil))
		w.run()
		w.add("slow", "slow", minute)
		w.add("row", "other", minute)
		w.add("row", "another", 2*minute)
		later(10 * minute)
		require.Equal(t, []string{"other at 1m0s", "another at 2m0s"}, without(w.wrote(), "slow begins"))
		later(time.Hour)
		require.Contains(t, w.wrote(), "slow is over at 1h1m0s")
		require.Empty(t, w.left())
	})
}

func without(lines []string, line string) []string {
	var kept []string
	for _, l := range lines {
		if l != line {
			kept = append(kept, l)
		}
	}
	return kept
}

func TestAsideRowsAreDoneSideBySide(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("slow", w.slow(minute, nil))
		for i := range 100 {
			w.add("slow", strconv.Itoa(i), 0)
		}
		w.run()
		later(minute)
		require.Len(t, w.wrote(), 200)
	})
}

func TestThereIsABoundOnWhatIsDoneAside(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		now, most, all := 0, 0, 0
		w.Handle("slow", timer.Handler{Aside: true, Do: func(context.Context, []payment.Due) error {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			later(time.Second)
			mu.Lock()
			defer mu.Unlock()
			now--
			all++
			return nil
		}})
		const crowd = 10_000
		for i := range crowd {
			w.add("slow", strconv.Itoa(i), 0)
		}
		w.run()
		later(minute)
		synctest.Wait()
		require.Equal(t, crowd, all)
		require.Less(t, most, crowd/2)
	})
}

func TestAJumpWaitsForAsideRows(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("slow", w.slow(10*time.Second, afterwards(5*minute)))
		w.add("slow", "a", minute)
		w.jump(time.Hour)
		require.Len(t, w.diary, 2, "it is over when the jump returns")
		require.Equal(t, morning.Add(time.Hour), w.clock.Now())
		require.Empty(t, w.left())
	})
}

func TestAJumpDoesNotPassTheBarrierOfAnAsideRow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		next func(payment.Due) time.Time
		want []string
	}{
		{"what is due before the barrier need not wait", afterwards(10 * minute), []string{
			"slow begins", "before at 5m0s", "slow is over at 5m0s", "on it at 11m0s", "after at 20m0s",
		}},
		{"without a barrier nothing later is done", nil, []string{
			"slow begins", "slow is over at 1m0s", "before at 5m0s", "on it at 11m0s", "after at 20m0s",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.Handle("slow", w.slow(10*time.Second, tt.next))
				w.Handle("row", timer.Handler{Do: func(ctx context.Context, rows []payment.Due) error {
					synctest.Wait() // the slow one has begun
					return w.note(ctx, rows)
				}})
				w.add("slow", "slow", minute)
				w.add("row", "before", 5*minute)
				w.add("row", "on it", 11*minute)
				w.add("row", "after", 20*minute)
				w.jump(time.Hour)
				require.Equal(t, tt.want, w.diary)
			})
		})
	}
}

// A try that fails writes the next one of its ladder; a jump meets each rung,
// though real time passes on it, and nothing overtakes one.
func TestAJumpClimbsALadderOfAsideRows(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("try", timer.Handler{Aside: true, Next: afterwards(10 * minute), Do: func(_ context.Context, rows []payment.Due) error {
			at := rows[0].At.Sub(morning)
			later(time.Second)
			w.write("%s %s", rows[0].Key, at)
			if at < 40*minute {
				w.add("try", "again", at+10*minute)
			}
			return nil
		}})
		w.add("try", "first", 5*minute)
		w.add("row", "between", 20*minute)
		w.jump(2 * time.Hour)
		between := "between at 20m0s" // need not wait for the try before it
		require.Contains(t, w.diary, between)
		require.Equal(t, []string{"first 5m0s", "again 15m0s", "again 25m0s", "again 35m0s", "again 45m0s"}, without(w.diary, between))
	})
}

// lookingQueue does something between reading what is next and telling it.
type lookingQueue struct {
	timer.Queue
	meanwhile func()
}

func (q *lookingQueue) Next(ctx context.Context) (time.Time, bool, error) {
	at, ok, err := q.Queue.Next(ctx)
	q.meanwhile()
	return at, ok, err
}

func TestAJumpSeesWhatAnAsideRowWroteWhileItLooked(t *testing.T) {
	t.Parallel()
	for name, others := range map[string]bool{"with nothing else to do": false, "with something later to do": true} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				q := &lookingQueue{Queue: w.queue, meanwhile: func() {}}
				w = newWorld(t, q)
				over := make(chan struct{})
				w.Handle("row", timer.Handler{Do: w.note})
				w.Handle("try", timer.Handler{Aside: true, Next: afterwards(minute), Do: func(ctx context.Context, rows []payment.Due) error {
					<-over
					return q.Add(ctx, payment.Due{At: rows[0].At.Add(minute), Kind: "row", Key: "next rung"})
				}})
				w.add("try", "first", minute)
				want := []string{"next rung at 2m0s"}
				if others {
					w.add("row", "later", 10*minute)
					want = append(want, "later at 10m0s")
				}
				looks := 0
				q.meanwhile = func() {
					if looks++; looks == 2 { // the try is under way
						close(over)
						synctest.Wait()
					}
				}
				w.jump(time.Hour)
				require.Equal(t, want, w.diary)
			})
		})
	}
}

func TestAnAsideRowThatFailsComesAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		fails := 1
		w.Handle("troubled", timer.Handler{Aside: true, Do: func(ctx context.Context, rows []payment.Due) error {
			if fails > 0 {
				fails--
				return errBroken
			}
			return w.note(ctx, rows)
		}})
		w.add("troubled", "a", minute)
		w.jump(time.Hour)
		require.Equal(t, []string{"a at 1m5s"}, w.diary)
	})
}

func TestARowWrittenAsideIsDoneInTime(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("writer", timer.Handler{Aside: true, Do: func(ctx context.Context, rows []payment.Due) error {
			later(minute)
			// As a store's own change does, without an alarm of its own.
			return w.queue.Add(ctx, payment.Due{At: w.clock.Now(), Kind: "row", Key: "child"})
		}})
		w.run()
		w.add("writer", "parent", minute)
		later(2 * minute)
		require.Equal(t, []string{"child at 2m0s"}, w.wrote())
	})
}

func TestRunWaitsForWhatIsDoneAside(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.Handle("slow", w.slow(10*time.Second, nil))
		stop := w.run()
		w.add("slow", "a", minute)
		later(minute + time.Second)
		stop()
		require.Equal(t, []string{"a begins", "a is over at 1m10s"}, w.diary)
		require.Empty(t, w.left(), "it is kept that it was done")
	})
}

func TestAJumpBeginsAsideRowsOfASpanBesideEachOther(t *testing.T) {
	for _, tt := range []struct {
		name string
		span time.Duration
		took time.Duration
	}{
		{"within a span they take as long as one", time.Hour, minute},
		{"without one, one after another", 0, 3 * minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				slow := w.slow(minute, afterwards(time.Second))
				slow.Span = func(context.Context) time.Duration { return tt.span }
				w.Handle("slow", slow)
				for i := range 3 {
					w.add("slow", strconv.Itoa(i), time.Duration(i+1)*10*minute)
				}
				w.add("row", "later", 31*minute)
				began := time.Now()
				w.jump(time.Hour)
				require.Equal(t, tt.took, time.Since(began))
				require.Equal(t, "later at 31m0s", w.wrote()[6], "time waits for all of them")
				require.Empty(t, w.left())
			})
		})
	}
}
