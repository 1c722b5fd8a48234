package payment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestWhatAPaymentWaitsForAndUntilWhen(t *testing.T) {
	t.Parallel()
	fixed := morning.Add(3 * day)
	tests := []struct {
		name     string
		create   payment.Create
		then     []payment.Command // each a minute after the one before
		window   payment.Window
		since    time.Duration
		deadline time.Time
	}{
		{"a redirect waits for its payer", order(), nil, payment.Landing, 0, morning.Add(5 * minute)},
		{"a native redirect waits for its payer", order(func(c *payment.Create) { c.Flow = payment.NativeRedirect }), nil, payment.Landing, 0, morning.Add(5 * minute)},
		{"a code waits for its scanner", order(func(c *payment.Create) { c.Flow = payment.QR }), nil, payment.Landing, 0, morning.Add(5 * minute)},
		{"a push waits for the answer at once", order(asPush), nil, payment.Approval, 0, morning.Add(5 * minute)},
		{"identifying starts the approval window", order(), []payment.Command{payment.Identify{Phone: kari}}, payment.Approval, minute, morning.Add(6 * minute)},
		{"scanning starts the approval window", order(), []payment.Command{payment.Identify{Phone: kari, Holds: true}}, payment.Approval, minute, morning.Add(6 * minute)},
		{"opening the link on a phone starts the approval window", order(), []payment.Command{payment.Open{Phone: kari}}, payment.Approval, minute, morning.Add(6 * minute)},
		{"identifying again gives no more time", order(), []payment.Command{payment.Identify{Phone: kari}, payment.Identify{Phone: kari}}, payment.Approval, minute, morning.Add(6 * minute)},
		{"another number gives no more time", order(), []payment.Command{payment.Identify{Phone: kari}, payment.Identify{Phone: ola}}, payment.Approval, minute, morning.Add(6 * minute)},
		{"opening later gives no more time", order(), []payment.Command{payment.Identify{Phone: kari}, payment.Open{Phone: kari}}, payment.Approval, minute, morning.Add(6 * minute)},
		{"opening a push gives no more time", order(asPush), []payment.Command{payment.Show{Phone: kari}, payment.Open{Phone: kari}}, payment.Approval, 0, morning.Add(5 * minute)},
		{"a fixed deadline takes the place of both windows", order(until(fixed)), nil, payment.Fixed, 0, fixed},
		{"a fixed deadline is not moved by identifying", order(until(fixed)), []payment.Command{payment.Identify{Phone: kari}}, payment.Fixed, 0, fixed},
		{"a fixed deadline of a push is not moved by opening", order(asPush, until(fixed)), []payment.Command{payment.Open{Phone: kari}}, payment.Fixed, 0, fixed},
		{"a fixed deadline is kept to the millisecond in UTC", order(until(fixed.Add(1234567).In(time.FixedZone("", 3600)))), nil, payment.Fixed, 0, fixed.Add(time.Millisecond)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(tt.create)
			for _, cmd := range tt.then {
				w.pass(minute)
				w.must(cmd)
			}
			p := w.stored()
			require.Equal(t, tt.window, p.Window)
			require.Equal(t, morning.Add(tt.since), p.Since)
			require.Equal(t, tt.deadline, p.Deadline)
			rows := w.waiting(payment.DueWindow)
			require.Equal(t, tt.deadline, rows[len(rows)-1].At, "the deadline is a row")

			w.now = tt.deadline.Add(-time.Millisecond)
			w.fire()
			require.Equal(t, payment.Created, w.get().State, "there is time until the deadline")
			w.now = tt.deadline
			w.fire()
			require.Equal(t, payment.Expired, w.stored().State, "a deadline that equals now has passed")
			require.Equal(t, tt.deadline, w.stored().EndedAt)
			require.Equal(t, payment.Sums{}, w.stored().Sums)
			require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.PaymentExpired}, w.told(), "one event tells of the end")
			require.Empty(t, w.waiting(""))
		})
	}
}

func TestEveryCommandMeetsAnOverduePaymentAsExpired(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		cmd  payment.Command
		want payment.Reason
	}{
		{"approve", approve(), payment.RanOut},
		{"force approve", payment.Approve{Phone: kari, Card: good, Forced: true}, payment.RanOut},
		{"decline", payment.Decline{Phone: kari}, payment.RanOut},
		{"identify", payment.Identify{Phone: kari}, payment.RanOut},
		{"open", payment.Open{Phone: kari}, payment.RanOut},
		{"show", payment.Show{Phone: kari}, payment.RanOut},
		{"let go", payment.LetGo{Phone: kari}, payment.RanOut},
		{"expire now", payment.ExpireNow{By: "console"}, payment.RanOut},
		{"cancel", payment.Cancel{}, payment.CancelState},
		{"capture", capture(1), payment.CaptureState},
		{"refund", refund(1), payment.RefundState},
		{"create again", order(), payment.ReferenceTaken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(order())
			w.pass(7 * minute)
			p, err := w.try(tt.cmd)
			require.ErrorIs(t, err, payment.Because(tt.want))
			require.Equal(t, payment.Expired, p.State)
			require.Equal(t, payment.Expired, w.stored().State, "the end is kept although the command was refused")
			e := w.last()
			require.Equal(t, payment.PaymentExpired, e.Kind)
			require.Equal(t, morning.Add(5*minute), e.At, "it ended at its deadline")
			w.refused(tt.want, tt.cmd)
			w.fire()
			require.Equal(t, e, w.last(), "the timer comes too late")
		})
	}
}

func TestReadingAnOverduePaymentEndsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.must(order()).Code
	w.pass(5 * minute)
	require.Equal(t, payment.Expired, w.get().State)
	found, err := w.Find(ctx, code)
	require.NoError(t, err)
	require.Equal(t, payment.Expired, found.State)
	require.Len(t, w.log(), 2)
}

func TestFindingAnUnknownCodeIsRefused(t *testing.T) {
	t.Parallel()
	_, err := newWorld(t).Find(ctx, "pNOBODY")
	require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
}

func TestWindowsAreReadAnewForEachCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.windows.Landing = minute
	w.must(order())
	require.Equal(t, morning.Add(minute), w.stored().Deadline)
	w.windows.Approval = 10 * minute
	w.must(payment.Identify{Phone: kari})
	require.Equal(t, morning.Add(10*minute), w.stored().Deadline)
}

func TestTimesAreKeptInWholeMillisecondsUTC(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.now = morning.Add(1999999).In(time.FixedZone("", 3600))
	p := w.must(order())
	require.Equal(t, morning.Add(time.Millisecond), p.CreatedAt)
	require.Equal(t, p.CreatedAt.Add(5*minute), p.Deadline)
}
