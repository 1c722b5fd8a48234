package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"liksom/scenarios"
	"liksom/scenarios/report"
	"liksom/server"
	"liksom/server/client"
	"liksom/server/clock"
)

// runCmd runs scenarios.
type runCmd struct {
	URL      string   `placeholder:"URL" help:"A simulator to run against, or one of its worlds; one in memory and in process when left out."`
	Shop     string   `placeholder:"URL" help:"Your own shop: the address at which a checkout begins, or wait, where its payments simply appear. The built-in shop when left out."`
	World    string   `placeholder:"NAME" help:"The world to run in, which is kept; each scenario has a new one when left out."`
	JUnit    string   `name:"junit" placeholder:"FILE" help:"Write a report as JUnit XML."`
	JSON     string   `name:"json" placeholder:"FILE" help:"Write a report as JSON."`
	List     bool     `help:"List the scenarios and run none."`
	Filter   string   `placeholder:"EXPR" help:"Only those for which the condition over id, title, group and tags is true: \"'webhooks' in tags\"."`
	Parallel *int     `placeholder:"N" help:"How many run side by side; 4, or 1 with --shop, --world and --pace."`
	Repeat   int      `default:"1" placeholder:"N" help:"How often each is run, each time with a seed of its own."`
	Seed     string   `help:"Makes ids and draws repeatable; drawn and printed when left out."`
	Pace     string   `enum:"instant,fast,real" default:"instant" help:"How steps of time are carried out: ${enum}."`
	Names    []string `arg:"" optional:"" name:"path-or-name" help:"Files, folders, or names of the catalogue: an id, a group or a tag. The whole catalogue when left out."`
}

// usualParallel is how many scenarios run side by side where nothing says
// otherwise: most of their time they wait.
const usualParallel = 4

// answerWithin is how long a simulator may take until it says that it is there.
const answerWithin = 10 * time.Second

// waitForShop is the --shop whose payments simply appear.
const waitForShop = "wait"

// Validate refuses what cannot be meant.
func (c *runCmd) Validate() error {
	for flag, value := range map[string]string{"--url": c.URL, "--shop": c.Shop} {
		if flag == "--shop" && value == waitForShop {
			continue
		}
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("%s is an http or https address such as http://127.0.0.1:8080, not %q", flag, value)
		}
	}
	if c.Shop == waitForShop && c.URL == "" {
		return errors.New("--shop wait needs --url: the simulator that your shop uses")
	}
	if c.Parallel != nil && *c.Parallel < 1 {
		return fmt.Errorf("--parallel is a number from 1, not %d", *c.Parallel)
	}
	if c.Repeat < 1 {
		return fmt.Errorf("--repeat is a number from 1, not %d", c.Repeat)
	}
	if c.JUnit != "" && c.JUnit == c.JSON {
		return errors.New("--junit and --json are two files")
	}
	return nil
}

// AfterApply fills in what follows from other flags.
func (c *runCmd) AfterApply() error {
	// A world's own address says the same as --world.
	if root, world, in := strings.Cut(c.URL, "/w/"); in && c.World == "" {
		c.URL, c.World = root, strings.Trim(world, "/")
	}
	c.URL = strings.TrimRight(c.URL, "/")
	// A shop that starts its payments by itself knows one world.
	if c.Shop == waitForShop && c.World == "" {
		c.World = "default"
	}
	if c.Parallel == nil {
		usual := usualParallel
		if c.Shop != "" || c.World != "" || c.Pace != string(scenarios.Instant) {
			usual = 1
		}
		c.Parallel = &usual
	}
	if c.World != "" && *c.Parallel > 1 {
		return errors.New("scenarios in one world run one after another: leave --parallel or --world out")
	}
	return nil
}

// Run lists or runs what was chosen.
func (c *runCmd) Run(ctx context.Context, p *Program, line *commandLine) error {
	scripts, err := c.choose()
	if err != nil {
		return p.unusable(newInk(line.Color, p.Err), err)
	}
	k := newInk(line.Color, p.Out)
	if c.List {
		return list(p.Out, k, scripts)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The second signal ends the program at once.
	defer context.AfterFunc(ctx, stop)()
	files, err := c.files()
	if err != nil {
		return usageError{err}
	}
	defer files.close()
	if c.Seed == "" {
		c.Seed = strings.ToLower(rand.Text()[:8])
	}
	root, end, err := c.simulator(ctx, p)
	if err != nil {
		return err
	}
	r := c.run(ctx, newProgress(p.Out, k, c, scripts), scripts, root)
	if err := errors.Join(end(), files.write(r)); err != nil {
		return err
	}
	return verdict(r)
}

// verdict is how the program ends.
func verdict(r *report.Run) error {
	if r.Interrupted || r.Count().Failed > 0 {
		return exitStatus{status: exitFailed}
	}
	return nil
}

// run runs all, and tells of each.
func (c *runCmd) run(ctx context.Context, show *progress, scripts []*scenarios.Script, root string) *report.Run {
	r := &report.Run{Seed: c.Seed, Simulator: c.URL, Started: clock.Wall()}
	var able []*scenarios.Script
	for _, s := range scripts {
		if c.Shop == "" || s.NeedsShop() {
			able = append(able, s)
			continue
		}
		left := report.Case{Result: scenarios.Result{ID: s.ID, Title: s.Title, File: s.File, Group: s.Group, State: scenarios.Skipped}, Why: "plays the merchant itself"}
		r.Cases = append(r.Cases, left)
		show.ended(&left)
	}
	options := scenarios.Options{
		URL: root, World: c.World, KeepFailed: c.URL != "", Shop: c.Shop, Seed: c.Seed, Pace: scenarios.Pace(c.Pace), Watch: show.heard,
	}
	told := func(result scenarios.Result) { show.ended(&report.Case{Result: result, Why: whyNot(result.State)}) } //nolint:gocritic // once a scenario
	for _, result := range scenarios.RunAll(ctx, able, options, *c.Parallel, c.Repeat, told) {
		r.Cases = append(r.Cases, report.Case{Result: result, Why: whyNot(result.State)})
	}
	r.Took, r.Interrupted = clock.Wall().Sub(r.Started), ctx.Err() != nil
	show.sum(r)
	return r
}

// whyNot says why a scenario has no outcome.
func whyNot(state scenarios.State) string {
	switch state {
	case scenarios.Stopped:
		return "the run was interrupted"
	case scenarios.Never:
		return "the run was interrupted before it began"
	}
	return ""
}

// simulator gives the root of the one to run against, and a way to be done
// with it.
func (c *runCmd) simulator(ctx context.Context, p *Program) (root string, end func() error, err error) {
	if c.URL != "" {
		t := target{URL: c.URL}
		if err := c.ready(ctx, t.client()); err != nil {
			return "", nil, usageError{t.explain(err)}
		}
		return c.URL, func() error { return nil }, nil
	}
	// Refusals and failed deliveries are what scenarios are made of; only what
	// should never be is told.
	sim, err := server.New(ctx, server.Options{
		Addr: "127.0.0.1:0", Store: "memory", Seed: c.Seed, Version: p.Version, Log: slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return "", nil, err
	}
	lasting := context.WithoutCancel(ctx)
	end = func() error {
		bounded, cancel := context.WithTimeout(lasting, stopWithin)
		defer cancel()
		return sim.Stop(bounded)
	}
	// Its end is not the signal's: what is to be done finally needs it.
	if err := sim.Start(lasting); err != nil {
		return "", nil, errors.Join(err, end())
	}
	if err := c.ready(ctx, client.New(sim.URL())); err != nil {
		return "", nil, errors.Join(err, end())
	}
	return sim.URL(), end, nil
}

// ready makes sure that somebody answers, and makes the world to run in, whose
// clock stands still as in a world of a scenario's own, where
// it is not there yet.
func (c *runCmd) ready(ctx context.Context, sim *client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	all, err := sim.Worlds(ctx)
	if err != nil {
		return err
	}
	if c.World == "" || slices.ContainsFunc(all, func(w client.World) bool { return w.Name == c.World }) { //nolint:gocritic // few worlds
		return nil
	}
	_, err = sim.MakeWorld(ctx, client.WorldPlan{Name: c.World, Seed: c.Seed, Clock: &client.WorldClock{Frozen: true}})
	if err != nil {
		return usageError{fmt.Errorf("--world %s cannot be made: %w", c.World, err)}
	}
	return nil
}
