package server_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/openapi"
	"liksom/server/servertest"
	"liksom/web/browsertest"
)

func TestTheReferenceIsServedInEveryWorld(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for name, world := range map[string]*servertest.Sim{"the default one": sim, "another": sim.World(t, "ci-42")} {
		t.Run(name, func(t *testing.T) {
			for path, says := range map[string]string{
				"/docs": "ePayment API", "/docs/sim": "/openapi/sim.json", "/docs/sim/print": "/sim/v1/clock/advance", openapi.SimPath: `"servers":[{"url":"` + world.URL + `"}]`,
				"/openapi/epayment.json": `"servers":[{"url":"` + world.URL + `"}]`, "/openapi/access-token.json": `"openapi":"3.1.0"`,
			} {
				answer, err := sim.HTTP.Get(world.URL + path)
				require.NoError(t, err, path)
				text, err := io.ReadAll(answer.Body)
				require.NoError(t, err, path)
				require.NoError(t, answer.Body.Close())
				require.Equal(t, http.StatusOK, answer.StatusCode, path)
				require.Contains(t, string(text), says, path)
			}
		})
	}
}

func TestTheReferenceTriesOutCallsInItsWorld(t *testing.T) {
	j := begin(t, browsertest.Start(t))
	world, err := j.sim.World(t.Context(), "ci-42")
	require.NoError(t, err)
	frozen, err := client.New(world.URL()).Freeze(t.Context())
	require.NoError(t, err)
	tab := j.chromium.Tab(t, browsertest.Desktop())
	tab.Go(world.URL() + "/docs/sim#/Clock/advanceClock")
	tab.Click("#operations-Clock-advanceClock .execute")
	tab.Wait("#operations-Clock-advanceClock .live-responses-table")
	require.Contains(t, tab.Text("#operations-Clock-advanceClock .live-responses-table"), "200")
	moved, err := client.New(world.URL()).Clock(t.Context())
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, moved.Now.Sub(frozen.Now))
	require.Empty(t, browsertest.Eval[[]string](tab, `performance.getEntriesByType("resource").map((e) => e.name).filter((n) => !n.startsWith(location.origin + "/w/ci-42/") && !n.startsWith("data:"))`))
	tab.Picture("docs-tried")
}
