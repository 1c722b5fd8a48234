package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

var payments = []test{
	{"a payment comes back with every member as it was kept", func(t *testing.T, s Store) {
		want := rich(id("order-1"))
		apply(t, s, creating(want))
		want.Number = 1
		require.Equal(t, want, get(t, s, want.ID))
	}},
	{"a step sees the payment with every member as it was kept", func(t *testing.T, s Store) {
		want := rich(id("order-1"))
		apply(t, s, creating(want))
		want.Number = 1
		var seen payment.Payment
		apply(t, s, payment.Op{ID: want.ID, Step: func(c payment.Current) (payment.Change, error) {
			seen = *c.Payment
			return payment.Change{}, nil
		}})
		require.Equal(t, want, seen)
	}},
	{"a payment that does not exist is unknown", func(t *testing.T, s Store) {
		_, err := s.Get(t.Context(), id("nobody"))
		requireUnknown(t, err)
	}},
	{"the same reference of another unit is another payment", func(t *testing.T, s Store) {
		other := payment.ID{MSN: "234567", Reference: "order-1"}
		create(t, s, "order-1")
		_, err := s.Get(t.Context(), other)
		requireUnknown(t, err)
		apply(t, s, creating(draft(other)))
		require.Equal(t, payment.Seq(1), get(t, s, id("order-1")).Number)
		require.Equal(t, payment.Seq(2), get(t, s, other).Number)
	}},
	{"a reference may hold every character there is", func(t *testing.T, s Store) {
		for _, reference := range []string{"a/b", "æøå", "%", "' OR 1=1 --", "a b", `"`, "日本"} {
			create(t, s, reference)
			require.Equal(t, reference, get(t, s, id(reference)).Reference)
		}
	}},
	{"a taken reference shows the payment to the step", func(t *testing.T, s Store) {
		create(t, s, "order-1")
		_, err := s.Apply(t.Context(), creating(draft(id("order-1"))))
		require.ErrorIs(t, err, errRefused)
		require.Len(t, after(t, s, 0), 1)
	}},
	{"a step's error keeps nothing", func(t *testing.T, s Store) {
		op := creating(draft(id("order-1")))
		make := op.Step
		op.Once = "once"
		op.Step = func(c payment.Current) (payment.Change, error) {
			ch, _ := make(c)
			ch.Reply = &payment.Reply{Answer: []byte("answer")}
			return ch, errRefused
		}
		done, err := s.Apply(t.Context(), op)
		require.ErrorIs(t, err, errRefused)
		require.Zero(t, done)
		requireEmpty(t, s, "order-1", "once")
	}},
	{"two ops in one Apply stand or fall together", func(t *testing.T, s Store) {
		first := creating(draft(id("order-1")))
		make := first.Step
		first.Once = "once"
		first.Step = func(c payment.Current) (payment.Change, error) {
			ch, err := make(c)
			ch.Reply = &payment.Reply{Answer: []byte("answer")}
			return ch, err
		}
		_, err := s.Apply(t.Context(), first, refusing(id("order-2")))
		require.ErrorIs(t, err, errRefused)
		requireEmpty(t, s, "order-1", "once")
		create(t, s, "order-3")
		require.Equal(t, payment.Seq(1), get(t, s, id("order-3")).Number, "positions are not used up")
	}},
	{"an operation sees what an earlier one of the same Apply has done", func(t *testing.T, s Store) {
		p := draft(id("order-1"))
		apply(t, s, creating(p), recording(p.ID, payment.Opened, start, func(p *payment.Payment) { p.Holder = "4712345678" }))
		kept := get(t, s, p.ID)
		require.Equal(t, "4712345678", kept.Holder)
		require.Equal(t, payment.Seq(1), kept.Number)
		require.Len(t, after(t, s, 0), 2)
	}},
	{"a change keeps the payment's number", func(t *testing.T, s Store) {
		create(t, s, "order-1", "order-2")
		apply(t, s, recording(id("order-1"), payment.PaymentTerminated, start, func(p *payment.Payment) {
			p.State, p.Number = payment.Terminated, 77
		}))
		kept := get(t, s, id("order-1"))
		require.Equal(t, payment.Terminated, kept.State)
		require.Equal(t, payment.Seq(1), kept.Number)
	}},
	{"an empty change keeps nothing", func(t *testing.T, s Store) {
		done := apply(t, s, payment.Op{ID: id("order-1"), Step: func(payment.Current) (payment.Change, error) { return payment.Change{}, nil }})
		require.Zero(t, done)
		requireEmpty(t, s, "order-1", "")
	}},
	{"a payment is found by its code", func(t *testing.T, s Store) {
		create(t, s, "order-1", "order-2")
		p, err := s.Find(t.Context(), draft(id("order-2")).Code)
		require.NoError(t, err)
		require.Equal(t, "order-2", p.Reference)
		_, err = s.Find(t.Context(), "order-2")
		requireUnknown(t, err)
	}},
	{"Committed tells the position and the earliest due row", func(t *testing.T, s Store) {
		create(t, s, "order-1")
		op := recording(id("order-1"), payment.Opened, start, nil)
		record := op.Step
		op.Step = func(c payment.Current) (payment.Change, error) {
			ch, err := record(c)
			ch.Later = []payment.Due{row("late", start.Add(time.Hour)), row("early", start.Add(time.Second))}
			return ch, err
		}
		require.Equal(t, payment.Committed{Seq: 2, Earliest: start.Add(time.Second)}, apply(t, s, op))
	}},
	{"Committed tells of all operations of an Apply", func(t *testing.T, s Store) {
		late, early := draft(id("order-1")), draft(id("order-2"))
		early.Deadline = start.Add(time.Minute)
		require.Equal(t, payment.Committed{Seq: 2, Earliest: early.Deadline}, apply(t, s, creating(late), creating(early)))
	}},
	{"a kept answer is found again under its key, also when the payment differs", func(t *testing.T, s Store) {
		kept := payment.Reply{Print: [32]byte{1, 2, 31: 9}, Answer: []byte(`{"a":1}`)}
		apply(t, s, answering("order-1", "once", kept))
		require.Equal(t, &kept, replyUnder(t, s, "order-1", "once"))
		require.Equal(t, &kept, replyUnder(t, s, "order-2", "once"))
		require.Nil(t, replyUnder(t, s, "order-1", "another key"))
		require.Nil(t, replyUnder(t, s, "order-1", ""))
	}},
	{"an answer is kept without a payment", func(t *testing.T, s Store) {
		kept := payment.Reply{Print: [32]byte{7}, Answer: []byte("no such payment")}
		apply(t, s, answering("nobody", "once", kept))
		require.Equal(t, &kept, replyUnder(t, s, "nobody", "once"))
		_, err := s.Get(t.Context(), id("nobody"))
		requireUnknown(t, err)
	}},
}

// answering keeps nothing but an answer.
func answering(reference, once string, reply payment.Reply) payment.Op {
	return payment.Op{ID: id(reference), Once: once, Step: func(payment.Current) (payment.Change, error) {
		return payment.Change{Reply: &reply}, nil
	}}
}

func replyUnder(t *testing.T, s Store, reference, once string) (found *payment.Reply) {
	t.Helper()
	apply(t, s, payment.Op{ID: id(reference), Once: once, Step: func(c payment.Current) (payment.Change, error) {
		found = c.Reply
		return payment.Change{}, nil
	}})
	return found
}

// requireEmpty makes sure that a world holds nothing at all.
func requireEmpty(t *testing.T, s Store, reference, once string) {
	t.Helper()
	_, err := s.Get(t.Context(), id(reference))
	requireUnknown(t, err)
	_, err = s.Find(t.Context(), draft(id(reference)).Code)
	requireUnknown(t, err)
	require.Empty(t, after(t, s, 0))
	head, err := s.Head(t.Context())
	require.NoError(t, err)
	require.Zero(t, head)
	rows, err := s.Waiting(t.Context(), "", 0)
	require.NoError(t, err)
	require.Empty(t, rows)
	require.Nil(t, replyUnder(t, s, reference, once))
}
