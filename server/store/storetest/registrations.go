package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// registration wants all kinds of events that are named.
func registration(id, msn string, kinds ...payment.Kind) webhook.Registration {
	r := webhook.Registration{ID: id, MSN: msn, Client: "client-1", URL: "https://shop.example/" + id, Secret: "secret-" + id, CreatedAt: start}
	for _, k := range kinds {
		r.Events = append(r.Events, string(k))
	}
	return r
}

func register(t *testing.T, s Store, all ...webhook.Registration) {
	t.Helper()
	for _, r := range all {
		require.NoError(t, s.Register(t.Context(), r, nil))
	}
}

func names(all []webhook.Registration) []string {
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return ids
}

var registrations = []test{
	{"a registration comes back as it was kept, with a number", func(t *testing.T, s Store) {
		want := registration("r1", unit, payment.PaymentCreated, payment.PaymentAuthorized)
		register(t, s, want)
		got, err := s.Registration(t.Context(), "r1")
		require.NoError(t, err)
		require.NotZero(t, got.Number)
		want.Number = got.Number
		require.Equal(t, want, got)
	}},
	{"a registration that does not exist is not found", func(t *testing.T, s Store) {
		_, err := s.Registration(t.Context(), "r1")
		require.ErrorIs(t, err, webhook.ErrNotFound)
		require.ErrorIs(t, s.Unregister(t.Context(), "r1", start), webhook.ErrNotFound)
	}},
	{"a change of a registration is kept, but for what must stay", func(t *testing.T, s Store) {
		was := registration("r1", unit, payment.PaymentCreated)
		register(t, s, was, registration("r2", unit))
		got, err := s.ChangeRegistration(t.Context(), "r1", func(r *webhook.Registration) error {
			require.Equal(t, was.URL, r.URL)
			r.URL, r.Events, r.Paused = "https://shop.example/new", []string{"a", "b"}, true
			return nil
		})
		require.NoError(t, err)
		was.Number, was.URL, was.Events, was.Paused = got.Number, "https://shop.example/new", []string{"a", "b"}, true
		require.Equal(t, was, got)
		kept, err := s.Registrations(t.Context(), unit)
		require.NoError(t, err)
		require.Equal(t, was, kept[0])
		require.False(t, kept[1].Paused)
	}},
	{"a change that is refused or of nothing changes nothing", func(t *testing.T, s Store) {
		register(t, s, registration("r1", unit))
		no := errors.New("no")
		_, err := s.ChangeRegistration(t.Context(), "r1", func(r *webhook.Registration) error {
			r.Paused = true
			return no
		})
		require.ErrorIs(t, err, no)
		kept, err := s.Registration(t.Context(), "r1")
		require.NoError(t, err)
		require.False(t, kept.Paused)
		_, err = s.ChangeRegistration(t.Context(), "r3", func(*webhook.Registration) error { return nil })
		require.ErrorIs(t, err, webhook.ErrNotFound)
	}},
	{"Registrations lists a unit's, the partners', or all, oldest first", func(t *testing.T, s Store) {
		register(t, s, registration("z", unit), registration("p", ""), registration("a", unit), registration("b", "234567"))
		for msn, want := range map[string][]string{unit: {"z", "a"}, "": {"p"}, "*": {"z", "p", "a", "b"}, "345678": {}} {
			found, err := s.Registrations(t.Context(), msn)
			require.NoError(t, err)
			require.Equal(t, want, names(found))
		}
	}},
	{"whoever allows a registration sees those of the same unit", func(t *testing.T, s Store) {
		register(t, s, registration("a", unit), registration("p", ""), registration("b", "234567"), registration("c", unit))
		var seen []string
		require.NoError(t, s.Register(t.Context(), registration("d", unit), func(existing []webhook.Registration) error {
			seen = names(existing)
			return nil
		}))
		require.Equal(t, []string{"a", "c"}, seen)
	}},
	{"whoever allows a partner's registration sees those of the same client", func(t *testing.T, s Store) {
		other := registration("q", "")
		other.Client = "client-2"
		register(t, s, registration("a", unit), registration("p", ""), other)
		var seen []string
		require.NoError(t, s.Register(t.Context(), registration("r", ""), func(existing []webhook.Registration) error {
			seen = names(existing)
			return nil
		}))
		require.Equal(t, []string{"p"}, seen)
	}},
	{"a registration that is not allowed is not kept", func(t *testing.T, s Store) {
		err := s.Register(t.Context(), registration("a", unit), func([]webhook.Registration) error { return errRefused })
		require.ErrorIs(t, err, errRefused)
		_, err = s.Registration(t.Context(), "a")
		require.ErrorIs(t, err, webhook.ErrNotFound)
	}},
	{"a removed registration is gone and hears of nothing", func(t *testing.T, s Store) {
		register(t, s, registration("a", unit, payment.PaymentCreated), registration("b", unit, payment.PaymentCreated))
		create(t, s, "order-1")
		require.NoError(t, s.Unregister(t.Context(), "a", start))
		create(t, s, "order-2")
		found, err := s.Registrations(t.Context(), unit)
		require.NoError(t, err)
		require.Equal(t, []string{"b"}, names(found))
		all, err := s.Deliveries(t.Context(), webhook.Query{Registration: "a"})
		require.NoError(t, err)
		require.Len(t, all, 1)
	}},
	{"unregistering ends open deliveries", func(t *testing.T, s Store) {
		waiting, held := queueOfTwo(t, s)
		at := start.Add(time.Minute)
		require.NoError(t, s.Unregister(t.Context(), "r", at))
		for _, id := range []string{waiting, held} {
			d := delivery(t, s, id)
			require.Equal(t, webhook.Ended, d.Status)
			require.Equal(t, at, d.DoneAt)
			require.Zero(t, d.NextAt)
		}
	}},
	{"unregistering leaves what has ended as it is", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		d := delivery(t, s, first)
		d.Status, d.DoneAt, d.Reason = webhook.Dropped, start.Add(time.Second), "ladder"
		settle(t, s, d, claim(t, s, start, 9)[0].N, start.Add(time.Second))
		require.NoError(t, s.Unregister(t.Context(), "r", start.Add(time.Minute)))
		require.Equal(t, webhook.Dropped, delivery(t, s, first).Status)
		require.Equal(t, "ladder", delivery(t, s, first).Reason)
		require.Equal(t, webhook.Ended, delivery(t, s, second).Status)
	}},
}
