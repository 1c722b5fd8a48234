package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// webshop is a client of another sales unit.
func webshop(sim *servertest.Sim) *client.Client {
	keys := client.Demo()
	keys.MSN, keys.ClientID = "234567", "5a1e0000-0000-4000-8000-000000000002"
	return client.New(sim.URL, client.WithHTTPClient(sim.HTTP), client.WithCredentials(keys))
}

func order(reference string) client.CreatePayment {
	return client.CreatePayment{Amount: client.NOK(100), Reference: reference, UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/"}
}

func TestResettingAUnitForgetsThatUnitAlone(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		shop := webshop(sim)
		hooks := sim.Webhooks(t)
		sim.CreatePayment(t, ride, 100)
		_, err := shop.CreatePayment(t.Context(), order(ride))
		require.NoError(t, err)
		_, err = shop.RegisterWebhook(t.Context(), hooks.URL+"/shop", "epayments.payment.created.v1")
		require.NoError(t, err)
		sim.Advance(t, minute)
		before := sim.Now()
		require.NoError(t, sim.Client.ResetUnit(t.Context()))

		_, err = sim.Client.Payment(t.Context(), ride)
		refused(t, err, http.StatusNotFound, "not_found")
		mine, err := sim.Client.ListWebhooks(t.Context())
		require.NoError(t, err)
		require.Empty(t, mine)
		require.Empty(t, deliveries(t, sim, ride))

		_, err = shop.GetPayment(t.Context(), ride)
		require.NoError(t, err)
		theirs, err := shop.ListWebhooks(t.Context())
		require.NoError(t, err)
		require.Len(t, theirs, 1)
		require.False(t, sim.Now().Before(before), "the clock stays")
		sim.CreatePayment(t, ride, 200) // the reference is free again
	})
}

func TestResettingAWorldGoesBackToTheReadyMadeData(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		sim.CreatePayment(t, ride, 100)
		hooks.Wait(t, ride, "CREATED")
		off := false
		_, err := sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &off})
		require.NoError(t, err)
		_, err = sim.Client.AddPhone(t.Context(), "4799999999", "Nils")
		require.NoError(t, err)
		require.NoError(t, sim.Client.PutSink(t.Context(), "shop", client.Sink{Status: 500}))
		_, err = sim.Client.AddFault(t.Context(), client.Fault{Match: client.FaultMatch{Target: "push"}, Do: client.FaultDo{Drop: true}})
		require.NoError(t, err)
		sim.Advance(t, time.Minute)
		_, err = sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		require.NoError(t, sim.Client.Reset(t.Context()))

		page, err := sim.Client.Payments(t.Context(), client.Filter{})
		require.NoError(t, err)
		require.Empty(t, page.Payments)
		phones, err := sim.Client.Phones(t.Context())
		require.NoError(t, err)
		require.Len(t, phones, 5)
		require.True(t, phones[0].Online)
		faults, err := sim.Client.Faults(t.Context())
		require.NoError(t, err)
		require.Empty(t, faults)
		clock, err := sim.Client.Clock(t.Context())
		require.NoError(t, err)
		require.Equal(t, client.Clock{Now: clock.Real, Real: clock.Real, Speed: 1}, clock)
		pass(time.Hour)
		require.Equal(t, []string{"CREATED"}, hooks.Names(ride), "the window of a payment that is gone fires for nobody")
	})
}
