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

func asks(scopes ...string) func(*payment.Create) {
	return func(c *payment.Create) { c.Scopes = scopes }
}

func TestConsentIsRememberedForSevenDays(t *testing.T) {
	const week = 7 * 24 * time.Hour
	for _, c := range []struct {
		name   string
		always bool
		after  time.Duration
		first  []string
		then   []string
		asked  []string
	}{
		{"nothing is missing", false, 0, []string{"name", "email"}, []string{"name"}, []string{}},
		{"one is missing", false, 0, []string{"name"}, []string{"name", "email"}, []string{"email"}},
		{"almost a week later", false, week - time.Minute, []string{"name"}, []string{"name"}, []string{}},
		{"a week later", false, week, []string{"name"}, []string{"name"}, []string{"name"}},
		{"a phone that always asks", true, 0, []string{"name"}, []string{"name"}, []string{"name"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				w := newWorld(t)
				w.set(kari, func(p *directory.Phone) { p.AlwaysAsk = c.always })
				screen, _ := w.show(kari)
				w.ask("first", kari, asks(c.first...))
				require.Equal(t, c.first, screen.expect("push", phoneapp.Pending).Scopes)
				refused, _ := screen.ask(say{"type": "approve", "requestId": "first"})
				require.Equal(t, phoneapp.ConsentRequired, refused.Code)
				_, outcome := screen.ask(say{"type": "approve", "requestId": "first", "consent": true})
				require.Equal(t, phoneapp.Approved, outcome.Request.State)
				time.Sleep(c.after)
				synctest.Wait()

				w.ask("then", kari, asks(c.then...))
				require.Equal(t, c.asked, screen.expect("push", phoneapp.Pending).Scopes)
				_, hello := w.show(kari)
				require.Equal(t, c.asked, hello.Requests[0].Scopes)
				answer, outcome := screen.ask(say{"type": "approve", "requestId": "then"})
				if len(c.asked) > 0 {
					require.Equal(t, phoneapp.ConsentRequired, answer.Code)
					_, outcome = screen.ask(say{"type": "approve", "requestId": "then", "consent": true})
				}
				require.Equal(t, phoneapp.Approved, outcome.Request.State)
				require.Equal(t, c.then, outcome.Request.Scopes, "what is shared in the end")
				p, err := w.store.Get(t.Context(), payment.ID{MSN: directory.DemoMSN, Reference: "then"})
				require.NoError(t, err)
				require.Equal(t, c.then, p.Grant.Scopes)
				require.Equal(t, "Kari", p.Grant.Profile.FirstName)
			})
		})
	}
}

func TestAnotherPayerIsAskedAnew(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(ola)
		w.ask("first", kari, asks("name"))
		w.do("first", payment.Approve{Phone: kari, Consent: new(true)})
		w.ask("then", ola, asks("name"))
		require.Equal(t, []string{"name"}, screen.expect("push", phoneapp.Pending).Scopes)
	})
}

func TestRefusingWhatIsMissingEndsThePayment(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.ask("first", kari, asks("name"))
		w.do("first", payment.Approve{Phone: kari, Consent: new(true)})
		synctest.Wait() // what a screen opened later need not be told
		screen, _ := w.show(kari)
		w.ask("then", kari, asks("name", "email"))
		screen.expect("push", phoneapp.Pending)
		_, outcome := screen.ask(say{"type": "approve", "requestId": "then", "consent": false})
		require.Equal(t, phoneapp.Declined, outcome.Request.State)
		require.Equal(t, payment.Aborted, w.state("then"))
	})
}
