package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/clock"
	"liksom/server/servertest"
)

// lives is a simulator that is stopped and started again with the same store,
// while the receivers on its network stay.
type lives struct {
	t       *testing.T
	store   string
	network *servertest.Network
}

// overRestarts tells a story, in a bubble, of a program that goes down and
// comes up again.
func overRestarts(t *testing.T, story func(t *testing.T, l *lives)) {
	t.Helper()
	t.Parallel()
	for _, store := range []string{"sqlite", "postgres"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			kept := storeOf(t, store)
			synctest.Test(t, func(t *testing.T) { story(t, &lives{t: t, store: kept, network: servertest.NewNetwork()}) })
		})
	}
}

func (l *lives) start() *servertest.Sim {
	l.t.Helper()
	return start(l.t, servertest.WithStore(l.store), servertest.WithNetwork(l.network))
}

// down is the program not running for a while, from the moment it begins to
// stop.
func (l *lives) down(sim *servertest.Sim, d time.Duration) {
	l.t.Helper()
	up := time.After(d)
	sim.Stop(l.t)
	<-up
}

func TestWindowsThatEndedWhileDownFireAtTheStartInOrder(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		hooks := first.Webhooks(t, "epayments.payment.expired.v1")
		var want []string
		for i := range 5 {
			reference := fmt.Sprintf("taxi-ride-%06d", i)
			first.CreatePayment(t, reference, 100)
			want = append(want, reference)
			pass(20 * time.Second)
		}
		l.down(first, time.Hour)

		second := l.start()
		var got []string
		for _, reference := range want {
			require.Equal(t, "EXPIRED", second.Payment(t, reference).State, "before anybody could ask")
			require.Equal(t, []string{"CREATED +0s", "EXPIRED +5m0s"}, occurrences(t, second, reference), "at its own time")
			hooks.Wait(t, reference, "EXPIRED")
		}
		page, err := second.Client.Payments(t.Context(), client.Filter{State: "EXPIRED"})
		require.NoError(t, err)
		for i := range page.Payments {
			p := page.Payments[len(page.Payments)-1-i]
			got = append(got, p.Reference)
			require.Equal(t, p.CreatedAt.Add(5*minute), p.EndedAt)
		}
		require.Equal(t, want, got)
		require.Len(t, hooks.All(), 5)
	})
}

func TestAWindowThatOutlastsTheRestartEndsOnTime(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		hooks := first.Webhooks(t)
		first.CreatePayment(t, ride, 100)
		created := hooks.Wait(t, ride, "CREATED").Timestamp
		pass(time.Minute)
		l.down(first, time.Minute)
		second := l.start()
		pass(3*minute - time.Second)
		require.Equal(t, "CREATED", second.Payment(t, ride).State)
		pass(time.Second)
		require.Equal(t, created.Add(5*minute), hooks.Wait(t, ride, "EXPIRED").Timestamp)
		require.Equal(t, created.Add(5*minute), second.Now())
	})
}

func TestDowntimeCountsAtTheClocksPace(t *testing.T) {
	for name, c := range map[string]struct {
		pace func(t *testing.T, c *client.Client)
		want time.Duration // of ten real seconds down
	}{
		"not at all while frozen": {func(t *testing.T, c *client.Client) {
			_, err := c.Freeze(t.Context())
			require.NoError(t, err)
		}, 0},
		"sixtyfold at speed 60": {func(t *testing.T, c *client.Client) {
			_, err := c.SetSpeed(t.Context(), 60)
			require.NoError(t, err)
		}, 10 * minute},
		"as it is at first": {func(*testing.T, *client.Client) {}, 10 * time.Second},
		"from where a jump led": {func(t *testing.T, c *client.Client) {
			_, err := c.Advance(t.Context(), 48*time.Hour)
			require.NoError(t, err)
		}, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			overRestarts(t, func(t *testing.T, l *lives) {
				first := l.start()
				first.CreatePayment(t, ride, 100)
				c.pace(t, first.Client)
				before, err := first.Client.Clock(t.Context())
				require.NoError(t, err)
				l.down(first, 10*time.Second)
				after, err := l.start().Client.Clock(t.Context())
				require.NoError(t, err)
				require.Equal(t, c.want, after.Now.Sub(before.Now))
				require.Equal(t, before.Speed, after.Speed)
				require.Equal(t, before.Frozen, after.Frozen)
			})
		})
	}
}

func TestAFrozenWindowSurvivesAnyDowntime(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		first.CreatePayment(t, ride, 100)
		_, err := first.Client.Freeze(t.Context())
		require.NoError(t, err)
		l.down(first, 30*24*time.Hour)
		second := l.start()
		require.Equal(t, "AUTHORIZED", second.Approve(t, ride).State)
	})
}

// A jump's target is kept before the walk begins. A program killed on the way
// leaves the store as it is made here: the target kept, nothing walked.
func TestAJumpIsFinishedAfterACrashInTheMiddle(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		hooks := first.Webhooks(t, "epayments.payment.expired.v1")
		_, err := first.Client.Freeze(t.Context())
		require.NoError(t, err)
		first.CreatePayment(t, ride, 100)
		first.Advance(t, minute)
		first.CreatePayment(t, "second-"+ride, 100)
		target := first.Now().Add(time.Hour)
		first.Stop(t)

		db := openStore(t, l.store)
		docs, err := db.World(t.Context(), "", nil)
		require.NoError(t, err)
		body, err := json.Marshal(clock.Reading{Now: target, Real: clock.Wall(), Speed: 1, Frozen: true})
		require.NoError(t, err)
		require.NoError(t, docs.PutDocument(t.Context(), "clock", "reading", body))
		require.NoError(t, db.Close())

		second := l.start()
		require.Equal(t, target, second.Now())
		for _, reference := range []string{ride, "second-" + ride} {
			require.Equal(t, []string{"CREATED +0s", "EXPIRED +5m0s"}, occurrences(t, second, reference))
			hooks.Wait(t, reference, "EXPIRED")
		}
	})
}

func TestAReplayAfterARestartGetsTheSameBytes(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		const body = `{"amount":{"currency":"NOK","value":100},"paymentMethod":{"type":"WALLET"},"reference":"` + ride + `","userFlow":"WEB_REDIRECT","returnUrl":"https://shop.example/"}`
		const part = `{"modificationAmount":{"currency":"NOK","value":40}}`
		create := func(sim *servertest.Sim) answer {
			return merchant(t, sim, "POST", "/epayment/v1/payments", body, "Idempotency-Key: create-1")
		}
		capture := func(sim *servertest.Sim) answer {
			return merchant(t, sim, "POST", "/epayment/v1/payments/"+ride+"/capture", part, "Idempotency-Key: capture-1")
		}
		first := l.start()
		created := create(first)
		require.Equal(t, http.StatusCreated, created.status, created.body)
		first.Approve(t, ride)
		captured := capture(first)
		require.Equal(t, http.StatusOK, captured.status, captured.body)
		l.down(first, time.Hour)

		second := l.start()
		again := create(second)
		require.Equal(t, []any{created.status, created.body}, []any{again.status, again.body})
		again = capture(second)
		require.Equal(t, []any{captured.status, captured.body}, []any{again.status, again.body})
		require.EqualValues(t, 40, second.Payment(t, ride).Aggregate.Captured.Value, "captured once")
	})
}

func TestDeliveriesWaitingAndHeldGoOnAfterARestart(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		receiver := &clerk{}
		receiver.answer("CREATED", http.StatusInternalServerError)
		subscribe(t, first, first.Receiver(t, receiver))
		first.CreatePayment(t, ride, 100)
		first.Approve(t, ride)
		pass(10 * time.Second) // four tries in vain; the next is due in a minute
		require.Equal(t, []string{"CREATED", "CREATED", "CREATED", "CREATED"}, receiver.seen())
		found := deliveries(t, first, ride)
		require.Equal(t, []string{"waiting", "held"}, []string{found[0].State, found[1].State})
		receiver.answer("CREATED", http.StatusOK)
		l.down(first, 10*time.Second)

		second := l.start()
		hooks, err := second.Client.ListWebhooks(t.Context())
		require.NoError(t, err)
		require.Len(t, hooks, 1)
		pass(45 * time.Second)
		synctest.Wait()
		require.Len(t, receiver.seen(), 4, "not before its time")
		pass(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"CREATED", "AUTHORIZED"}, receiver.seen()[4:])
		found = deliveries(t, second, ride)
		require.Equal(t, []string{"delivered", "delivered"}, []string{found[0].State, found[1].State})
		require.Len(t, found[0].Attempts, 5, "the record goes on")
	})
}

func TestAPhonesSettingsAndInboxSurviveARestart(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		_, err := first.Client.AddPhone(t.Context(), "4799999999", "Nils")
		require.NoError(t, err)
		push(t, first, ride, "4799999999")
		l.down(first, minute)
		second := l.start()
		waiting := connect(t, second, "4799999999").next("hello").Requests
		require.Len(t, waiting, 1)
		_, err = second.Client.ApproveRequest(t.Context(), "4799999999", waiting[0].ID, client.Answer{})
		require.NoError(t, err)
		require.Equal(t, []string{"CREATED +0s", "AUTHORIZED +1m0s"}, occurrences(t, second, ride))
	})
}

func TestOneFileKeepsTwoWorldsApart(t *testing.T) {
	overRestarts(t, func(t *testing.T, l *lives) {
		first := l.start()
		other := first.World(t, "ci-42")
		first.CreatePayment(t, ride, 100)
		other.CreatePayment(t, ride, 200)
		other.Advance(t, 24*time.Hour)
		ahead := other.Now()
		l.down(first, time.Second)

		second := l.start()
		require.Equal(t, "CREATED", second.Payment(t, ride).State)
		require.EqualValues(t, 100, second.Payment(t, ride).Amount.Value)
		again := second.World(t, "ci-42")
		require.Equal(t, ahead.Add(time.Second), again.Now())
		require.Equal(t, "EXPIRED", again.Payment(t, ride).State)
		require.EqualValues(t, 200, again.Payment(t, ride).Amount.Value)
	})
}
