package payment_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

var errBroken = errors.New("the disk is full")

func TestAReplayGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(), approve())
	first, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.NoError(t, err)
	require.False(t, first.Replayed)
	require.Equal(t, "AUTHORIZED captured 300", string(first.Answer))
	w.must(capture(200))

	events, before := w.log(), w.stored()
	again, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.NoError(t, err)
	require.True(t, again.Replayed)
	require.Equal(t, first.Answer, again.Answer, "the sums are those of then")
	require.Equal(t, before, again.Payment, "the payment is that of now")
	require.Equal(t, events, w.log())
	require.Equal(t, before, w.stored())
}

func TestAKeyUsedForAnotherRequestIsRefused(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	_, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.NoError(t, err)
	events := w.log()
	reused, err := w.Do(ctx, taxi, capture(400), once("k", "400"))
	require.ErrorIs(t, err, payment.Because(payment.KeyReused))
	require.Empty(t, reused.Answer)
	require.False(t, reused.Replayed)
	require.Equal(t, events, w.log())
	kept, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.NoError(t, err, "the first answer stays")
	require.True(t, kept.Replayed)
}

func TestAKeyReusedForAReferenceThatDoesNotExistIsRefusedToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Do(ctx, taxi, order(), once("k", "one"))
	require.NoError(t, err)
	other := payment.ID{MSN: taxi.MSN, Reference: "order-0002"}
	_, err = w.Do(ctx, other, order(), once("k", "two"))
	require.ErrorIs(t, err, payment.Because(payment.KeyReused))
	_, err = w.Get(ctx, other)
	require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
}

func TestOneKeyMayCreateCaptureAndRefundInScopesOfTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Do(ctx, taxi, order(), once("create/k", "body"))
	require.NoError(t, err)
	w.must(approve())
	_, err = w.Do(ctx, taxi, capture(300), once("capture/k", "body"))
	require.NoError(t, err)
	_, err = w.Do(ctx, taxi, refund(300), once("refund/k", "body"))
	require.NoError(t, err)
	require.Equal(t, payment.Sums{Authorized: 1000, Captured: 300, Refunded: 300}, w.stored().Sums)
}

func TestARefusalIsKeptUnderItsKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order())
	first, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.ErrorIs(t, err, payment.Because(payment.NotReserved))
	require.Equal(t, "refused: not_reserved", string(first.Answer))
	w.must(approve())

	again, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.NoError(t, err, "the answer says what is to be said")
	require.True(t, again.Replayed)
	require.Equal(t, first.Answer, again.Answer)
	require.Zero(t, w.stored().Sums.Captured)
	_, err = w.Do(ctx, taxi, capture(300), once("k2", "300"))
	require.NoError(t, err, "a new attempt takes a new key")
}

func TestARefusalAboutNoPaymentIsKeptToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
	again, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.NoError(t, err)
	require.Equal(t, "refused: unknown_payment", string(again.Answer))
}

func TestANilAnswerIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order())
	forgetful := once("k", "300")
	forgetful.Answer = func(payment.Payment, error) []byte { return nil }
	_, err := w.Do(ctx, taxi, capture(300), forgetful)
	require.ErrorIs(t, err, payment.Because(payment.NotReserved))
	w.must(approve())
	second, err := w.Do(ctx, taxi, capture(300), once("k", "300"))
	require.NoError(t, err)
	require.False(t, second.Replayed)
	require.Equal(t, int64(300), w.stored().Sums.Captured)
}

func TestCreateAsksItsCheckAfterReplaysAndTakenReferences(t *testing.T) {
	t.Parallel()
	asked := 0
	checked := order(func(c *payment.Create) { c.Check = func() error { asked++; return nil } })
	w := newWorld(t)
	_, err := w.Do(ctx, taxi, checked, once("k", "body"))
	require.NoError(t, err)
	_, err = w.Do(ctx, taxi, checked, once("k", "body"))
	require.NoError(t, err)
	_, err = w.Do(ctx, taxi, checked, once("k", "other body"))
	require.ErrorIs(t, err, payment.Because(payment.KeyReused))
	_, err = w.Do(ctx, taxi, checked, once("k2", "body"))
	require.ErrorIs(t, err, payment.Because(payment.ReferenceTaken))
	require.Equal(t, 1, asked)
}

func TestWhatTheCheckAnswersIsTheRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	broken := order(func(c *payment.Create) { c.Check = func() error { return errBroken } })
	keep := once("k", "body")
	keep.Answer = func(_ payment.Payment, err error) []byte { return []byte(err.Error()) }
	result, err := w.Do(ctx, taxi, broken, keep)
	require.ErrorIs(t, err, errBroken)
	require.Equal(t, errBroken.Error(), string(result.Answer))
	require.Empty(t, w.log())
	_, err = w.Get(ctx, taxi)
	require.ErrorIs(t, err, payment.Because(payment.UnknownPayment), "no payment is made")
	again, err := w.Do(ctx, taxi, order(), keep)
	require.NoError(t, err)
	require.True(t, again.Replayed)
	require.Equal(t, payment.Created, w.must(order()).State, "the reference is still free")
}

// broken is a store that cannot keep anything.
type broken struct{ payment.Store }

func (broken) Apply(context.Context, ...payment.Op) (payment.Committed, error) {
	return payment.Committed{}, errBroken
}

func TestATroubledStoreIsNoRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order())
	w.Store = broken{w.store}
	w.Committed = func(payment.Committed) { t.Error("nothing was committed") }
	result, err := w.Do(ctx, taxi, approve(), once("k", "body"))
	require.ErrorIs(t, err, errBroken)
	require.Empty(t, payment.ReasonOf(err))
	require.Zero(t, result)
	w.pass(5 * minute)
	_, err = w.Get(ctx, taxi)
	require.ErrorIs(t, err, errBroken, "a payment that cannot be ended is not shown as ended")
}

func TestFireDoesRowsEachAtItsOwnTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := []payment.ID{taxi, {MSN: "123456", Reference: "order-0002"}, {MSN: "234567", Reference: "order-0001"}}
	for i, id := range ids {
		w.now = morning.Add(time.Duration(i) * minute)
		_, err := w.Do(ctx, id, order(), nil)
		require.NoError(t, err)
	}
	w.pass(day)
	var rung []payment.Committed
	w.Committed = func(c payment.Committed) { rung = append(rung, c) }
	w.fire()
	require.Len(t, rung, 1, "all of them in one transaction")
	events := w.log()[3:]
	for i, id := range ids {
		require.Equal(t, id, events[i].ID)
		require.Equal(t, payment.PaymentExpired, events[i].Kind)
		require.Equal(t, morning.Add(time.Duration(i+5)*minute), events[i].At)
	}
	require.Empty(t, w.waiting(""))
}

func TestFireDoesNothingForPointlessRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(), payment.Identify{Phone: kari})
	before, events := w.stored(), w.log()
	rows := append(w.waiting(payment.DueWindow),
		payment.Due{At: morning, Kind: payment.DueWindow, Key: "123456/nobody"},
		payment.Due{At: morning, Kind: payment.DueRelease, Key: "123456/nobody"},
		payment.Due{At: morning, Kind: payment.DueRelease, Key: taxi.String()})
	rows[0].At, rows[1].At = morning, morning
	require.NoError(t, w.Fire(ctx, rows))
	require.Equal(t, before, w.stored())
	require.Equal(t, events, w.log())
}

func TestFireDropsARowThatNamesNoPaymentAndDoesTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var log strings.Builder
	w.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.must(order())
	require.NoError(t, w.store.Add(ctx, payment.Due{At: morning, Kind: payment.DueWindow, Key: "nonsense"}))
	require.NoError(t, w.Fire(ctx, w.waiting(payment.DueWindow)))
	require.Equal(t, payment.Expired, w.stored().State)
	require.Empty(t, w.waiting(payment.DueWindow))
	require.Contains(t, log.String(), "key=nonsense")
}
