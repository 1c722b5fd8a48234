package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

// shelf is what the list tests look at, oldest first.
func shelf(t *testing.T, s Store) {
	t.Helper()
	for _, p := range []struct {
		msn, reference, description, phone, holder string
		amount                                     int64
		state                                      payment.State
	}{
		{unit, "taxi-1", "To the airport", "4712345678", "", 1000, payment.Created},
		{unit, "taxi-2", "To the harbour", "4787654321", "", 2500, payment.Expired},
		{"234567", "socks-3", "Warm socks", "", "4712345678", 1000, payment.Created},
		{"234567", "socks-4", "Warm SOCKS", "4712345678", "", 990, payment.Authorized},
		{unit, "taxi-5", "To 100% nowhere", "", "", 10, payment.Created},
	} {
		q := draft(payment.ID{MSN: p.msn, Reference: p.reference})
		q.Description, q.Phone, q.Holder, q.Amount.Value, q.State = p.description, p.phone, p.holder, p.amount, p.state
		apply(t, s, creating(q))
	}
}

var lists = []test{
	listing("all, newest first", payment.Query{}, "taxi-5", "socks-4", "socks-3", "taxi-2", "taxi-1"),
	listing("the newest few", payment.Query{Limit: 2}, "taxi-5", "socks-4"),
	listing("those before a number", payment.Query{Before: 3}, "taxi-2", "taxi-1"),
	listing("the next page", payment.Query{Before: 4, Limit: 2}, "socks-3", "taxi-2"),
	listing("nothing before the first", payment.Query{Before: 1}),
	listing("a unit's", payment.Query{MSN: "234567"}, "socks-4", "socks-3"),
	listing("those in a state", payment.Query{State: payment.Created}, "taxi-5", "socks-3", "taxi-1"),
	listing("those paid by a phone or held open by it", payment.Query{Phone: "4712345678"}, "socks-4", "socks-3", "taxi-1"),
	listing("a phone's that wait", payment.Query{Phone: "4712345678", State: payment.Created}, "socks-3", "taxi-1"),
	listing("those with a text in the reference", payment.Query{Text: "taxi-"}, "taxi-5", "taxi-2", "taxi-1"),
	listing("those with a text in the description", payment.Query{Text: "harbour"}, "taxi-2"),
	listing("those with a text in the phone", payment.Query{Text: "8765"}, "taxi-2"),
	listing("those of an amount", payment.Query{Text: "1000"}, "socks-3", "taxi-1"),
	listing("signs that mean something elsewhere for what they are", payment.Query{Text: "0%"}, "taxi-5"),
	listing("nothing where no text fits", payment.Query{Text: "'_%"}),
	listing("what all conditions select", payment.Query{MSN: unit, State: payment.Created, Text: "taxi", Before: 5, Limit: 9}, "taxi-1"),
	counting("by state", payment.Query{}, map[payment.State]int{payment.Created: 3, payment.Expired: 1, payment.Authorized: 1}),
	counting("what conditions select, on all pages", payment.Query{MSN: "234567", Text: "ocks", Before: 4, Limit: 1}, map[payment.State]int{payment.Created: 1, payment.Authorized: 1}),
	counting("nothing where nothing fits", payment.Query{Text: "'_%"}, map[payment.State]int{}),
	{"a list follows a payment's changes", func(t *testing.T, s Store) {
		shelf(t, s)
		apply(t, s, recording(id("taxi-1"), payment.Opened, start, func(p *payment.Payment) { p.Phone, p.Holder = "4512345678", "358401234567" }))
		for phone, want := range map[string][]string{
			"4712345678": {"socks-4", "socks-3"}, "4512345678": {"taxi-1"}, "358401234567": {"taxi-1"},
		} {
			found, err := s.List(t.Context(), payment.Query{Phone: phone})
			require.NoError(t, err)
			require.Equal(t, want, references(found))
		}
	}},
}

func listing(what string, q payment.Query, want ...string) test {
	return test{"List gives " + what, func(t *testing.T, s Store) {
		shelf(t, s)
		found, err := s.List(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, append([]string{}, want...), references(found))
	}}
}

func counting(what string, q payment.Query, want map[payment.State]int) test {
	return test{"Count counts " + what, func(t *testing.T, s Store) {
		shelf(t, s)
		counts, err := s.Count(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, want, counts)
	}}
}
