package server_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

func TestTheLogOfCallsMasksSecretsUnlessTheyAreAskedFor(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sim.CreatePayment(t, ride, 100)
		page, err := sim.Client.Calls(t.Context(), client.Filter{})
		require.NoError(t, err)
		require.Len(t, page.Requests, 2)
		require.Equal(t, []string{"Bearer ***"}, page.Requests[0].Request.Header["Authorization"])
		require.Contains(t, page.Requests[0].Response.Header.Get("Content-Type"), "application/json")
		require.NotContains(t, page.Requests[1].Response.Body, "eyJ")
		one, err := sim.Client.Call(t.Context(), page.Requests[0].N)
		require.NoError(t, err)
		require.Equal(t, page.Requests[0], one)

		hidden := call(t, sim, "GET", "/sim/v1/requests?as=curl", "").body
		require.NotContains(t, hidden, "liksom-demo-secret")
		require.NotContains(t, hidden, "0123456789abcdef0123456789abcdef")
		shown := call(t, sim, "GET", "/sim/v1/requests?as=curl&secrets=show", "").body
		require.Contains(t, shown, "'Client_secret: liksom-demo-secret'")
		require.Contains(t, shown, "'"+sim.URL+"/epayment/v1/payments'")
		require.Equal(t, 2, strings.Count(shown, "curl "))
	})
}

func TestTheLogOfCallsIsNarrowedAndWaitedFor(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sim.CreatePayment(t, ride, 100)
		_, err := sim.Client.GetPayment(t.Context(), "ride-unknown")
		require.Error(t, err)
		for _, f := range []client.Filter{{State: "404"}, {State: "4xx"}, {Path: "/epayment/v1/payments/"}, {Reference: "ride-unknown"}} {
			page, err := sim.Client.Calls(t.Context(), f)
			require.NoError(t, err)
			require.Len(t, page.Requests, 1, "%+v", f)
			require.Equal(t, 404, page.Requests[0].Status)
		}
		began := time.Now()
		go func() {
			pass(3 * time.Second)
			_, _ = sim.Client.Capture(t.Context(), ride, client.NOK(100)) // what it answers is no matter
		}()
		page, err := sim.Client.Calls(t.Context(), client.Filter{Path: "/epayment/v1/payments/" + ride + "/capture", Wait: time.Minute})
		require.NoError(t, err)
		require.Len(t, page.Requests, 1)
		require.Equal(t, 3*time.Second, time.Since(began))
	})
}

// upcoming gives the kinds of what is due.
func upcoming(t *testing.T, sim *servertest.Sim) []string {
	t.Helper()
	page, err := sim.Client.Deadlines(t.Context(), client.Filter{})
	require.NoError(t, err)
	kinds := []string{}
	for _, d := range page.Deadlines {
		kinds = append(kinds, d.Kind)
	}
	return kinds
}

func TestPushesAutopilotsAndCodesAreAmongWhatIsDue(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		require.Equal(t, 200, call(t, sim, "PATCH", "/sim/v1/phones/"+kari, `{"latency":"2s","autopilot":{"mode":"approve","delay":"5s"}}`).status)
		push(t, sim, ride, kari)
		require.Equal(t, []string{"push", "autopilot", "window"}, upcoming(t, sim))
		require.Equal(t, 200, call(t, sim, "PATCH", "/sim/v1/phones/"+kari, `{"autopilot":{"mode":"off"}}`).status)
		require.Equal(t, []string{"push", "window"}, upcoming(t, sim), "the autopilot answers no more")
		sim.Advance(t, 3*time.Second)
		require.Equal(t, []string{"window"}, upcoming(t, sim))
		sim.Approve(t, ride)
		require.Equal(t, []string{"reservation-end"}, upcoming(t, sim))
		made := merchant(t, sim, "POST", "/qr/v1/merchant-redirect", `{"id":"desk","redirectUrl":"https://shop.example/","ttl":600}`)
		require.Equal(t, 200, made.status, made.body)
		require.Equal(t, []string{"qr-code", "reservation-end"}, upcoming(t, sim))
	})
}

func TestWhoRegisteredForWebhooksIsListed(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		found, err := sim.Client.Registrations(t.Context(), sim.Client.MSN())
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.True(t, strings.HasPrefix(found[0].URL, hooks.URL), found[0].URL)
		require.Equal(t, "***", found[0].Secret)
	})
}
