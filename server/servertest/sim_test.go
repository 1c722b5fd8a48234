package servertest_test

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/server"
	"liksom/server/openapi/openapitest"
	"liksom/server/servertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const ride = "taxi-ride-000417"

// start runs a simulator whose traffic is held against our OpenAPI documents.
func start(t *testing.T, options ...servertest.Option) *servertest.Sim {
	t.Helper()
	return servertest.Start(t, append(options, servertest.WithAround(openapitest.New(t).Handler))...)
}

// BenchmarkStart is a simulator for a test, ready for its first request.
func BenchmarkStart(b *testing.B) {
	for range b.N {
		sim := servertest.Start(b)
		b.StopTimer()
		sim.Stop(b)
		b.StartTimer()
	}
}

// The example of the README, with its traffic held against the documents.
func TestTheExampleIsAsDescribed(t *testing.T) {
	sim := start(t)
	hooks := sim.Webhooks(t)
	sim.CreatePayment(t, ride, 24900)
	sim.Approve(t, ride)
	require.Equal(t, "AUTHORIZED", sim.Payment(t, ride).State)
	require.EqualValues(t, 24900, hooks.Wait(t, ride, "AUTHORIZED").Amount.Value)
}

func TestTheWholeOfItRunsInABubble(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"memory", "sqlite"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			if store == "sqlite" {
				store += ":" + filepath.Join(t.TempDir(), "liksom.db")
			}
			synctest.Test(t, func(t *testing.T) {
				sim := start(t, servertest.WithStore(store))
				hooks := sim.Webhooks(t)
				created := sim.CreatePayment(t, ride, 24900)
				require.Contains(t, created.RedirectURL, sim.URL+"/landing?token=")
				began := sim.Now()
				<-time.After(5 * time.Minute) // real time, as far as anybody inside can tell
				require.Equal(t, began.Add(5*time.Minute), hooks.Wait(t, ride, "EXPIRED").At)
				require.Equal(t, "EXPIRED", sim.Payment(t, ride).State)
			})
		})
	}
}

func TestThePayerCanDeclineOrRunOutOfTime(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sim.CreatePayment(t, ride, 100)
	require.Equal(t, "ABORTED", sim.Decline(t, ride).State)
	sim.CreatePayment(t, ride+"-2", 100)
	require.Equal(t, "EXPIRED", sim.Expire(t, ride+"-2").State)
}

func TestAdvancingBringsWhatFallsDueOnTheWay(t *testing.T) {
	t.Parallel()
	sim := start(t, servertest.WithWindows(time.Minute, time.Hour))
	hooks := sim.Webhooks(t, "epayments.payment.expired.v1")
	sim.CreatePayment(t, ride, 100)
	before := sim.Now()
	sim.Advance(t, time.Minute)
	require.Equal(t, []string{"EXPIRED"}, hooks.Names(ride), "the webhook arrived before the call returned")
	require.False(t, sim.Now().Before(before.Add(time.Minute)))
}

func TestTheSameSeedDrawsTheSameCodes(t *testing.T) {
	t.Parallel()
	urls := map[string]bool{}
	for _, seed := range []string{"a", "a", "b"} {
		sim := start(t, servertest.WithSeed(seed))
		urls[sim.CreatePayment(t, ride, 100).RedirectURL] = true
	}
	require.Len(t, urls, 2)
}

func TestAPortCanBeHad(t *testing.T) {
	t.Parallel()
	sim := start(t, servertest.WithPort())
	require.Regexp(t, `^http://127\.0\.0\.1:\d+$`, sim.URL)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL+"/readyz", nil)
	require.NoError(t, err)
	own := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := own.Do(request)
	require.NoError(t, err)
	_, _ = io.Copy(io.Discard, answer.Body)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)

	hooks := sim.Webhooks(t)
	sim.CreatePayment(t, ride, 100)
	hooks.Wait(t, ride, "CREATED")
}

func TestItIsStoppedWhenTheTestEnds(t *testing.T) {
	t.Parallel()
	var sim *servertest.Sim
	t.Run("inside", func(t *testing.T) {
		sim = start(t, servertest.With(func(o *server.Options) { o.Auth = "open" }))
	})
	_, err := sim.Server.World(context.Background(), "late")
	require.ErrorContains(t, err, "stopped")
	_, err = sim.Client.Info(context.Background())
	require.ErrorContains(t, err, "connection refused")
}

func TestAnInboxKeepsAReadWebhookWithWhatWasSent(t *testing.T) {
	t.Parallel()
	sim := start(t)
	hooks := sim.Webhooks(t, "epayments.payment.created.v1", "epayments.payment.aborted.v1")
	other := sim.Webhooks(t, "epayments.payment.aborted.v1")
	sim.CreatePayment(t, ride, 24900)
	sim.Decline(t, ride)
	hooks.Wait(t, ride, "ABORTED")
	other.Wait(t, ride, "ABORTED")

	require.Equal(t, []string{"CREATED", "ABORTED"}, hooks.Names(ride))
	require.Equal(t, []string{"ABORTED"}, other.Names(ride))
	require.Empty(t, hooks.Names("another"))
	first := hooks.All()[0]
	require.Equal(t, "123456", first.MSN)
	require.EqualValues(t, 24900, first.Amount.Value)
	require.True(t, first.Success)
	require.Contains(t, string(first.Body), `"name":"CREATED"`)
	require.Equal(t, "Vipps MobilePay/1.0 Webhooks/1.0", first.Header.Get("User-Agent"))
	require.NotEqual(t, hooks.Secret, other.Secret)
}

func TestWorldsOfOneSimulatorDoNotMeet(t *testing.T) {
	t.Parallel()
	sim := start(t)
	other := sim.World(t, "other")
	require.Equal(t, sim.URL+"/w/other", other.URL)
	sim.CreatePayment(t, ride, 100)
	other.CreatePayment(t, ride, 200)
	require.EqualValues(t, 100, sim.Payment(t, ride).Amount.Value)
	require.EqualValues(t, 200, other.Payment(t, ride).Amount.Value)
}
