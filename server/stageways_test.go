package server_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/openapi/openapitest"
	"liksom/server/servertest"
)

// looksAround is a scenario that calls the APIs and opens a page.
const looksAround = `id: looks-around
title: Looks around
steps:
  - create: {amount: 25000}
    as: made
  - page: {url: "${made.redirectUrl}"}
  - approve
  - capture
  - expect: payment(reference).captured == 25000
`

// paidOnly is one that needs no page.
const paidOnly = `id: paid-only
title: Paid only
steps:
  - create
  - approve
  - expect: payment(reference).authorized == 25000
`

func TestScenariosReachASimulatorWhoseCertificateNobodyTrusts(t *testing.T) {
	t.Parallel()
	lender := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(lender.Close)
	s := startAt(t, server.Options{Addr: "127.0.0.1:0", TLS: &tls.Config{Certificates: lender.TLS.Certificates, MinVersion: tls.VersionTLS12}})
	run := played(t, client.New(s.URL(), client.WithHTTPClient(lender.Client())), client.RunPlan{Source: looksAround})
	require.Equal(t, "passed", run.State, "%+v", run.Scenarios[0].Failure)
}

func TestScenariosReachASimulatorThatListensToNothing(t *testing.T) {
	t.Parallel()
	s, err := server.New(t.Context(), server.Options{Around: openapitest.New(t).Handler})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop(context.Background())) })
	front := httptest.NewServer(s)
	t.Cleanup(front.Close)
	run := played(t, client.New(front.URL), client.RunPlan{Source: paidOnly})
	require.Equal(t, "passed", run.State, "%+v", run.Scenarios[0].Failure)
}

func TestTheStreamTellsHowARunGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim := start(t)
		told := listen(t, sim, client.StreamFilter{Kinds: []string{"scenario"}})
		run := played(t, sim.Client, client.RunPlan{Source: looksAround})
		require.Equal(t, "passed", run.State, "%+v", run.Scenarios[0].Failure)
		synctest.Wait()
		var states []string
		for len(told.events) > 0 {
			e := <-told.events
			var n struct {
				Run, Scenario, State, Name, Phone string
				Step                              int
			}
			require.NoError(t, json.Unmarshal(e.Data, &n))
			require.Equal(t, run.ID, n.Run)
			if n.Step <= 1 && n.Phone == "" {
				states = append(states, n.Scenario+" "+n.State)
			}
		}
		const it = "looks-around "
		require.Equal(t, []string{it + "running", it + "running", it + "passed", it + "passed", " passed"}, states, "last of all the run")
	})
}

func TestTheCatalogueIsListedAndRead(t *testing.T) {
	t.Parallel()
	sim := servertestClient(t)
	all, err := sim.Scenarios(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, all)
	one, err := sim.Scenario(t.Context(), "retry-ladder")
	require.NoError(t, err)
	require.Equal(t, "webhooks", one.Group)
	require.Contains(t, one.Source, "id: retry-ladder")
	_, err = sim.Scenario(t.Context(), "no-such")
	require.Equal(t, http.StatusNotFound, refusal(t, err).Status)
}

func TestTheLastTwentyRunsAreRemembered(t *testing.T) {
	t.Parallel()
	sim := servertestClient(t)
	var last string
	for range 22 {
		last = played(t, sim, client.RunPlan{Source: "id: nothing\ntitle: Nothing\nsteps:\n  - note: done\n"}).ID
	}
	runs, err := sim.ScenarioRuns(t.Context())
	require.NoError(t, err)
	require.Len(t, runs, 20)
	require.Equal(t, last, runs[0].ID)
	require.Equal(t, 1, runs[0].Passed)
}

func servertestClient(t *testing.T) *client.Client {
	t.Helper()
	return start(t, servertest.WithSeed("stage")).Client
}
