package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

var wipes = []test{
	{"wiping a unit removes its payments, answers, registrations and deliveries and nobody else's", func(t *testing.T, s Store) {
		other := payment.ID{MSN: "234567", Reference: "ride-1"}
		register(t, s, registration("r1", unit, payment.PaymentCreated), registration("r2", other.MSN, payment.PaymentCreated))
		for _, p := range []payment.ID{id("ride-1"), other} {
			op := creating(draft(p))
			op.Once = "create/" + p.String()
			step := op.Step
			op.Step = func(c payment.Current) (payment.Change, error) {
				ch, err := step(c)
				ch.Reply = &payment.Reply{Answer: []byte("done")}
				return ch, err
			}
			apply(t, s, op)
		}
		require.NoError(t, s.Wipe(t.Context(), unit))

		_, err := s.Get(t.Context(), id("ride-1"))
		require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
		require.Equal(t, other, get(t, s, other).ID)
		left, err := s.Registrations(t.Context(), "*")
		require.NoError(t, err)
		require.Equal(t, []string{"r2"}, names(left))
		deliveries, err := s.Deliveries(t.Context(), webhook.Query{})
		require.NoError(t, err)
		require.Len(t, deliveries, 1)
		require.Equal(t, other, deliveries[0].Payment)
		require.False(t, kept(t, s, id("ride-1")), "the wiped unit's key is new again")
		require.True(t, kept(t, s, other))
	}},
	{"a wiped payment is in no list, under no code and not in the log", func(t *testing.T, s Store) {
		create(t, s, "ride-1", "ride-2")
		require.NoError(t, s.Wipe(t.Context(), unit))
		list, err := s.List(t.Context(), payment.Query{})
		require.NoError(t, err)
		require.Empty(t, list)
		_, err = s.Find(t.Context(), draft(id("ride-1")).Code)
		require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
		require.Empty(t, after(t, s, 0))
	}},
	{"positions go on after a wipe", func(t *testing.T, s Store) {
		create(t, s, "ride-1")
		before, err := s.Head(t.Context())
		require.NoError(t, err)
		require.NoError(t, s.Wipe(t.Context(), ""))
		create(t, s, "ride-1")
		log := after(t, s, 0)
		require.Len(t, log, 1)
		require.Equal(t, before+1, log[0].Seq)
	}},
	{"wiping everything removes all due rows", func(t *testing.T, s Store) {
		create(t, s, "ride-1")
		require.NoError(t, s.Wipe(t.Context(), ""))
		_, ok, err := s.Next(t.Context())
		require.NoError(t, err)
		require.False(t, ok)
	}},
}

// kept tells whether the key of a payment's making has a kept answer.
func kept(t *testing.T, s Store, of payment.ID) bool {
	t.Helper()
	found := false
	apply(t, s, payment.Op{ID: of, Once: "create/" + of.String(), Step: func(c payment.Current) (payment.Change, error) {
		found = c.Reply != nil
		return payment.Change{}, nil
	}})
	return found
}
