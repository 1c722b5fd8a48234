package timer_test

import (
	"context"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/clock"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/server/timer"
)

// BenchmarkRowAmongAMillion writes a row and lets it fall due while a million
// others wait.
func BenchmarkRowAmongAMillion(b *testing.B) {
	ctx := context.Background()
	store := memory.New(nil)
	for i := range 1_000_000 {
		at := morning.Add(time.Duration(i*7919%1_000_000)*time.Millisecond + 1000*time.Hour)
		require.NoError(b, store.Add(ctx, payment.Due{At: at, Kind: "row", Key: strconv.Itoa(i)}))
	}
	c := clock.New(clock.Reading{Now: morning, Frozen: true})
	w := timer.New(store, c, slog.New(slog.DiscardHandler))
	done := 0
	w.Handle("row", timer.Handler{Do: func(_ context.Context, rows []payment.Due) error {
		done += len(rows)
		return nil
	}})
	n := 0
	for b.Loop() {
		n++
		require.NoError(b, store.Add(ctx, payment.Due{At: c.Now().Add(time.Millisecond), Kind: "row", Key: "new"}))
		require.NoError(b, w.Advance(ctx, time.Millisecond))
	}
	require.Equal(b, n, done)
}
