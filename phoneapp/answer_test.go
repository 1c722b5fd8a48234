package phoneapp_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/directory"
	"liksom/server/payment"
)

type say = map[string]any

func TestTheFirstAnswerWinsAndTheOthersSeeTheOutcome(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		page, _ := w.show(kari)
		terminal, _ := w.show(kari)
		p := w.ask("a", kari)
		page.expect("push", phoneapp.Pending)
		terminal.expect("push", phoneapp.Pending)
		ok, outcome := page.ask(say{"type": "approve", "requestId": p.Code})
		require.Equal(t, "ok", ok.Type)
		require.Equal(t, phoneapp.Approved, outcome.Request.State)
		terminal.expect("request", phoneapp.Approved)
		refused, _ := terminal.ask(say{"type": "decline", "requestId": p.Code})
		require.Equal(t, phoneapp.AlreadyDecided, refused.Code)
		require.Equal(t, payment.Authorized, w.state("a"))
	})
}

func TestARequestIsFoundByCodeAndByReference(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		p := w.ask("my-ride", kari)
		w.ask("foreign", ola)
		screen.expect("push", phoneapp.Pending)
		for _, m := range []say{{"requestId": p.Code}, {"requestId": "my-ride"}, {"reference": "my-ride"}} {
			m["type"] = "ack"
			ok, _ := screen.ask(m)
			require.Equal(t, "ok", ok.Type)
		}
		refused, _ := screen.ask(say{"type": "ack", "requestId": "foreign"})
		require.Equal(t, phoneapp.NotFound, refused.Code)
	})
}

func TestEqualReferencesOfTwoUnitsMeanTheNewestThatWaits(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		other := payment.ID{MSN: "234567", Reference: "a"}
		w.ask("a", kari)
		_, err := w.service.Do(context.Background(), other, payment.Create{Flow: payment.PushMessage, Phone: kari}, nil)
		require.NoError(t, err)
		r, err := w.hub.Decline(context.Background(), kari, "a")
		require.NoError(t, err)
		require.Equal(t, "234567", r.MSN)
		r, err = w.hub.Decline(context.Background(), kari, "a")
		require.NoError(t, err)
		require.Equal(t, directory.DemoMSN, r.MSN)
	})
}

func TestARefusedCardLeavesTheRequestOpenForAnother(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("a", kari)
		screen.expect("push", phoneapp.Pending)
		refused, outcome := screen.ask(say{"type": "approve", "requestId": "a", "cardId": "card-9995"})
		require.Equal(t, phoneapp.CardDeclined, refused.Code)
		require.Equal(t, phoneapp.Pending, outcome.Request.State)
		require.Equal(t, "insufficient_funds", outcome.Request.Failure.Code)
		_, hello := w.show(kari)
		require.Equal(t, "insufficient_funds", hello.Requests[0].Failure.Code)
		ok, outcome := screen.ask(say{"type": "approve", "requestId": "a", "cardId": "card-4242"})
		require.Equal(t, "ok", ok.Type)
		require.Nil(t, outcome.Request.Failure)
		require.Equal(t, phoneapp.Approved, outcome.Request.State)
	})
}

func TestConsentIsAllOrNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			message say
			code    phoneapp.Code
			state   payment.State
		}{
			"left out": {say{}, phoneapp.ConsentRequired, payment.Created},
			"given":    {say{"consent": true}, "", payment.Authorized},
			"refused":  {say{"consent": false}, "", payment.Aborted},
		} {
			w := newWorld(t)
			screen, _ := w.show(kari)
			w.ask("a", kari, func(c *payment.Create) { c.Scopes = []string{"name", "phoneNumber"} })
			require.Equal(t, []string{"name", "phoneNumber"}, screen.expect("push", phoneapp.Pending).Scopes)
			c.message["type"], c.message["requestId"] = "approve", "a"
			answer, _ := screen.ask(c.message)
			require.Equal(t, c.code, answer.Code, name)
			require.Equal(t, c.state, w.state("a"), name)
		}
	})
}

func TestWhatIsSharedIsWhatWasAskedFor(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.ask("a", kari, func(c *payment.Create) { c.Scopes = []string{"name", "phoneNumber"} })
		yes := true
		_, err := w.hub.Approve(context.Background(), kari, "a", phoneapp.Answer{Consent: &yes})
		require.NoError(t, err)
		p, err := w.store.Get(context.Background(), payment.ID{MSN: directory.DemoMSN, Reference: "a"})
		require.NoError(t, err)
		require.Equal(t, payment.Profile{FirstName: "Kari", LastName: "Demo", Phone: kari}, p.Grant.Profile)
	})
}

func TestARefusalHasTheProtocolsCode(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("late", kari)
		time.Sleep(5 * time.Minute)
		w.ask("withdrawn", kari)
		w.do("withdrawn", payment.Cancel{})
		w.ask("declined", kari)
		w.do("declined", payment.Decline{Phone: kari})
		w.ask("waiting", kari)
		w.ask("adult", kari, func(c *payment.Create) { c.Details = &payment.Details{MinimumAge: 40} })
		w.offer("elsewhere")
		w.do("elsewhere", payment.Identify{Phone: ola, Holds: true})
		elsewhere, err := w.store.Get(context.Background(), payment.ID{MSN: directory.DemoMSN, Reference: "elsewhere"})
		require.NoError(t, err)
		for _, c := range []struct {
			message say
			code    phoneapp.Code
		}{
			{say{"type": "approve", "requestId": "late"}, phoneapp.Expired},
			{say{"type": "hold", "requestId": "late"}, phoneapp.Expired},
			{say{"type": "approve", "requestId": "withdrawn"}, phoneapp.AlreadyDecided},
			{say{"type": "decline", "requestId": "declined"}, phoneapp.AlreadyDecided},
			{say{"type": "approve", "requestId": "nowhere"}, phoneapp.NotFound},
			{say{"type": "approve", "requestId": elsewhere.Code}, phoneapp.Taken},
			{say{"type": "open", "requestId": elsewhere.Code}, phoneapp.Taken},
			{say{"type": "approve"}, phoneapp.BadMessage},
			{say{"type": "approve", "requestId": "waiting", "cardId": "nope"}, phoneapp.BadMessage},
			{say{"type": "approve", "requestId": "waiting", "shippingOptionId": "x"}, phoneapp.BadMessage},
			{say{"type": "approve", "requestId": "waiting", "addressId": "x"}, phoneapp.BadMessage},
			{say{"type": "approve", "requestId": "waiting", "consent": "yes"}, phoneapp.BadMessage},
			{say{"type": "approve", "requestId": "adult"}, phoneapp.BadMessage},
			{say{"type": "dance"}, phoneapp.BadMessage},
			{say{"type": "scan"}, phoneapp.BadMessage},
		} {
			answer, _ := screen.ask(c.message)
			require.Equal(t, "error", answer.Type, "%v", c.message)
			require.Equal(t, c.code, answer.Code, "%v: %s", c.message, answer.Message)
			require.NotEmpty(t, answer.Message)
		}
		require.Equal(t, payment.Created, w.state("waiting"))
	})
}

func TestAnUnknownPhoneIsRefused(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		ctx := context.Background()
		_, inbox := w.hub.Requests(ctx, "4799999999")
		_, approve := w.hub.Approve(ctx, "4799999999", "a", phoneapp.Answer{})
		_, scan := w.hub.Scan(ctx, "4799999999", "pay:p")
		for _, err := range []error{inbox, approve, scan} {
			var refused *phoneapp.Error
			require.True(t, errors.As(err, &refused))
			require.Equal(t, phoneapp.NotFound, refused.Code)
		}
	})
}

func TestOpeningHoldsOthersOffUntilItIsPutAway(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		first, _ := w.show(kari)
		second, _ := w.show(ola)
		p := w.offer("a")
		ok, pushed := first.ask(say{"type": "open", "requestId": p.Code})
		require.Equal(t, "ok", ok.Type)
		require.Equal(t, "push", pushed.Type)
		taken, _ := second.ask(say{"type": "open", "requestId": p.Code})
		require.Equal(t, phoneapp.Taken, taken.Code)
		ok, _ = first.ask(say{"type": "release", "requestId": p.Code})
		require.Equal(t, "ok", ok.Type)
		ok, _ = second.ask(say{"type": "open", "requestId": p.Code})
		require.Equal(t, "ok", ok.Type)
		first.expect("request", phoneapp.Terminated)
		ok, outcome := second.ask(say{"type": "approve", "requestId": p.Code})
		require.Equal(t, "ok", ok.Type)
		require.Equal(t, phoneapp.Approved, outcome.Request.State)
	})
}

func TestScanningPutsThePaymentOnThePhone(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		first, _ := w.show(kari)
		second, _ := w.show(ola)
		p := w.offer("a")
		time.Sleep(4 * time.Minute)
		ok, pushed := first.ask(say{"type": "scan", "content": "pay:" + p.Code})
		require.Equal(t, "ok", ok.Type)
		require.Equal(t, p.Code, ok.RequestID)
		require.Equal(t, "push", pushed.Type)
		require.Equal(t, w.clock.Now().Add(5*time.Minute).Truncate(time.Millisecond), pushed.Request.ExpiresAt)
		taken, _ := second.ask(say{"type": "scan", "content": "token:" + p.Token})
		require.Equal(t, phoneapp.Taken, taken.Code)
		ok, again := first.ask(say{"type": "scan", "content": "token:" + p.Token})
		require.Equal(t, "ok", ok.Type)
		require.Empty(t, again.Type, "the same phone again gets no second push")
	})
}

func TestScanningWhatCannotBePaidSaysWhy(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		late := w.offer("late")
		time.Sleep(5 * time.Minute)
		ended, pushed, live := w.offer("ended"), w.ask("pushed", ola), w.offer("live")
		w.do("ended", payment.Decline{})
		for content, code := range map[string]phoneapp.Code{
			"pay:" + late.Code:           phoneapp.Expired,
			"pay:" + ended.Code:          phoneapp.AlreadyDecided,
			"pay:" + pushed.Code:         phoneapp.NotFound,
			"pay:p0000000000":            phoneapp.NotFound,
			"token:" + live.Code + ".xx": phoneapp.NotFound,
			"else:":                      phoneapp.NotFound,
			"foreign:evil.example":       phoneapp.BadMessage,
			"person:":                    phoneapp.BadMessage,
			"garbage":                    phoneapp.BadMessage,
			"":                           phoneapp.BadMessage,
		} {
			_, err := w.hub.Scan(context.Background(), kari, content)
			var refused *phoneapp.Error
			require.True(t, errors.As(err, &refused), content)
			require.Equal(t, code, refused.Code, content)
			if content == "foreign:evil.example" {
				require.Contains(t, refused.Message, "evil.example")
			}
		}
		require.Equal(t, payment.Created, w.state("live"))
	})
}
