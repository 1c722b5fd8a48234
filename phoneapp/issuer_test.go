package phoneapp_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/directory"
	"liksom/server/payment"
)

func verdict(r payment.Refusal) func(*payment.Create) {
	return func(c *payment.Create) { c.Verdict = r }
}

func TestAnUnknownResultIsProcessing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("a", kari, verdict(payment.ResultUnknown))
		screen.expect("push", phoneapp.Pending)
		ok, outcome := screen.ask(say{"type": "approve", "requestId": "a"})
		require.Equal(t, "ok", ok.Type)
		require.Equal(t, phoneapp.Processing, outcome.Request.State)
		require.Equal(t, w.clock.Now().UTC().Add(time.Hour), outcome.Request.ExpiresAt)
		_, hello := w.show(kari)
		require.Equal(t, phoneapp.Processing, hello.Requests[0].State, "a phone that comes again finds it")
		for _, kind := range []string{"approve", "decline"} {
			refused, _ := screen.ask(say{"type": kind, "requestId": "a"})
			require.Equal(t, phoneapp.AlreadyDecided, refused.Code)
		}
		time.Sleep(59 * time.Minute)
		screen.quiet()
		require.Equal(t, payment.Created, w.state("a"))
		time.Sleep(time.Minute)
		screen.expect("request", phoneapp.Approved)
	})
}

func TestAConfirmationIsAskedFor(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("a", kari, verdict(payment.AuthenticationNeeded))
		screen.expect("push", phoneapp.Pending)
		refused, outcome := screen.ask(say{"type": "approve", "requestId": "a"})
		require.Equal(t, phoneapp.CardDeclined, refused.Code)
		require.Equal(t, "The bank wants a confirmation with the code. Confirm, and pay again.", refused.Message)
		require.Equal(t, &phoneapp.Failure{Code: "authentication_needed", Message: "The bank wants a confirmation with the code."}, outcome.Request.Failure)
		_, outcome = screen.ask(say{"type": "approve", "requestId": "a"})
		require.Equal(t, phoneapp.Approved, outcome.Request.State)
	})
}

func TestEveryRefusalHasItsOwnWords(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		said := map[string]bool{}
		for _, r := range []payment.Refusal{
			payment.InsufficientFunds, payment.DeclinedByIssuer, payment.FraudSuspected, payment.LimitExceeded,
			payment.CardExpired, payment.CardInvalid, payment.AuthenticationDenied,
		} {
			w.ask(string(r), kari, verdict(r))
			screen.expect("push", phoneapp.Pending)
			_, outcome := screen.ask(say{"type": "approve", "requestId": string(r)})
			require.Equal(t, string(r), outcome.Request.Failure.Code)
			require.NotEmpty(t, outcome.Request.Failure.Message)
			require.False(t, said[outcome.Request.Failure.Message])
			said[outcome.Request.Failure.Message] = true
		}
	})
}

func TestAPhoneWithLatencyTakesItsTimeToPay(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) { p.Latency = directory.Duration(2 * time.Second) })
		screen, _ := w.show(kari)
		w.ask("a", kari)
		screen.expect("push", phoneapp.Pending)
		_, outcome := screen.ask(say{"type": "approve", "requestId": "a"})
		require.Equal(t, phoneapp.Processing, outcome.Request.State)
		_, err := w.service.Do(t.Context(), payment.ID{MSN: directory.DemoMSN, Reference: "a"}, payment.Cancel{}, nil)
		require.ErrorIs(t, err, payment.Because(payment.CancelProcessing))
		time.Sleep(2 * time.Second)
		screen.expect("request", phoneapp.Approved)
	})
}

func TestCompanyCardsThatAreNotWanted(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) {
			p.Cards = []directory.Card{
				{ID: "firm", Name: "Firm", BIN: "429198", Last4: "0001", Outcome: directory.Works, Company: true},
				{ID: "mine", Name: "Mine", BIN: "429198", Last4: "0002", Outcome: directory.Works},
			}
		})
		screen, _ := w.show(kari)
		w.ask("a", kari)
		require.Len(t, screen.expect("push", phoneapp.Pending).Cards, 2)
		w.ask("b", kari, func(c *payment.Create) { c.Details = &payment.Details{NoCompanyCards: true} })
		cards := screen.expect("push", phoneapp.Pending).Cards
		require.Len(t, cards, 1)
		require.Equal(t, "mine", cards[0].ID)
		refused, _ := screen.ask(say{"type": "approve", "requestId": "b", "cardId": "firm"})
		require.Equal(t, phoneapp.BadMessage, refused.Code)
		require.Contains(t, refused.Message, "no company cards")
		_, outcome := screen.ask(say{"type": "approve", "requestId": "b"})
		require.Equal(t, phoneapp.Approved, outcome.Request.State)
		p, err := w.store.Get(t.Context(), payment.ID{MSN: directory.DemoMSN, Reference: "b"})
		require.NoError(t, err)
		require.Equal(t, "mine", p.Card.ID, "the default card is one that is wanted")
		synctest.Wait()
	})
}

func TestAPhoneWithCompanyCardsAlone(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) {
			p.Cards = []directory.Card{{ID: "firm", BIN: "429198", Last4: "0001", Outcome: directory.Works, Company: true}}
		})
		w.ask("a", kari, func(c *payment.Create) { c.Details = &payment.Details{NoCompanyCards: true} })
		_, err := w.hub.Approve(t.Context(), kari, "a", phoneapp.Answer{})
		require.ErrorContains(t, err, "this phone has no others")
	})
}

func TestAnOwnerWhoIsTooYoungIsTold(t *testing.T) {
	for _, c := range []struct {
		name     string
		age, min int
		message  string
	}{
		{"for any shop", 14, 0, "one must be 15 for this payment"},
		{"for this payment", 17, 18, "one must be 18 for this payment"},
		{"just old enough", 18, 18, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				w := newWorld(t)
				w.set(kari, func(p *directory.Phone) { p.Age = c.age })
				p := w.ask("a", "", func(o *payment.Create) {
					o.Flow, o.Details = payment.QR, &payment.Details{MinimumAge: c.min}
				})
				screen, _ := w.show(kari)
				for _, m := range []say{{"type": "open", "requestId": p.Code}, {"type": "scan", "content": "pay:" + p.Code}} {
					got, _ := screen.ask(m)
					require.Contains(t, got.Message, c.message)
					require.Equal(t, c.message == "", got.Type == "ok")
				}
			})
		})
	}
}
