// Package command is the command line: flags and environment become options,
// options become a running program, errors become a cause, a way out and an
// exit status.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

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
		return p.report(fmt.Errorf("%s; see liksom --help", strings.TrimRight(err.Error(), ".")), exitUsage)
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
