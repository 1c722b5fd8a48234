package control_test

import (
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"liksom/server/webhook"
)

func deliveriesOf(reference string) webhook.Query {
	return webhook.Query{MSN: "123456", Reference: reference}
}

func delivery(t *testing.T, w *world) webhook.Delivery {
	t.Helper()
	all, err := w.store.Deliveries(t.Context(), deliveriesOf("order-0001"))
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all[len(all)-1]
}

func TestDeliveriesAreListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t)
	w.create("order-0001")
	w.want(t, 200, "POST", order+"/approve", "")
	golden(t, "deliveries", w.ask("GET", "/sim/v1/deliveries?msn=123456&reference=order-0001", ""))
	require.Len(t, w.want(t, 200, "GET", "/sim/v1/deliveries?state=held", "")["deliveries"], 1)
	require.Empty(t, w.want(t, 200, "GET", "/sim/v1/deliveries?state=dropped", "")["deliveries"])
	require.Contains(t, w.want(t, 400, "GET", "/sim/v1/deliveries?state=droped", "")["detail"], "Did you mean dropped?")
}

func TestADeliveryIsToldWithItsAttempts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t)
	w.create("order-0001")
	d := delivery(t, w)
	d.Status, d.NextAt, d.Tries, d.FirstAt = webhook.Waiting, morning.Add(2e9), 1, morning
	_, err := w.store.Settle(t.Context(), d, w.attempt(d, 500), 1, w.clock.Now())
	require.NoError(t, err)
	golden(t, "delivery", w.ask("GET", "/sim/v1/deliveries/"+d.ID, ""))
}

func TestResendingAnswersTheDeliveryWithTheNewAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t)
	w.create("order-0001")
	v := w.want(t, 200, "POST", "/sim/v1/deliveries/"+delivery(t, w).ID+"/resend", "")
	require.Equal(t, "delivered", v["state"])
	require.Equal(t, true, v["attempts"].([]any)[0].(map[string]any)["manual"])
}

func TestADeliveryWhoseRegistrationIsGoneCannotBeResent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.register(t)
	w.create("order-0001")
	require.NoError(t, w.store.Unregister(t.Context(), r.ID, w.clock.Now()))
	w.want(t, 409, "POST", "/sim/v1/deliveries/"+delivery(t, w).ID+"/resend", "")
}

func TestAnUnknownDeliveryIsSaidToBeUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 404, "GET", "/sim/v1/deliveries/nope", "")
	w.want(t, 404, "POST", "/sim/v1/deliveries/nope/resend", "")
}

func TestDeliveriesAreWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.register(t)
		w.create("order-0001")
		answered := make(chan *httptest.ResponseRecorder, 1)
		go func() { answered <- w.ask("GET", "/sim/v1/deliveries?state=delivered&wait=1m", "") }()
		synctest.Wait()
		require.Empty(t, answered)
		require.NoError(t, w.resend(t.Context(), delivery(t, w).ID))
		w.bell.Ring()
		require.Contains(t, (<-answered).Body.String(), "order-0001")
	})
}
