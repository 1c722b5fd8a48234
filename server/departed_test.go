package server_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// removed are the addresses of registrations that were removed for silence.
func removed(t *testing.T, sim *servertest.Sim) map[string]string {
	t.Helper()
	status, body := ask(t, sim, "GET", "/sim/v1/registrations", "")
	require.Equal(t, 200, status, body)
	var told struct {
		Removed []struct{ ID, URL string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &told))
	all := map[string]string{}
	for _, r := range told.Removed {
		all[r.URL] = r.ID
	}
	return all
}

func TestWhoWasSilentForTwoWeeksIsRemembered(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		const dead = "http://nobody.invalid/hook"
		_, err := sim.Client.RegisterWebhook(t.Context(), dead, "epayments.payment.created.v1")
		require.NoError(t, err)
		_, err = sim.Client.RegisterWebhook(t.Context(), sim.URL+"/sink/alive", "epayments.payment.created.v1")
		require.NoError(t, err)
		sim.CreatePayment(t, ride, 100)
		sim.Advance(t, 14*24*time.Hour+time.Minute)
		gone := removed(t, sim)
		require.Len(t, gone, 1)
		require.Contains(t, gone, dead)

		snapshot, err := sim.Client.Snapshot(t.Context())
		require.NoError(t, err)
		status, body := ask(t, sim, "DELETE", "/sim/v1/registrations/"+gone[dead], "")
		require.Equal(t, 204, status, body)
		require.Empty(t, removed(t, sim))
		require.NoError(t, sim.Client.Restore(t.Context(), snapshot))
		require.Equal(t, gone, removed(t, sim), "a snapshot knows of it")
		require.NoError(t, sim.Client.Reset(t.Context()))
		require.Empty(t, removed(t, sim))
	})
}

func TestTheSeedOfFaultsOutlivesARestartUntilAReset(t *testing.T) {
	t.Parallel()
	store := servertest.WithStore("sqlite:" + t.TempDir() + "/liksom.db")
	sim := start(t, store)
	require.NoError(t, sim.Client.SetFaultSeed(t.Context(), "20251121"))
	snapshot, err := sim.Client.Snapshot(t.Context())
	require.NoError(t, err)
	sim.Stop(t)
	sim = start(t, store)
	seed := func() string {
		seed, err := sim.Client.FaultSeed(t.Context())
		require.NoError(t, err)
		return seed
	}
	require.Equal(t, "20251121", seed())
	require.NoError(t, sim.Client.Reset(t.Context()))
	require.NotEqual(t, "20251121", seed())
	require.NoError(t, sim.Client.Restore(t.Context(), snapshot))
	require.Equal(t, "20251121", seed(), "a snapshot knows it")
}

func TestASeedOfTheWorldMakesTheFaultsRepeatable(t *testing.T) {
	t.Parallel()
	seeds := map[string]bool{}
	for range 2 {
		sim := start(t)
		_, err := sim.Client.MakeWorld(t.Context(), client.WorldPlan{Name: "ci", Seed: "same"})
		require.NoError(t, err)
		seed, err := client.New(sim.URL+"/w/ci", client.WithHTTPClient(sim.HTTP)).FaultSeed(t.Context())
		require.NoError(t, err)
		seeds[seed] = true
	}
	require.Len(t, seeds, 1)
}
