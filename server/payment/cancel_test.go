package payment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestTheFirstCancelRuleThatAppliesAnswers(t *testing.T) {
	t.Parallel()
	only := payment.Cancel{OnlyWaiting: true}
	tests := []struct {
		name   string
		before []payment.Command
		late   bool
		cmd    payment.Cancel
		want   payment.Reason
	}{
		{"the transaction only, when it is paid, cancelled and too late", []payment.Command{payment.Cancel{}}, true, only, payment.CancelAuthorized},
		{"the transaction only, when all is captured", []payment.Command{capture(1000)}, false, only, payment.CancelAuthorized},
		{"cancelled already", []payment.Command{payment.Cancel{}}, false, payment.Cancel{}, payment.CancelState},
		{"cancelled already comes before too late", []payment.Command{capture(1), payment.Cancel{}}, true, payment.Cancel{}, payment.CancelState},
		{"all captured", []payment.Command{capture(1000)}, false, payment.Cancel{}, payment.CancelCaptured},
		{"all captured comes before too late", []payment.Command{capture(400), capture(600)}, true, payment.Cancel{}, payment.CancelCaptured},
		{"too late", nil, true, payment.Cancel{}, payment.CancelTooLate},
		{"too late for the rest", []payment.Command{capture(400)}, true, payment.Cancel{}, payment.CancelTooLate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := authorized(t)
			w.must(tt.before...)
			if tt.late {
				w.pass(180 * day)
			}
			w.refused(tt.want, tt.cmd)
		})
	}
}

func TestCancelBeforeApprovalTerminates(t *testing.T) {
	t.Parallel()
	for _, cmd := range []payment.Cancel{{}, {OnlyWaiting: true}} {
		w := newWorld(t)
		w.must(order())
		w.pass(minute)
		p := w.must(cmd)
		require.Equal(t, payment.Terminated, p.State)
		require.Equal(t, payment.Sums{Cancelled: 1000}, p.Sums)
		require.Equal(t, morning.Add(minute), p.EndedAt)
		require.Equal(t, int64(1000), w.last().Amount)
		require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.PaymentTerminated}, w.told())
	}
}

func TestCancelAfterApprovalGivesBackAllThatIsLeft(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	w.must(capture(300))
	p := w.must(payment.Cancel{})
	require.Equal(t, payment.Authorized, p.State)
	require.Equal(t, payment.Sums{Authorized: 1000, Captured: 300, Cancelled: 700}, p.Sums)
	require.Equal(t, int64(700), w.last().Amount)
	require.Equal(t, payment.PaymentCancelled, w.last().Kind)
}

func TestCancelIsPossibleUntilJustBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	w.now = w.stored().CaptureBy.Add(-1e6)
	require.Equal(t, int64(1000), w.must(payment.Cancel{}).Sums.Cancelled)
}
