package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/problem"
)

// What [Scenarios] refuse.
var ErrTooManyRuns = errors.New("too many runs go on")

// Scenarios lists scripts and runs them against this simulator, the same ones
// from within each world.
type Scenarios interface {
	Scenarios() ([]Scenario, error)
	// Scenario gives one with its source; false when there is none.
	Scenario(id string) (Scenario, bool, error)
	// Begin starts a run. It answers a [*PlanError] for what cannot be run,
	// and [ErrTooManyRuns].
	Begin(p RunPlan) (Run, error)
	// Runs gives those that are remembered, newest first.
	Runs() []Run
	Run(id string) (Run, bool)
	// End stops a run that goes on; false when there is no such run.
	End(id string) bool
	// Changed gives a channel that is closed at the next change of any run.
	Changed() <-chan struct{}
}

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

// RunPlan is what is to be run, and how.
type RunPlan struct {
	// Scenarios are names of ready-made ones; Source is the text of another.
	Scenarios []string `json:"scenarios"`
	Source    *string  `json:"source"`
	// Pace is "real", "fast" or "instant"; "" for the last.
	Pace string `json:"pace"`
	// Shop is "" for the built-in one, the URL where a checkout begins, or
	// "wait".
	Shop string `json:"shop"`
}

// PlanError tells what about a [RunPlan] cannot be, with all places where its
// source is wrong.
type PlanError struct {
	Field, Reason string
	Places        []Place
}

// Place is something wrong in a source. Line and Column are counted from 1; 0
// stands for the text as a whole.
type Place struct {
	Line, Column int
	Message      string
}

func (e *PlanError) Error() string { return e.Field + ": " + e.Reason }

// The states of runs, of their scenarios and of these one's steps. What is yet
// to come waits; what did not come in time is never.
const (
	RunWaiting = "waiting"
	RunGoesOn  = "running"
	RunPassed  = "passed"
	RunFailed  = "failed"
	RunSkipped = "skipped"
	RunStopped = "stopped"
	RunNever   = "never"
)

// Run is a run as it stands.
type Run struct {
	ID string `json:"id"`
	// Version is one more after each change.
	Version int64  `json:"version"`
	State   string `json:"state"`
	Pace    string `json:"pace"`
	// StartedAt and the durations are in real time.
	StartedAt  time.Time     `json:"startedAt"`
	DurationMs int64         `json:"durationMs"`
	Scenarios  []RunScenario `json:"scenarios"`
}

// RunScenario is how a scenario of a run stands.
type RunScenario struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	File       string `json:"file,omitempty"`
	State      string `json:"state"`
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
	Steps   []RunStep   `json:"steps"`
	Failure *RunFailure `json:"failure,omitempty"`
}

// RunStep is how a step stands.
type RunStep struct {
	Name   string `json:"name"`
	State  string `json:"state"`
	Detail string `json:"detail,omitempty"`
	Line   int    `json:"line,omitempty"`
	TookMs int64  `json:"tookMs"`
}

// RunFailure says why a scenario failed.
type RunFailure struct {
	// Step is counted from 1; 0 for what went wrong before the first.
	Step     int    `json:"step"`
	Name     string `json:"name"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Excerpt  string `json:"excerpt,omitempty"`
	Expected string `json:"expected,omitempty"`
	Actual   string `json:"actual"`
	// Payment is the one that the scenario was about, with its timeline.
	Payment  *RunPayment `json:"payment,omitempty"`
	Timeline []RunMoment `json:"timeline,omitempty"`
}

// RunPayment names a payment in the world of the scenario.
type RunPayment struct {
	MSN       string `json:"msn"`
	Reference string `json:"reference"`
}

// RunMoment is an entry of a timeline.
type RunMoment struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// ScenarioNews is a scenario of a run that began or ended, a step of it that
// began, waits or ended, or the end of the run.
type ScenarioNews struct {
	Run string `json:"run"`
	// Scenario is left out where the run as a whole has ended.
	Scenario string `json:"scenario,omitempty"`
	State    string `json:"state"`
	// Step is counted from 1; 0 for the scenario or the run as a whole.
	Step   int    `json:"step"`
	Name   string `json:"name,omitempty"`
	Detail string `json:"detail,omitempty"`
	// Phone is told when another phone than before is used.
	Phone string `json:"phone,omitempty"`
}

// Scenario tells how a run goes on.
func (n *News) Scenario(s ScenarioNews) { n.tell(item{everybody: true, what: s}) }

func (c *Control) scenarios(r *http.Request) (answer, error) {
	if _, _, err := parameters(r); err != nil {
		return answer{}, err
	}
	all, err := c.Scenarios.Scenarios()
	if err != nil {
		return answer{}, err
	}
	return ok(map[string][]Scenario{"scenarios": append([]Scenario{}, all...)})
}

func (c *Control) scenario(r *http.Request) (answer, error) {
	id := mux.Vars(r)["id"]
	s, known, err := c.Scenarios.Scenario(id)
	if err != nil {
		return answer{}, err
	}
	if !known {
		return answer{}, missing(fmt.Sprintf("There is no scenario %q; GET /sim/v1/scenarios lists those there are.", id))
	}
	return ok(s)
}

// paces are the words for how steps of time are carried out.
var paces = []string{"real", "fast", "instant"}

func (c *Control) runScenarios(r *http.Request) (answer, error) {
	var p RunPlan
	if err := decode(r, &p); err != nil {
		return answer{}, err
	}
	if p.Pace == "" {
		p.Pace = "instant"
	}
	if !slices.Contains(paces, p.Pace) {
		return answer{}, invalid("pace", "A pace is real, fast or instant. "+problem.Instead(p.Pace, paces))
	}
	if len(p.Scenarios) == 0 && p.Source == nil {
		return answer{}, invalid("scenarios", "Name at least one scenario, or send the text of one as source.")
	}
	if !checkout(p.Shop) {
		return answer{}, invalid("shop", `A shop is the http or https URL where its checkout begins, or "wait"; leave it out for the built-in one.`)
	}
	begun, err := c.Scenarios.Begin(p)
	var wrong *PlanError
	switch {
	case errors.As(err, &wrong):
		return answer{}, unfit(wrong)
	case errors.Is(err, ErrTooManyRuns):
		return answer{}, conflict("As many runs go on as can at once. Wait for one to end, or stop one: DELETE /sim/v1/scenarios/runs/{id}.")
	case err != nil:
		return answer{}, err
	}
	return answer{status: http.StatusAccepted, body: begun}, nil
}

func checkout(shop string) bool {
	if shop == "" || shop == "wait" {
		return true
	}
	u, err := url.Parse(shop)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// unfit tells all that is wrong with a plan at once.
func unfit(e *PlanError) error {
	f := &failure{status: http.StatusBadRequest, detail: e.Error(), extra: []problem.Detail{{Name: e.Field, Reason: e.Reason}}}
	if len(e.Places) == 0 {
		return f
	}
	f.extra = nil
	for _, p := range e.Places {
		name := e.Field
		if p.Line > 0 {
			name = fmt.Sprintf("%s:%d:%d", e.Field, p.Line, p.Column)
		}
		f.extra = append(f.extra, problem.Detail{Name: name, Reason: p.Message})
	}
	return f
}

// runLine is a run where runs are listed.
type runLine struct {
	ID         string    `json:"id"`
	State      string    `json:"state"`
	Pace       string    `json:"pace"`
	StartedAt  time.Time `json:"startedAt"`
	DurationMs int64     `json:"durationMs"`
	Scenarios  int       `json:"scenarios"`
	Passed     int       `json:"passed"`
	Failed     int       `json:"failed"`
}

func (c *Control) scenarioRuns(r *http.Request) (answer, error) {
	if _, _, err := parameters(r); err != nil {
		return answer{}, err
	}
	lines := []runLine{}
	for _, one := range c.Scenarios.Runs() {
		line := runLine{ID: one.ID, State: one.State, Pace: one.Pace, StartedAt: shown(one.StartedAt), DurationMs: one.DurationMs, Scenarios: len(one.Scenarios)}
		for i := range one.Scenarios {
			switch one.Scenarios[i].State {
			case RunPassed:
				line.Passed++
			case RunFailed:
				line.Failed++
			}
		}
		lines = append(lines, line)
	}
	return ok(map[string][]runLine{"runs": lines})
}

// scenarioRun tells how a run stands: at once, or when it has changed.
func (c *Control) scenarioRun(r *http.Request) (answer, error) {
	query, page, err := parameters(r, "wait", "after")
	if err != nil {
		return answer{}, err
	}
	id := mux.Vars(r)["id"]
	now, known := c.Scenarios.Run(id)
	if !known {
		return answer{}, noRun(id)
	}
	after := now.Version
	if s := query.Get("after"); s != "" {
		if after, err = strconv.ParseInt(s, 10, 64); err != nil || after < 0 {
			return answer{}, invalid("after", "Take the version of the run as you have it.")
		}
	}
	now, err = c.awaitRun(r.Context(), id, after, page.wait)
	if err != nil {
		return answer{}, err
	}
	now.StartedAt = shown(now.StartedAt)
	return ok(now)
}

// awaitRun gives a run as soon as it has changed or is over, or as it is when
// the real time to wait is up.
func (c *Control) awaitRun(ctx context.Context, id string, after int64, wait time.Duration) (Run, error) {
	patience, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		changed := c.Scenarios.Changed()
		now, known := c.Scenarios.Run(id)
		if !known {
			return now, noRun(id)
		}
		if now.Version > after || now.State != RunGoesOn || patience.Err() != nil {
			return now, ctx.Err()
		}
		select {
		case <-changed:
		case <-patience.Done():
		}
	}
}

func (c *Control) endRun(r *http.Request) (answer, error) {
	id := mux.Vars(r)["id"]
	if !c.Scenarios.End(id) {
		return answer{}, noRun(id)
	}
	return nothing()
}

func noRun(id string) error {
	return missing(fmt.Sprintf("There is no run %q; GET /sim/v1/scenarios/runs lists the newest.", id))
}
