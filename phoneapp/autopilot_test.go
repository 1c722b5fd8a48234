package phoneapp_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/directory"
	"liksom/server/payment"
)

func byItself(mode string, after time.Duration) func(*directory.Phone) {
	return func(p *directory.Phone) {
		p.Autopilot = directory.Autopilot{Mode: mode, Delay: directory.Duration(after)}
	}
}

func TestAnAutopilotAnswersInItsTime(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for mode, want := range map[string]phoneapp.State{"approve": phoneapp.Approved, "decline": phoneapp.Declined} {
			w := newWorld(t)
			w.set(kari, byItself(mode, 8*time.Second))
			screen, _ := w.show(kari)
			w.ask("a", kari, func(c *payment.Create) { c.Scopes = []string{"name"} })
			at := screen.expect("push", phoneapp.Pending).AutopilotAt
			require.NotNil(t, at)
			require.Equal(t, w.clock.Now().Add(8*time.Second).Truncate(time.Millisecond), *at)
			screen.expect("request", want)
			require.InDelta(t, 0, w.clock.Now().Sub(*at), float64(5*time.Millisecond))
		}
	})
}

func TestAnAutopilotPaysWithItsCard(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) { p.Autopilot = directory.Autopilot{Mode: "approve", CardID: "card-0002"} })
		screen, _ := w.show(kari)
		w.ask("a", kari)
		m := screen.next()
		for m.Request.Failure == nil {
			m = screen.next()
		}
		require.Equal(t, "declined", m.Request.Failure.Code)
		screen.quiet()
		require.Equal(t, payment.Created, w.state("a"))
	})
}

func TestAPhoneThatIgnoresLetsTheRequestExpire(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, byItself("ignore", time.Second))
		screen, _ := w.show(kari)
		w.ask("a", kari)
		require.Nil(t, screen.expect("push", phoneapp.Pending).AutopilotAt)
		time.Sleep(5 * time.Minute)
		screen.expect("request", phoneapp.TimedOut)
	})
}

func TestHoldingStopsTheAutopilotForOneRequest(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, byItself("approve", 5*time.Second))
		screen, _ := w.show(kari)
		w.ask("held", kari)
		w.ask("other", kari)
		screen.expect("push", phoneapp.Pending)
		screen.expect("push", phoneapp.Pending)
		ok, now := screen.ask(say{"type": "hold", "requestId": "held"})
		require.Equal(t, "ok", ok.Type)
		require.Nil(t, now.Request.AutopilotAt)
		require.Equal(t, "other", screen.expect("request", phoneapp.Approved).Reference)
		screen.quiet()
		require.Equal(t, payment.Created, w.state("held"))
	})
}

func TestAnAutopilotSwitchedOnAnswersWhatWaitsAlready(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.ask("a", kari)
		time.Sleep(2 * time.Second)
		w.set(kari, byItself("approve", 3*time.Second))
		time.Sleep(900 * time.Millisecond)
		require.Equal(t, payment.Created, w.state("a"))
		time.Sleep(200 * time.Millisecond)
		require.Equal(t, payment.Authorized, w.state("a"))
	})
}

func TestAnAutopilotSwitchedOffOrSlowerDoesNotAnswerAtItsOldTime(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, byItself("approve", 2*time.Second))
		w.set(ola, byItself("approve", 2*time.Second))
		w.ask("off", kari)
		w.ask("slower", ola)
		w.set(kari, byItself("off", 0))
		w.set(ola, byItself("approve", 10*time.Second))
		time.Sleep(9 * time.Second)
		require.Equal(t, payment.Created, w.state("off"))
		require.Equal(t, payment.Created, w.state("slower"))
		time.Sleep(1100 * time.Millisecond)
		require.Equal(t, payment.Created, w.state("off"))
		require.Equal(t, payment.Authorized, w.state("slower"))
	})
}

func TestAnAutopilotWithoutNetworkAnswersOnceItIsBack(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, byItself("approve", time.Second))
		w.set(kari, func(p *directory.Phone) { p.Online = false })
		w.ask("a", kari)
		time.Sleep(time.Minute)
		require.Equal(t, payment.Created, w.state("a"))
		w.set(kari, func(p *directory.Phone) { p.Online = true })
		time.Sleep(time.Second)
		require.Equal(t, payment.Authorized, w.state("a"))
	})
}

func TestAnAutopilotActsByTheFirstRuleThatMatches(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		thousand, exactly := int64(100000), int64(4200)
		rules := []directory.Rule{
			{Amount: &directory.AmountRule{Is: &exactly}, Mode: "ignore"},
			{Amount: &directory.AmountRule{Currency: "NOK", From: &thousand}, Mode: "decline", Delay: directory.Duration(2 * time.Second)},
			{Reference: "poor-*", Mode: "approve", CardID: "card-0002"},
			{MSN: "999999", Mode: "decline"},
		}
		for _, c := range []struct {
			reference string
			value     int64
			want      payment.State
		}{
			{"a", 35000, payment.Authorized},
			{"dear", 100000, payment.Aborted},
			{"poor-dear", 100001, payment.Aborted},
			{"poor-1", 35000, payment.Created},
			{"exact", 4200, payment.Created},
		} {
			w := newWorld(t)
			w.set(kari, func(p *directory.Phone) { p.Autopilot = directory.Autopilot{Mode: "approve", Rules: rules} })
			w.ask(c.reference, kari, func(p *payment.Create) { p.Amount.Value = c.value })
			time.Sleep(3 * time.Second)
			require.Equal(t, c.want, w.state(c.reference), c.reference)
		}
	})
}

func TestARuleActsOnAPhoneThatDecidesItselfOtherwise(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) {
			p.Autopilot = directory.Autopilot{Mode: "off", Rules: []directory.Rule{{Reference: "auto-?", Mode: "approve"}}}
		})
		w.ask("auto-1", kari)
		w.ask("auto-12", kari)
		time.Sleep(time.Second)
		require.Equal(t, payment.Authorized, w.state("auto-1"))
		require.Equal(t, payment.Created, w.state("auto-12"))
	})
}

func TestResettingAUnitLeavesWhatOthersHold(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, byItself("approve", 5*time.Second))
		for unit, want := range map[string]payment.State{"999999": payment.Created, directory.DemoMSN: payment.Authorized} {
			screen, _ := w.show(kari)
			w.ask("held-"+unit, kari)
			ok, _ := screen.ask(say{"type": "hold", "requestId": "held-" + unit})
			require.Equal(t, "ok", ok.Type)
			w.hub.Reset(unit)
			time.Sleep(6 * time.Second)
			require.Equal(t, want, w.state("held-"+unit), "a hold is forgotten with its own unit alone")
		}
	})
}
