package server

import (
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
