package server_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
)

func TestTheCatalogueIsReadBehindEveryDoor(t *testing.T) {
	t.Parallel()
	sim := start(t)
	_, err := sim.Client.MakeWorld(t.Context(), client.WorldPlan{Name: "ci-42"})
	require.NoError(t, err)
	for path, link := range map[string]string{
		"/docs":                                `href="/docs/scenarios"`,
		"/docs/scenarios":                      `href="/docs/scenarios/retry-ladder"`,
		"/docs/scenarios/retry-ladder":         `href="/console/scenarios/retry-ladder"`,
		"/w/ci-42/docs/scenarios":              `href="/w/ci-42/docs/scenarios/retry-ladder"`,
		"/w/ci-42/docs/sim/print":              `href="/w/ci-42/docs/scenarios"`,
		"/w/ci-42/docs/scenarios/retry-ladder": `href="/w/ci-42/console/scenarios/retry-ladder"`,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL+path, nil)
		require.NoError(t, err)
		answer, err := sim.HTTP.Do(request)
		require.NoError(t, err)
		page, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode, path)
		require.Contains(t, string(page), link, path)
	}
}
