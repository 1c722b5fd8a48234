package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

func delivery(t *testing.T, s Store, id string) webhook.Delivery {
	t.Helper()
	d, err := s.Delivery(t.Context(), id)
	require.NoError(t, err)
	return d
}

func settle(t *testing.T, s Store, d webhook.Delivery, done int64, now time.Time) payment.Committed {
	t.Helper()
	kept, err := s.Settle(t.Context(), d, attempt(d.ID, done == 0, now), done, now)
	require.NoError(t, err)
	return kept
}

// requireNoTry tells that no try was written, only, perhaps, the removal of a
// registration that fails.
func requireNoTry(t *testing.T, kept payment.Committed) {
	t.Helper()
	require.Zero(t, kept.Seq)
	require.True(t, kept.Earliest.IsZero() || kept.Earliest.Equal(start.Add(14*24*time.Hour)), kept.Earliest)
}

// attempt has every member set but its number, which the store gives.
func attempt(delivery string, byHand bool, at time.Time) *webhook.Attempt {
	return &webhook.Attempt{
		Delivery: delivery, Manual: byHand, At: at, Real: start.Add(time.Hour), Took: 1234567 * time.Nanosecond, URL: "https://shop.example/r",
		Header: map[string][]string{"X-Ms-Date": {"now"}, "Accept": {"a", "b"}}, Body: []byte(`{"name":"CREATED"}`), Signed: "POST\n/r\nnow",
		Status: 503, AnswerHeader: map[string][]string{"Server": {"shop"}}, Answer: []byte{0, 1, 255}, Error: "broken pipe", Fault: "slow",
	}
}

// queueOfTwo makes a registration "r" and a payment with two events that it
// wants: the first delivery waits since start, the second is held.
func queueOfTwo(t *testing.T, s Store) (waiting, held string) {
	t.Helper()
	register(t, s, registration("r", unit, payment.PaymentCreated, payment.PaymentAuthorized, payment.PaymentCaptured))
	p := draft(id("order-1"))
	op := creating(p)
	make := op.Step
	op.Step = func(c payment.Current) (payment.Change, error) {
		ch, err := make(c)
		ch.Later = nil // the due rows are all deliveries'
		return ch, err
	}
	apply(t, s, op, recording(p.ID, payment.PaymentAuthorized, start.Add(time.Second), nil))
	return deliveryID("r", 1), deliveryID("r", 2)
}

var deliveries = []test{
	{"a planned delivery is due at its event's time", func(t *testing.T, s Store) {
		register(t, s, registration("r", unit, payment.PaymentCreated))
		p := draft(id("order-1"))
		require.Equal(t, start, apply(t, s, creating(p)).Earliest)
		d := delivery(t, s, deliveryID("r", 1))
		require.NotZero(t, d.Number)
		require.Equal(t, webhook.Delivery{
			ID: "r:1", Registration: "r", Payment: p.ID, Event: 1, Type: "CREATED", Body: []byte(`{"name":"CREATED"}`),
			Status: webhook.Waiting, CreatedAt: start, NextAt: start, Number: d.Number,
		}, d)
		rows := claim(t, s, start, 9)
		require.Len(t, rows, 1)
		require.Equal(t, payment.Due{At: start, Kind: webhook.DueDelivery, Key: "r:1", N: rows[0].N}, rows[0])
	}},
	{"an event goes to the registrations of its unit and of partners", func(t *testing.T, s Store) {
		register(t, s, registration("mine", unit, payment.PaymentCreated), registration("partner", "", payment.PaymentCreated),
			registration("other", "234567", payment.PaymentCreated), registration("deaf", unit, payment.PaymentExpired))
		create(t, s, "order-1")
		all, err := s.Deliveries(t.Context(), webhook.Query{})
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, "partner", all[0].Registration)
		require.Equal(t, "mine", all[1].Registration)
	}},
	{"an event that merchants do not hear of is never planned", func(t *testing.T, s Store) {
		register(t, s, registration("r", unit, payment.Opened))
		create(t, s, "order-1")
		apply(t, s, recording(id("order-1"), payment.Opened, start, nil))
		all, err := s.Deliveries(t.Context(), webhook.Query{})
		require.NoError(t, err)
		require.Empty(t, all)
	}},
	{"a failing change plans nothing", func(t *testing.T, s Store) {
		register(t, s, registration("r", unit, payment.PaymentCreated))
		_, err := s.Apply(t.Context(), creating(draft(id("order-1"))), refusing(id("order-2")))
		require.ErrorIs(t, err, errRefused)
		_, err = s.Delivery(t.Context(), deliveryID("r", 1))
		require.ErrorIs(t, err, webhook.ErrNotFound)
		require.Empty(t, claim(t, s, start, 9))
	}},
	{"a second event of the same payment and registration is held until the first is delivered", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		require.Equal(t, webhook.Held, delivery(t, s, second).Status)
		require.Zero(t, delivery(t, s, second).NextAt)
		rows := claim(t, s, start.Add(time.Hour), 9)
		require.Equal(t, []string{first}, keys(rows))

		now := start.Add(time.Minute)
		d := delivery(t, s, first)
		d.Status, d.FirstAt, d.DoneAt, d.Tries = webhook.Delivered, start, now, 1
		require.Equal(t, payment.Committed{Earliest: now}, settle(t, s, d, rows[0].N, now))

		kept := delivery(t, s, first)
		require.Equal(t, webhook.Delivered, kept.Status)
		require.Equal(t, []any{start, now, 1}, []any{kept.FirstAt, kept.DoneAt, kept.Tries})
		require.Zero(t, kept.NextAt)
		next := delivery(t, s, second)
		require.Equal(t, webhook.Waiting, next.Status)
		require.Equal(t, now, next.NextAt)
		require.Equal(t, []string{second}, keys(claim(t, s, now, 9)))
	}},
	{"dropping the head lets the next go", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		now := start.Add(time.Minute)
		d := delivery(t, s, first)
		d.Status, d.DoneAt, d.Reason = webhook.Dropped, now, "the ladder is at its end"
		settle(t, s, d, claim(t, s, start, 9)[0].N, now)
		require.Equal(t, "the ladder is at its end", delivery(t, s, first).Reason)
		require.Equal(t, []string{second}, keys(claim(t, s, now, 9)))
	}},
	{"only one of a queue goes at a time", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		apply(t, s, recording(id("order-1"), payment.PaymentCaptured, start.Add(2*time.Second), nil))
		d := delivery(t, s, first)
		d.Status = webhook.Delivered
		settle(t, s, d, claim(t, s, start, 9)[0].N, start)
		require.Equal(t, webhook.Waiting, delivery(t, s, second).Status)
		require.Equal(t, webhook.Held, delivery(t, s, deliveryID("r", 3)).Status)
	}},
	{"queues of other payments and registrations do not wait", func(t *testing.T, s Store) {
		register(t, s, registration("a", unit, payment.PaymentCreated), registration("b", unit, payment.PaymentCreated))
		create(t, s, "order-1", "order-2")
		all, err := s.Deliveries(t.Context(), webhook.Query{Status: webhook.Waiting})
		require.NoError(t, err)
		require.Len(t, all, 4)
	}},
	{"an event after an empty queue waits for nobody", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		for _, id := range []string{first, second} {
			d := delivery(t, s, id)
			d.Status = webhook.Delivered
			settle(t, s, d, claim(t, s, start, 9)[0].N, start)
		}
		apply(t, s, recording(id("order-1"), payment.PaymentCaptured, start, nil))
		require.Equal(t, webhook.Waiting, delivery(t, s, deliveryID("r", 3)).Status)
	}},
	{"a delivery left waiting is due at its next time", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		rows := claim(t, s, start, 9)
		next := start.Add(time.Minute)
		d := delivery(t, s, first)
		d.FirstAt, d.NextAt, d.Tries = start, next, 1
		require.Equal(t, payment.Committed{Earliest: next}, settle(t, s, d, rows[0].N, start))
		require.Equal(t, d, delivery(t, s, first))
		require.Equal(t, webhook.Held, delivery(t, s, second).Status)
		require.Empty(t, claim(t, s, next.Add(-time.Millisecond), 9))
		again := claim(t, s, next, 9)
		require.Equal(t, []string{first}, keys(again))
		require.NotEqual(t, rows[0].N, again[0].N)
	}},
	{"an attempt comes back with every member, numbered in order", func(t *testing.T, s Store) {
		first, _ := queueOfTwo(t, s)
		d := delivery(t, s, first)
		want := []webhook.Attempt{*attempt(first, true, start), *attempt(first, true, start.Add(time.Second))}
		for i := range want {
			a := want[i]
			_, err := s.Settle(t.Context(), d, &a, 0, start)
			require.NoError(t, err)
			want[i].N = i + 1
			require.Equal(t, want[i].N, a.N)
		}
		got, err := s.Attempts(t.Context(), first)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}},
	{"an attempt without an answer comes back as such", func(t *testing.T, s Store) {
		first, _ := queueOfTwo(t, s)
		_, err := s.Settle(t.Context(), delivery(t, s, first), &webhook.Attempt{Delivery: first, At: start, Real: start, Error: "refused"}, 0, start)
		require.NoError(t, err)
		got, err := s.Attempts(t.Context(), first)
		require.NoError(t, err)
		require.Equal(t, []webhook.Attempt{{Delivery: first, N: 1, At: start, Real: start, Error: "refused"}}, got)
	}},
	{"a delivery may be settled without an attempt", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		d := delivery(t, s, first)
		d.Status, d.Reason = webhook.Dropped, "lost on purpose"
		_, err := s.Settle(t.Context(), d, nil, claim(t, s, start, 9)[0].N, start)
		require.NoError(t, err)
		got, err := s.Attempts(t.Context(), first)
		require.NoError(t, err)
		require.Empty(t, got)
		require.Equal(t, webhook.Waiting, delivery(t, s, second).Status)
	}},
	{"a failed try by hand leaves an open delivery as it is", func(t *testing.T, s Store) {
		for i, id := range deliveriesOf(queueOfTwo(t, s)) {
			before := delivery(t, s, id)
			d := before
			d.NextAt = start.Add(time.Hour)
			requireNoTry(t, settle(t, s, d, 0, start))
			require.Equal(t, before, delivery(t, s, id), "delivery %d", i)
		}
		require.Len(t, claim(t, s, start.Add(24*time.Hour), 9), 1, "no row was written")
	}},
	{"a successful try by hand delivers and lets the next go", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		now := start.Add(time.Minute)
		d := delivery(t, s, first)
		d.Status, d.DoneAt = webhook.Delivered, now
		require.Equal(t, payment.Committed{Earliest: now}, settle(t, s, d, 0, now))
		require.Equal(t, webhook.Delivered, delivery(t, s, first).Status)
		require.Equal(t, webhook.Waiting, delivery(t, s, second).Status)
	}},
	{"a held delivery delivered by hand lets nobody past the head", func(t *testing.T, s Store) {
		first, second := queueOfTwo(t, s)
		apply(t, s, recording(id("order-1"), payment.PaymentCaptured, start, nil))
		d := delivery(t, s, second)
		d.Status = webhook.Delivered
		requireNoTry(t, settle(t, s, d, 0, start))
		require.Equal(t, webhook.Waiting, delivery(t, s, first).Status)
		require.Equal(t, webhook.Held, delivery(t, s, deliveryID("r", 3)).Status)

		d = delivery(t, s, first)
		d.Status = webhook.Delivered
		settle(t, s, d, claim(t, s, start, 9)[0].N, start)
		require.Equal(t, webhook.Waiting, delivery(t, s, deliveryID("r", 3)).Status)
	}},
	{"Settle by hand on an ended delivery keeps the attempt only", func(t *testing.T, s Store) {
		first, _ := queueOfTwo(t, s)
		require.NoError(t, s.Unregister(t.Context(), "r", start))
		before := delivery(t, s, first)
		d := before
		d.Status, d.DoneAt = webhook.Delivered, start.Add(time.Hour)
		require.Zero(t, settle(t, s, d, 0, start))
		require.Equal(t, before, delivery(t, s, first))
		got, err := s.Attempts(t.Context(), first)
		require.NoError(t, err)
		require.Len(t, got, 1)
	}},
	{"a delivery that has ended meanwhile stays so, and its row is done", func(t *testing.T, s Store) {
		first, _ := queueOfTwo(t, s)
		rows := claim(t, s, start, 9)
		d := delivery(t, s, first)
		require.NoError(t, s.Unregister(t.Context(), "r", start))
		d.NextAt = start.Add(time.Minute)
		require.Zero(t, settle(t, s, d, rows[0].N, start))
		require.Equal(t, webhook.Ended, delivery(t, s, first).Status)
		require.NoError(t, s.PutBack(t.Context(), start, rows...))
		require.Empty(t, claim(t, s, start.Add(time.Hour), 9))
	}},
	{"a delivery that does not exist is not found", func(t *testing.T, s Store) {
		_, err := s.Delivery(t.Context(), "none")
		require.ErrorIs(t, err, webhook.ErrNotFound)
		_, err = s.Attempts(t.Context(), "none")
		require.ErrorIs(t, err, webhook.ErrNotFound)
		_, err = s.Settle(t.Context(), webhook.Delivery{ID: "none"}, attempt("none", true, start), 0, start)
		require.ErrorIs(t, err, webhook.ErrNotFound)
	}},
	{"Deliveries come newest first and as selected", func(t *testing.T, s Store) {
		register(t, s, registration("a", unit, payment.PaymentCreated, payment.PaymentAborted), registration("p", "", payment.PaymentCreated))
		create(t, s, "order-1", "order-2")
		apply(t, s, creating(draft(payment.ID{MSN: "234567", Reference: "order-1"})))
		apply(t, s, recording(id("order-1"), payment.PaymentAborted, start, nil))
		all, err := s.Deliveries(t.Context(), webhook.Query{})
		require.NoError(t, err)
		require.Equal(t, []string{"a:4", "p:3", "p:2", "a:2", "p:1", "a:1"}, deliveryIDs(all))
		for _, c := range []struct {
			q    webhook.Query
			want []string
		}{
			{webhook.Query{Limit: 2}, []string{"a:4", "p:3"}},
			{webhook.Query{Before: all[1].Number, Limit: 2}, []string{"p:2", "a:2"}},
			{webhook.Query{MSN: "234567"}, []string{"p:3"}},
			{webhook.Query{MSN: unit, Reference: "order-1"}, []string{"a:4", "p:1", "a:1"}},
			{webhook.Query{Registration: "p"}, []string{"p:3", "p:2", "p:1"}},
			{webhook.Query{Status: webhook.Held}, []string{"a:4"}},
			{webhook.Query{Status: webhook.Dropped}, []string{}},
		} {
			found, err := s.Deliveries(t.Context(), c.q)
			require.NoError(t, err)
			require.Equal(t, c.want, deliveryIDs(found), fmt.Sprintf("%+v", c.q))
		}
	}},
}

func deliveriesOf(ids ...string) []string { return ids }

func deliveryIDs(all []webhook.Delivery) []string {
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].ID
	}
	return ids
}

var documents = []test{
	{"documents are kept per kind", func(t *testing.T, s Store) {
		ctx := t.Context()
		require.NoError(t, s.PutDocument(ctx, "phone", "1", []byte(`{"a":1}`)))
		require.NoError(t, s.PutDocument(ctx, "phone", "2", []byte("null")))
		require.NoError(t, s.PutDocument(ctx, "unit", "1", []byte{0, 255}))
		requireDocuments(t, s, "phone", map[string][]byte{"1": []byte(`{"a":1}`), "2": []byte("null")})
		requireDocuments(t, s, "unit", map[string][]byte{"1": {0, 255}})
		requireDocuments(t, s, "clock", map[string][]byte{})
	}},
	{"a document put again is replaced", func(t *testing.T, s Store) {
		require.NoError(t, s.PutDocument(t.Context(), "phone", "1", []byte("old")))
		require.NoError(t, s.PutDocument(t.Context(), "phone", "1", []byte("new")))
		requireDocuments(t, s, "phone", map[string][]byte{"1": []byte("new")})
	}},
	{"a deleted document is gone, and deleting it again is no error", func(t *testing.T, s Store) {
		require.NoError(t, s.PutDocument(t.Context(), "phone", "1", []byte("a")))
		require.NoError(t, s.PutDocument(t.Context(), "unit", "1", []byte("b")))
		require.NoError(t, s.DeleteDocument(t.Context(), "phone", "1"))
		require.NoError(t, s.DeleteDocument(t.Context(), "phone", "1"))
		requireDocuments(t, s, "phone", map[string][]byte{})
		requireDocuments(t, s, "unit", map[string][]byte{"1": []byte("b")})
	}},
	{"a document is a copy of what was put", func(t *testing.T, s Store) {
		body := []byte("a")
		require.NoError(t, s.PutDocument(t.Context(), "phone", "1", body))
		body[0] = 'b'
		requireDocuments(t, s, "phone", map[string][]byte{"1": []byte("a")})
	}},
}

func requireDocuments(t *testing.T, s Store, kind string, want map[string][]byte) {
	t.Helper()
	got, err := s.Documents(t.Context(), kind)
	require.NoError(t, err)
	require.Equal(t, want, got)
}
