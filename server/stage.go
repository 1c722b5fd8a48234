package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"

	"liksom/scenarios"
	"liksom/scenarios/catalogue"
	"liksom/server/clock"
	"liksom/server/control"
	"liksom/server/playbill"
)

const (
	// runsAtOnce bounds the runs that go on, scenariosAtOnce the scenarios of
	// each, runsKept the runs that are remembered.
	runsAtOnce      = 3
	scenariosAtOnce = 4
	runsKept        = 20
)

// stage runs scenarios against the server it is of, each in a world of its
// own. All worlds share it.
type stage struct {
	server *Server
	life   context.Context
	end    context.CancelFunc

	mu     sync.Mutex
	bell   control.Bell
	closed bool
	// acts are the runs that are remembered, oldest first.
	acts  []*act
	going sync.WaitGroup
}

func newStage(s *Server) *stage {
	g := &stage{server: s}
	g.life, g.end = context.WithCancel(context.Background())
	return g
}

// act is a run. Its fields are guarded by the stage.
type act struct {
	stage   *stage
	run     playbill.Run
	scripts []*scenarios.Script
	stop    context.CancelFunc
	stopped bool
	// news are told to the world in which the run was asked for.
	news func() *control.News
}

// stageDoor is the stage as a world's control API sees it.
type stageDoor struct {
	*stage
	world *World
}

func (g *stage) in(w *World) stageDoor { return stageDoor{g, w} }

// Scenarios implements [control.Scenarios].
func (g *stage) Scenarios() ([]playbill.Scenario, error) {
	all, err := catalogue.All()
	told := make([]playbill.Scenario, len(all))
	for i, s := range all {
		told[i] = listed(s)
	}
	return told, err
}

// Scenario implements [control.Scenarios].
func (g *stage) Scenario(id string) (playbill.Scenario, bool, error) {
	all, err := catalogue.All()
	at := slices.IndexFunc(all, func(s *scenarios.Script) bool { return s.ID == id })
	if err != nil || at < 0 {
		return playbill.Scenario{}, false, err
	}
	one := listed(all[at])
	one.Source = string(all[at].Source)
	return one, true, nil
}

func listed(s *scenarios.Script) playbill.Scenario {
	return playbill.Scenario{
		ID: s.ID, Title: s.Title, About: s.About, Tags: append([]string{}, s.Tags...), Group: s.Group, File: s.File,
		Steps: len(s.Steps) + len(s.Finally),
	}
}

// sourceName is what a text that was sent is called where its lines are told.
const sourceName = "source"

// wanted are the scripts that a plan names, and the one that it brings.
func wanted(p playbill.Plan) ([]*scenarios.Script, error) {
	var all []*scenarios.Script
	for _, name := range p.Scenarios {
		found, err := catalogue.Find(name)
		if err != nil {
			return nil, &control.PlanError{Field: "scenarios", Reason: err.Error()}
		}
		for _, s := range found {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	if p.Source == "" {
		return all, nil
	}
	s, err := scenarios.ParseAlone(sourceName, []byte(p.Source))
	var wrong *scenarios.Mistakes
	if errors.As(err, &wrong) {
		return nil, mistaken(*wrong)
	}
	if err != nil {
		return nil, err
	}
	return append(all, s), nil
}

func mistaken(all scenarios.Mistakes) error {
	e := &control.PlanError{Field: sourceName, Reason: all.Error()}
	for _, m := range all {
		text := m.Message
		if m.Hint != "" {
			text += " " + m.Hint
		}
		e.Places = append(e.Places, control.Place{Line: m.Line, Column: m.Column, Message: text})
	}
	return e
}

// Begin implements [control.Scenarios].
func (d stageDoor) Begin(p playbill.Plan) (playbill.Run, error) {
	scripts, err := wanted(p)
	if err != nil {
		return playbill.Run{}, err
	}
	g := d.stage
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return playbill.Run{}, errors.New("the simulator is stopping")
	}
	if g.goingOn() >= runsAtOnce {
		return playbill.Run{}, control.ErrTooManyRuns
	}
	a := &act{stage: g, scripts: scripts, news: func() *control.News { return d.world.latest().news }}
	a.run = playbill.Run{ID: "run-" + strings.ToLower(rand.Text()[:10]), Version: 1, State: playbill.Running, Pace: p.Pace, StartedAt: clock.Wall()}
	for _, s := range scripts {
		a.run.Scenarios = append(a.run.Scenarios, tocome(s))
	}
	ctx, stop := context.WithCancel(g.life)
	a.stop = stop
	g.acts = append(g.acts, a)
	g.forget()
	g.going.Go(func() { a.play(ctx, p) })
	g.bell.Ring()
	return a.told(), nil
}

func tocome(s *scenarios.Script) playbill.Part {
	one := playbill.Part{ID: s.ID, Title: s.Title, File: s.File, State: playbill.Waiting, Steps: []playbill.Step{}}
	for _, step := range slices.Concat(s.Steps, s.Finally) {
		one.Steps = append(one.Steps, playbill.Step{Name: step.Name, Line: step.Line, State: playbill.Waiting})
	}
	return one
}

func (g *stage) goingOn() int {
	n := 0
	for _, a := range g.acts {
		if a.run.State == playbill.Running {
			n++
		}
	}
	return n
}

// forget lets go of the oldest runs that are over.
func (g *stage) forget() {
	for len(g.acts) > runsKept {
		old := slices.IndexFunc(g.acts, func(a *act) bool { return a.run.State != playbill.Running })
		if old < 0 {
			return
		}
		g.acts = slices.Delete(g.acts, old, old+1)
	}
}

// Runs implements [control.Scenarios].
func (g *stage) Runs() []playbill.Run {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]playbill.Run, 0, len(g.acts))
	for _, a := range slices.Backward(g.acts) {
		all = append(all, a.told())
	}
	return all
}

// Run implements [control.Scenarios].
func (g *stage) Run(id string) (playbill.Run, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if a := g.find(id); a != nil {
		return a.told(), true
	}
	return playbill.Run{}, false
}

func (g *stage) find(id string) *act {
	at := slices.IndexFunc(g.acts, func(a *act) bool { return a.run.ID == id })
	if at < 0 {
		return nil
	}
	return g.acts[at]
}

// End implements [control.Scenarios].
func (g *stage) End(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.find(id)
	if a == nil {
		return false
	}
	a.stopped = a.run.State == playbill.Running
	a.stop()
	return true
}

// Changed implements [control.Scenarios].
func (g *stage) Changed() <-chan struct{} { return g.bell.Wait() }

// close stops all runs and waits until they have tidied up, or the context
// ends.
func (g *stage) close(ctx context.Context) {
	g.mu.Lock()
	g.closed = true
	for _, a := range g.acts {
		a.stopped = a.stopped || a.run.State == playbill.Running
	}
	g.mu.Unlock()
	g.end()
	over := make(chan struct{})
	go func() {
		g.going.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-ctx.Done():
	}
}

// told is the run as it stands, for others to keep.
func (a *act) told() playbill.Run {
	told := a.run
	if told.State == playbill.Running {
		told.DurationMs = clock.Wall().Sub(told.StartedAt).Milliseconds()
	}
	told.Scenarios = slices.Clone(told.Scenarios)
	for i := range told.Scenarios {
		told.Scenarios[i].Steps = slices.Clone(told.Scenarios[i].Steps)
	}
	return told
}

// play runs the scripts, and tells how they go on.
func (a *act) play(ctx context.Context, p playbill.Plan) {
	defer a.stop()
	url, way := a.stage.server.way()
	if way != nil {
		defer way.CloseIdleConnections()
	}
	scenarios.RunAll(ctx, a.scripts, scenarios.Options{
		URL: url, HTTP: way, KeepFailed: true, Shop: p.Shop, Pace: scenarios.Pace(p.Pace), Watch: a.progress, Rang: a.rang,
	}, scenariosAtOnce, 1, a.ended)
	a.change(func() {
		r := &a.run
		r.DurationMs = clock.Wall().Sub(r.StartedAt).Milliseconds()
		r.State = playbill.Passed
		for i := range r.Scenarios {
			one := &r.Scenarios[i]
			if one.State == playbill.Waiting {
				one.State = playbill.Never
			}
			if one.State == playbill.Failed {
				r.State = playbill.Failed
			}
		}
		if a.stopped {
			r.State = playbill.Stopped
		}
	})
	a.news().Scenario(playbill.News{Run: a.run.ID, State: a.state()})
}

func (a *act) state() string {
	a.stage.mu.Lock()
	defer a.stage.mu.Unlock()
	return a.run.State
}

// change changes the run and has everybody look.
func (a *act) change(how func()) {
	a.stage.mu.Lock()
	how()
	a.run.Version++
	a.stage.mu.Unlock()
	a.stage.bell.Ring()
}

// progress takes down how a script goes on. Its end is told once what came of
// it is taken down too.
func (a *act) progress(p scenarios.Progress) { //nolint:gocritic // the type of a watcher
	ends := p.Step < 0 && p.State != scenarios.Running
	news := playbill.News{Run: a.run.ID, Scenario: p.Script.ID, State: stateOf(p.State), Step: p.Step + 1, Name: p.Name, Detail: p.Detail}
	a.change(func() {
		one := &a.run.Scenarios[slices.Index(a.scripts, p.Script)]
		one.World, one.Waiting = p.World, p.Waiting
		if p.Step < 0 {
			one.State = stateOf(p.State)
			return
		}
		step := &one.Steps[p.Step]
		step.State, step.Detail, step.TookMs = stateOf(p.State), p.Detail, p.Took.Milliseconds()
		if p.State == scenarios.Waiting {
			step.Detail = "waiting for " + p.Waiting + ", so far " + p.Detail
			news.Detail = step.Detail
		}
	})
	if !ends {
		a.news().Scenario(news)
	}
}

// stateOf gives a state of the engine its word in the control API: a step
// that waits is one that goes on.
func stateOf(s scenarios.State) string {
	switch s {
	case scenarios.Never:
		return playbill.Never
	case scenarios.Waiting:
		return playbill.Running
	default:
		return string(s)
	}
}

// ended takes down what came of a script.
func (a *act) ended(r scenarios.Result) { //nolint:gocritic // as above
	a.change(func() {
		at := slices.IndexFunc(a.scripts, func(s *scenarios.Script) bool { return s.ID == r.ID && s.File == r.File })
		one := &a.run.Scenarios[at]
		one.State, one.DurationMs, one.Waiting = stateOf(r.State), r.Took.Milliseconds(), ""
		one.World, one.Seed, one.Notes = r.World, r.Seed, r.Notes
		if r.State != scenarios.Failed {
			one.World, one.Phone = "", "" // they are gone
		}
		one.SkipsMs = r.Skipped.Milliseconds()
		for i := range r.Steps {
			s := &r.Steps[i]
			one.Steps[i] = playbill.Step{Name: s.Name, State: stateOf(s.State), Detail: s.Detail, Line: s.Line, TookMs: s.Took.Milliseconds()}
		}
		if r.Failure != nil {
			one.Failure = failureOf(r.Failure)
		}
	})
	a.news().Scenario(playbill.News{Run: a.run.ID, Scenario: r.ID, State: stateOf(r.State), Detail: failedOn(r.Failure)})
}

// rang takes down which phone a scenario uses, for those who look on.
func (a *act) rang(s *scenarios.Script, phone string) {
	at := slices.Index(a.scripts, s)
	a.stage.mu.Lock()
	one := &a.run.Scenarios[at]
	same := one.Phone == phone || one.State != playbill.Running
	a.stage.mu.Unlock()
	if same {
		return
	}
	a.change(func() { a.run.Scenarios[at].Phone = phone })
	a.news().Scenario(playbill.News{Run: a.run.ID, Scenario: s.ID, State: playbill.Running, Phone: phone})
}

func failedOn(f *scenarios.Failure) string {
	if f == nil {
		return ""
	}
	return f.Error()
}

func failureOf(f *scenarios.Failure) *playbill.Failure {
	told := &playbill.Failure{
		Step: f.Step + 1, Name: f.Name, File: f.File, Line: f.Line, Column: f.Column, Excerpt: f.Excerpt,
		Expected: f.Expected, Actual: cmp.Or(f.Actual, "nothing"),
	}
	if f.Reference != "" {
		told.Payment = &playbill.Payment{MSN: f.MSN, Reference: f.Reference}
	}
	for _, e := range f.Timeline {
		told.Timeline = append(told.Timeline, playbill.Moment{At: e.At, Text: cmp.Or(e.Text, e.Name, e.Kind)})
	}
	return told
}
