package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/store"
	"liksom/server/webhook"
)

// fill has a store keep something of every kind, some of it under way.
func fill(t *testing.T, s Store) {
	t.Helper()
	register(t, s, registration("r", unit, payment.PaymentCreated, payment.PaymentAuthorized))
	apply(t, s, creating(rich(id("order-1"))))
	create(t, s, "order-2")
	apply(t, s, recording(id("order-2"), payment.PaymentAuthorized, start.Add(time.Second), nil))
	apply(t, s, answering("order-1", "once", payment.Reply{Print: [32]byte{3}, Answer: []byte("answer")}))
	add(t, s, row("later", start.Add(time.Hour)))
	require.NoError(t, s.PutDocument(t.Context(), "sock", "left", []byte(`{"wool":true}`)))
	rows := claim(t, s, start, 1) // a try of the first delivery is under way
	require.Len(t, rows, 1)
	d, err := s.Delivery(t.Context(), rows[0].Key)
	require.NoError(t, err)
	a := webhook.Attempt{Delivery: d.ID, Manual: true, At: start, Real: start, Took: time.Second, URL: "https://shop.example", Header: map[string][]string{"Date": {"now"}}, Body: []byte("{}"), Signed: "signed", Status: 500, AnswerHeader: map[string][]string{"Server": {"shop"}}, Answer: []byte("no")}
	_, err = s.Settle(t.Context(), d, &a, 0, start)
	require.NoError(t, err)
}

func export(t *testing.T, s Store) store.Dump {
	t.Helper()
	d, err := s.Export(t.Context())
	require.NoError(t, err)
	return d
}

var dumps = []test{
	{"a dump holds something of every kind, and what is under way", func(t *testing.T, s Store) {
		fill(t, s)
		d := export(t, s)
		require.Equal(t, []any{payment.Seq(3), int64(3)}, []any{d.Head, d.LastDelivery})
		require.Equal(t, []int{2, 3, 1, 1, 3, 1, 1}, []int{
			len(d.Payments), len(d.Events), len(d.Answers), len(d.Registrations), len(d.Deliveries), len(d.Attempts), len(d.Documents)})
		require.Equal(t, []string{"order-1", "order-2"}, references(d.Payments))
		var due []string
		for _, row := range d.Due {
			require.Zero(t, row.N)
			due = append(due, row.Kind+" "+row.Key)
		}
		require.ElementsMatch(t, []string{
			"window " + id("order-1").String(), "delivery r:1", "window " + id("order-2").String(), "delivery r:2", "tick later", "removal r"}, due)
	}},
	{"what was imported is all there is, and is exported again", func(t *testing.T, s Store) {
		fill(t, s)
		d := export(t, s)
		require.NoError(t, s.Wipe(t.Context(), ""))
		register(t, s, registration("other", unit, payment.PaymentCreated))
		create(t, s, "order-9")
		require.NoError(t, s.PutDocument(t.Context(), "sock", "right", []byte(`{}`)))
		require.NoError(t, s.Import(t.Context(), d))
		require.Equal(t, d, export(t, s))
		_, err := s.Get(t.Context(), id("order-9"))
		requireUnknown(t, err)
	}},
	{"an imported world goes on where the dump was taken", func(t *testing.T, s Store) {
		fill(t, s)
		require.NoError(t, s.Import(t.Context(), export(t, s)))
		require.Equal(t, seqs(3), positions(after(t, s, 0)))
		require.Equal(t, &payment.Reply{Print: [32]byte{3}, Answer: []byte("answer")}, replyUnder(t, s, "order-1", "once"))
		found, err := s.Find(t.Context(), draft(id("order-1")).Code)
		require.NoError(t, err)
		require.Equal(t, id("order-1"), found.ID)
		require.ElementsMatch(t, []string{"r:1", "r:2"}, keys(claim(t, s, start.Add(time.Second), 9)), "what was claimed then is due again")
		d, err := s.Delivery(t.Context(), "r:3")
		require.NoError(t, err)
		require.Equal(t, webhook.Held, d.Status)
		first, err := s.Delivery(t.Context(), "r:2")
		require.NoError(t, err)
		first.Status, first.DoneAt = webhook.Delivered, start
		_, err = s.Settle(t.Context(), first, nil, 0, start)
		require.NoError(t, err)
		d, err = s.Delivery(t.Context(), "r:3")
		require.NoError(t, err)
		require.Equal(t, webhook.Waiting, d.Status, "the queue is in force")
		create(t, s, "order-3")
		require.Equal(t, payment.Seq(4), get(t, s, id("order-3")).Number)
		attempts, err := s.Attempts(t.Context(), "r:1")
		require.NoError(t, err)
		require.Len(t, attempts, 1)
	}},
	{"an empty dump leaves nothing", func(t *testing.T, s Store) {
		fill(t, s)
		require.NoError(t, s.Import(t.Context(), store.Dump{}))
		require.Equal(t, store.Dump{}, export(t, s))
		requireNoNext(t, s)
		create(t, s, "order-1")
		require.Equal(t, seqs(1), positions(after(t, s, 0)))
	}},
	{"a store tells how much it keeps", func(t *testing.T, s Store) {
		size, err := s.Size(t.Context())
		require.NoError(t, err)
		require.Zero(t, size)
		fill(t, s)
		size, err = s.Size(t.Context())
		require.NoError(t, err)
		require.Equal(t, store.Size{Payments: 2, Deliveries: 3}, size)
	}},
}

func requireNoNext(t *testing.T, s Store) {
	t.Helper()
	_, some, err := s.Next(t.Context())
	require.NoError(t, err)
	require.False(t, some)
}
