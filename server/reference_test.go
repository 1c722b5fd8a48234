package server_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/openapi"
	"liksom/server/servertest"
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
