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

	"liksom/server/playbill"
	"liksom/server/problem"
)

// What [Scenarios] refuse.
var ErrTooManyRuns = errors.New("too many runs go on")

// Scenarios lists scripts and runs them against this simulator, the same ones
// from within each world.
type Scenarios interface {
	Scenarios() ([]playbill.Scenario, error)
	// Scenario gives one with its source; false when there is none.
	Scenario(id string) (playbill.Scenario, bool, error)
	// Begin starts a run. It answers a [*PlanError] for what cannot be run,
	// and [ErrTooManyRuns].
	Begin(p playbill.Plan) (playbill.Run, error)
	// Runs gives those that are remembered, newest first.
	Runs() []playbill.Run
	Run(id string) (playbill.Run, bool)
	// End stops a run that goes on; false when there is no such run.
	End(id string) bool
	// Changed gives a channel that is closed at the next change of any run.
	Changed() <-chan struct{}
}

// PlanError tells what about a [playbill.Plan] cannot be, with all places where its
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

// Scenario tells of a run of a scenario, or of a step of it.
func (n *News) Scenario(s playbill.News) { n.tell(item{everybody: true, what: s}) }

func (c *Control) scenarios(r *http.Request) (answer, error) {
	if _, _, err := parameters(r); err != nil {
		return answer{}, err
	}
	all, err := c.Scenarios.Scenarios()
	if err != nil {
		return answer{}, err
	}
	return ok(map[string][]playbill.Scenario{"scenarios": append([]playbill.Scenario{}, all...)})
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
	var p playbill.Plan
	if err := decode(r, &p); err != nil {
		return answer{}, err
	}
	if p.Pace == "" {
		p.Pace = "instant"
	}
	if !slices.Contains(paces, p.Pace) {
		return answer{}, invalid("pace", "A pace is real, fast or instant. "+problem.Instead(p.Pace, paces))
	}
	if len(p.Scenarios) == 0 && p.Source == "" {
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

func (c *Control) scenarioRuns(r *http.Request) (answer, error) {
	if _, _, err := parameters(r); err != nil {
		return answer{}, err
	}
	lines := []playbill.Line{}
	for _, one := range c.Scenarios.Runs() {
		one.StartedAt = shown(one.StartedAt)
		lines = append(lines, one.Line())
	}
	return ok(map[string][]playbill.Line{"runs": lines})
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
func (c *Control) awaitRun(ctx context.Context, id string, after int64, wait time.Duration) (playbill.Run, error) {
	patience, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		changed := c.Scenarios.Changed()
		now, known := c.Scenarios.Run(id)
		if !known {
			return now, noRun(id)
		}
		if now.Version > after || now.State != playbill.Running || patience.Err() != nil {
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
