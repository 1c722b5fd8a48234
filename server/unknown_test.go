package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

func TestAnUnknownResultOutlivesARestart(t *testing.T) {
	t.Parallel()
	store := storeFile(t)
	sim := frozen(t, servertest.WithStore(store))
	create(t, sim, client.CreatePayment{Amount: client.NOK(201), Reference: ride, UserFlow: client.PushMessage, Customer: &client.Customer{PhoneNumber: kari}})
	request, err := sim.Client.ApproveRequest(t.Context(), kari, ride, client.Answer{})
	require.NoError(t, err)
	require.Equal(t, "PROCESSING", request.State)
	sim.Advance(t, 59*minute)
	sim.Stop(t)

	sim = start(t, servertest.WithStore(store))
	waiting, err := sim.Client.Requests(t.Context(), kari, 0)
	require.NoError(t, err)
	require.Len(t, waiting, 1)
	require.Equal(t, "PROCESSING", waiting[0].State)
	_, err = sim.Client.Cancel(t.Context(), ride)
	refused(t, err, http.StatusBadRequest, "6250")
	inbox := sim.Webhooks(t)
	sim.Advance(t, minute)
	require.Equal(t, []string{"CREATED +0s", "AUTHORIZED +" + time.Hour.String()}, occurrences(t, sim, ride))
	inbox.Wait(t, ride, "AUTHORIZED")
	p, err := sim.Client.GetPayment(t.Context(), ride)
	require.NoError(t, err)
	require.Equal(t, client.NOK(201), p.Aggregate.Authorized)
	require.Equal(t, "429198", p.PaymentMethod.CardBIN)
}
