package server

import (
	"cmp"
	"context"
	"slices"

	"liksom/scenarios"
	"liksom/server/clock"
	"liksom/server/control"
	"liksom/server/playbill"
)

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

func tocome(s *scenarios.Script) playbill.Part {
	one := playbill.Part{ID: s.ID, Title: s.Title, File: s.File, State: playbill.Waiting, Steps: []playbill.Step{}}
	for _, step := range slices.Concat(s.Steps, s.Finally) {
		one.Steps = append(one.Steps, playbill.Step{Name: step.Name, Line: step.Line, State: playbill.Waiting})
	}
	return one
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
