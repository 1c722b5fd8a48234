package server_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/servertest"
)

// BenchmarkLadder is a webhook that is never accepted, from its first try to
// the last, seven days later, in one jump.
func BenchmarkLadder(b *testing.B) {
	for _, store := range []string{"memory", "sqlite"} {
		once(b, store, func(b *testing.B) (float64, string) {
			kept := store
			if kept == "sqlite" {
				kept += ":" + b.TempDir() + "/liksom.db"
			}
			sim := servertest.Start(b, servertest.WithStore(kept))
			_, err := sim.Client.Freeze(b.Context())
			require.NoError(b, err)
			var tries atomic.Int64
			url := sim.Receiver(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				tries.Add(1)
				w.WriteHeader(http.StatusInternalServerError)
			}))
			_, err = sim.Client.RegisterWebhook(b.Context(), url, "epayments.payment.created.v1")
			require.NoError(b, err)
			sim.CreatePayment(b, ride, 100)
			took := timed(func() {
				_, err := sim.Client.Advance(b.Context(), 8*24*time.Hour)
				require.NoError(b, err)
			})
			require.Greater(b, tries.Load(), int64(30))
			return took.Seconds(), "s/ladder"
		})
	}
}
