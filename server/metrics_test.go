package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/servertest"
)

// figures reads the metrics of a simulator, by name and labels.
func figures(t *testing.T, sim *servertest.Sim) map[string]string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL+"/metrics", nil)
	require.NoError(t, err)
	answer, err := sim.HTTP.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Contains(t, answer.Header.Get("Content-Type"), "text/plain")
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	found := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "} "); ok {
			found[name+"}"] = value
		}
	}
	return found
}

func TestMetricsTellWhatHappenedAndHowThingsStand(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		hooks := sim.Webhooks(t, "epayments.payment.expired.v1")
		sim.CreatePayment(t, ride, 100)
		sim.CreatePayment(t, "taxi-ride-000418", 100)
		_, err = sim.Client.GetPayment(t.Context(), "taxi-ride-000999")
		require.Error(t, err)
		before := figures(t, sim)
		require.Equal(t, "2", before[`liksom_payments{state="CREATED",world="default"}`])
		require.Equal(t, "0", before[`liksom_payments{state="EXPIRED",world="default"}`])
		require.Equal(t, "2", before[`liksom_due_rows_waiting{world="default"}`])
		require.Equal(t, "0", before[`liksom_clock_speed{world="default"}`])
		require.Equal(t, "2", before[`liksom_requests_total{api="epayment",class="2xx",operation="create",world="default"}`])
		require.Equal(t, "1", before[`liksom_requests_total{api="epayment",class="4xx",operation="get",world="default"}`])
		require.Equal(t, "2", before[`liksom_request_duration_seconds_count{api="epayment",operation="create",world="default"}`])
		require.Equal(t, "2", before[`liksom_request_duration_seconds_bucket{api="epayment",operation="create",world="default",le="+Inf"}`])

		sim.Advance(t, time.Hour)
		hooks.Wait(t, ride, "EXPIRED")
		after := figures(t, sim)
		require.Equal(t, "0", after[`liksom_payments{state="CREATED",world="default"}`])
		require.Equal(t, "2", after[`liksom_payments{state="EXPIRED",world="default"}`])
		require.Equal(t, "2", after[`liksom_webhook_tries_total{outcome="delivered",world="default"}`])
		require.Equal(t, "0", after[`liksom_webhook_tries_total{outcome="again",world="default"}`])
		require.NotEqual(t, before[`liksom_clock_seconds{world="default"}`], after[`liksom_clock_seconds{world="default"}`])
	})
}

func TestMetricsCountATryInVain(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		url := sim.Receiver(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
		_, err = sim.Client.RegisterWebhook(t.Context(), url, "epayments.payment.expired.v1")
		require.NoError(t, err)
		sim.CreatePayment(t, ride, 100)
		sim.Advance(t, 5*minute+time.Second) // the first rung is two seconds long
		require.Equal(t, "1", figures(t, sim)[`liksom_webhook_tries_total{outcome="again",world="default"}`])
		sim.Advance(t, 8*24*time.Hour)
		require.Equal(t, "1", figures(t, sim)[`liksom_webhook_tries_total{outcome="dropped",world="default"}`])
	})
}

func TestMetricsKnowNamedWorldsByOneLabel(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		for _, name := range []string{"one", "two"} {
			world := sim.World(t, name)
			world.CreatePayment(t, ride, 100)
		}
		for _, at := range []*servertest.Sim{sim, sim.World(t, "one")} { // all doors tell the same
			found := figures(t, at)
			require.Equal(t, "2", found[`liksom_worlds{world="named"}`])
			require.Equal(t, "2", found[`liksom_payments{state="CREATED",world="named"}`])
			require.Equal(t, "0", found[`liksom_payments{state="CREATED",world="default"}`])
			require.Equal(t, "2", found[`liksom_requests_total{api="epayment",class="2xx",operation="create",world="named"}`])
			require.NotContains(t, found, `liksom_clock_seconds{world="named"}`)
		}
	})
}
