package server

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"liksom/server/clock"
	"liksom/server/control"
)

// defaultWorld is what the world at the root is called where worlds are
// listed.
const defaultWorld = "default"

// idleAfter is how long, in real time, a named world outlives its last touch.
const idleAfter = time.Hour

// ErrWorldExists tells that there is a world of this name already.
var ErrWorldExists = errors.New("there is a world of this name already")

// WorldPlan is what a new world is to be like. The zero value is a world with
// a drawn name, ids nobody can guess, and the real time.
type WorldPlan struct {
	// Name is a label of a host: lower-case letters, digits and hyphens.
	Name string
	// Seed makes the world's ids, codes and secrets repeatable: two worlds
	// with one seed draw the same, whatever their names.
	Seed string
	// Clock is where its time begins; zero members are as usual: now, at the
	// speed of the server's options, running.
	Clock clock.Reading
}

// MakeWorld makes a world with the ready-made data; [ErrWorldExists] when the
// name is taken, a [*control.WorldError] when something about the plan cannot
// be.
func (s *Server) MakeWorld(ctx context.Context, plan WorldPlan) (*World, error) {
	if plan.Name != "" {
		if err := s.checkName(plan.Name); err != nil {
			return nil, err
		}
	}
	if err := s.hold(ctx); err != nil {
		return nil, err
	}
	defer s.release()
	for plan.Name == "" {
		if name := s.drawName(); s.checkName(name) == nil && !s.has(name) {
			plan.Name = name
		}
	}
	if s.has(plan.Name) {
		return nil, ErrWorldExists
	}
	return s.open(ctx, plan)
}

// RemoveWorld ends a world with its sockets, streams and waits and removes all
// it holds; false when there is none. The default world cannot be removed.
func (s *Server) RemoveWorld(ctx context.Context, name string) (bool, error) {
	if name == "" {
		return false, errors.New("the default world cannot be removed")
	}
	if err := s.hold(ctx); err != nil {
		return false, err
	}
	defer s.release()
	return s.remove(ctx, name, func(*World) bool { return true })
}

// remove takes a world away if it is still meant by the time nobody can enter
// it any more. The token must be held.
func (s *Server) remove(ctx context.Context, name string, meant func(*World) bool) (bool, error) {
	s.mu.Lock()
	w, known := s.worlds[name]
	if !known || !meant(w) {
		s.mu.Unlock()
		return false, nil
	}
	delete(s.worlds, name)
	s.mu.Unlock()
	// What goes on in it is of no use to anybody, so nothing is waited for.
	atOnce, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cancel()
	return true, errors.Join(w.stop(atOnce), s.engine.remove(context.WithoutCancel(ctx), name))
}

// open makes a world or opens the one that is kept. The token must be held.
func (s *Server) open(ctx context.Context, plan WorldPlan) (*World, error) {
	w, err := s.newWorld(ctx, plan)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.worlds[plan.Name] = w
	s.mu.Unlock()
	if plan.Name != "" {
		s.watchIdle()
	}
	return w, nil
}

// reopen opens all worlds that the store keeps, so that what falls due in
// them happens whether somebody asks for them or not.
func (s *Server) reopen(ctx context.Context) error {
	names, err := s.engine.names(ctx)
	if err != nil {
		return err
	}
	for _, name := range append([]string{""}, names...) {
		if s.has(name) {
			continue
		}
		if _, err := s.World(ctx, name); err != nil {
			return fmt.Errorf("open the world %q: %w", name, err)
		}
	}
	return nil
}

// hold takes the token of whoever makes, removes or replaces worlds. It is a
// channel because that may take long: in a testing/synctest bubble time passes
// meanwhile.
func (s *Server) hold(ctx context.Context) error {
	select {
	case s.making <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.RLock()
	stopped := s.stopped
	s.mu.RUnlock()
	if stopped {
		s.release()
		return errors.New("the simulator has stopped")
	}
	return nil
}

func (s *Server) release() { <-s.making }

// world finds a world that has been made.
func (s *Server) world(name string) (*World, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w, ok := s.worlds[name]
	return w, ok
}

func (s *Server) has(name string) bool {
	_, known := s.world(name)
	return known
}

// visit finds a world for a request, which keeps it from being removed for
// idleness; [World.leave] must follow.
func (s *Server) visit(name string) (*World, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w, ok := s.worlds[name]
	if ok {
		w.visitors.Add(1)
	}
	return w, ok
}

// list gives all worlds, the default one first, the others by name.
func (s *Server) list() []*World {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*World, 0, len(s.worlds))
	for _, w := range s.worlds {
		all = append(all, w)
	}
	slices.SortFunc(all, func(a, b *World) int { return cmp.Compare(a.name, b.name) })
	return all
}

func (s *Server) drawName() string {
	var b [4]byte
	s.names.Bytes(b[:])
	return "w-" + hex.EncodeToString(b[:])
}

// checkName says why a world cannot have a name, a [*control.WorldError].
func (s *Server) checkName(name string) error {
	if !validWorld(name) {
		return &control.WorldError{Field: "name", Reason: fmt.Sprintf(
			"A world's name is a label of a host: 1 to 63 lower-case letters, digits and hyphens, no hyphen first or last, not %q.", name)}
	}
	if name == defaultWorld || name == "localhost" {
		return &control.WorldError{Field: "name", Reason: fmt.Sprintf("%q is reserved; take another name.", name)}
	}
	public, err := url.Parse(s.PublicURL())
	if err != nil {
		return nil //nolint:nilerr // an address that cannot be read has no label to hide
	}
	if label, _, dotted := strings.Cut(public.Hostname(), "."); dotted && strings.EqualFold(label, name) {
		return &control.WorldError{Field: "name", Reason: fmt.Sprintf(
			"%q is where the default world's own host begins, which would be out of reach then; take another name.", name)}
	}
	return nil
}

func validWorld(name string) bool {
	if len(name) == 0 || len(name) > 63 || name[0] == '-' || name[len(name)-1] == '-' {
		return false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// watchIdle begins to look after worlds that nobody needs, once there is one
// that could be such.
func (s *Server) watchIdle() {
	s.watching.Do(func() { s.serving.Go(s.sweep) })
}

// sweep removes worlds that nobody has touched for long, until the server
// stops.
func (s *Server) sweep() {
	for {
		if clock.Rest(s.life, s.untilIdle(), nil) != nil {
			return
		}
		for _, w := range s.list() {
			if w.idle() {
				s.removeIdle(w.name)
			}
		}
	}
}

func (s *Server) removeIdle(name string) {
	if s.hold(s.life) != nil {
		return
	}
	defer s.release()
	removed, err := s.remove(s.life, name, (*World).idle)
	if err != nil {
		s.options.Log.Error("an idle world could not be removed", "world", name, "error", err)
	}
	if removed {
		s.options.Log.Info("a world that nobody touched for an hour was removed", "world", name)
	}
}

// untilIdle is how long it takes at least until a world can have become idle.
func (s *Server) untilIdle() time.Duration {
	left := idleAfter
	for _, w := range s.list() {
		if w.name != "" && !w.inUse() {
			left = min(left, idleAfter-clock.Wall().Sub(w.LastTouched()))
		}
	}
	return max(left, time.Millisecond)
}

// touch takes down that somebody needs the world at this moment.
func (w *World) touch() { w.touched.Store(clock.Wall().UnixNano()) }

// leave ends a visit.
func (w *World) leave() {
	w.touch()
	w.visitors.Add(-1)
}

// LastTouched is the real time of the last request to the world, or of a
// socket's end.
func (w *World) LastTouched() time.Time { return time.Unix(0, w.touched.Load()).UTC() }

func (w *World) inUse() bool { return w.visitors.Load() > 0 || w.phones.Sockets() > 0 }

func (w *World) idle() bool {
	return w.name != "" && !w.inUse() && clock.Wall().Sub(w.LastTouched()) >= idleAfter
}
