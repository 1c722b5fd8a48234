package catalogue_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/scenarios"
	"liksom/scenarios/catalogue"
	"liksom/server"
	"liksom/server/openapi/openapitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// simulator runs one on a real port until the test ends. Its answers are held
// against our OpenAPI documents.
func simulator(t testing.TB) string {
	t.Helper()
	documents := openapitest.New(t)
	documents.Lenient("scripts send what is wrong, on purpose")
	documents.Except("a fault answers what it was told to", func(x *openapitest.Exchange) bool {
		return bytes.Contains(x.Answer, []byte("https://example.com/problems/"))
	})
	s, err := server.New(t.Context(), server.Options{Addr: "127.0.0.1:0", Around: documents.Handler})
	require.NoError(t, err)
	require.NoError(t, s.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, s.Stop(context.WithoutCancel(t.Context()))) })
	return s.URL()
}

func explain(r scenarios.Result) string { //nolint:gocritic // for messages
	if r.Failure == nil {
		return r.ID + " " + string(r.State)
	}
	return r.Failure.Error() + "\n" + r.Failure.Excerpt
}

func TestASoundShopPassesEveryScenario(t *testing.T) {
	t.Parallel()
	all, err := catalogue.All()
	require.NoError(t, err)
	for _, r := range scenarios.RunAll(t.Context(), all, scenarios.Options{URL: simulator(t)}, 8, 1, nil) {
		t.Run(r.ID, func(t *testing.T) { require.Equal(t, scenarios.Passed, r.State, explain(r)) })
	}
}

func TestEachHabitThatAScenarioNamesMakesItFail(t *testing.T) {
	t.Parallel()
	all, err := catalogue.All()
	require.NoError(t, err)
	url := simulator(t)
	var running sync.WaitGroup
	noticed := make(map[string]*scenarios.Result)
	for _, s := range all {
		for _, habit := range s.FailsWith {
			r := new(scenarios.Result)
			noticed[s.ID+" with "+habit] = r
			// All at once: what fails waits for its time to run out.
			running.Go(func() {
				*r = scenarios.Run(t.Context(), s, scenarios.Options{URL: url, Habits: []string{habit}})
			})
		}
	}
	running.Wait()
	for name, r := range noticed {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, scenarios.Failed, r.State, "the scenario did not notice the habit")
		})
	}
}

func TestANameFindsAScenarioAFamilyAGroupOrATag(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"retry-ladder": "retry-ladder", "late-capture": "late-capture-6090", "create": "idempotency-new-body", "idempotency": "idempotency-new-body",
	} {
		found, err := catalogue.Find(name)
		require.NoError(t, err)
		ids := []string{}
		for _, s := range found {
			ids = append(ids, s.ID)
		}
		require.Contains(t, ids, want, name)
	}
	_, err := catalogue.Find("duplicate-delivry")
	require.ErrorContains(t, err, "Did you mean duplicate-delivery?")
}

func TestEveryScenarioExplainsItself(t *testing.T) {
	t.Parallel()
	all, err := catalogue.All()
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, s := range all {
		require.False(t, seen[s.ID], "%s is there twice", s.ID)
		seen[s.ID] = true
		require.Equal(t, s.Group+"/"+s.ID+".yaml", s.File)
		require.NotEmpty(t, s.Tags, s.ID)
		require.GreaterOrEqual(t, strings.Count(s.About, "."), 2, "%s: about is two sentences", s.ID)
	}
}

// BenchmarkTheWholeCatalogue must stay under ten seconds on two cores.
func BenchmarkTheWholeCatalogue(b *testing.B) {
	all, err := catalogue.All()
	require.NoError(b, err)
	url := simulator(b)
	for b.Loop() {
		for _, r := range scenarios.RunAll(b.Context(), all, scenarios.Options{URL: url}, 8, 1, nil) {
			require.Equal(b, scenarios.Passed, r.State, explain(r))
		}
	}
}
