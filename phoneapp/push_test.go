package phoneapp_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/directory"
	"liksom/server/payment"
)

func TestAPushReachesEveryScreenOfItsPhoneAndNoOther(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		page, _ := w.show(kari)
		terminal, _ := w.show(kari)
		other, _ := w.show(ola)
		p := w.ask("a", kari)
		require.Equal(t, p.Code, page.expect("push", phoneapp.Pending).ID)
		require.Equal(t, p.Code, terminal.expect("push", phoneapp.Pending).ID)
		other.quiet()
	})
}

func TestAPhoneThatWasAwayMissesNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.ask("first", kari)
		w.ask("second", kari)
		w.ask("ended", kari)
		w.do("ended", payment.Decline{Phone: kari})
		_, hello := w.show(kari)
		require.Len(t, hello.Requests, 2)
		require.Equal(t, "first", hello.Requests[0].Reference)
		require.Equal(t, "second", hello.Requests[1].Reference)
		require.Equal(t, 2, hello.Waiting)
		require.Equal(t, "Kari Demo", hello.Phone.Name)
		require.Equal(t, w.clock.Now().Truncate(time.Millisecond), hello.Now)
		require.InDelta(t, 1, hello.Speed, 0)
	})
}

func TestAPhoneIsToldOfEveryEnd(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, c := range []struct {
			end  payment.Command
			want phoneapp.State
		}{
			{payment.Approve{Phone: kari, Card: payment.Card{ID: "c"}}, phoneapp.Approved},
			{payment.Decline{Phone: kari}, phoneapp.Declined},
			{payment.ExpireNow{}, phoneapp.TimedOut},
			{payment.Cancel{}, phoneapp.Terminated},
		} {
			w := newWorld(t)
			screen, _ := w.show(kari)
			w.ask("a", kari)
			require.Zero(t, screen.expect("push", phoneapp.Pending).EndedAt)
			time.Sleep(90 * time.Second)
			w.do("a", c.end)
			require.Equal(t, w.clock.Now().UTC().Truncate(time.Millisecond), screen.expect("request", c.want).EndedAt)
			screen.quiet()
		}
	})
}

func TestARequestExpiresWhetherItsPhoneIsOnlineOrNot(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("a", kari)
		w.ask("b", ola)
		w.set(ola, func(p *directory.Phone) { p.Online = false })
		screen.expect("push", phoneapp.Pending)
		asked := w.clock.Now().UTC()
		time.Sleep(5 * time.Minute)
		require.Equal(t, asked.Add(5*time.Minute).Truncate(time.Millisecond), screen.expect("request", phoneapp.TimedOut).EndedAt)
		require.Equal(t, payment.Expired, w.state("b"))
	})
}

func TestWithoutPushesTheRequestComesSilently(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) { p.PushOn = false })
		screen, _ := w.show(kari)
		w.ask("a", kari)
		screen.expect("request", phoneapp.Pending)
		screen.quiet()
	})
}

func TestAPhoneWithoutNetworkGetsEverythingOnceItIsBack(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.ask("known", kari)
		screen.expect("push", phoneapp.Pending)
		w.set(kari, func(p *directory.Phone) { p.Online = false })
		require.False(t, screen.next().Phone.Online)
		w.do("known", payment.Decline{Phone: kari})
		w.ask("ended", kari)
		w.do("ended", payment.ExpireNow{})
		w.ask("new", kari)
		screen.quiet()
		_, hello := w.show(kari)
		require.Empty(t, hello.Requests)
		require.Equal(t, 1, hello.Waiting)

		w.set(kari, func(p *directory.Phone) { p.Online = true })
		require.True(t, screen.next().Phone.Online)
		require.Equal(t, "new", screen.expect("push", phoneapp.Pending).Reference)
		ended := map[string]phoneapp.State{}
		for range 2 {
			m := screen.next()
			require.Equal(t, "request", m.Type)
			ended[m.Request.Reference] = m.Request.State
		}
		require.Equal(t, map[string]phoneapp.State{"known": phoneapp.Declined, "ended": phoneapp.TimedOut}, ended)
		screen.quiet()
	})
}

func TestASlowPhoneGetsItsPushLater(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.set(kari, func(p *directory.Phone) { p.Latency = directory.Duration(3 * time.Second) })
		screen, _ := w.show(kari)
		asked := w.clock.Now()
		w.ask("a", kari)
		time.Sleep(2999 * time.Millisecond)
		screen.quiet()
		screen.expect("push", phoneapp.Pending)
		require.InDelta(t, 3*time.Second, w.clock.Now().Sub(asked), float64(2*time.Millisecond))
	})
}

func TestALostPushWaitsInTheInbox(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		asked := 0
		w := newWorld(t, func(c *phoneapp.Config) {
			c.Faults = losing(func(string) bool { asked++; return true })
		})
		w.set(kari, func(p *directory.Phone) { p.Autopilot.Mode = "approve" })
		screen, _ := w.show(kari)
		w.ask("a", kari)
		screen.expect("request", phoneapp.Pending)
		_, hello := w.show(kari)
		require.Len(t, hello.Requests, 1)
		require.Equal(t, 1, asked)
		require.Equal(t, payment.Created, w.state("a"), "an autopilot answers pushes, and none came")
	})
}

func TestALatePushComesInItsTime(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t, func(c *phoneapp.Config) { c.Faults = late(30 * time.Second) })
		w.set(kari, byItself("approve", 5*time.Second))
		screen, _ := w.show(kari)
		asked := w.clock.Now()
		w.ask("a", kari)
		time.Sleep(29 * time.Second)
		screen.quiet()
		_, hello := w.show(kari)
		require.Len(t, hello.Requests, 1, "whoever opens the app finds it")
		screen.expect("push", phoneapp.Pending)
		require.InDelta(t, 30*time.Second, w.clock.Now().Sub(asked), float64(2*time.Millisecond))
		screen.expect("request", phoneapp.Approved)
		require.InDelta(t, 35*time.Second, w.clock.Now().Sub(asked), float64(2*time.Millisecond), "the autopilot answers what it was shown")
	})
}

func TestAPushIsHeldBackOnceAlsoOverARestart(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t, func(c *phoneapp.Config) { c.Faults = late(30 * time.Second) })
		screen, _ := w.show(kari)
		w.ask("a", kari)
		time.Sleep(10 * time.Second)
		w.hub.Reset("") // all that is remembered is gone, the rows are not
		<-screen.gone
		screen, _ = w.show(kari)
		time.Sleep(19 * time.Second)
		screen.quiet()
		screen.expect("push", phoneapp.Pending)
		time.Sleep(time.Minute)
		screen.quiet()
	})
}

func TestANumberThatIsReplacedLosesTheRequest(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		first, _ := w.show(kari)
		second, _ := w.show(ola)
		w.offer("a")
		w.do("a", payment.Identify{Phone: kari})
		first.expect("push", phoneapp.Pending)
		w.do("a", payment.Identify{Phone: ola})
		second.expect("push", phoneapp.Pending)
		first.expect("request", phoneapp.Terminated)
		requests, err := w.hub.Requests(context.Background(), kari)
		require.NoError(t, err)
		require.Empty(t, requests)
	})
}

func TestAPhoneIsToldOfItsSettingsAndOfTheClock(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.set(kari, func(p *directory.Phone) { p.Name = "Somebody" })
		m := screen.next()
		require.Equal(t, "phone", m.Type)
		require.Equal(t, "Somebody", m.Phone.Name)
		w.clock.Freeze()
		m = screen.next()
		require.Equal(t, "clock", m.Type)
		require.True(t, m.Frozen)
		before := w.clock.Now()
		require.NoError(t, w.timer.Advance(context.Background(), time.Hour))
		for m = screen.next(); m.Now.Before(before.Add(time.Hour).Truncate(time.Millisecond)); m = screen.next() {
			require.Equal(t, "clock", m.Type)
		}
	})
}

func TestAJumpOverManyDeadlinesDoesNotFloodAPhone(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(ola)
		for i := range 1000 {
			w.clock.Stand(w.clock.Now().Add(time.Duration(i) * time.Second))
		}
		at := w.clock.Now()
		w.clock.Release(at)
		time.Sleep(time.Second)
		require.Less(t, len(screen.box), 20)
		var last heard
		for len(screen.box) > 0 {
			last = screen.next()
		}
		require.False(t, last.Now.Before(at.Truncate(time.Millisecond)))
	})
}
