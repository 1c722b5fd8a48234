package scenarios

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/expr-lang/expr"

	"liksom/server/client"
)

// engine is one run of one script.
type engine struct {
	script *Script
	o      Options
	result Result
	main   *run
	at     int // the step under way

	base string // of the world
	sim  *client.Client
	made client.World
	own  bool // the world was made for this run
	till *till
	bell *bell

	telling sync.Mutex
	mu      sync.Mutex
	vars    map[string]any
	units   map[string]*unit
	count   int // of references made up
}

// run is where one branch of a script stands: what its loops' rows say, and
// which payment is meant when none is named.
type run struct {
	*engine
	locals map[string]any
	target target
}

// target is a payment.
type target struct{ msn, reference string }

func newEngine(s *Script, o Options) *engine { //nolint:gocritic // once per run
	e := &engine{script: s, o: o, vars: map[string]any{}, units: map[string]*unit{}, bell: newBell()}
	e.result = Result{ID: s.ID, Title: s.Title, File: s.File, Group: s.Group, Seed: o.Seed, State: Never, Steps: steps(s)}
	e.main = &run{engine: e, target: target{msn: client.Demo().MSN}}
	return e
}

// The outcomes of steps that are no failures, and the end of one's time.
var (
	errSkipped = errors.New("skipped")
	errTimeUp  = errors.New("the time of the step is up")
)

// miss is something that was expected and is not so.
type miss struct{ expected, actual string }

func (m *miss) Error() string { return "expected " + m.expected + ", got " + m.actual }

func missed(err error) *miss {
	var m *miss
	if errors.As(err, &m) {
		return m
	}
	return nil
}

// stepError says in which step something went wrong.
type stepError struct {
	a   *action
	err error
}

func (s *stepError) Error() string { return s.err.Error() }
func (s *stepError) Unwrap() error { return s.err }

// trail lists the steps around a failure, the outermost first.
func trail(err error) []*action {
	var all []*action
	var s *stepError
	for errors.As(err, &s) {
		all = append(all, s.a)
		err = s.err
	}
	return all
}

// do carries a step out. What came of it is told in a few words.
func (r *run) do(ctx context.Context, a *action) (detail string, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			err = fmt.Errorf("this is a mistake of the runner itself: %v", trouble)
		}
		if err != nil && err != errSkipped {
			err = &stepError{a, err}
		}
	}()
	if condition := a.common.get("if"); condition != nil {
		on, err := r.truth(condition.text)
		if err != nil {
			return "", err
		}
		if !on {
			return "", errSkipped
		}
	}
	limit, err := r.limit(a)
	if err != nil {
		return "", err
	}
	inner, cancel := context.WithTimeoutCause(ctx, limit.real(), errTimeUp)
	defer cancel()
	came, err := r.verb(inner, a, limit)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("it was not done within %s", limit.real())
	}
	if came != nil {
		detail = came.detail
		if err == nil {
			err = r.judge(a, came)
		}
		r.remember(a, came)
	}
	return detail, err
}

// limits are those of a step.
type limits struct {
	patience
	given bool
}

// real is the limit in real time.
func (l limits) real() time.Duration {
	if l.simulated {
		return longest
	}
	return l.d
}

func (r *run) limit(a *action) (limits, error) {
	usual := limits{patience: patience{d: stepLimit}}
	switch a.verb {
	case "advance", "each", "repeat", "parallel", "pause":
		usual.d = longest
	case "wait":
		usual.d = waitLimit
	}
	at := a.common.get("within")
	if at == nil {
		return usual, nil
	}
	text, err := r.fill(at.text)
	if err != nil {
		return usual, err
	}
	p, err := parsePatience(asText(text))
	return limits{p, true}, err
}

// outcome is what came of a step.
type outcome struct {
	// value is what `as` keeps, and `answer` too unless said is another thing.
	value  any
	said   any
	detail string
	// answers are those of calls, to be held against what is wanted.
	answers []answer
	// name is the variable it goes to when none is named, "" for none.
	name string
}

func (r *run) remember(a *action, came *outcome) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if came.answers != nil {
		r.vars["answer"] = came.value
		if came.said != nil {
			r.vars["answer"] = came.said
		}
	}
	name := came.name
	if as := a.common.get("as"); as != nil {
		name = as.text
	}
	if name != "" {
		r.vars[name] = came.value
	}
}

// judge holds the answers against what the step wants of them.
func (r *run) judge(a *action, came *outcome) error {
	status, code := a.common.get("status"), a.common.get("code")
	wanted := []string{}
	if status != nil {
		for _, text := range texts(status) {
			filled, err := r.fill(text)
			if err != nil {
				return err
			}
			wanted = append(wanted, asText(filled))
		}
	}
	wantedCode := ""
	if code != nil {
		filled, err := r.fill(code.text)
		if err != nil {
			return err
		}
		wantedCode = asText(filled)
	}
	if came.answers == nil && (status != nil || code != nil) {
		return fmt.Errorf("%s gets no answer that could have a status or a code", a.verb)
	}
	for _, one := range came.answers {
		if err := one.as(wanted, wantedCode); err != nil {
			return err
		}
	}
	return nil
}

// lookup gives a variable by its name.
func (r *run) lookup(name string) any {
	if v, local := r.locals[name]; local {
		return v
	}
	r.mu.Lock()
	v, known := r.vars[name]
	r.mu.Unlock()
	if known {
		if live, is := v.(interface{ now() any }); is {
			return live.now()
		}
		return v
	}
	switch name {
	case "reference":
		return r.target.reference
	case "world":
		return map[string]any{"name": r.result.World, "url": r.base}
	case "seed", "run":
		return r.o.Seed
	case "shop":
		return r.till.about()
	}
	return nil
}

// env are the variables and functions that an expression names.
func (r *run) env(f *formula) map[string]any {
	env := map[string]any{}
	for _, n := range f.needs {
		if n.call {
			env[n.text] = r.function(n.text)
		} else {
			env[n.text] = r.lookup(n.text)
		}
	}
	return env
}

// value evaluates an expression.
func (r *run) value(f *formula) (any, error) {
	v, err := expr.Run(f.program, r.env(f))
	if err != nil {
		message, _ := whereWrong(err)
		return nil, fmt.Errorf("%s: %s", f.text, message)
	}
	if n, is := v.(int); is {
		return int64(n), nil
	}
	return v, nil
}

// truth evaluates a condition.
func (r *run) truth(text string) (bool, error) {
	f := r.script.plan.ready[text]
	if f == nil {
		return false, fmt.Errorf("the condition %s was not checked", text)
	}
	v, err := r.value(f)
	if err != nil {
		return false, err
	}
	b, is := v.(bool)
	if !is {
		return false, fmt.Errorf("%s is %s, neither true nor false", text, show(v))
	}
	return b, nil
}

// branch is the run as one of several at once, or of a loop's turn, sees it.
func (r *run) branch(locals map[string]any) *run {
	all := maps.Clone(r.locals)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, locals)
	return &run{engine: r.engine, locals: all, target: r.target}
}

// sequence does steps one after the other.
func (r *run) sequence(ctx context.Context, all []*action) error {
	for _, a := range all {
		if _, err := r.do(ctx, a); err != nil && err != errSkipped {
			return err
		}
	}
	return nil
}

// open makes the world and what the script wants of it.
func (e *engine) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	root := client.New(strings.TrimRight(e.o.URL, "/"), client.WithHTTPClient(e.o.HTTP))
	var setup worldSetup
	if err := e.main.setVars(); err != nil {
		return err
	}
	if err := e.main.read(e.script.plan.world, &setup); err != nil {
		return err
	}
	if err := e.enter(ctx, root, &setup); err != nil {
		return fmt.Errorf("the world for the run: %w", err)
	}
	e.follow()
	if err := e.furnish(ctx, &setup); err != nil {
		return err
	}
	return e.openTill(ctx)
}

func (r *run) setVars() error {
	for _, m := range r.script.plan.vars {
		v, err := r.resolve(m.value, anyType)
		if err != nil {
			return err
		}
		r.vars[m.name] = v
	}
	return nil
}

// enter goes to the world that is named, or makes one.
func (e *engine) enter(ctx context.Context, root *client.Client, setup *worldSetup) error {
	if e.kept() {
		w, err := root.World(ctx, e.o.World)
		if err != nil {
			return err
		}
		e.settleIn(root, w)
		return nil
	}
	begin := &client.WorldClock{Frozen: setup.Frozen == nil || *setup.Frozen, Speed: setup.Speed}
	if setup.Now != "" {
		at, err := time.Parse(time.RFC3339, setup.Now)
		if err != nil {
			return err
		}
		begin.Now = at
	}
	w, err := root.MakeWorld(ctx, client.WorldPlan{Seed: e.o.Seed, Clock: begin})
	if err != nil {
		return err
	}
	e.own = true
	e.settleIn(root, w)
	return nil
}

// settleIn addresses the world by its path, at the address where the
// simulator was reached: the one it calls itself by may be another.
func (e *engine) settleIn(root *client.Client, w client.World) {
	e.made, e.base = w, root.BaseURL()
	if u, err := url.Parse(w.URL); err == nil && !w.Default {
		e.base += u.Path[max(0, strings.LastIndex(u.Path, "/w/")):]
	}
	e.result.World, e.result.WorldURL = w.Name, e.base
	e.sim = client.New(e.base, client.WithHTTPClient(e.o.HTTP))
}

// furnish changes what the script wants otherwise.
func (e *engine) furnish(ctx context.Context, setup *worldSetup) error {
	if setup.Settings != nil {
		if _, err := e.sim.ChangeSettings(ctx, *setup.Settings); err != nil {
			return err
		}
	}
	for i := range setup.Merchants {
		if err := e.changeMerchant(ctx, setup.Merchants[i]); err != nil {
			return err
		}
	}
	for i := range setup.Phones {
		if err := e.changePhone(ctx, &setup.Phones[i]); err != nil {
			return err
		}
	}
	return nil
}

// shut ends what the run began.
func (e *engine) shut(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, tidying)
	defer cancel()
	e.till.close()
	e.bell.stop()
	if !e.own || e.result.State == Failed && e.o.KeepFailed {
		return
	}
	root := client.New(strings.TrimRight(e.o.URL, "/"), client.WithHTTPClient(e.o.HTTP))
	_ = root.RemoveWorld(ctx, e.made.Name) // an idle world goes by itself too
}

// newReference makes up a payment's name: repeatable in a world of its own,
// and new in one that is kept.
func (e *engine) newReference() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.count++
	name := "order-" + e.script.ID // at least eight letters
	if e.kept() {
		name += "-" + e.o.Seed
	}
	if len(name) > 50 {
		name = strings.Trim(name[:50], "-")
	}
	return fmt.Sprintf("%s-%03d", name, e.count)
}
