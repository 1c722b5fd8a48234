package payment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestTheFirstVisitBeginsTheTimeToApprove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(until(morning.Add(5 * minute))))
	w.now = morning.Add(4 * minute)
	p := w.must(payment.Visit{Until: w.now.Add(5 * minute)})
	require.Equal(t, []any{payment.Approval, morning.Add(9 * minute)}, []any{p.Window, p.Deadline})
	w.now = w.now.Add(minute)
	p = w.must(payment.Visit{Until: w.now.Add(5 * minute)}, payment.Identify{Phone: kari})
	require.Equal(t, morning.Add(9*minute), p.Deadline, "neither another visit nor a number gives more")
	w.now = morning.Add(9 * minute)
	_, err := w.try(payment.Visit{Until: w.now.Add(minute)})
	require.ErrorIs(t, err, payment.Because(payment.RanOut))
}

func TestARefusedCardEndsAPaymentThatAllowsNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(func(c *payment.Create) { c.RefusalEnds = true }), payment.Identify{Phone: kari})
	p, err := w.try(payment.Approve{Phone: kari, Card: empty})
	require.ErrorIs(t, err, payment.Because(payment.CardRefused))
	require.Equal(t, payment.Aborted, p.State)
	_, err = w.try(payment.Approve{Phone: kari, Card: good})
	require.ErrorIs(t, err, payment.Because(payment.AlreadyDecided))
}

func TestAPaymentMayWantItsIssuerToTakeItsTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(func(c *payment.Create) { c.Takes = 30 * time.Second }), payment.Identify{Phone: kari})
	p := w.must(payment.Approve{Phone: kari, Card: good})
	require.True(t, p.Processing())
	w.now = morning.Add(30 * time.Second)
	p, err := w.Get(ctx, taxi)
	require.NoError(t, err)
	require.Equal(t, payment.Authorized, p.State)
}

func TestAnApprovalWithoutAPhoneNamesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.must(order(), payment.Approve{Card: good, By: "test payment page"})
	require.Equal(t, []any{payment.Authorized, ""}, []any{p.State, p.Phone})
}
