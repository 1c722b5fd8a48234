package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// minutesApart makes payments that end one after another, a minute apart.
func minutesApart(t *testing.T, sim *servertest.Sim, n int) (ends []time.Time) {
	t.Helper()
	for i := range n {
		end := sim.Now().Add(time.Hour + time.Duration(i)*time.Minute)
		_, err := sim.Client.CreatePayment(t.Context(), client.CreatePayment{
			Reference: fmt.Sprintf("minutes-apart-%03d", i), Amount: client.NOK(100), UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/",
			ExpiresAt: end, Receipt: oneSock(),
		})
		require.NoError(t, err)
		ends = append(ends, end.Truncate(time.Millisecond))
	}
	return ends
}

func TestAJumpTellsManyEndsInTheirOrderWithTheClockAtEach(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		var heard []time.Time // the clock, as receivers see it
		url := sim.Receiver(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard = append(heard, sim.Now()) }))
		_, err = sim.Client.RegisterWebhook(t.Context(), url, "epayments.payment.expired.v1")
		require.NoError(t, err)
		ends := minutesApart(t, sim, 180)
		sim.Advance(t, 24*time.Hour)
		require.Equal(t, ends, heard)
	})
}

func TestAMerchantWhoActsIsHeardBeforeTheNextEnd(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		const n = 20
		var told int
		url := sim.Receiver(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			next := fmt.Sprintf("minutes-apart-%03d", 2*told+1)
			told++
			if _, err := sim.Client.Cancel(r.Context(), next); err != nil {
				t.Error(err)
			}
		}))
		_, err = sim.Client.RegisterWebhook(t.Context(), url, "epayments.payment.expired.v1")
		require.NoError(t, err)
		minutesApart(t, sim, n)
		sim.Advance(t, 24*time.Hour)
		for i := range n {
			state := "EXPIRED"
			if i%2 == 1 {
				state = "TERMINATED"
			}
			require.Equal(t, state, string(sim.Payment(t, fmt.Sprintf("minutes-apart-%03d", i)).State), i)
		}
	})
}
