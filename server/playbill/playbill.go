// Package playbill says how scenarios and their runs are told over the control
// API: what control writes, client reads.
package playbill

import "time"

// Scenario is a script as listings tell it.
type Scenario struct {
	ID    string   `json:"id"`
	Title string   `json:"title"`
	About string   `json:"about"`
	Tags  []string `json:"tags"`
	Group string   `json:"group"`
	File  string   `json:"file"`
	Steps int      `json:"steps"`
	// Source is told of single scenarios.
	Source string `json:"source,omitempty"`
}

// Plan is what a simulator is to run, and how.
type Plan struct {
	// Scenarios are ids, groups or tags of ready-made ones.
	Scenarios []string `json:"scenarios,omitempty"`
	// Source is the text of a further one.
	Source string `json:"source,omitempty"`
	// Pace is "instant", also when it is empty, "fast" or "real".
	Pace string `json:"pace,omitempty"`
	// Shop is the URL where your shop's checkout begins, or "wait", where its
	// payments simply appear; "" for the built-in one.
	Shop string `json:"shop,omitempty"`
}

// State is how a run stands, a scenario of it, or a step of that.
type State = string

// The states. What is yet to come waits; what did not come in time is never.
const (
	Waiting State = "waiting"
	Running State = "running"
	Passed  State = "passed"
	Failed  State = "failed"
	Skipped State = "skipped"
	Stopped State = "stopped"
	Never   State = "never"
)

// Run is a run of scenarios as it stands.
type Run struct {
	ID string `json:"id"`
	// Version grows with each change.
	Version int64  `json:"version"`
	State   State  `json:"state"`
	Pace    string `json:"pace"`
	// StartedAt is real time, as are the durations, in milliseconds.
	StartedAt  time.Time `json:"startedAt"`
	DurationMs int64     `json:"durationMs"`
	Scenarios  []Part    `json:"scenarios"`
}

// Line gives the run as lists tell it.
func (r *Run) Line() Line {
	line := Line{ID: r.ID, State: r.State, Pace: r.Pace, StartedAt: r.StartedAt, DurationMs: r.DurationMs, Scenarios: len(r.Scenarios)}
	for i := range r.Scenarios {
		switch r.Scenarios[i].State {
		case Passed:
			line.Passed++
		case Failed:
			line.Failed++
		}
	}
	return line
}

// Line is a run where runs are listed.
type Line struct {
	ID         string    `json:"id"`
	State      State     `json:"state"`
	Pace       string    `json:"pace"`
	StartedAt  time.Time `json:"startedAt"`
	DurationMs int64     `json:"durationMs"`
	Scenarios  int       `json:"scenarios"`
	Passed     int       `json:"passed"`
	Failed     int       `json:"failed"`
}

// Part is how a scenario of a run stands.
type Part struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	File       string `json:"file,omitempty"`
	State      State  `json:"state"`
	DurationMs int64  `json:"durationMs"`
	// Waiting is what its step waits for, "" when it does not.
	Waiting string `json:"waiting,omitempty"`
	// SkipsMs is the simulated time that was jumped over.
	SkipsMs int64 `json:"skipsMs,omitempty"`
	// World is where it runs; it stays when the scenario failed.
	World string `json:"world,omitempty"`
	// Phone is the one that was sent the newest push there.
	Phone string   `json:"phone,omitempty"`
	Seed  string   `json:"seed,omitempty"`
	Notes []string `json:"notes,omitempty"`
	// Steps are those of the script, then those of its finally.
	Steps   []Step   `json:"steps"`
	Failure *Failure `json:"failure,omitempty"`
}

// Step is how a step stands.
type Step struct {
	Name   string `json:"name"`
	State  State  `json:"state"`
	Detail string `json:"detail,omitempty"`
	Line   int    `json:"line,omitempty"`
	TookMs int64  `json:"tookMs"`
}

// Failure says why a scenario failed.
type Failure struct {
	// Step is counted from 1; 0 stands for what went wrong before the first.
	Step     int    `json:"step"`
	Name     string `json:"name"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Excerpt  string `json:"excerpt,omitempty"`
	Expected string `json:"expected,omitempty"`
	Actual   string `json:"actual"`
	// Payment is the one that the scenario was about, nil for none, with its
	// timeline.
	Payment  *Payment `json:"payment,omitempty"`
	Timeline []Moment `json:"timeline,omitempty"`
}

// Payment names a payment in the world of the scenario.
type Payment struct {
	MSN       string `json:"msn"`
	Reference string `json:"reference"`
}

// Moment is an entry of a timeline.
type Moment struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// News tells of a scenario of a run that began or ended, of a step of it that
// began, waits or ended, or of the end of the run.
type News struct {
	Run string `json:"run"`
	// Scenario is left out where the run as a whole has ended.
	Scenario string `json:"scenario,omitempty"`
	State    State  `json:"state"`
	// Step is counted from 1; 0 for the scenario or the run as a whole.
	Step   int    `json:"step"`
	Name   string `json:"name,omitempty"`
	Detail string `json:"detail,omitempty"`
	// Phone is told when another phone than before is used.
	Phone string `json:"phone,omitempty"`
}
