package scenarios

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"time"

	"liksom/server/client"
)

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
	w, err := root.MakeWorld(ctx, client.WorldPlan{Name: worldName(e.script.ID), Seed: e.o.Seed, Clock: begin})
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

// worldName is readable in a list of worlds, and no other world's. A name is
// 63 letters at most.
func worldName(id string) string {
	const most = 50
	return strings.Trim(id[:min(most, len(id))], "-") + "-" + strings.ToLower(rand.Text()[:6])
}
