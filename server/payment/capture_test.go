package payment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

// TestTheFirstCaptureRuleThatAppliesAnswers builds states in which several
// conditions of the ePayment contract's section 3.4 hold at once.
func TestTheFirstCaptureRuleThatAppliesAnswers(t *testing.T) {
	t.Parallel()
	euros := payment.Capture{Amount: payment.Amount{Currency: "EUR", Value: 2000}, InFull: true}
	tests := []struct {
		name   string
		before []payment.Command
		late   bool
		cmd    payment.Capture
		want   payment.Reason
		left   int64
	}{
		{"zero is no amount, even of a cancelled payment after the deadline", []payment.Command{payment.Cancel{}}, true, capture(0), payment.BadAmount, 0},
		{"less than zero is no amount, even of a captured payment", []payment.Command{capture(1000)}, false, capture(-1), payment.BadAmount, 0},
		{"another currency comes before all that is wrong with the rest", []payment.Command{payment.Cancel{}}, true, euros, payment.BadAmount, 0},
		{"the deadline comes before the cancellation", []payment.Command{payment.Cancel{}}, true, capture(2000), payment.CaptureTooLate, 0},
		{"the deadline comes before all being captured", []payment.Command{capture(1000)}, true, capture(1), payment.CaptureTooLate, 0},
		{"the deadline comes before too much", nil, true, capture(1001), payment.CaptureTooLate, 0},
		{"the cancellation comes before too much", []payment.Command{capture(400), payment.Cancel{}}, false, capture(2000), payment.CaptureCancelled, 0},
		{"the cancellation comes before full captures only", []payment.Command{payment.Cancel{}}, false, payment.Capture{Amount: nok(1), InFull: true}, payment.CaptureCancelled, 0},
		{"all captured comes before too much", []payment.Command{capture(1000)}, false, capture(2000), payment.FullyCaptured, 0},
		{"all captured comes before full captures only", []payment.Command{capture(1000)}, false, payment.Capture{Amount: nok(1), InFull: true}, payment.FullyCaptured, 0},
		{"too much comes before full captures only", []payment.Command{capture(400)}, false, payment.Capture{Amount: nok(601), InFull: true}, payment.CaptureTooMuch, 600},
		{"too much tells what is left", nil, false, capture(1001), payment.CaptureTooMuch, 1000},
		{"a unit that captures in full refuses a part", nil, false, payment.Capture{Amount: nok(999), InFull: true}, payment.CaptureInFull, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := authorized(t)
			w.must(tt.before...)
			if tt.late {
				w.pass(180 * day)
			}
			require.Equal(t, tt.left, w.refused(tt.want, tt.cmd).Left)
		})
	}
}

func TestCaptureAddsUpWhatIsTaken(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	require.Equal(t, payment.Sums{Authorized: 1000}, w.stored().Sums)
	require.Equal(t, payment.Sums{Authorized: 1000, Captured: 1}, w.must(capture(1)).Sums)
	require.Equal(t, payment.Sums{Authorized: 1000, Captured: 2}, w.must(capture(1)).Sums, "a second equal capture is a second capture")
	p := w.must(capture(998))
	require.Equal(t, payment.Sums{Authorized: 1000, Captured: 1000}, p.Sums)
	require.Equal(t, payment.Authorized, p.State)
	require.Zero(t, p.Sums.Capturable())
	require.Equal(t, int64(1000), p.Sums.Refundable())
	require.Equal(t, int64(998), w.last().Amount, "the event tells its own amount")
}

func TestCaptureInFullTakesTheWhole(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	p := w.must(payment.Capture{Amount: nok(1000), InFull: true})
	require.Equal(t, int64(1000), p.Sums.Captured)
}

func TestCaptureIsPossibleUntilJustBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	require.Equal(t, morning.Add(180*day), w.stored().CaptureBy)
	w.now = w.stored().CaptureBy.Add(-1e6)
	w.must(capture(1))
	w.now = w.stored().CaptureBy
	w.refused(payment.CaptureTooLate, capture(1))
}

func TestTheGuaranteeEndsWithTheReservationAtTheLatest(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	p := w.stored()
	require.Equal(t, morning.Add(7*day), p.GuaranteedUntil())
	p.CaptureBy = morning.Add(5 * day)
	require.Equal(t, morning.Add(5*day), p.GuaranteedUntil())
}

func TestTheEndOfTheReservationGivesBackTheRest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		before   []payment.Command
		released int64 // 0 for no event
	}{
		{"all of it when nothing was captured", nil, 1000},
		{"what was not captured", []payment.Command{capture(300), capture(200)}, 500},
		{"nothing when all was captured", []payment.Command{capture(1000)}, 0},
		{"nothing when the merchant gave it back", []payment.Command{capture(300), payment.Cancel{}}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := authorized(t)
			w.must(tt.before...)
			w.now = w.stored().CaptureBy.Add(-1e6)
			w.fire()
			before, events := w.stored(), w.log()
			require.Len(t, w.waiting(payment.DueRelease), 1, "nothing is released early")

			w.pass(3 * day)
			w.fire()
			require.Empty(t, w.waiting(""))
			after := w.stored()
			if tt.released == 0 {
				require.Equal(t, before, after)
				require.Equal(t, events, w.log())
				return
			}
			require.Equal(t, tt.released, after.Sums.Cancelled)
			require.Zero(t, after.Sums.Capturable())
			e := w.last()
			require.Equal(t, payment.PaymentCancelled, e.Kind)
			require.Equal(t, tt.released, e.Amount)
			require.Equal(t, after.CaptureBy, e.At, "it happens at the deadline, however late the timer is")
			require.Empty(t, e.Key)
			w.refused(payment.CaptureTooLate, capture(1))
			w.refused(payment.CancelTooLate, payment.Cancel{})
		})
	}
}
