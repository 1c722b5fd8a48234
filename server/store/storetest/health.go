package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// answered is a try of a delivery that its receiver answered so.
func answered(delivery string, status int, at time.Time) *webhook.Attempt {
	a := attempt(delivery, false, at)
	a.Status, a.Error, a.Fault = status, "", ""
	return a
}

// tried settles a try of the waiting delivery of [queueOfTwo].
func tried(t *testing.T, s Store, id string, a *webhook.Attempt) payment.Committed {
	t.Helper()
	d := delivery(t, s, id)
	d.NextAt = a.At.Add(time.Hour)
	kept, err := s.Settle(t.Context(), d, a, 0, a.At)
	require.NoError(t, err)
	return kept
}

func failingSince(t *testing.T, s Store) time.Time {
	t.Helper()
	one, err := s.Registration(t.Context(), "r")
	require.NoError(t, err)
	all, err := s.Registrations(t.Context(), unit)
	require.NoError(t, err)
	require.Equal(t, all[0], one)
	return one.FailingSince
}

var health = []test{
	{"a registration begins to fail with its first try in vain", func(t *testing.T, s Store) {
		first, _ := queueOfTwo(t, s)
		require.Zero(t, failingSince(t, s))
		at := start.Add(time.Minute)
		kept := tried(t, s, first, answered(first, 500, at))
		require.Equal(t, at, failingSince(t, s))
		require.Equal(t, at.Add(14*24*time.Hour), kept.Earliest)
		tried(t, s, first, answered(first, 500, at.Add(time.Hour)))
		require.Equal(t, at, failingSince(t, s))

		claim(t, s, start.Add(time.Hour), 9) // the delivery's
		rows := claim(t, s, start.AddDate(1, 0, 0), 9)
		require.Len(t, rows, 1, "one row for one time of failing")
		require.Equal(t, payment.Due{At: at.Add(14 * 24 * time.Hour), Kind: webhook.DueRemoval, Key: "r", N: rows[0].N}, rows[0])
	}},
	{"an accepted try ends the failing, and the next in vain begins anew", func(t *testing.T, s Store) {
		first, _ := queueOfTwo(t, s)
		tried(t, s, first, answered(first, 500, start.Add(time.Minute)))
		tried(t, s, first, answered(first, 204, start.Add(time.Hour)))
		require.Zero(t, failingSince(t, s))
		tried(t, s, first, answered(first, 404, start.Add(2*time.Hour)))
		require.Equal(t, start.Add(2*time.Hour), failingSince(t, s))
	}},
	{"a recorded try counts as well", func(t *testing.T, s Store) {
		queueOfTwo(t, s)
		d, _ := checkIn("c")
		require.NoError(t, s.Record(t.Context(), d, answered("c", 500, start.Add(time.Minute))))
		require.Equal(t, start.Add(time.Minute), failingSince(t, s))
		claim(t, s, start.Add(time.Hour), 9) // the delivery's
		require.Len(t, claim(t, s, start.AddDate(1, 0, 0), 9), 1)
		d, _ = checkIn("d")
		require.NoError(t, s.Record(t.Context(), d, answered("d", 200, start.Add(time.Hour))))
		require.Zero(t, failingSince(t, s))
	}},
	{"what a try of a removed registration came to is kept with the delivery alone", func(t *testing.T, s Store) {
		first, _ := queueOfTwo(t, s)
		require.NoError(t, s.Unregister(t.Context(), "r", start))
		tried(t, s, first, answered(first, 500, start.Add(time.Minute)))
		_, err := s.Registration(t.Context(), "r")
		require.ErrorIs(t, err, webhook.ErrNotFound)
	}},
}
