package scenarios

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"liksom/server/clock"
)

const (
	// stepLimit is how long a step may take in real time, unless it says
	// otherwise; waitLimit is that of a wait.
	stepLimit = 15 * time.Second
	waitLimit = 5 * time.Second
	// longest is the limit of steps that do much, such as jumping over years,
	// and of those whose patience is on the world's clock.
	longest = 2 * time.Minute
	// tidying is how long the end of a run may take.
	tidying = 10 * time.Second
)

// Run runs a script. It never panics and never hangs: steps have time limits,
// and the end of the context ends the run as [Stopped], after its finally.
func Run(ctx context.Context, s *Script, o Options) Result { //nolint:gocritic // once per run
	if o.HTTP == nil {
		o.HTTP = network()
		defer o.HTTP.CloseIdleConnections()
	}
	if o.Seed == "" {
		o.Seed = strings.ToLower(rand.Text()[:8])
	}
	e := newEngine(s, o)
	e.run(ctx)
	return e.result
}

// RunAll runs scripts side by side, so many at once, each so many times over.
// The results stand in the order of the scripts; done, unless nil, hears of
// each as it ends, from one goroutine at a time. A run that the context's end
// kept from beginning is Never. With a seed, each time over has its own.
func RunAll(ctx context.Context, scripts []*Script, o Options, parallel, repeat int, done func(Result)) []Result { //nolint:gocritic // as above
	if o.HTTP == nil {
		o.HTTP = network()
		defer o.HTTP.CloseIdleConnections()
	}
	repeat = max(1, repeat)
	results := make([]Result, len(scripts)*repeat)
	var told sync.Mutex
	if watch := o.Watch; watch != nil {
		o.Watch = func(p Progress) {
			told.Lock()
			defer told.Unlock()
			watch(p)
		}
	}
	next := make(chan int)
	var working sync.WaitGroup
	for range max(1, parallel) {
		working.Go(func() {
			for i := range next {
				results[i] = runOne(ctx, scripts[i/repeat], o, i%repeat)
				if done != nil {
					told.Lock()
					done(results[i])
					told.Unlock()
				}
			}
		})
	}
	for i := range results {
		next <- i
	}
	close(next)
	working.Wait()
	return results
}

func runOne(ctx context.Context, s *Script, o Options, time int) Result { //nolint:gocritic // as above
	if ctx.Err() != nil {
		return Result{ID: s.ID, Title: s.Title, File: s.File, Group: s.Group, State: Never}
	}
	if o.Seed != "" && time > 0 {
		o.Seed = fmt.Sprintf("%s-%d", o.Seed, time+1)
	}
	return Run(ctx, s, o)
}

// network is a client for many calls at once to one place, that shows
// redirects as they are.
func network() *http.Client {
	t := &http.Transport{
		DialContext: (&net.Dialer{Timeout: tidying}).DialContext, Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 64, ForceAttemptHTTP2: false,
	}
	return Client(t)
}

// Client is a client for [Options], over a way of one's own: it sends each
// request once and shows redirects as they are.
func Client(t *http.Transport) *http.Client {
	return &http.Client{Transport: unrepeated{t}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// unrepeated sends each request once. Go's transport would send one with an
// idempotency key again by itself when the connection breaks, and nobody would
// see that it broke.
type unrepeated struct{ next *http.Transport }

// RoundTrip implements [http.RoundTripper].
func (u unrepeated) RoundTrip(r *http.Request) (*http.Response, error) {
	once := *r
	once.GetBody = nil
	return u.next.RoundTrip(&once)
}

// CloseIdleConnections is asked for by [http.Client].
func (u unrepeated) CloseIdleConnections() { u.next.CloseIdleConnections() }

// run carries the whole script out.
func (e *engine) run(ctx context.Context) {
	began := clock.Wall()
	e.result.Started, e.result.State = began, Running
	e.tell(Progress{Step: -1, State: Running})
	err := e.open(ctx)
	if err != nil {
		e.fail(ctx, -1, "setting up", err)
	} else {
		e.all(ctx)
	}
	if e.result.State == Running {
		e.result.State = Passed
	}
	e.shut(context.WithoutCancel(ctx))
	e.result.Took = clock.Wall().Sub(began)
	detail := ""
	if e.result.Failure != nil {
		detail = e.result.Failure.Error()
	}
	e.tell(Progress{Step: -1, State: e.result.State, Detail: detail, Took: e.result.Took})
}

// all does the steps until one fails, and then those of finally, all of them.
func (e *engine) all(ctx context.Context) {
	for i, a := range e.script.plan.steps {
		if ctx.Err() != nil {
			e.result.State = Stopped
		}
		if e.result.State != Running {
			e.settle(i, StepResult{State: Skipped})
			continue
		}
		e.one(ctx, i, a)
	}
	last := context.WithoutCancel(ctx)
	last, cancel := context.WithTimeout(last, tidying)
	defer cancel()
	for i, a := range e.script.plan.finally {
		e.one(last, len(e.script.plan.steps)+i, a)
	}
}

// one does a step and writes down what came of it.
func (e *engine) one(ctx context.Context, i int, a *action) {
	began := clock.Wall()
	e.at = i
	e.tell(Progress{Step: i, State: Running})
	detail, err := e.main.do(ctx, a)
	r := StepResult{State: Passed, Detail: detail, Took: clock.Wall().Sub(began)}
	switch {
	case err == errSkipped:
		r.State = Skipped
	case err != nil && ctx.Err() != nil && context.Cause(ctx) != errTimeUp:
		r.State, r.Detail, e.result.State = Stopped, "ended from outside", Stopped
	case err != nil:
		r.State, r.Detail = Failed, err.Error()
		e.fail(ctx, i, a.step.Name, err)
	}
	e.settle(i, r)
}

func (e *engine) settle(i int, r StepResult) {
	at := &e.result.Steps[i]
	r.Name, r.Verb, r.Line = at.Name, at.Verb, at.Line
	*at = r
	e.tell(Progress{Step: i, State: r.State, Detail: r.Detail, Took: r.Took})
}

// tell tells the watcher, filling in what is the same for all steps.
func (e *engine) tell(p Progress) {
	if e.o.Watch == nil {
		return
	}
	e.telling.Lock()
	defer e.telling.Unlock()
	p.Script, p.World = e.script, e.result.World
	if p.Step >= 0 {
		p.Name, p.Line = e.result.Steps[p.Step].Name, e.result.Steps[p.Step].Line
	}
	e.o.Watch(p)
}

// fail writes down why the run failed; the first failure stays.
func (e *engine) fail(ctx context.Context, i int, name string, err error) {
	e.result.State = Failed
	if e.result.Failure != nil {
		return
	}
	f := &Failure{Step: i, Name: name, File: e.script.File, Line: 1, Column: 1, Actual: err.Error()}
	source := e.script.Source
	for _, inner := range trail(err) {
		if inner.step.Name != name {
			f.Name += " › " + inner.step.Name
		}
		f.File, f.Line, f.Column, source = inner.file.name, inner.line, inner.column, inner.file.source
	}
	f.Excerpt = excerpt(source, f.Line, f.Column)
	if m := missed(err); m != nil {
		f.Expected, f.Actual = m.expected, m.actual
	}
	e.explain(context.WithoutCancel(ctx), f)
	e.result.Failure = f
}

// explain adds what the simulator knows of the payment in question.
func (e *engine) explain(ctx context.Context, f *Failure) {
	f.MSN, f.Reference = e.main.target.msn, e.main.target.reference
	if e.sim == nil || f.Reference == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	if p, err := e.of(f.MSN).Payment(ctx, f.Reference); err == nil {
		f.Timeline = p.Timeline
	}
	if e.kept() || e.o.KeepFailed {
		f.Look = e.base + "/console/payments/" + f.MSN + "/" + f.Reference
	}
}

func (e *engine) kept() bool { return e.o.World != "" }

// steps prepares the results of all steps.
func steps(s *Script) []StepResult {
	var all []StepResult
	for _, one := range slices.Concat(s.Steps, s.Finally) {
		all = append(all, StepResult{Name: one.Name, Verb: one.Verb, Line: one.Line, State: Never})
	}
	return all
}
