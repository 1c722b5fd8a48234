package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"liksom/server/clock"
	"liksom/server/control"
	"liksom/server/problem"
	"liksom/server/sink"
	"liksom/server/snapshot"
	"liksom/server/store"
	"liksom/server/webhook"
)

// snapshots lets the control API write its world down, and replace it.
type snapshots struct{ world *World }

// Snapshot implements [control.Snapshots].
func (s snapshots) Snapshot(ctx context.Context) ([]byte, error) { return s.world.Snapshot(ctx) }

// Restore implements [control.Snapshots].
func (s snapshots) Restore(ctx context.Context, document []byte) error {
	return s.world.Restore(ctx, document)
}

// Snapshot writes down everything that the world is, as one JSON document.
func (w *World) Snapshot(ctx context.Context) ([]byte, error) {
	w = w.latest()
	bodies, err := w.newControl().Bodies()
	if err != nil {
		return nil, err
	}
	now := w.clock.Read()
	d := snapshot.Document{
		Format: snapshot.Format, Version: snapshot.Version, TakenAt: now.Real.UTC(),
		Clock:    snapshot.Clock{Now: now.Now, Speed: now.Speed, Frozen: now.Frozen},
		Settings: bodies.Settings, Merchants: bodies.Merchants, Phones: bodies.Phones, Faults: bodies.Faults,
		Sinks: map[string]json.RawMessage{},
	}
	for name, state := range w.sinks.States() {
		if d.Sinks[name], err = json.Marshal(state); err != nil {
			return nil, err
		}
	}
	dump, err := w.store.Export(ctx)
	if err != nil {
		return nil, err
	}
	d.Put(dump)
	return snapshot.Write(&d)
}

// Restore has the world be what a snapshot says, all of it or, with a
// [*control.SnapshotError], nothing. Its sockets and streams end, so that they
// come again and see. Whoever holds the world goes on holding it.
func (w *World) Restore(ctx context.Context, document []byte) error {
	d, mistakes := snapshot.Read(document)
	if len(mistakes) > 0 {
		return &control.SnapshotError{Mistakes: mistakes}
	}
	now := clock.Reading{Now: d.Clock.Now.UTC(), Speed: d.Clock.Speed, Frozen: d.Clock.Frozen}
	rehearsed, err := w.rehearse(ctx, &d, now)
	if err != nil {
		return err
	}
	return w.server.replace(ctx, w.name, rehearsed, now)
}

// restored is what a world is to become.
type restored struct {
	dump  store.Dump
	world *World // one in memory that has it all, and whose time does not run
	clock snapshot.Clock
}

// rehearse builds the world of a snapshot in memory, where every room reads
// what it is to go on from. Its time does not run.
func (w *World) rehearse(ctx context.Context, d *snapshot.Document, now clock.Reading) (*World, error) {
	dump, err := d.Dump()
	if err != nil {
		return nil, err
	}
	trial := newRooms(w.server, w.name)
	defer func() { _ = trial.stop(ctx) }()
	err = trial.furnish(ctx, WorldPlan{Name: w.name, Clock: now, whole: true}, filled(ctx, memoryEngine{}, w.name, dump))
	if err == nil {
		err = trial.orders.Open(ctx)
	}
	if err != nil {
		return nil, &control.SnapshotError{Mistakes: []problem.Detail{{Name: "documents", Reason: "A room cannot go on from this: " + err.Error() + "."}}}
	}
	mistakes := trial.newControl().SetAll(ctx, control.Bodies{Settings: d.Settings, Merchants: d.Merchants, Phones: d.Phones, Faults: d.Faults})
	if mistakes = append(mistakes, trial.setSinks(d.Sinks)...); len(mistakes) > 0 {
		return nil, &control.SnapshotError{Mistakes: mistakes}
	}
	return trial, nil
}

// setSinks puts sinks in the place of those there are, and tells every mistake
// in them.
func (w *World) setSinks(bodies map[string]json.RawMessage) []problem.Detail {
	var mistakes []problem.Detail
	states := map[string]sink.State{}
	for _, name := range slices.Sorted(maps.Keys(bodies)) {
		var state sink.State
		if err := json.Unmarshal(bodies[name], &state); err != nil {
			mistakes = append(mistakes, problem.Detail{Name: "sinks." + name, Reason: "This cannot be read as a sink."})
		}
		states[name] = state
	}
	if err := w.sinks.Restore(states); err != nil {
		mistakes = append(mistakes, problem.Detail{Name: "sinks", Reason: err.Error() + "."})
	}
	return mistakes
}

// filled opens a world of an engine that holds a dump and nothing else.
func filled(ctx context.Context, e engine, name string, d store.Dump) func(webhook.Plan) (store.Store, error) {
	return func(plan webhook.Plan) (store.Store, error) {
		s, err := e.world(ctx, name, plan)
		if err != nil {
			return nil, err
		}
		return s, s.Import(ctx, d)
	}
}

// replace puts what was rehearsed in the place of a world: requests under way
// end first, later ones wait until it is done.
func (s *Server) replace(ctx context.Context, name string, rehearsed *World, now clock.Reading) error {
	if err := s.hold(ctx); err != nil {
		return err
	}
	defer s.release()
	old, known := s.world(name)
	if !known {
		return fmt.Errorf("the world %q is gone", name)
	}
	// Half of this helps nobody: it goes on even if the client hangs up.
	ctx = context.WithoutCancel(ctx)
	if err := old.stop(ctx); err != nil {
		return err
	}
	open := s.shutDoor(name)
	old.empty(ctx)
	next, err := s.refill(ctx, old, rehearsed, now)
	if next == nil {
		open()
		return err
	}
	s.mu.Lock()
	s.worlds[name] = next
	s.mu.Unlock()
	old.next.Store(next)
	open()
	return errors.Join(err, next.start())
}

// refill has the store keep what was rehearsed and builds the rooms over it.
// If that fails, it is the world that there was that is built again.
func (s *Server) refill(ctx context.Context, old, rehearsed *World, now clock.Reading) (*World, error) {
	before, err := old.store.Export(ctx)
	if err != nil {
		return nil, err
	}
	dump, err := rehearsed.store.Export(ctx)
	if err != nil {
		return nil, err
	}
	next, err := s.over(ctx, dump, rehearsed, now)
	if err == nil {
		return next, nil
	}
	next, again := s.over(ctx, before, old, old.clock.Read())
	return next, errors.Join(err, again)
}

// over builds a world over a dump, with the faults and the sinks of another,
// which no store keeps, and with the clock as it is told: no time has passed
// since.
func (s *Server) over(ctx context.Context, d store.Dump, like *World, now clock.Reading) (*World, error) {
	w := newRooms(s, like.name)
	d.Documents = slices.DeleteFunc(d.Documents, func(one store.Document) bool { return one.Kind == clockKind })
	if err := w.furnish(ctx, WorldPlan{Name: w.name, Clock: now, whole: true}, filled(ctx, s.engine, w.name, d)); err != nil {
		return nil, errors.Join(err, w.stop(ctx))
	}
	for _, f := range like.faults.List() {
		if _, err := w.faults.Add(f); err != nil {
			return nil, errors.Join(err, w.stop(ctx))
		}
		w.faults.Recount(f.ID, f.Met, f.Fired)
	}
	return w, w.sinks.Restore(like.sinks.States())
}
