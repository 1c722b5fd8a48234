package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// RunDurable tests an engine that keeps its data. The function given makes an
// empty place for a world; each call of what it answers closes the world that
// is open, if one is, and opens it again.
func RunDurable(t *testing.T, place func(t *testing.T) (reopen func(plan webhook.Plan) Store)) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, func(webhook.Plan) Store)
	}{
		{"payments, answers and the log are there after reopening", reopenPayments},
		{"positions and numbers go on after reopening", reopenPositions},
		{"due rows are there and unclaimed after reopening", reopenDue},
		{"registrations and deliveries are there after reopening", reopenDeliveries},
		{"documents are there after reopening", reopenDocuments},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, place(t))
		})
	}
}

func reopenPayments(t *testing.T, reopen func(webhook.Plan) Store) {
	s := reopen(Plan)
	want := rich(id("order-1"))
	apply(t, s, creating(want))
	want.Number = 1
	kept := payment.Reply{Print: [32]byte{3}, Answer: []byte("answer")}
	apply(t, s, answering("order-1", "once", kept))
	log := after(t, s, 0)

	s = reopen(Plan)
	require.Equal(t, want, get(t, s, want.ID))
	require.Equal(t, &kept, replyUnder(t, s, "order-1", "once"))
	require.Equal(t, log, after(t, s, 0))
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, payment.Seq(1), head)
}

func reopenPositions(t *testing.T, reopen func(webhook.Plan) Store) {
	s := reopen(Plan)
	register(t, s, registration("r", unit, payment.PaymentCreated))
	create(t, s, "order-1", "order-2")
	s = reopen(Plan)
	register(t, s, registration("q", unit, payment.PaymentCreated))
	create(t, s, "order-3")
	require.Equal(t, seqs(3), positions(after(t, s, 0)))
	require.Equal(t, payment.Seq(3), get(t, s, id("order-3")).Number)
	all, err := s.Deliveries(t.Context(), webhook.Query{})
	require.NoError(t, err)
	require.Equal(t, []string{"q:3", "r:3", "r:2", "r:1"}, deliveryIDs(all))
	found, err := s.Registrations(t.Context(), unit)
	require.NoError(t, err)
	require.Equal(t, []string{"r", "q"}, names(found))
}

func reopenDue(t *testing.T, reopen func(webhook.Plan) Store) {
	s := reopen(Plan)
	add(t, s, row("done", start), row("claimed", start), row("waiting", start.Add(time.Second)))
	rows := claim(t, s, start, 9)
	require.Equal(t, []string{"done", "claimed"}, keys(rows))
	require.NoError(t, s.Done(t.Context(), rows[0]))

	s = reopen(Plan)
	requireNext(t, s, start)
	require.Equal(t, []string{"claimed", "waiting"}, keys(claim(t, s, start.Add(time.Minute), 9)))
}

func reopenDeliveries(t *testing.T, reopen func(webhook.Plan) Store) {
	s := reopen(Plan)
	first, second := queueOfTwo(t, s)
	d := delivery(t, s, first)
	d.NextAt, d.Tries, d.FirstAt = start.Add(time.Minute), 1, start
	settle(t, s, d, claim(t, s, start, 9)[0].N, start)
	attempts, err := s.Attempts(t.Context(), first)
	require.NoError(t, err)
	r, err := s.Registration(t.Context(), "r")
	require.NoError(t, err)

	s = reopen(Plan)
	again, err := s.Registration(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, r, again)
	require.Equal(t, d, delivery(t, s, first))
	require.Equal(t, webhook.Held, delivery(t, s, second).Status)
	kept, err := s.Attempts(t.Context(), first)
	require.NoError(t, err)
	require.Equal(t, attempts, kept)
	require.Equal(t, []string{first}, keys(claim(t, s, start.Add(time.Minute), 9)))
}

func reopenDocuments(t *testing.T, reopen func(webhook.Plan) Store) {
	require.NoError(t, reopen(Plan).PutDocument(t.Context(), "clock", "now", []byte("{}")))
	requireDocuments(t, reopen(Plan), "clock", map[string][]byte{"now": []byte("{}")})
}

// RunApart tests that two worlds that share an engine never meet.
func RunApart(t *testing.T, open func(t *testing.T) (one, other Store)) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, one, other Store)
	}{
		{"payments and positions of two worlds never meet", apartPayments},
		{"due rows of two worlds never meet", apartDue},
		{"registrations and deliveries of two worlds never meet", apartDeliveries},
		{"documents of two worlds never meet", apartDocuments},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			one, other := open(t)
			test.run(t, one, other)
		})
	}
}

func apartPayments(t *testing.T, one, other Store) {
	first := creating(draft(id("order-1")))
	apply(t, one, first)
	apply(t, one, answering("order-1", "once", payment.Reply{Answer: []byte("one")}))
	requireEmpty(t, other, "order-1", "once")
	apply(t, other, first)
	require.Equal(t, payment.Seq(1), get(t, other, id("order-1")).Number)
	apply(t, other, recording(id("order-1"), payment.Opened, start, func(p *payment.Payment) { p.Holder = "4712345678" }))
	require.Empty(t, get(t, one, id("order-1")).Holder)
	require.Equal(t, seqs(1), positions(after(t, one, 0)))
	require.Equal(t, seqs(2), positions(after(t, other, 0)))
	found, err := one.List(t.Context(), payment.Query{Phone: "4712345678"})
	require.NoError(t, err)
	require.Empty(t, found)
	events, err := one.Events(t.Context(), id("order-1"))
	require.NoError(t, err)
	require.Len(t, events, 1)
}

func apartDue(t *testing.T, one, other Store) {
	add(t, one, row("one", start))
	requireNext(t, other, time.Time{})
	require.Empty(t, claim(t, other, start, 9))
	add(t, other, row("other", start))
	rows := claim(t, one, start, 9)
	require.Equal(t, []string{"one"}, keys(rows))
	require.NoError(t, other.Done(t.Context(), rows...))
	require.NoError(t, other.PutBack(t.Context(), start.Add(time.Hour), rows...))
	require.Equal(t, []string{"other"}, keys(claim(t, other, start, 9)))
	require.NoError(t, one.PutBack(t.Context(), start, rows...))
	require.Equal(t, []string{"one"}, keys(claim(t, one, start, 9)))
}

func apartDeliveries(t *testing.T, one, other Store) {
	first, _ := queueOfTwo(t, one)
	create(t, other, "order-1")
	_, err := other.Delivery(t.Context(), first)
	require.ErrorIs(t, err, webhook.ErrNotFound)
	_, err = other.Registration(t.Context(), "r")
	require.ErrorIs(t, err, webhook.ErrNotFound)
	register(t, other, registration("r", unit, payment.PaymentCreated))
	require.NoError(t, other.Unregister(t.Context(), "r", start))
	require.Equal(t, webhook.Waiting, delivery(t, one, first).Status)
}

func apartDocuments(t *testing.T, one, other Store) {
	require.NoError(t, one.PutDocument(t.Context(), "phone", "1", []byte("one")))
	requireDocuments(t, other, "phone", map[string][]byte{})
	require.NoError(t, other.PutDocument(t.Context(), "phone", "1", []byte("other")))
	require.NoError(t, other.DeleteDocument(t.Context(), "phone", "1"))
	requireDocuments(t, one, "phone", map[string][]byte{"1": []byte("one")})
}
