package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
)

// goesWrong is a scenario whose second step cannot be so.
const goesWrong = `id: goes-wrong
title: Goes wrong
steps:
  - create: {amount: 25000}
  - name: paid at once
    expect: payment(reference).state == "AUTHORIZED"
finally:
  - note: over
`

// goesOn is a scenario that waits for what never comes.
const goesOn = `id: goes-on
title: Goes on
steps:
  - create
  - wait: {payment: {state: AUTHORIZED}}
    within: 60s
`

// goesOnTwice goes on from goesOn.
const goesOnTwice = `  - wait: {payment: {state: TERMINATED}}
    within: 60s
`

func played(t *testing.T, sim *client.Client, p client.RunPlan) client.Run {
	t.Helper()
	run, err := sim.RunScenarios(t.Context(), p)
	require.NoError(t, err)
	return over(t, sim, run.ID)
}

func over(t *testing.T, sim *client.Client, id string) client.Run {
	t.Helper()
	for after := int64(0); ; {
		run, err := sim.ScenarioRun(t.Context(), id, after, time.Minute)
		require.NoError(t, err)
		if run.State != "running" {
			return run
		}
		after = run.Version
	}
}

func staged(t *testing.T) *client.Client {
	t.Helper()
	return client.New(startAt(t, server.Options{Addr: "127.0.0.1:0"}).URL())
}

func TestScenariosRunInWorldsOfTheirOwnWhichGo(t *testing.T) {
	t.Parallel()
	sim := staged(t)
	run := played(t, sim, client.RunPlan{Scenarios: []string{"retry-ladder", "duplicate-delivery"}})
	require.Equal(t, "passed", run.State, "%+v", run)
	require.Len(t, run.Scenarios, 2)
	for _, s := range run.Scenarios {
		require.Equal(t, "passed", s.State)
		require.Empty(t, s.World)
		for _, step := range s.Steps {
			want := "passed"
			if step.Name == "nor once more a moment later" {
				want = "skipped" // it is for shops that are not ours
			}
			require.Equal(t, want, step.State, step.Name)
		}
	}
	require.Greater(t, run.Scenarios[0].SkipsMs, (6 * 24 * time.Hour).Milliseconds())
	worlds, err := sim.Worlds(t.Context())
	require.NoError(t, err)
	require.Len(t, worlds, 1)
}

func TestAFailedScenarioTellsWhyAndLeavesItsWorld(t *testing.T) {
	t.Parallel()
	sim := staged(t)
	run := played(t, sim, client.RunPlan{Source: goesWrong})
	require.Equal(t, "failed", run.State)
	s := run.Scenarios[0]
	require.Equal(t, []string{"passed", "failed", "passed"}, []string{s.Steps[0].State, s.Steps[1].State, s.Steps[2].State})
	require.Equal(t, 2, s.Failure.Step)
	require.Equal(t, 6, s.Failure.Line)
	require.Contains(t, s.Failure.Actual, "CREATED")
	require.Contains(t, s.Failure.Expected, "AUTHORIZED")
	require.Contains(t, s.Failure.Excerpt, `"AUTHORIZED"`)
	require.NotEmpty(t, s.Failure.Timeline)

	kept, err := sim.World(t.Context(), s.World)
	require.NoError(t, err)
	p, err := sim.In(kept).Payment(t.Context(), s.Failure.Payment.Reference)
	require.NoError(t, err)
	require.Equal(t, "CREATED", p.State)
}

func TestAStoppedRunEndsAndItsWorldGoes(t *testing.T) {
	t.Parallel()
	sim := staged(t)
	run, err := sim.RunScenarios(t.Context(), client.RunPlan{Source: goesOn})
	require.NoError(t, err)
	for run.Scenarios[0].Waiting == "" {
		run, err = sim.ScenarioRun(t.Context(), run.ID, run.Version, time.Minute)
		require.NoError(t, err)
	}
	require.Equal(t, "a payment with state AUTHORIZED", run.Scenarios[0].Waiting)
	require.NoError(t, sim.StopScenarios(t.Context(), run.ID))
	run = over(t, sim, run.ID)
	require.Equal(t, "stopped", run.State)
	require.Equal(t, "stopped", run.Scenarios[0].State)
	worlds, err := sim.Worlds(t.Context())
	require.NoError(t, err)
	require.Len(t, worlds, 1)
}

func TestARunTellsWhichPhoneIsInUse(t *testing.T) {
	t.Parallel()
	sim := staged(t)
	source := strings.Replace(goesOn, "- create", `- create: {flow: PUSH_MESSAGE, phone: "4787654321"}`, 1)
	run, err := sim.RunScenarios(t.Context(), client.RunPlan{Source: source})
	require.NoError(t, err)
	for run.Scenarios[0].Phone == "" && run.State == "running" {
		run, err = sim.ScenarioRun(t.Context(), run.ID, run.Version, time.Minute)
		require.NoError(t, err)
	}
	require.Equal(t, "4787654321", run.Scenarios[0].Phone)
	require.NoError(t, sim.StopScenarios(t.Context(), run.ID))
	require.Empty(t, over(t, sim, run.ID).Scenarios[0].Phone, "its world is gone")
}

func TestRunsEndWithTheSimulator(t *testing.T) {
	t.Parallel()
	s := startAt(t, server.Options{Addr: "127.0.0.1:0"})
	sim := client.New(s.URL())
	_, err := sim.RunScenarios(t.Context(), client.RunPlan{Source: goesOn})
	require.NoError(t, err)
	began := time.Now()
	require.NoError(t, s.Stop(t.Context()))
	require.Less(t, time.Since(began), 30*time.Second)
}

func TestOnlySoManyRunsGoOnAtOnce(t *testing.T) {
	t.Parallel()
	sim := staged(t)
	for range 3 {
		_, err := sim.RunScenarios(t.Context(), client.RunPlan{Source: goesOn})
		require.NoError(t, err)
	}
	_, err := sim.RunScenarios(t.Context(), client.RunPlan{Source: goesOn})
	require.Equal(t, http.StatusConflict, refusal(t, err).Status)
	runs, err := sim.ScenarioRuns(t.Context())
	require.NoError(t, err)
	require.Len(t, runs, 3)
}

func refusal(t *testing.T, err error) *client.Problem {
	t.Helper()
	var p *client.Problem
	require.ErrorAs(t, err, &p)
	return p
}

func TestWhatCannotRunIsRefusedWithAllPlaces(t *testing.T) {
	t.Parallel()
	sim := staged(t)
	for name, c := range map[string]struct {
		plan client.RunPlan
		says []string
	}{
		"two misspelt steps":  {client.RunPlan{Source: "id: two\ntitle: Two\nsteps:\n  - crate\n  - aprove\n"}, []string{"source:4:5", "create", "source:5:5", "approve"}},
		"a file to include":   {client.RunPlan{Source: "id: inc\ntitle: Inc\nsteps:\n  - include: /etc/passwd\n"}, []string{"source:4", "files cannot be included here"}},
		"an unknown scenario": {client.RunPlan{Scenarios: []string{"retry-lader"}}, []string{"scenarios", "retry-ladder"}},
		"an unknown pace":     {client.RunPlan{Scenarios: []string{"retry-ladder"}, Pace: "quick"}, []string{"pace"}},
		"a shop that is none": {client.RunPlan{Scenarios: []string{"retry-ladder"}, Shop: "shop.example"}, []string{"shop"}},
		"nothing at all":      {client.RunPlan{}, []string{"scenarios"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sim.RunScenarios(t.Context(), c.plan)
			p := refusal(t, err)
			require.Equal(t, http.StatusBadRequest, p.Status)
			for _, part := range c.says {
				require.Contains(t, string(p.Body), part)
			}
		})
	}
	_, err := sim.ScenarioRun(t.Context(), "run-0", 0, 0)
	require.Equal(t, http.StatusNotFound, refusal(t, err).Status)
	require.Equal(t, http.StatusNotFound, refusal(t, sim.StopScenarios(t.Context(), "run-0")).Status)
}
