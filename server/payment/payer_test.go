package payment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestApprovalReservesTheAmount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(), payment.Identify{Phone: kari})
	w.pass(minute)
	p := w.must(payment.Approve{Phone: kari, Card: good, By: "console"})
	require.Equal(t, payment.Authorized, p.State)
	require.True(t, p.Final())
	require.Equal(t, payment.Sums{Authorized: 1000}, p.Sums)
	require.Equal(t, good, *p.Card)
	require.Nil(t, p.Grant, "nothing was asked for")
	require.Equal(t, morning.Add(minute), p.EndedAt)
	require.Equal(t, morning.Add(minute).Add(180*day), p.CaptureBy)
	require.Equal(t, kari, w.last().Phone)
	require.Equal(t, "console", w.last().By)
	require.Equal(t, int64(1000), w.last().Amount)
}

func TestTheFirstOpeningOfTheLandingPageIsNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.must(order(), payment.Land{})
	require.True(t, p.Landed)
	require.Equal(t, payment.LandingOpened, w.last().Kind)
	require.Equal(t, payment.Landing, p.Window, "which begins and ends nothing")
	require.False(t, payment.LandingOpened.Public(), "merchants do not hear of it")
	before := len(w.log())
	w.must(payment.Land{})
	require.Len(t, w.log(), before, "nobody opens a page for the first time twice")

	over := newWorld(t)
	require.False(t, over.must(order(), payment.Decline{}, payment.Land{}).Landed, "nor when all is over")
}

func TestWhoHoldsAPayment(t *testing.T) {
	t.Parallel()
	byKari := payment.Identify{Phone: kari, Holds: true}
	tests := []struct {
		name   string
		create payment.Create
		before []payment.Command
		cmd    payment.Command
		taken  bool
	}{
		{"a scanned payment is not approved by another phone", order(), []payment.Command{byKari}, payment.Approve{Phone: ola, Card: good}, true},
		{"a scanned payment is not declined by another phone", order(), []payment.Command{byKari}, payment.Decline{Phone: ola}, true},
		{"a scanned payment is not opened by another phone", order(), []payment.Command{byKari}, payment.Open{Phone: ola}, true},
		{"a scanned payment is not scanned by another phone", order(), []payment.Command{byKari}, payment.Identify{Phone: ola, Holds: true}, true},
		{"a scanned payment is not let go by another phone", order(), []payment.Command{byKari}, payment.LetGo{Phone: ola}, true},
		{"a payment opened by link belongs to the phone that opened it", order(), []payment.Command{payment.Open{Phone: kari}}, payment.Open{Phone: ola}, true},
		{"a card refused by the issuer does not let go", order(), []payment.Command{byKari}, payment.Approve{Phone: ola, Card: empty}, true},
		{"the phone that holds it may open it again", order(), []payment.Command{byKari}, payment.Open{Phone: kari}, false},
		{"the phone that holds it may approve", order(), []payment.Command{byKari}, approve(), false},
		{"the phone that holds it may decline", order(), []payment.Command{byKari}, payment.Decline{Phone: kari}, false},
		{"once let go another phone may open it", order(), []payment.Command{byKari, payment.LetGo{Phone: kari}}, payment.Open{Phone: ola}, false},
		{"once let go another phone may approve", order(), []payment.Command{byKari, payment.LetGo{Phone: kari}}, payment.Approve{Phone: ola, Card: good}, false},
		{"identifying on the page holds nothing", order(), []payment.Command{payment.Identify{Phone: kari}}, payment.Open{Phone: ola}, false},
		{"opening a push holds nothing", order(asPush), []payment.Command{payment.Open{Phone: kari}}, payment.Identify{Phone: ola}, false},
		{"the landing page may decline whoever holds it", order(), []payment.Command{byKari}, payment.Decline{}, false},
		{"the merchant may cancel whoever holds it", order(), []payment.Command{byKari}, payment.Cancel{}, false},
		{"a forced approval asks nobody", order(), []payment.Command{byKari}, payment.Approve{Phone: ola, Card: good, Forced: true}, false},
		{"the console may expire it whoever holds it", order(), []payment.Command{byKari}, payment.ExpireNow{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(tt.create)
			w.must(tt.before...)
			if tt.taken {
				w.refused(payment.Taken, tt.cmd)
				return
			}
			if p := w.must(tt.cmd); p.Final() {
				require.Empty(t, p.Holder, "nobody holds what is over")
			}
		})
	}
}

func TestOpeningByLinkIdentifiesThePayer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order())
	p := w.must(payment.Open{Phone: ola})
	require.Equal(t, ola, p.Phone)
	require.Equal(t, ola, p.Holder)
	events := w.log()
	require.Equal(t, payment.Identified, events[1].Kind)
	require.Equal(t, payment.Opened, events[2].Kind)
}

func TestIdentifyingTellsThePhoneOnce(t *testing.T) {
	t.Parallel()
	identified := func(w *world) []string {
		var phones []string
		for _, e := range w.log() {
			if e.Kind == payment.Identified {
				phones = append(phones, e.Phone)
			}
		}
		return phones
	}
	w := newWorld(t)
	w.must(order(), payment.Identify{Phone: kari}, payment.Identify{Phone: kari})
	require.Equal(t, []string{kari}, identified(w), "the same person again is no second push")
	w.must(payment.Identify{Phone: ola})
	require.Equal(t, []string{kari, ola}, identified(w), "another number gets a push of its own")
	require.Equal(t, ola, w.stored().Phone)
	w.must(payment.Identify{Phone: ola, Holds: true})
	require.Equal(t, ola, w.stored().Holder, "scanning with the same phone takes hold")
	require.Equal(t, []string{kari, ola}, identified(w))
}

func TestThePhonesStepsAreOnTheTimelineOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(asPush), payment.Show{Phone: kari}, payment.Open{Phone: kari}, payment.LetGo{Phone: kari})
	events := w.log()
	require.Equal(t, []payment.Kind{payment.PaymentCreated}, w.told())
	for i, want := range []payment.Kind{payment.PaymentCreated, payment.Shown, payment.Opened, payment.Released} {
		require.Equal(t, want, events[i].Kind)
		require.Equal(t, kari, events[i].Phone)
		require.Equal(t, payment.Seq(i+1), events[i].Seq)
	}
}

func TestConsentIsAllOrNothing(t *testing.T) {
	t.Parallel()
	grant := payment.Grant{Sub: "sub", Scopes: []string{"name"}, Profile: payment.Profile{FirstName: "Kari"}}
	scopes := []string{"name", "email"}
	tests := []struct {
		name   string
		create payment.Create
		cmd    payment.Approve
		want   payment.State
		reason payment.Reason
		shared []string
	}{
		{"yes shares what was asked for", order(asking), payment.Approve{Phone: kari, Card: good, Consent: yes, Grant: grant}, payment.Authorized, "", scopes},
		{"no ends the payment", order(asking), payment.Approve{Phone: kari, Card: good, Consent: no, Grant: grant}, payment.Aborted, "", nil},
		{"no ends the payment before any card is asked", order(asking), payment.Approve{Phone: kari, Card: empty, Consent: no}, payment.Aborted, "", nil},
		{"no answer is refused", order(asking), payment.Approve{Phone: kari, Card: good, Grant: grant}, payment.Created, payment.ConsentMissing, nil},
		{"no answer is refused before any card is asked", order(asking), payment.Approve{Phone: kari, Card: empty}, payment.Created, payment.ConsentMissing, nil},
		{"a forced approval counts as a yes", order(asking), payment.Approve{Phone: kari, Card: good, Grant: grant, Forced: true}, payment.Authorized, "", scopes},
		{"a no means nothing where nothing is asked", order(), payment.Approve{Phone: kari, Card: good, Consent: no, Grant: grant}, payment.Authorized, "", nil},
		{"a yes shares nothing where nothing is asked", order(), payment.Approve{Phone: kari, Card: good, Consent: yes, Grant: grant}, payment.Authorized, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.must(tt.create, payment.Identify{Phone: kari})
			if tt.reason != "" {
				w.refused(tt.reason, tt.cmd)
				return
			}
			p := w.must(tt.cmd)
			require.Equal(t, tt.want, p.State)
			if tt.shared == nil {
				require.Nil(t, p.Grant)
				return
			}
			require.Equal(t, payment.Grant{Sub: "sub", Scopes: tt.shared, Given: tt.shared, Profile: grant.Profile}, *p.Grant)
		})
	}
}

func TestAnotherPhoneIsToldSoBeforeItIsAskedForConsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(asking), payment.Identify{Phone: kari, Holds: true})
	w.refused(payment.Taken, payment.Approve{Phone: ola, Card: empty})
}

func TestARefusedCardLeavesThePaymentWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(), payment.Identify{Phone: kari})
	before := w.stored()
	w.pass(minute)
	p, err := w.try(payment.Approve{Phone: kari, Card: empty})
	var refusal *payment.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, payment.CardRefused, refusal.Reason)
	require.Equal(t, payment.InsufficientFunds, refusal.Refusal)
	require.Equal(t, payment.WrongState, refusal.Class())
	require.Equal(t, before, p, "no window starts anew, no card is kept")
	e := w.last()
	require.Equal(t, payment.CardDeclined, e.Kind)
	require.False(t, e.Kind.Public(), "no merchant hears of it")
	require.Equal(t, string(payment.InsufficientFunds), e.Note)
	require.Equal(t, kari, e.Phone)
	require.Equal(t, payment.Authorized, w.must(approve()).State, "another card may be tried")
}

func TestARefusedCardOfANewPayerStillIdentifies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order())
	_, err := w.try(payment.Approve{Phone: ola, Card: empty})
	require.ErrorIs(t, err, payment.Because(payment.CardRefused))
	require.Equal(t, ola, w.stored().Phone)
	require.Equal(t, payment.Approval, w.stored().Window)
}

func TestAForcedApprovalRefusesNoCard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order())
	p := w.must(payment.Approve{Phone: ola, Card: empty, Forced: true, By: "api"})
	require.Equal(t, payment.Authorized, p.State)
	require.Equal(t, ola, p.Phone)
	require.Equal(t, "api", w.last().By)
}

func TestDecliningAbortsThePayment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order(), payment.Identify{Phone: kari})
	w.pass(minute)
	p := w.must(payment.Decline{Phone: kari, By: "console"})
	require.Equal(t, payment.Aborted, p.State)
	require.Equal(t, payment.Sums{}, p.Sums)
	require.Equal(t, morning.Add(minute), p.EndedAt)
	require.Equal(t, payment.PaymentAborted, w.last().Kind)
	require.Equal(t, "console", w.last().By, "the timeline tells who acted")
}

func TestExpiringByHandEndsThePaymentNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must(order())
	w.pass(minute)
	p := w.must(payment.ExpireNow{By: "console"})
	require.Equal(t, payment.Expired, p.State)
	require.Equal(t, morning.Add(minute), p.EndedAt)
	require.Equal(t, payment.PaymentExpired, w.last().Kind)
	require.Equal(t, morning.Add(minute), w.last().At)
	require.Equal(t, "console", w.last().By)
}
