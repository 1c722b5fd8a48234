package scenarios_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/scenarios"
	"liksom/server"
	"liksom/server/openapi/openapitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// simulator runs one on a real port until the test ends. Its answers are held
// against our OpenAPI documents.
func simulator(t *testing.T) string {
	t.Helper()
	documents := openapitest.New(t)
	documents.Lenient("scripts send what is wrong, on purpose")
	s, err := server.New(t.Context(), server.Options{Addr: "127.0.0.1:0", WebhookTimeout: 5 * time.Second, Around: documents.Handler})
	require.NoError(t, err)
	require.NoError(t, s.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, s.Stop(context.WithoutCancel(t.Context()))) })
	return s.URL()
}

const head = "id: a-test\ntitle: A test\nsteps:\n"

// script parses steps.
func script(t *testing.T, steps string) *scenarios.Script {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(head+steps))
	require.NoError(t, err)
	return s
}

// play runs steps against a simulator of their own.
func play(t *testing.T, steps string) scenarios.Result {
	t.Helper()
	return scenarios.Run(t.Context(), script(t, steps), scenarios.Options{URL: simulator(t), Seed: "test"})
}

func passes(t *testing.T, r scenarios.Result) { //nolint:gocritic // for tests
	t.Helper()
	why := ""
	if r.Failure != nil {
		why = r.Failure.Error() + "\n" + r.Failure.Excerpt
	}
	require.Equal(t, scenarios.Passed, r.State, why)
}
