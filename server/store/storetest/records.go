package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// checkIn is a delivery that has ended when it is kept, and its attempt.
func checkIn(id string) (webhook.Delivery, *webhook.Attempt) {
	d := webhook.Delivery{
		ID: id, Registration: "r", Payment: payment.ID{MSN: unit}, Type: webhook.CheckedIn, Body: []byte(`{}`),
		Status: webhook.Dropped, CreatedAt: start, FirstAt: start, DoneAt: start.Add(time.Second), Tries: 1, Reason: "not accepted",
	}
	return d, attempt(id, false, start)
}

var records = []test{
	{"a recorded delivery comes back with its attempt, and is never due", func(t *testing.T, s Store) {
		d, a := checkIn("c")
		require.NoError(t, s.Record(t.Context(), d, a))
		got := delivery(t, s, "c")
		require.NotZero(t, got.Number)
		d.Number = got.Number
		require.Equal(t, d, got)
		attempts, err := s.Attempts(t.Context(), "c")
		require.NoError(t, err)
		want := *attempt("c", false, start)
		want.N = 1
		require.Equal(t, []webhook.Attempt{want}, attempts)
		require.Empty(t, claim(t, s, start.Add(time.Hour), 9))
	}},
	{"recorded and planned deliveries are numbered together", func(t *testing.T, s Store) {
		first, _ := queueOfTwo(t, s)
		d, a := checkIn("c")
		require.NoError(t, s.Record(t.Context(), d, a))
		all, err := s.Deliveries(t.Context(), webhook.Query{MSN: unit, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, "c", all[0].ID)
		require.Equal(t, webhook.Waiting, delivery(t, s, first).Status, "it stands in no queue")
	}},
	{"a recorded delivery goes with its unit", func(t *testing.T, s Store) {
		d, a := checkIn("c")
		require.NoError(t, s.Record(t.Context(), d, a))
		require.NoError(t, s.Wipe(t.Context(), unit))
		_, err := s.Delivery(t.Context(), "c")
		require.ErrorIs(t, err, webhook.ErrNotFound)
	}},
}
