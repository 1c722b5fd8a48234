// Package command is the command line: flags and environment become options,
// options become a running program, errors become one line and an exit status.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"liksom/server"
	"liksom/server/config"
	"liksom/server/directory"
)

// Exit statuses.
const (
	exitFailed = 1 // the program could not do its work
	exitUsage  = 2 // the command line was wrong
)

// Program is the command line tool, with all it reads and writes.
type Program struct {
	Version  string
	In       io.Reader
	Out, Err io.Writer
}

// commandLine is the whole command line; kong reads it from this struct.
type commandLine struct {
	Color        string          `enum:"auto,always,never" default:"auto" help:"Colour the output: ${enum}."`
	Serve        serveCmd        `cmd:"" help:"Run the simulator: APIs, landing page, phones, console and demos, all on one port."`
	Scenarios    runCmd          `cmd:"" name:"run" help:"Run scenarios: the shipped ones or your own, against a simulator of its own or another."`
	Phone        phoneCmd        `cmd:"" help:"Be a phone, in the terminal: see each push, approve or decline."`
	Exec         execCmd         `cmd:"" help:"Run a program beside a simulator of its own, with address and keys in its environment."`
	CheckWebhook checkWebhookCmd `cmd:"" help:"Fire good and bad deliveries at your handler and judge what it does."`
	Trigger      triggerCmd      `cmd:"" help:"Make a payment and drive it until an event has been sent."`
	Clock        clockCmd        `cmd:"" help:"Show or bend the simulated clock."`
	Completion   completionCmd   `cmd:"" help:"Print what a shell needs to complete these commands."`
	Version      versionCmd      `cmd:"" help:"Print version, commit and Go version."`
}

// Run does one command and gives the exit status.
func (p *Program) Run(ctx context.Context, args []string) int {
	var line commandLine
	exited := -1
	parser, err := kong.New(&line,
		kong.Name("liksom"),
		kong.Description("A simulator of Vipps MobilePay payments. It moves no money and is not made by or connected to Vipps MobilePay."),
		kong.Writers(p.Out, p.Err),
		kong.Exit(func(code int) { exited = code }),
		kong.DefaultEnvars("LIKSOM"),
		kong.Vars{
			"client_id": directory.DemoClientID, "client_secret": directory.DemoSecret,
			"subscription_key": directory.DemoSubscriptionKey, "msn": directory.DemoMSN,
			"probe_secret": probeSecret,
		},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(p),
	)
	if err != nil {
		return p.report(err, exitFailed)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	chosen, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help has been answered
	}
	if err != nil {
		return p.report(fmt.Errorf("%w; see liksom --help", err), exitUsage)
	}
	err = chosen.Run(&line)
	var program exitStatus
	if errors.As(err, &program) {
		return p.ended(program)
	}
	if err != nil {
		return p.report(err, exitFailed)
	}
	return 0
}

// report prints an error as one line.
func (p *Program) report(err error, status int) int {
	var wrong usageError
	if errors.As(err, &wrong) {
		status = exitUsage
	}
	var option server.OptionError
	if errors.As(err, &option) {
		status = exitUsage
	}
	var mistake *config.Error
	if errors.As(err, &mistake) {
		status = exitUsage
	}
	_, _ = fmt.Fprintf(p.Err, "error  %s\n", strings.Join(strings.Fields(err.Error()), " "))
	if mistake != nil && mistake.Excerpt != "" {
		_, _ = fmt.Fprintf(p.Err, "\n%s", mistake.Excerpt)
	}
	return status
}

// ended passes on how a program has ended that was run for somebody. It has
// spoken for itself, unless it never ran.
func (p *Program) ended(e exitStatus) int {
	if e.why == nil {
		return e.status
	}
	return p.report(e.why, e.status)
}

// usageError is a mistake on the command line that only the command itself
// could see.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }
