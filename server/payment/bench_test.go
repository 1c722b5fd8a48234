package payment_test

import (
	"log/slog"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/clock"
	"liksom/server/ident"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/server/timer"
)

const crowd = 100_000

// fill creates n payments, each a millisecond after the one before.
func fill(tb testing.TB, w *world, n int) {
	for i := range n {
		w.now = w.now.Add(time.Millisecond)
		id := payment.ID{MSN: taxi.MSN, Reference: "order-" + strconv.Itoa(i)}
		_, err := w.Do(ctx, id, order(), once(id.Reference, id.Reference))
		require.NoError(tb, err)
	}
}

func BenchmarkCreate(b *testing.B) {
	b.ReportAllocs()
	service := newWorld(b).Service
	service.IDs = ident.New()
	i := 0
	for b.Loop() {
		i++
		id := payment.ID{MSN: taxi.MSN, Reference: "order-" + strconv.Itoa(i)}
		if _, err := service.Do(ctx, id, order(), once(id.Reference, id.Reference)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	b.ReportAllocs()
	w := newWorld(b)
	fill(b, w, 1000)
	id := payment.ID{MSN: taxi.MSN, Reference: "order-500"}
	for b.Loop() {
		if _, err := w.Get(ctx, id); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLifeCycle(b *testing.B) {
	b.ReportAllocs()
	service := newWorld(b).Service
	service.IDs = ident.New()
	i := 0
	for b.Loop() {
		i++
		id := payment.ID{MSN: taxi.MSN, Reference: "order-" + strconv.Itoa(i)}
		for _, cmd := range []payment.Command{order(), payment.Identify{Phone: kari}, approve(), capture(1000), refund(1000)} {
			if _, err := service.Do(ctx, id, cmd, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkPendingPayment tells what a payment that waits costs in memory,
// its event, its due row, its places in the indexes and its kept answer
// included.
func BenchmarkPendingPayment(b *testing.B) {
	for b.Loop() {
		before := heap()
		w := newWorld(b)
		fill(b, w, crowd)
		b.ReportMetric(float64(heap()-before)/crowd, "B/payment")
		runtime.KeepAlive(w)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkMassExpiry lets 100 000 windows run out in one jump, each with a
// deadline of its own.
func BenchmarkMassExpiry(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		store := memory.New(nil)
		c := clock.New(clock.Reading{Now: morning, Frozen: true})
		w := newWorld(b)
		w.store, w.Store = store, store
		fill(b, w, crowd)
		w.Now = c.Now
		jumper := timer.New(store, c, slog.New(slog.DiscardHandler))
		jumper.Handle(payment.DueWindow, timer.Handler{Do: w.Fire, Removes: true})
		w.Committed = func(done payment.Committed) { jumper.Alarm(done.Earliest) }
		b.StartTimer()

		require.NoError(b, jumper.Advance(ctx, time.Hour))

		b.StopTimer()
		events, err := store.After(ctx, crowd, 0)
		require.NoError(b, err)
		require.Len(b, events, crowd)
		for i := range events {
			if e := &events[i]; e.Kind != payment.PaymentExpired || e.ID.Reference != "order-"+strconv.Itoa(i) {
				b.Fatalf("event %d is %s of %s", i, e.Kind, e.ID)
			}
		}
		require.Empty(b, w.waiting(""))
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/100k")
}
