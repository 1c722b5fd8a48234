package payment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

// ways lead to each state; "" is no payment at all.
var ways = map[payment.State][]payment.Command{
	"":                 nil,
	payment.Created:    {order()},
	payment.Authorized: {order(), approve()},
	payment.Aborted:    {order(), payment.Decline{Phone: kari}},
	payment.Expired:    {order(), payment.ExpireNow{}},
	payment.Terminated: {order(), payment.Cancel{}},
}

// cell is what a state makes of an operation: the state after it, or why not.
type cell struct {
	to      payment.State
	refused payment.Reason
}

type row map[payment.State]cell

// TestEveryStateMeetsEveryOperation is the table of the ePayment contract,
// section 3.3, every cell of it.
func TestEveryStateMeetsEveryOperation(t *testing.T) {
	t.Parallel()
	const (
		created, paid, aborted, expired, ended = payment.Created, payment.Authorized, payment.Aborted, payment.Expired, payment.Terminated
		nothing                                = payment.State("")
	)
	stays := func(r payment.Reason) cell { return cell{refused: r} }
	unknown := stays(payment.UnknownPayment)
	table := []struct {
		operation string
		cmd       payment.Command
		cells     row
	}{
		{"capture", capture(1), row{
			created: stays(payment.NotReserved), paid: {to: paid}, aborted: stays(payment.CaptureState),
			expired: stays(payment.CaptureState), ended: stays(payment.CaptureState), nothing: unknown,
		}},
		{"cancel", payment.Cancel{}, row{
			created: {to: ended}, paid: {to: paid}, aborted: stays(payment.CancelState),
			expired: stays(payment.CancelState), ended: stays(payment.CancelState), nothing: unknown,
		}},
		{"cancel of the transaction only", payment.Cancel{OnlyWaiting: true}, row{
			created: {to: ended}, paid: stays(payment.CancelAuthorized), aborted: stays(payment.CancelState),
			expired: stays(payment.CancelState), ended: stays(payment.CancelState), nothing: unknown,
		}},
		{"refund", refund(1), row{
			created: stays(payment.RefundEarly), paid: stays(payment.RefundTooMuch), aborted: stays(payment.RefundState),
			expired: stays(payment.RefundState), ended: stays(payment.RefundState), nothing: unknown,
		}},
		{"force approve", payment.Approve{Phone: kari, Card: good, Forced: true}, row{
			created: {to: paid}, paid: stays(payment.AlreadyApproved), aborted: stays(payment.AlreadyDecided),
			expired: stays(payment.RanOut), ended: stays(payment.AlreadyDecided), nothing: unknown,
		}},
		{"create with the same reference", order(), row{
			created: stays(payment.ReferenceTaken), paid: stays(payment.ReferenceTaken), aborted: stays(payment.ReferenceTaken),
			expired: stays(payment.ReferenceTaken), ended: stays(payment.ReferenceTaken), nothing: {to: created},
		}},
		{"the payer approves", approve(), row{
			created: {to: paid}, paid: stays(payment.AlreadyApproved), aborted: stays(payment.AlreadyDecided),
			expired: stays(payment.RanOut), ended: stays(payment.AlreadyDecided), nothing: unknown,
		}},
		{"the payer declines", payment.Decline{Phone: kari}, row{
			created: {to: aborted}, paid: stays(payment.AlreadyApproved), aborted: stays(payment.AlreadyDecided),
			expired: stays(payment.RanOut), ended: stays(payment.AlreadyDecided), nothing: unknown,
		}},
		{"somebody identifies", payment.Identify{Phone: ola}, row{
			created: {to: created}, paid: stays(payment.AlreadyApproved), aborted: stays(payment.AlreadyDecided),
			expired: stays(payment.RanOut), ended: stays(payment.AlreadyDecided), nothing: unknown,
		}},
		{"a phone opens it", payment.Open{Phone: ola}, row{
			created: {to: created}, paid: stays(payment.AlreadyApproved), aborted: stays(payment.AlreadyDecided),
			expired: stays(payment.RanOut), ended: stays(payment.AlreadyDecided), nothing: unknown,
		}},
		{"a phone shows it", payment.Show{Phone: ola}, row{
			created: {to: created}, paid: stays(payment.AlreadyApproved), aborted: stays(payment.AlreadyDecided),
			expired: stays(payment.RanOut), ended: stays(payment.AlreadyDecided), nothing: unknown,
		}},
		{"a phone lets go", payment.LetGo{Phone: ola}, row{
			created: {to: created}, paid: stays(payment.AlreadyApproved), aborted: stays(payment.AlreadyDecided),
			expired: stays(payment.RanOut), ended: stays(payment.AlreadyDecided), nothing: unknown,
		}},
		{"the console expires it", payment.ExpireNow{}, row{
			created: {to: expired}, paid: stays(payment.AlreadyApproved), aborted: stays(payment.AlreadyDecided),
			expired: stays(payment.RanOut), ended: stays(payment.AlreadyDecided), nothing: unknown,
		}},
	}
	for _, operation := range table {
		require.Len(t, operation.cells, len(ways), "%s has a cell for each state", operation.operation)
		for state, want := range operation.cells {
			t.Run(operation.operation+" when "+orNothing(state), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				w.must(ways[state]...)
				if want.refused != "" {
					w.refused(want.refused, operation.cmd)
					return
				}
				require.Equal(t, want.to, w.must(operation.cmd).State)
				require.Equal(t, want.to, w.stored().State)
			})
		}
	}
}

func TestReadingWorksInEveryState(t *testing.T) {
	t.Parallel()
	for state, way := range ways {
		t.Run("reading when "+orNothing(state), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(way...)
			p, err := w.Get(ctx, taxi)
			events, errEvents := w.Store.Events(ctx, taxi)
			if state == "" {
				require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
				require.ErrorIs(t, errEvents, payment.Because(payment.UnknownPayment))
				return
			}
			require.NoError(t, err)
			require.NoError(t, errEvents)
			require.Equal(t, state, p.State)
			require.NotEmpty(t, events)
			found, err := w.Find(ctx, p.Code)
			require.NoError(t, err)
			require.Equal(t, p, found)
		})
	}
}

func TestTheTimerTouchesNoFinalState(t *testing.T) {
	t.Parallel()
	for state, way := range ways {
		t.Run("timer when "+orNothing(state), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(way...)
			before, events := w.stored(), w.log()
			w.pass(5 * minute)
			w.fire()
			if state == payment.Created {
				require.Equal(t, payment.Expired, w.stored().State)
				return
			}
			require.Equal(t, before, w.stored())
			require.Equal(t, events, w.log())
		})
	}
}

func orNothing(s payment.State) string {
	if s == "" {
		return "there is none"
	}
	return string(s)
}
