package control_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

// counting counts how often the lists of a store are read.
type counting struct {
	payment.Store
	lists int
}

func (c *counting) List(ctx context.Context, q payment.Query) ([]payment.Payment, error) {
	c.lists++
	return c.Store.List(ctx, q)
}

func TestPaymentsAreCountedSinceMidnight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := &counting{Store: w.pay.Store}
	w.pay.Store = store
	today := func() map[string]any { return w.want(t, 200, "GET", "/sim/v1/payments/today", "") }
	w.create("order-0001")
	w.create("order-0002")
	units := map[string]any{"123456": 2.0}
	require.Equal(t, map[string]any{"since": "2026-11-21T00:00:00Z", "total": 2.0, "units": units}, today())
	require.Equal(t, 1, store.lists)
	w.create("order-0003")
	require.Equal(t, 3.0, today()["total"])
	require.Equal(t, 3.0, today()["total"])
	require.Equal(t, 1, store.lists, "what was counted is not read again")

	w.want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"24h"}`)
	w.create("order-0004")
	require.Equal(t, map[string]any{"since": "2026-11-22T00:00:00Z", "total": 1.0, "units": map[string]any{"123456": 1.0}}, today())
	require.Equal(t, 1, store.lists)

	w.want(t, 204, "POST", "/sim/v1/reset", "")
	require.Equal(t, 1.0, today()["total"], "after a reset it is counted anew")
	require.Equal(t, 2, store.lists)
}

func TestTodayIsCountedOverManyPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("yesterday")
	w.want(t, 200, "POST", "/sim/v1/clock/advance", `{"by":"14h"}`)
	for i := range 1003 {
		w.create("order-" + time.Duration(i).String())
	}
	require.Equal(t, 1003.0, w.want(t, 200, "GET", "/sim/v1/payments/today", "")["total"])
}
