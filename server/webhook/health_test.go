package webhook_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/fault"
	"liksom/server/payment"
	"liksom/server/webhook"
)

const day = 24 * time.Hour

// runAll is house.run for rows of all kinds.
func (h *house) runAll(until time.Time) {
	for {
		at, ok, err := h.store.Next(h.t.Context())
		require.NoError(h.t, err)
		if !ok || at.After(until) {
			h.setTime(until)
			return
		}
		h.setTime(at)
		rows, err := h.store.Claim(h.t.Context(), at, 1000)
		require.NoError(h.t, err)
		for _, row := range rows {
			do := h.sender.Try
			if row.Kind == webhook.DueRemoval {
				do = h.sender.Remove
			}
			require.NoError(h.t, do(h.t.Context(), row))
		}
	}
}

func (h *house) registered(id string) bool {
	_, err := h.store.Registration(h.t.Context(), id)
	if !errors.Is(err, webhook.ErrNotFound) {
		require.NoError(h.t, err)
	}
	return err == nil
}

func TestARegistrationThatIsDeadForTwoWeeksIsRemoved(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.register("dead", answering(t, always(404)).URL)
	h.register("alive", answering(t, always(200)).URL)
	h.create("ride-0001")
	h.runAll(start.Add(14*day - time.Second))
	require.True(t, h.registered("dead"))
	h.create("ride-0002")
	h.runAll(start.Add(14 * day))
	require.False(t, h.registered("dead"))
	require.True(t, h.registered("alive"))
	got := h.deliveries("ride-0002")
	require.Equal(t, webhook.Ended, got[0].Status, "what it still waited for has ended")
	require.Equal(t, start.Add(14*day), got[0].DoneAt)
	require.Equal(t, webhook.Delivered, got[1].Status)
}

func TestAReceiverThatComesBackKeepsItsRegistration(t *testing.T) {
	t.Parallel()
	var status atomic.Int32
	status.Store(500)
	h := build(t)
	h.register("w", answering(t, func() int { return int(status.Load()) }).URL)
	h.create("ride-0001")
	h.runAll(start.Add(5 * day))
	status.Store(200)
	h.runAll(start.Add(6 * day))
	require.Equal(t, webhook.Delivered, h.deliveries("ride-0001")[0].Status)
	status.Store(500)
	h.create("ride-0002")
	h.runAll(start.Add(20*day - time.Second))
	require.True(t, h.registered("w"), "two weeks count from the newest failing")
	h.runAll(start.Add(20 * day))
	require.False(t, h.registered("w"))
}

func TestATryByHandCountsToo(t *testing.T) {
	t.Parallel()
	var status atomic.Int32
	status.Store(500)
	h := build(t)
	h.register("w", answering(t, func() int { return int(status.Load()) }).URL)
	h.create("ride-0001")
	h.runAll(start.Add(10 * day))
	status.Store(200)
	_, _, err := h.sender.Resend(t.Context(), h.deliveries("ride-0001")[0].ID)
	require.NoError(t, err)
	h.runAll(start.Add(30 * day))
	require.True(t, h.registered("w"))
}

func TestWhatAFaultLostSaysNothingOfTheReceiver(t *testing.T) {
	t.Parallel()
	h := build(t, func(o *webhook.Options) { o.Faults = faults{fault.Fault{ID: "f1", Do: fault.Do{Drop: true}}} })
	h.register("w", answering(t, always(200)).URL)
	h.create("ride-0001")
	h.runAll(start.Add(30 * day))
	require.True(t, h.registered("w"))
}

func TestRemovingWhatIsGone(t *testing.T) {
	t.Parallel()
	h := build(t)
	require.NoError(t, h.sender.Remove(t.Context(), payment.Due{At: start, Kind: webhook.DueRemoval, Key: "none"}))
}

func TestADeadRegistrationIsTriedAgainWhenTheStoreFails(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the disk is full")
	h := build(t, func(o *webhook.Options) { o.Store = stuckStore{o.Store, trouble} })
	h.register("w", answering(t, always(404)).URL)
	h.create("ride-0001")
	h.run(start.Add(13 * day))
	require.ErrorIs(t, h.sender.Remove(t.Context(), payment.Due{At: start.Add(14 * day), Kind: webhook.DueRemoval, Key: "w"}), trouble)
}

// stuckStore cannot remove registrations.
type stuckStore struct {
	webhook.Store
	trouble error
}

func (s stuckStore) Unregister(context.Context, string, time.Time) error { return s.trouble }

func TestADeliveryInFlightFinishesAfterItsRegistrationIsDeleted(t *testing.T) {
	t.Parallel()
	arrived, answer := make(chan struct{}), make(chan int)
	h := build(t)
	h.register("w", answering(t, func() int { close(arrived); return <-answer }).URL)
	h.create("ride-0001")
	h.decline("ride-0001")
	row, done := h.due()[0], make(chan error)
	go func() { done <- h.sender.Try(t.Context(), row) }()
	<-arrived
	require.NoError(t, h.store.Unregister(t.Context(), "w", start))
	answer <- 500
	require.NoError(t, <-done)
	require.Equal(t, []webhook.Status{webhook.Ended, webhook.Ended}, h.statuses("ride-0001"))
	attempts := h.attempts(h.deliveries("ride-0001")[0])
	require.Len(t, attempts, 1, "it is recorded")
	require.Equal(t, 500, attempts[0].Status)
	require.Empty(t, h.due(), "and not tried again")
}

func TestEventsBeforeARegistrationAreNeverSentLater(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.create("ride-0001")
	h.register("w", answering(t, always(200)).URL)
	h.decline("ride-0001")
	h.run(start.Add(8 * day))
	got := h.deliveries("ride-0001")
	require.Len(t, got, 1)
	require.Equal(t, "epayments.payment.aborted.v1", got[0].Type)
}
