package server_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// many is how many payments are open when sixty days are jumped over.
const many = 10_000

// oneSock is the receipt that a long-living payment must have.
func oneSock() map[string]any {
	return map[string]any{
		"orderLines": []any{map[string]any{
			"id": "1", "name": "Sock", "totalAmount": 100, "totalAmountExcludingTax": 80, "totalTaxAmount": 20, "taxRate": 2500,
			"unitInfo": map[string]any{"unitPrice": 100, "quantity": "1", "quantityUnit": "PCS"},
		}},
		"bottomLine": map[string]any{"currency": "NOK"},
	}
}

// longLiving makes open payments whose ends lie evenly in the next sixty days.
func longLiving(tb testing.TB, sim *servertest.Sim, n int) {
	tb.Helper()
	began, span := sim.Now(), 59*24*time.Hour
	var crowd sync.WaitGroup
	for worker := range 8 {
		crowd.Go(func() {
			for i := worker; i < n; i += 8 {
				_, err := sim.Client.CreatePayment(tb.Context(), client.CreatePayment{
					Reference: fmt.Sprintf("long-living-%06d", i), Amount: client.NOK(100), UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/",
					ExpiresAt: began.Add(time.Hour + span/time.Duration(n)*time.Duration(i)), Receipt: oneSock(),
				})
				if err != nil {
					tb.Error(err)
					return
				}
			}
		})
	}
	crowd.Wait()
}

// BenchmarkSixtyDays jumps over sixty days in which ten thousand payments end,
// each at its own time; with a webhook, each end is told before time goes on.
func BenchmarkSixtyDays(b *testing.B) {
	for _, store := range []string{"memory", "sqlite", "postgres"} {
		for _, told := range []bool{false, true} {
			name := store
			if told {
				name += ", told by webhook"
			}
			once(b, name, func(b *testing.B) (float64, string) {
				sim := servertest.Start(b, servertest.WithStore(storeOf(b, store)))
				_, err := sim.Client.Freeze(b.Context())
				require.NoError(b, err)
				longLiving(b, sim, many)
				var heard atomic.Int64
				if told {
					url := sim.Receiver(b, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
					_, err := sim.Client.RegisterWebhook(b.Context(), url, "epayments.payment.expired.v1")
					require.NoError(b, err)
				}
				took := timed(func() {
					_, err := sim.Client.Advance(b.Context(), 60*24*time.Hour)
					require.NoError(b, err)
				})
				page, err := sim.Client.Payments(b.Context(), client.Filter{State: "CREATED"})
				require.NoError(b, err)
				require.Empty(b, page.Payments)
				if told {
					require.EqualValues(b, many, heard.Load())
				}
				return took.Seconds(), "s/10k"
			})
		}
	}
}

func TestSixtyDaysAreJumpedOverWithEveryEndToldInOrder(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		longLiving(t, sim, 60)
		hooks := sim.Webhooks(t, "epayments.payment.expired.v1")
		began := sim.Now()
		sim.Advance(t, 60*24*time.Hour)
		require.Equal(t, began.Add(60*24*time.Hour), sim.Now())
		for i := range 60 {
			reference := fmt.Sprintf("long-living-%06d", i)
			require.Equal(t, []string{"EXPIRED"}, hooks.Names(reference))
			p := sim.Payment(t, reference)
			require.Equal(t, began.Add(time.Hour+59*24*time.Hour/60*time.Duration(i)).Truncate(time.Millisecond), p.EndedAt)
		}
	})
}
