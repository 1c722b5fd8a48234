package stripe_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"

	"liksom/server/servertest"
)

func fault(t *testing.T, sim *servertest.Sim, body string) {
	t.Helper()
	a := call(t, sim, http.MethodPost, "/sim/v1/faults", body, "Content-Type: application/json")
	require.Less(t, a.status, 300, a.body)
}

func TestAFaultAnswersAsStripeWould(t *testing.T) {
	t.Parallel()
	sim := start(t)
	fault(t, sim, `{"match":{"target":"api","path":"/v1/customers"},"do":{"status":503},"times":1}`)
	sc := stripeClient(sim)
	_, err := sc.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{})
	e := stripeError(t, err)
	require.Equal(t, []any{503, stripe.ErrorTypeAPI}, []any{e.HTTPStatusCode, e.Type})
	_, err = sc.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{})
	require.NoError(t, err)
}

func TestABrokenSignatureIsNoticedByStripesOwnCode(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc, "customer.created")
		hook.mu.Lock()
		hook.forged = true
		hook.mu.Unlock()
		fault(t, sim, `{"match":{"target":"webhook"},"do":{"corrupt":"signature"},"times":1}`)
		_, err := sc.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{})
		require.NoError(t, err)
		synctest.Wait()
		hook.mu.Lock()
		defer hook.mu.Unlock()
		require.Equal(t, 1, hook.refused)
	})
}

func TestEventsAreForgottenAfterThirtyDays(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		api(t, sim, http.MethodPost, "/customers", "name=Kari")
		sim.Advance(t, 30*24*time.Hour)
		_, o, _ := api(t, sim, http.MethodGet, "/events", "")
		require.Len(t, o["data"], 1)
		sim.Advance(t, time.Hour)
		_, o, _ = api(t, sim, http.MethodGet, "/events", "")
		require.Empty(t, o["data"])
		api(t, sim, http.MethodPost, "/customers", "name=Ola")
		_, o, _ = api(t, sim, http.MethodGet, "/events", "")
		require.Len(t, o["data"], 1)
	})
}
