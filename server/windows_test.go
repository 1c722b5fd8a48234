package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

func TestNobodyOpensThePage(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		sim.CreatePayment(t, ride, 24900)
		created := sim.Payment(t, ride).CreatedAt
		pass(5*minute - time.Millisecond)
		require.Equal(t, "CREATED", sim.Payment(t, ride).State)
		pass(time.Millisecond)
		expired := hooks.Wait(t, ride, "EXPIRED")
		require.Equal(t, created.Add(5*minute), expired.Timestamp)
		require.Equal(t, created.Add(5*minute), expired.At, "it came at once")

		pass(24 * time.Hour)
		require.Equal(t, "EXPIRED", sim.Payment(t, ride).State)
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +5m0s"}, occurrences(t, sim, ride))
		require.Equal(t, []string{"CREATED", "EXPIRED"}, hooks.Names(ride))
	})
}

func TestANumberAtTheLastSecondOpensAWholeSecondWindow(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sim.CreatePayment(t, ride, 24900)
		pass(4*minute + 59*time.Second)
		_, err := sim.Client.Open(t.Context(), ride, kari)
		require.NoError(t, err)
		pass(4*minute + 59*time.Second)
		require.Equal(t, "AUTHORIZED", sim.Approve(t, ride).State)
		require.Equal(t, []string{"CREATED +0s", "AUTHORIZED +9m58s"}, occurrences(t, sim, ride))
	})
}

func TestANumberDoesNotProlongTheSecondWindow(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		sim.CreatePayment(t, ride, 24900)
		pass(time.Minute)
		for range 2 {
			_, err := sim.Client.Open(t.Context(), ride, kari)
			require.NoError(t, err)
			pass(time.Minute)
		}
		hooks.Wait(t, ride, "CREATED")
		pass(3 * time.Minute)
		hooks.Wait(t, ride, "EXPIRED")
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +6m0s"}, occurrences(t, sim, ride))
	})
}

func TestApprovingExactlyAtTheDeadlineLoses(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		push(t, sim, ride, kari)
		pass(5 * minute) // timer and approval wake at the same moment
		_, err := sim.Client.Approve(t.Context(), ride)
		refused(t, err, http.StatusConflict, "expired")
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +5m0s"}, occurrences(t, sim, ride))
	})
}

func TestApprovingAMillisecondBeforeTheDeadlineWins(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		push(t, sim, ride, kari)
		pass(5*minute - time.Millisecond)
		sim.Approve(t, ride)
		pass(time.Hour)
		require.Equal(t, []string{"CREATED +0s", "AUTHORIZED +4m59.999s"}, occurrences(t, sim, ride))
	})
}

// Many approvals, declines and the timer meet in the same instant: the log
// has one outcome, and it is what everybody is told.
func TestOfManyAnswersAtOnceOneWins(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		push(t, sim, ride, kari)
		pass(5*minute - time.Millisecond)
		won := make(chan string, 20)
		for i := range cap(won) {
			act := sim.Client.Approve
			if i%2 == 0 {
				act = sim.Client.Decline
			}
			go func() {
				p, err := act(t.Context(), ride)
				if err != nil {
					p.State = ""
				}
				won <- p.State
			}()
		}
		var states []string
		for range cap(won) {
			if state := <-won; state != "" {
				states = append(states, state)
			}
		}
		require.Len(t, states, 1)
		pass(time.Hour)
		require.Equal(t, states[0], sim.Payment(t, ride).State)
		require.Len(t, occurrences(t, sim, ride), 2)
	})
}

func TestAJumpFiresWindowsInOrderEachAtItsOwnTime(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t, "epayments.payment.expired.v1")
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		const many = 20
		var want []string
		for i := range many {
			reference := fmt.Sprintf("taxi-ride-%06d", i)
			sim.CreatePayment(t, reference, 100)
			want = append(want, reference)
			sim.Advance(t, 10*time.Second)
		}
		began := sim.Now()
		sim.Advance(t, time.Hour)
		require.Equal(t, began.Add(time.Hour), sim.Now())

		var got []string
		for _, hook := range hooks.All() { // all of them arrived before the jump returned
			got = append(got, hook.Reference)
			due := sim.Payment(t, hook.Reference).CreatedAt.Add(5 * minute)
			require.Equal(t, due, hook.Timestamp)
			require.WithinRange(t, hook.At, due, due.Add(2*time.Second), "time did not pass the try's next rung meanwhile")
		}
		require.Equal(t, want, got)
	})
}

func TestFreezingHoldsAWindowAndResumingLetsItRun(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sim.CreatePayment(t, ride, 100)
		pass(2 * minute)
		frozen, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		require.True(t, frozen.Frozen)
		pass(24 * time.Hour)
		require.Equal(t, "CREATED", sim.Payment(t, ride).State)
		require.Equal(t, frozen.Now, sim.Now())

		_, err = sim.Client.Resume(t.Context())
		require.NoError(t, err)
		pass(3*minute - time.Second)
		require.Equal(t, "CREATED", sim.Payment(t, ride).State)
		pass(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +5m0s"}, occurrences(t, sim, ride))
	})
}

func TestAtSpeedSixtyAMinuteTakesASecond(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		sim.CreatePayment(t, ride, 100)
		_, err := sim.Client.SetSpeed(t.Context(), 60)
		require.NoError(t, err)
		began := time.Now()
		hooks.Wait(t, ride, "EXPIRED")
		require.Equal(t, 5*time.Second, time.Since(began))
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +5m0s"}, occurrences(t, sim, ride))
	})
}

func TestAWindowOfOnesOwn(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		sim.CreatePayment(t, ride, 100)
		push(t, sim, "push-"+ride, kari)
		sim.Advance(t, time.Hour)
		hooks.Wait(t, "push-"+ride, "EXPIRED")
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +2m0s"}, occurrences(t, sim, ride))
		require.Equal(t, []string{"CREATED +0s", "EXPIRED +10m0s"}, occurrences(t, sim, "push-"+ride))
	}, servertest.WithWindows(2*minute, 10*minute))
}

func TestAnExpiredPaymentsReferenceStaysTaken(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sim.CreatePayment(t, ride, 100)
		sim.Advance(t, 5*minute)
		_, err := sim.Client.CreatePayment(t.Context(), client.CreatePayment{
			Amount: client.NOK(100), Reference: ride, UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/",
		})
		var p *client.Problem
		require.ErrorAs(t, err, &p)
		require.Equal(t, http.StatusConflict, p.Status)
	})
}
