package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"liksom/server"
	"liksom/server/directory"
)

// execCmd runs another program beside a simulator of its own.
type execCmd struct {
	Seed    string   `help:"Makes ids, tokens and secrets repeatable."`
	Command []string `arg:"" passthrough:"partial" help:"The program and its arguments, after --."`
}

// exitStatus is how a program that was run for somebody has ended, and why it
// never ran where it did not.
type exitStatus struct {
	status int
	why    error
}

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", e.status) }

// notRun and notFound are what shells answer for a program that could not be
// run, or is not there.
const (
	notRun   = 126
	notFound = 127
)

// Run starts a simulator in memory on a free port, runs the program with its
// address and keys in the environment, and ends as the program did.
func (c *execCmd) Run(ctx context.Context, p *Program) error {
	command := c.Command
	if len(command) > 0 && command[0] == "--" {
		command = command[1:]
	}
	if len(command) == 0 {
		return usageError{errors.New("exec needs a program to run: liksom exec -- npm test")}
	}
	sim, err := server.New(ctx, server.Options{
		Addr: "127.0.0.1:0", Store: "memory", Seed: c.Seed, Version: p.Version, Log: slog.New(slog.NewTextHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	if err := sim.Start(ctx); err != nil {
		return errors.Join(err, sim.Stop(context.WithoutCancel(ctx)))
	}
	ended := p.runProgram(ctx, command, sim.URL())
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	if err := sim.Stop(bounded); err != nil && ended == nil {
		return err
	}
	return ended
}

// runProgram runs a program until its end, and hands it the signals that
// come meanwhile: it decides when to end.
func (p *Program) runProgram(ctx context.Context, command []string, base string) error {
	child := exec.CommandContext(ctx, command[0], command[1:]...)
	child.Stdin, child.Stdout, child.Stderr = p.In, p.Out, p.Err
	child.Env = append(os.Environ(),
		"LIKSOM_URL="+base,
		"LIKSOM_CLIENT_ID="+directory.DemoClientID,
		"LIKSOM_CLIENT_SECRET="+directory.DemoSecret,
		"LIKSOM_SUBSCRIPTION_KEY="+directory.DemoSubscriptionKey,
		"LIKSOM_MSN="+directory.DemoMSN,
	)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := child.Start(); err != nil {
		status := notRun
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			status = notFound
		}
		return exitStatus{status, fmt.Errorf("%s cannot be run: %w", command[0], err)}
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for {
		select {
		case got := <-signals:
			_ = child.Process.Signal(got) // a program that has just ended needs none
		case err := <-ended:
			return statusOf(err)
		}
	}
}

// statusOf is a program's own exit status; of one killed by a signal it is
// what shells make of that.
func statusOf(err error) error {
	var failed *exec.ExitError
	if !errors.As(err, &failed) {
		return err
	}
	if how, ok := failed.Sys().(syscall.WaitStatus); ok && how.Signaled() {
		return exitStatus{status: 128 + int(how.Signal())}
	}
	return exitStatus{status: failed.ExitCode()}
}
