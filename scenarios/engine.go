package scenarios

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"

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
	e.result = Result{ID: s.ID, Title: s.Title, File: s.File, Group: s.Group, Seed: o.Seed, Round: o.Round, State: Never, Steps: steps(s)}
	e.main = &run{engine: e, target: target{msn: client.Demo().MSN}}
	return e
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
