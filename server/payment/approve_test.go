package payment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func verdict(r payment.Refusal) func(*payment.Create) {
	return func(c *payment.Create) { c.Verdict = r }
}

func TestAVerdictRefusesEveryCard(t *testing.T) {
	t.Parallel()
	for _, r := range []payment.Refusal{
		payment.InsufficientFunds, payment.DeclinedByIssuer, payment.FraudSuspected, payment.LimitExceeded,
		payment.CardExpired, payment.CardInvalid, payment.AuthenticationDenied,
	} {
		t.Run(string(r), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(order(verdict(r)), payment.Identify{Phone: kari})
			for _, card := range []payment.Card{good, empty, good} {
				_, err := w.try(payment.Approve{Phone: kari, Card: card})
				var refusal *payment.Error
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, payment.CardRefused, refusal.Reason)
				require.Equal(t, r, refusal.Refusal, "with a reason of its own")
				require.Contains(t, refusal.Message, r.Text())
				require.Equal(t, string(r), w.last().Note)
			}
			require.Equal(t, payment.Created, w.stored().State)
			require.Equal(t, []payment.Kind{payment.PaymentCreated}, w.told(), "merchants are told of no try")
			require.Equal(t, payment.Authorized, w.must(payment.Approve{Phone: kari, Card: good, Forced: true}).State)
		})
	}
}

func TestAConfirmationIsAskedForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(verdict(payment.AuthenticationNeeded)), payment.Identify{Phone: kari})
	refused := func(cmd payment.Approve, want payment.Refusal) {
		t.Helper()
		_, err := w.try(cmd)
		var refusal *payment.Error
		require.ErrorAs(t, err, &refusal)
		require.Equal(t, want, refusal.Refusal)
	}
	refused(payment.Approve{Phone: kari, Card: empty}, payment.InsufficientFunds)
	refused(approve(), payment.AuthenticationNeeded)
	refused(payment.Approve{Phone: ola, Card: good}, payment.AuthenticationNeeded) // it is another person
	refused(approve(), payment.AuthenticationNeeded)
	require.Equal(t, payment.Authorized, w.must(approve()).State)
}

func TestAConfirmationEndsNoPaymentThatARefusalWouldEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(verdict(payment.AuthenticationNeeded), func(c *payment.Create) { c.RefusalEnds = true }), payment.Identify{Phone: kari})
	_, err := w.try(approve())
	require.Equal(t, payment.CardRefused, payment.ReasonOf(err))
	require.Equal(t, payment.Created, w.stored().State)
	require.Equal(t, payment.Authorized, w.must(approve()).State)
}

func TestAnUnknownResultIsProcessedForAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(verdict(payment.ResultUnknown)), payment.Identify{Phone: kari})
	_, err := w.try(payment.Approve{Phone: kari, Card: empty})
	require.ErrorIs(t, err, payment.Because(payment.CardRefused), "a card can be refused at once")
	w.pass(minute)
	p := w.must(payment.Approve{Phone: kari, Card: good, By: "console"})
	require.Equal(t, payment.Created, p.State)
	require.True(t, p.Processing())
	require.Equal(t, payment.Sums{}, p.Sums)
	require.Nil(t, p.Card)
	require.Equal(t, payment.InProgress, w.last().Kind)
	require.Equal(t, w.now.Add(time.Hour), p.Ends())

	w.pass(time.Hour - time.Millisecond)
	w.fire()
	require.Equal(t, payment.Created, w.get().State, "no window ends it meanwhile")
	w.pass(minute)
	w.fire()
	p = w.stored()
	decided := morning.Add(minute).Add(time.Hour)
	require.Equal(t, payment.Authorized, p.State)
	require.Equal(t, good, *p.Card)
	require.Equal(t, decided, p.EndedAt, "at its own time, however late the row is done")
	require.Equal(t, decided.Add(180*day), p.CaptureBy)
	require.Equal(t, decided, w.last().At)
	require.Equal(t, "console", w.last().By)
	require.Equal(t, createKey, w.last().Key)
	require.Nil(t, p.Pending)
	require.Len(t, w.waiting(payment.DueRelease), 1)
}

func TestWhoeverAsksFirstDecidesWhatIsProcessed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(verdict(payment.ResultUnknown)), approve())
	w.pass(time.Hour)
	require.Equal(t, payment.Authorized, w.get().State, "the timer has not been there")
	w.fire()
	require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.PaymentAuthorized}, w.told())
}

func TestWhatCannotBeDoneWhileAnApprovalIsProcessed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		cmd    payment.Command
		reason payment.Reason
	}{
		{"cancel", payment.Cancel{}, payment.CancelProcessing},
		{"cancel what waits", payment.Cancel{OnlyWaiting: true}, payment.CancelProcessing},
		{"capture", capture(1), payment.NotReserved},
		{"refund", refund(1), payment.RefundEarly},
		{"approve again", approve(), payment.BeingProcessed},
		{"decline", payment.Decline{Phone: kari}, payment.BeingProcessed},
		{"expire by hand", payment.ExpireNow{}, payment.BeingProcessed},
		{"give another number", payment.Identify{Phone: ola}, payment.BeingProcessed},
		{"open", payment.Open{Phone: kari}, payment.BeingProcessed},
		{"let go", payment.LetGo{Phone: kari}, payment.BeingProcessed},
		{"ask for shipping", payment.OfferShipping{Phone: kari}, payment.BeingProcessed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(order(verdict(payment.ResultUnknown)), approve())
			w.refused(tt.reason, tt.cmd)
		})
	}
}

func TestAForcedApprovalWaitsForNoIssuer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(verdict(payment.ResultUnknown)), approve())
	w.pass(minute)
	p := w.must(payment.Approve{Phone: kari, Card: good, Forced: true})
	require.Equal(t, payment.Authorized, p.State)
	require.Equal(t, w.now, p.EndedAt)
	w.pass(time.Hour)
	w.fire()
	require.Equal(t, []payment.Kind{payment.PaymentCreated, payment.PaymentAuthorized}, w.told())
}

func TestAnIssuerThatTakesItsTimeOutlastsTheWindow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		create payment.Create
		wait   time.Duration
	}{
		{"a push", order(asPush), 5*minute - time.Second},
		{"a long-living payment", order(until(morning.Add(day))), day - time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(tt.create)
			w.pass(tt.wait)
			slow := approve()
			slow.Takes = 2 * time.Second
			w.must(slow)
			w.pass(time.Second)
			w.fire()
			p := w.get()
			require.True(t, p.Processing(), "what is being processed is not expired")
			w.refused(payment.CancelProcessing, payment.Cancel{})
			w.pass(time.Second)
			w.fire()
			require.Equal(t, payment.Authorized, w.get().State)
			require.Equal(t, w.now, w.stored().EndedAt)
		})
	}
}

func TestWhatWasAgreedToIsKeptWhileItIsProcessed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(verdict(payment.ResultUnknown), shipping, asking))
	c := buying(bergen, "home")
	c.Consent, c.Grant = yes, payment.Grant{Sub: "sub", Profile: payment.Profile{FirstName: "Kari"}}
	p := w.must(c)
	require.Nil(t, p.Grant, "nothing is shared before the money is reserved")
	w.pass(time.Hour)
	p = w.get()
	require.Equal(t, "sub", p.Grant.Sub)
	require.Equal(t, []string{"name", "email"}, p.Grant.Scopes)
	require.Equal(t, "home", p.Chosen.OptionID)
	require.Equal(t, int64(1079), p.Sums.Authorized)
}

func TestWhatARefundIsDeniedFor(t *testing.T) {
	t.Parallel()
	for _, reason := range []payment.Reason{payment.RefundState, payment.RefundTooLate, payment.RefundImpossible} {
		w := authorized(t)
		w.must(capture(500))
		c := refund(500)
		c.Deny = reason
		require.NotEmpty(t, w.refused(reason, c).Message)
		c.Amount.Value = 501
		w.refused(payment.RefundTooMuch, c) // what is refused anyway has its own reason
	}
}

func TestWarningsAreOnTheTimelineOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(func(c *payment.Create) { c.Warnings = []string{"odd", "very odd"} }))
	events := w.log()
	require.Equal(t, []payment.Kind{payment.PaymentCreated}, w.told())
	require.Len(t, events, 3)
	require.Equal(t, payment.Warned, events[2].Kind)
	require.Equal(t, "very odd", events[2].Note)
}
