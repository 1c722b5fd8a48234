package server

import (
	"context"
	"errors"

	"liksom/server/clock"
	"liksom/server/control"
)

// worlds lets the control API make, list and remove worlds.
type worlds struct{ server *Server }

// MakeWorld implements [control.Worlds].
func (l worlds) MakeWorld(ctx context.Context, p control.WorldPlan) (control.World, error) {
	w, err := l.server.MakeWorld(ctx, WorldPlan{
		Name: p.Name, Seed: p.Seed, Clock: clock.Reading{Now: p.Now, Speed: p.Speed, Frozen: p.Frozen},
	})
	if errors.Is(err, ErrWorldExists) {
		return control.World{}, control.ErrWorldExists
	}
	if err != nil {
		return control.World{}, err
	}
	return w.told(ctx)
}

// RemoveWorld implements [control.Worlds].
func (l worlds) RemoveWorld(ctx context.Context, name string) (bool, error) {
	if name == defaultWorld {
		return false, control.ErrDefaultWorld
	}
	return l.server.RemoveWorld(ctx, name)
}

// World implements [control.Worlds].
func (l worlds) World(ctx context.Context, name string) (control.World, bool, error) {
	if name == defaultWorld {
		name = ""
	}
	w, known := l.server.world(name)
	if !known {
		return control.World{}, false, nil
	}
	told, err := w.told(ctx)
	return told, true, err
}

// Worlds implements [control.Worlds].
func (l worlds) Worlds(ctx context.Context) ([]control.World, error) {
	all := l.server.list()
	told := make([]control.World, 0, len(all))
	for _, w := range all {
		one, err := w.told(ctx)
		if err != nil && l.server.has(w.name) {
			return nil, err
		}
		if err == nil {
			told = append(told, one)
		}
	}
	return told, nil
}

// label is what the world is called where worlds are listed.
func (w *World) label() string {
	if w.name == "" {
		return defaultWorld
	}
	return w.name
}

// told is what is said of a world from outside. Asking is no touch.
func (w *World) told(ctx context.Context) (control.World, error) {
	size, err := w.store.Size(ctx)
	if err != nil {
		return control.World{}, err
	}
	return control.World{
		Name: w.label(), Default: w.name == "", URL: w.URL(), Clock: w.clock.Read(), LastTouched: w.LastTouched(),
		Payments: size.Payments, Deliveries: size.Deliveries, Phones: len(w.directory.Phones()),
		Merchants: len(w.directory.Units()), Sockets: w.phones.Sockets(),
	}, nil
}
