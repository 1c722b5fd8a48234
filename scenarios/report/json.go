package report

import (
	"encoding/json"
	"io"
	"time"

	"liksom/scenarios"
	"liksom/server/client"
)

// Document is the JSON report. Members are added over time and never change
// their meaning. Times are RFC 3339, spans are seconds.
type Document struct {
	Seed string `json:"seed"`
	// Simulator is the root of the one it ran against, left out for one of
	// its own.
	Simulator   string     `json:"simulator,omitempty"`
	Started     time.Time  `json:"started"`
	Seconds     float64    `json:"seconds"`
	Interrupted bool       `json:"interrupted"`
	Counts      Counts     `json:"counts"`
	Scenarios   []Scenario `json:"scenarios"`
}

// Scenario is one scenario of a [Document].
type Scenario struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Group is that of the catalogue, left out for scripts from elsewhere.
	Group string `json:"group,omitempty"`
	File  string `json:"file"`
	// State is passed, failed, skipped, stopped or never.
	State scenarios.State `json:"state"`
	// Why says why it was skipped, stopped or never begun.
	Why string `json:"why,omitempty"`
	// Round counts the times over from 1, left out where there is but one.
	Round int `json:"round,omitempty"`
	// Seed repeats this one alone.
	Seed string `json:"seed,omitempty"`
	// World is where it ran, WorldURL is where one can look at it.
	World    string    `json:"world,omitempty"`
	WorldURL string    `json:"worldUrl,omitempty"`
	Started  time.Time `json:"started,omitzero"`
	Seconds  float64   `json:"seconds"`
	// SkippedSeconds is the simulated time that was jumped over.
	SkippedSeconds float64 `json:"skippedSeconds"`
	// Steps are those of the script, then those of its finally.
	Steps   []Step   `json:"steps"`
	Notes   []string `json:"notes,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
}

// Step is one step of a [Scenario].
type Step struct {
	Name    string          `json:"name"`
	Verb    string          `json:"verb"`
	Line    int             `json:"line"`
	State   scenarios.State `json:"state"`
	Seconds float64         `json:"seconds"`
	Detail  string          `json:"detail,omitempty"`
}

// Failure says why a [Scenario] failed.
type Failure struct {
	// Step counts from 1; 0 is what went wrong before the first.
	Step    int    `json:"step"`
	Name    string `json:"name"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Excerpt string `json:"excerpt"`
	// Expected is left out where the step itself could not be done.
	Expected string `json:"expected,omitempty"`
	Actual   string `json:"actual"`
	// MSN and Reference are of the payment it was about, Timeline is what had
	// happened to that until then.
	MSN       string                 `json:"msn,omitempty"`
	Reference string                 `json:"reference,omitempty"`
	Timeline  []client.TimelineEntry `json:"timeline,omitempty"`
	// Look is a page of the simulator that shows more.
	Look string `json:"look,omitempty"`
}

// WriteJSON writes the run as a [Document].
func (r *Run) WriteJSON(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(r.document())
}

func (r *Run) document() Document {
	d := Document{
		Seed: r.Seed, Simulator: r.Simulator, Started: r.Started, Seconds: r.Took.Seconds(),
		Interrupted: r.Interrupted, Counts: r.Count(), Scenarios: []Scenario{},
	}
	for i := range r.Cases {
		d.Scenarios = append(d.Scenarios, r.Cases[i].scenario())
	}
	return d
}

func (c *Case) scenario() Scenario {
	s := Scenario{
		ID: c.ID, Title: c.Title, Group: c.Group, File: c.File, State: c.State, Why: c.Why, Round: c.Round, Seed: c.Seed,
		World: c.World, WorldURL: c.WorldURL, Started: c.Started, Seconds: c.Took.Seconds(),
		SkippedSeconds: c.Result.Skipped.Seconds(), Steps: []Step{}, Notes: c.Notes,
	}
	for i := range c.Steps {
		at := &c.Steps[i]
		s.Steps = append(s.Steps, Step{at.Name, at.Verb, at.Line, at.State, at.Took.Seconds(), at.Detail})
	}
	if f := c.Result.Failure; f != nil {
		s.Failure = &Failure{
			Step: f.Step + 1, Name: f.Name, File: f.File, Line: f.Line, Column: f.Column, Excerpt: f.Excerpt,
			Expected: f.Expected, Actual: f.Actual, MSN: f.MSN, Reference: f.Reference, Timeline: f.Timeline, Look: f.Look,
		}
	}
	return s
}
