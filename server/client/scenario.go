package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Scenario is a ready-made script as the simulator lists it.
type Scenario struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	About string   `json:"about"`
	Tags  []string `json:"tags"`
	Group string   `json:"group"`
	File  string   `json:"file"`
	Steps int      `json:"steps"`
	// Source is given for single scenarios.
	Source string `json:"source"`
}

// RunPlan is what a simulator is to run, and how.
type RunPlan struct {
	// Scenarios are ids, groups or tags of ready-made ones.
	Scenarios []string `json:"scenarios,omitempty"`
	// Source is the text of a further one.
	Source string `json:"source,omitempty"`
	// Pace is "instant", also when it is empty, "fast" or "real".
	Pace string `json:"pace,omitempty"`
	// Shop is the URL where your shop's checkout begins, or "wait"; "" for the
	// built-in one.
	Shop string `json:"shop,omitempty"`
}

// Run is a run of scenarios as it stands.
type Run struct {
	ID string `json:"id"`
	// Version grows with each change.
	Version int64 `json:"version"`
	// State is running, passed, failed or stopped.
	State string `json:"state"`
	Pace  string `json:"pace"`
	// StartedAt is real time, as are the durations, in milliseconds.
	StartedAt  time.Time     `json:"startedAt"`
	DurationMs int64         `json:"durationMs"`
	Scenarios  []RunScenario `json:"scenarios"`
}

// RunScenario is how a scenario of a run stands.
type RunScenario struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	File  string `json:"file"`
	// State is waiting, running, passed, failed, stopped or never.
	State      string `json:"state"`
	DurationMs int64  `json:"durationMs"`
	// Waiting is what its step waits for.
	Waiting string `json:"waiting"`
	// SkipsMs is the simulated time that was jumped over.
	SkipsMs int64 `json:"skipsMs"`
	// World is where it runs, or has failed.
	World string `json:"world"`
	// Phone is the one that was sent the newest push there.
	Phone   string      `json:"phone"`
	Seed    string      `json:"seed"`
	Notes   []string    `json:"notes"`
	Steps   []RunStep   `json:"steps"`
	Failure *RunFailure `json:"failure"`
}

// RunStep is how a step stands.
type RunStep struct {
	Name   string `json:"name"`
	State  string `json:"state"`
	Detail string `json:"detail"`
	Line   int    `json:"line"`
	TookMs int64  `json:"tookMs"`
}

// RunFailure says why a scenario failed. Step is counted from 1; 0 stands for
// what went wrong before the first.
type RunFailure struct {
	Step     int    `json:"step"`
	Name     string `json:"name"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Excerpt  string `json:"excerpt"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	// Payment is the one the scenario was about, nil for none.
	Payment *struct {
		MSN       string `json:"msn"`
		Reference string `json:"reference"`
	} `json:"payment"`
	Timeline []struct {
		At   time.Time `json:"at"`
		Text string    `json:"text"`
	} `json:"timeline"`
}

// RunLine is a run where runs are listed.
type RunLine struct {
	ID         string    `json:"id"`
	State      string    `json:"state"`
	Pace       string    `json:"pace"`
	StartedAt  time.Time `json:"startedAt"`
	DurationMs int64     `json:"durationMs"`
	Scenarios  int       `json:"scenarios"`
	Passed     int       `json:"passed"`
	Failed     int       `json:"failed"`
}

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
