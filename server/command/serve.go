package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"liksom/server"
	"liksom/server/clock"
	"liksom/server/config"
)

// stopWithin bounds a clean stop, in real time.
const stopWithin = 15 * time.Second

// lastWords is how long, in real time, what is being printed at the end may
// take.
const lastWords = 200 * time.Millisecond

// serveCmd are the flags of serve; each is an environment variable too. What
// is a pointer may also stand in the file of --config: a flag goes before it,
// even one that says the usual, so it must be told from one left out.
type serveCmd struct {
	Addr           string         `default:"127.0.0.1:8080" help:"Where to listen; port 0 picks a free one."`
	PublicURL      string         `placeholder:"URL" help:"The URL put into redirect URLs and QR codes; needed behind a proxy or when real phones scan."`
	Store          string         `default:"sqlite" help:"Where payments are kept: memory, sqlite (a file in your data folder), sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE."`
	LandingWindow  *time.Duration `placeholder:"5m" help:"How long a payer may take to open the redirect URL and say who they are."`
	ApprovalWindow *time.Duration `placeholder:"5m" help:"How long a payer may take to approve, from identification."`
	ClockSpeed     *float64       `placeholder:"N" help:"Simulated seconds per real second; 1 on first start, else as it was."`
	RateLimit      *string        `enum:"on,off" placeholder:"off" help:"The vendor's limits per reference: ${enum}."`
	StrictBodies   *string        `enum:"on,off" placeholder:"off" help:"Refuse unknown members in request bodies: ${enum}."`
	StrictURLs     *string        `name:"strict-urls" enum:"on,off" placeholder:"off" help:"Refuse http and private addresses as the vendor does: ${enum}."`
	WebhookTimeout *time.Duration `placeholder:"10s" help:"Real time a webhook target has to answer."`
	WebhookCA      string         `name:"webhook-ca" placeholder:"FILE" help:"PEM file with authorities to trust for webhook targets, beside the system's."`
	Egress         string         `enum:"any,private,loopback" default:"any" help:"Where webhooks may go: ${enum}."`
	Auth           string         `enum:"strict,open" default:"strict" help:"strict: known merchants and keys only; open: any credentials."`
	Seed           string         `help:"Makes ids, tokens and secrets repeatable."`
	Config         string         `placeholder:"FILE" help:"YAML file with settings, merchants, phones, autopilots and faults to begin with."`
	TLS            string         `name:"tls" default:"off" help:"off, auto (a self-made certificate for this machine and its address on the network) or CERT,KEY."`
	LogFormat      string         `enum:"text,json" default:"text" help:"How to log: ${enum}."`
}

// Validate refuses numbers that no clock can count with.
func (c *serveCmd) Validate() error {
	for _, span := range []struct {
		flag string
		said *time.Duration
	}{
		{"--landing-window", c.LandingWindow}, {"--approval-window", c.ApprovalWindow}, {"--webhook-timeout", c.WebhookTimeout},
	} {
		if span.said != nil && *span.said <= 0 {
			return fmt.Errorf("%s must be longer than nothing, not %s", span.flag, *span.said)
		}
	}
	if c.ClockSpeed != nil && *c.ClockSpeed == 0 {
		return errors.New("--clock-speed must be above 0; POST /sim/v1/clock/freeze stops the clock")
	}
	return nil
}

// said gives what a flag says, or nothing for one that was left out.
func said[T any](flag *T) T {
	if flag == nil {
		return *new(T)
	}
	return *flag
}

// Run serves until a signal comes.
func (c *serveCmd) Run(ctx context.Context, p *Program, line *commandLine) error {
	began := clock.Wall()
	options, err := c.options(p)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	sim, err := server.New(ctx, options)
	if err != nil {
		return err
	}
	if err := sim.Start(ctx); err != nil {
		return errors.Join(err, sim.Stop(context.WithoutCancel(ctx)))
	}
	tell := c.newWatch(p, newInk(line.Color, p.Out), sim)
	told := make(chan struct{})
	go func() {
		defer close(told)
		tell.run(ctx)
	}()
	<-tell.listens // so that nothing is missed that happens once somebody knows the address
	if _, err := fmt.Fprintf(p.Out, "listening  %s\n", sim.URL()); err != nil {
		return errors.Join(err, sim.Stop(context.WithoutCancel(ctx)))
	}
	if c.LogFormat == "text" {
		banner{out: p.Out, ink: newInk(line.Color, p.Out), sim: sim, options: options, took: clock.Wall().Sub(began)}.print()
	}
	close(tell.may)
	<-ctx.Done()
	stop()
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	// Whoever reads the output may have stopped reading; that holds nobody up.
	_ = clock.Rest(bounded, lastWords, told)
	return sim.Stop(bounded)
}

func (c *serveCmd) options(p *Program) (server.Options, error) {
	store := c.Store
	if store == "sqlite" {
		path, err := dataFile()
		if err != nil {
			return server.Options{}, err
		}
		store = "sqlite:" + path
	}
	if err := checkStore(store); err != nil {
		return server.Options{}, err
	}
	secured, err := certificate(c.TLS)
	if err != nil {
		return server.Options{}, err
	}
	var handler slog.Handler = slog.NewTextHandler(p.Err, nil)
	if c.LogFormat == "json" {
		handler = slog.NewJSONHandler(p.Err, nil)
	}
	options := server.Options{
		Addr: c.Addr, PublicURL: c.PublicURL, Store: store,
		LandingWindow: said(c.LandingWindow), ApprovalWindow: said(c.ApprovalWindow), ClockSpeed: said(c.ClockSpeed),
		RateLimit: server.Switch(said(c.RateLimit)), StrictBodies: server.Switch(said(c.StrictBodies)), StrictURLs: server.Switch(said(c.StrictURLs)),
		WebhookTimeout: said(c.WebhookTimeout), WebhookCA: c.WebhookCA, Egress: c.Egress, Auth: c.Auth, Seed: c.Seed,
		TLS: secured, Lan: lanAddress(), Version: p.Version, Log: slog.New(handler),
	}
	if c.Config == "" {
		return options, nil
	}
	if options.Config, err = config.Read(c.Config); err != nil {
		return server.Options{}, usageError{err}
	}
	return options, nil
}

// checkStore tells what cannot be a store. What stands behind a scheme is not
// shown: there may be a password in it.
func checkStore(store string) error {
	path, inFile := strings.CutPrefix(store, "sqlite:")
	scheme, _, addressed := strings.Cut(store, "://")
	if store == "memory" || inFile && path != "" || addressed && (scheme == "postgres" || scheme == "postgresql") {
		return nil
	}
	if addressed {
		store = scheme + "://…"
	}
	return usageError{fmt.Errorf("--store is memory, sqlite, sqlite:PATH or postgres://…, not %q", store)}
}

// dataFile is the store's place in the user's data folder.
func dataFile() (string, error) {
	dir, err := dataFolder()
	return filepath.Join(dir, "liksom.db"), err
}

// dataFolder is where a user's programs keep what they need to find again.
func dataFolder() (string, error) {
	dir := os.Getenv("XDG_DATA_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("no data folder: %w; name a file with --store sqlite:PATH", err)
		}
		dir = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(dir, "liksom"), nil
}
