package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
	"liksom/scenarios/report"
	"liksom/server/client"
)

var update = flag.Bool("update", false, "write the goldens anew")

// sample is a run with one of every outcome.
func sample() *report.Run {
	at := time.Date(2030, 1, 31, 12, 0, 0, 0, time.UTC)
	failure := &scenarios.Failure{
		Step: 1, Name: "paid & shipped", File: "mine/late.yaml", Line: 7, Column: 5, Excerpt: "    7 |   - expect: a < b\n      |     ^",
		Expected: "captured == 25000", Actual: "captured = 0", MSN: "123456", Reference: "order-1",
		Timeline: []client.TimelineEntry{
			{At: at, Kind: "state", Name: "created", Text: "A payment of 250.00 NOK was created."},
			{At: at.Add(1500 * time.Millisecond), Kind: "api", Name: "POST"},
		},
		Look: "http://127.0.0.1:8080/w/late/console/payments/123456/order-1",
	}
	steps := func(states ...scenarios.State) []scenarios.StepResult {
		all := []scenarios.StepResult{
			{Name: "create", Verb: "create", Line: 5, Took: 2 * time.Millisecond, Detail: "201"},
			{Name: "paid & shipped", Verb: "expect", Line: 7, Took: time.Second},
		}
		for i := range all {
			all[i].State = states[i]
		}
		return all
	}
	result := func(id, title, group string, state scenarios.State) scenarios.Result {
		return scenarios.Result{ID: id, Title: title, Group: group, File: group + "/" + id + ".yaml", State: state, Seed: "s7", Started: at, Took: 1002 * time.Millisecond}
	}
	good := result("good", "Goes well", "webhooks", scenarios.Passed)
	good.Round = 2
	good.Steps, good.Skipped, good.Notes = steps(scenarios.Passed, scenarios.Passed), 301*time.Second, []string{"a \x01 note"}
	failed := result("late", "Comes \"late\"", "", scenarios.Failed)
	failed.File, failed.Steps, failed.Failure = "mine/late.yaml", steps(scenarios.Passed, scenarios.Failed), failure
	failed.World, failed.WorldURL = "late", "http://127.0.0.1:8080/w/late"
	stopped := result("cut", "Was cut off", "webhooks", scenarios.Stopped)
	stopped.Steps = steps(scenarios.Passed, scenarios.Stopped)
	return &report.Run{
		Seed: "s7", Simulator: "http://127.0.0.1:8080", Started: at, Took: 4 * time.Second, Interrupted: true,
		Cases: []report.Case{
			{Result: good},
			{Result: failed},
			{Result: stopped, Why: "the run was interrupted"},
			{Result: scenarios.Result{ID: "own", Title: "Its own merchant", Group: "webhooks", File: "webhooks/own.yaml", State: scenarios.Skipped}, Why: "plays the merchant itself"},
			{Result: scenarios.Result{ID: "after", Title: "Would come after", Group: "webhooks", File: "webhooks/after.yaml", State: scenarios.Never}, Why: "the run was interrupted before it began"},
		},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func TestReportsKeepTheirShape(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*report.Run, *bytes.Buffer) error{
		"run.json":  func(r *report.Run, b *bytes.Buffer) error { return r.WriteJSON(b) },
		"junit.xml": func(r *report.Run, b *bytes.Buffer) error { return r.WriteJUnit(b) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			require.NoError(t, write(sample(), &b))
			golden(t, name, b.Bytes())
		})
	}
}

func TestTheJSONReportCanBeReadBack(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, sample().WriteJSON(&b))
	read := json.NewDecoder(&b)
	read.DisallowUnknownFields()
	var d report.Document
	require.NoError(t, read.Decode(&d))
	require.Equal(t, report.Counts{Passed: 1, Failed: 1, Skipped: 1, Stopped: 1, Never: 1}, d.Counts)
	require.True(t, d.Interrupted)
	require.Len(t, d.Scenarios, 5)
	require.InDelta(t, 301, d.Scenarios[0].SkippedSeconds, 0)
	require.Equal(t, 2, d.Scenarios[1].Failure.Step, "steps count from 1")
	require.Equal(t, "captured = 0", d.Scenarios[1].Failure.Actual)
	require.Len(t, d.Scenarios[1].Failure.Timeline, 2)
	require.Equal(t, scenarios.Never, d.Scenarios[4].State)
}

// A CI server's view of the XML, with names of its own.
type suites struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
	Suites   []struct {
		Name  string  `xml:"name,attr"`
		Tests int     `xml:"tests,attr"`
		Time  float64 `xml:"time,attr"`
		Cases []struct {
			Name    string   `xml:"name,attr"`
			Class   string   `xml:"classname,attr"`
			Failure *outcome `xml:"failure"`
			Error   *outcome `xml:"error"`
			Skipped *outcome `xml:"skipped"`
			Out     string   `xml:"system-out"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

type outcome struct {
	Message string `xml:"message,attr"`
	Body    string `xml:",chardata"`
}

func TestTheJUnitReportCanBeReadBack(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, sample().WriteJUnit(&b))
	var read suites
	require.NoError(t, xml.Unmarshal(b.Bytes(), &read))
	require.Equal(t, []int{5, 1, 1, 2}, []int{read.Tests, read.Failures, read.Errors, read.Skipped})
	require.Len(t, read.Suites, 2)
	require.Equal(t, "webhooks", read.Suites[0].Name)
	require.Equal(t, 4, read.Suites[0].Tests)
	require.InDelta(t, 2.004, read.Suites[0].Time, 1e-9, "a suite took as long as its cases")
	require.Contains(t, read.Suites[0].Cases[0].Out, "note: a ")
	require.Equal(t, "the run was interrupted", read.Suites[0].Cases[1].Error.Message)
	require.Equal(t, "plays the merchant itself", read.Suites[0].Cases[2].Skipped.Message)
	require.Equal(t, "the run was interrupted before it began", read.Suites[0].Cases[3].Skipped.Message)

	failed := read.Suites[1].Cases[0]
	require.Equal(t, `Comes "late"`, failed.Name)
	require.Equal(t, "scripts.late", failed.Class)
	require.Equal(t, "paid & shipped: expected captured == 25000, got captured = 0", failed.Failure.Message)
	require.Contains(t, failed.Failure.Body, "step 2: paid & shipped\nwanted: captured == 25000\ngot:    captured = 0\n")
	require.Contains(t, failed.Failure.Body, "at:     mine/late.yaml:7:5\n    7 |   - expect: a < b\n")
	require.Contains(t, failed.Out, "    0.000  state    A payment of 250.00 NOK was created.\n    1.500  api      POST\n")
}
