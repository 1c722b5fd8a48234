package payment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestTheFirstRefundRuleThatAppliesAnswers(t *testing.T) {
	t.Parallel()
	const year = 365 * day
	euros := payment.Refund{Amount: payment.Amount{Currency: "EUR", Value: 5}}
	tests := []struct {
		name   string
		before []payment.Command
		passed time.Duration
		cmd    payment.Refund
		want   payment.Reason
		left   int64
	}{
		{"zero is no amount, even when nothing is captured", nil, year, refund(0), payment.BadAmount, 0},
		{"less than zero is no amount, even when all is refunded", []payment.Command{capture(500), refund(500)}, year, refund(-5), payment.BadAmount, 0},
		{"another currency comes first too", []payment.Command{capture(500), refund(500)}, year, euros, payment.BadAmount, 0},
		{"nothing captured comes before too late", nil, year, refund(1), payment.RefundTooMuch, 0},
		{"nothing captured of a cancelled payment", []payment.Command{payment.Cancel{}}, 0, refund(1), payment.RefundTooMuch, 0},
		{"all refunded comes before too late", []payment.Command{capture(500), refund(500)}, year, refund(1), payment.FullyRefunded, 0},
		{"too late comes before too much", []payment.Command{capture(500)}, year, refund(501), payment.RefundTooLate, 0},
		{"too much comes before a unit that cannot refund", []payment.Command{capture(500)}, 0, payment.Refund{Amount: nok(501), Deny: payment.RefundImpossible}, payment.RefundTooMuch, 500},
		{"a unit that cannot refund refuses what would else succeed", []payment.Command{capture(500)}, 0, payment.Refund{Amount: nok(1), Deny: payment.RefundImpossible}, payment.RefundImpossible, 0},
		{"too much tells what is left", []payment.Command{capture(500), refund(200)}, 0, refund(301), payment.RefundTooMuch, 300},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := authorized(t)
			w.must(tt.before...)
			w.pass(tt.passed)
			require.Equal(t, tt.left, w.refused(tt.want, tt.cmd).Left)
		})
	}
}

func TestRefundAddsUpWhatIsGivenBack(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	w.must(capture(500))
	require.Equal(t, payment.Sums{Authorized: 1000, Captured: 500, Refunded: 200}, w.must(refund(200)).Sums)
	p := w.must(refund(300))
	require.Equal(t, payment.Sums{Authorized: 1000, Captured: 500, Refunded: 500}, p.Sums)
	require.Zero(t, p.Sums.Refundable())
	require.Equal(t, int64(300), w.last().Amount)
	require.Equal(t, payment.PaymentRefunded, w.last().Kind)
}

func TestRefundAndCaptureGoOnBesideEachOther(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	w.must(capture(500), refund(500), capture(100), refund(100), payment.Cancel{})
	require.Equal(t, payment.Sums{Authorized: 1000, Captured: 600, Cancelled: 400, Refunded: 600}, w.stored().Sums)
}

func TestRefundCountsItsYearFromTheApproval(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	w.pass(100 * day)
	w.must(capture(500))
	w.now = morning.Add(365*day - time.Millisecond)
	w.must(refund(1))
	w.now = morning.Add(365 * day)
	w.refused(payment.RefundTooLate, refund(1))
}
