package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

var logs = []test{
	{"an empty log has no head and nothing behind any position", func(t *testing.T, s Store) {
		head, err := s.Head(t.Context())
		require.NoError(t, err)
		require.Zero(t, head)
		require.Empty(t, after(t, s, 0))
		require.Empty(t, after(t, s, 7))
	}},
	{"events get positions without gaps and After reads them in order", func(t *testing.T, s Store) {
		create(t, s, "order-1", "order-2")
		_, err := s.Apply(t.Context(), refusing(id("order-3")))
		require.ErrorIs(t, err, errRefused)
		apply(t, s, recording(id("order-1"), payment.Opened, start, nil), recording(id("order-2"), payment.Opened, start, nil))
		create(t, s, "order-3")
		require.Equal(t, seqs(5), positions(after(t, s, 0)))
		head, err := s.Head(t.Context())
		require.NoError(t, err)
		require.Equal(t, payment.Seq(5), head)
	}},
	{"After begins behind its position and reads no more than asked", func(t *testing.T, s Store) {
		create(t, s, "order-1", "order-2", "order-3", "order-4")
		events, err := s.After(t.Context(), 1, 2)
		require.NoError(t, err)
		require.Equal(t, []payment.Seq{2, 3}, positions(events))
		require.Equal(t, []payment.Seq{4}, positions(after(t, s, 3)))
		require.Empty(t, after(t, s, 4))
	}},
	{"an event comes back with every member as it was kept", func(t *testing.T, s Store) {
		want := payment.Event{
			ID: id("order-1"), Kind: payment.PaymentCreated, At: start, Amount: 65_000_000, PSP: "psp", Key: "key", Phone: "4712345678",
			Note: "insufficient_funds", By: "console", Until: start.Add(5 * time.Minute),
		}
		p := draft(want.ID)
		apply(t, s, payment.Op{ID: p.ID, Step: func(payment.Current) (payment.Change, error) {
			return payment.Change{Payment: &p, Events: []payment.Event{want}}, nil
		}})
		want.Seq = 1
		require.Equal(t, []payment.Event{want}, after(t, s, 0))
		events, err := s.Events(t.Context(), p.ID)
		require.NoError(t, err)
		require.Equal(t, []payment.Event{want}, events)
	}},
	{"Events are one payment's, oldest first", func(t *testing.T, s Store) {
		create(t, s, "order-1", "order-2")
		apply(t, s, recording(id("order-1"), payment.Opened, start.Add(time.Second), nil))
		apply(t, s, recording(id("order-2"), payment.Opened, start, nil))
		apply(t, s, recording(id("order-1"), payment.Released, start, nil))
		events, err := s.Events(t.Context(), id("order-1"))
		require.NoError(t, err)
		require.Equal(t, []payment.Seq{1, 3, 5}, positions(events))
		require.Equal(t, payment.Released, events[2].Kind)
	}},
	{"Events of a payment that does not exist are unknown", func(t *testing.T, s Store) {
		create(t, s, "order-1")
		_, err := s.Events(t.Context(), id("nobody"))
		requireUnknown(t, err)
	}},
	{"several events of one change are numbered in their order", func(t *testing.T, s Store) {
		create(t, s, "order-1")
		apply(t, s, payment.Op{ID: id("order-1"), Step: func(c payment.Current) (payment.Change, error) {
			p := *c.Payment
			return payment.Change{Payment: &p, Events: []payment.Event{
				happened(p.ID, payment.Identified, start), happened(p.ID, payment.Opened, start), happened(p.ID, payment.PaymentAborted, start),
			}}, nil
		}})
		events := after(t, s, 1)
		require.Equal(t, []payment.Seq{2, 3, 4}, positions(events))
		require.Equal(t, payment.Identified, events[0].Kind)
		require.Equal(t, payment.PaymentAborted, events[2].Kind)
	}},
}
