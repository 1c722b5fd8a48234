package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"liksom/server/playbill"
)

// How scenarios and their runs are told.
type (
	// Scenario is a ready-made script as the simulator lists it.
	Scenario = playbill.Scenario
	// RunPlan is what a simulator is to run, and how.
	RunPlan = playbill.Plan
	// Run is a run of scenarios as it stands.
	Run = playbill.Run
	// RunLine is a run where runs are listed.
	RunLine = playbill.Line
	// RunScenario is how a scenario of a run stands.
	RunScenario = playbill.Part
	// RunStep is how a step stands.
	RunStep = playbill.Step
	// RunFailure says why a scenario failed.
	RunFailure = playbill.Failure
)

// Scenarios lists the ready-made scenarios.
func (c *Client) Scenarios(ctx context.Context) ([]Scenario, error) {
	var out struct {
		Scenarios []Scenario `json:"scenarios"`
	}
	err := c.control(ctx, http.MethodGet, "/scenarios", nil, &out)
	return out.Scenarios, err
}

// Scenario reads one with its source.
func (c *Client) Scenario(ctx context.Context, id string) (Scenario, error) {
	var out Scenario
	err := c.control(ctx, http.MethodGet, "/scenarios/"+url.PathEscape(id), nil, &out)
	return out, err
}

// RunScenarios has the simulator run scenarios against itself, each in a world
// of its own. It returns when they have begun; mistakes in a source are a
// [*Problem] of status 400 with all places.
func (c *Client) RunScenarios(ctx context.Context, p RunPlan) (Run, error) {
	var out Run
	err := c.control(ctx, http.MethodPost, "/scenarios/run", p, &out)
	return out, err
}

// ScenarioRuns lists the newest runs.
func (c *Client) ScenarioRuns(ctx context.Context) ([]RunLine, error) {
	var out struct {
		Runs []RunLine `json:"runs"`
	}
	err := c.control(ctx, http.MethodGet, "/scenarios/runs", nil, &out)
	return out.Runs, err
}

// ScenarioRun asks how a run stands: as soon as it is over or has a later
// version than after, or when the real time to wait is up.
func (c *Client) ScenarioRun(ctx context.Context, id string, after int64, wait time.Duration) (Run, error) {
	var out Run
	err := c.control(ctx, http.MethodGet, "/scenarios/runs/"+url.PathEscape(id)+query("after", strconv.FormatInt(after, 10), "wait", span(wait)), nil, &out)
	return out, err
}

// StopScenarios stops a run.
func (c *Client) StopScenarios(ctx context.Context, id string) error {
	return c.control(ctx, http.MethodDelete, "/scenarios/runs/"+url.PathEscape(id), nil, nil)
}
