package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"liksom/phoneapp"
	"liksom/phoneapp/bot"
	"liksom/server/client"
	"liksom/server/clock"
)

// phoneCmd is a phone in the terminal.
type phoneCmd struct {
	target
	Number string        `arg:"" help:"The phone's number with its country code, such as 4712345678."`
	Auto   string        `enum:"ask,approve,decline,ignore" default:"ask" help:"Answer each request by itself: ${enum}."`
	Delay  time.Duration `help:"How long to wait before answering by itself, in simulated time."`
	Card   string        `placeholder:"ID" help:"The card to pay with; the phone's first when left out."`
}

// Validate refuses delays that lie in the past.
func (c *phoneCmd) Validate() error {
	if c.Delay < 0 {
		return fmt.Errorf("--delay cannot be below nothing, not %s", c.Delay)
	}
	return c.target.Validate()
}

// again is the real time between two tries to reach a simulator that went
// away.
const again = time.Second

// Run is the phone until a signal comes, or until it has been hung up.
func (c *phoneCmd) Run(ctx context.Context, p *Program, line *commandLine) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	phone, err := bot.Connect(ctx, c.URL, c.Number, nil)
	if err != nil {
		return c.cannot(ctx, err)
	}
	screen, restore := newScreen(p, newInk(line.Color, p.Out))
	defer restore()
	keys := screen.keys(ctx, p.In)
	for {
		s := session{cmd: c, phone: phone, screen: screen, asked: map[string]phoneapp.Request{}}
		hungUp := s.run(ctx, keys)
		_ = phone.Close()
		if hungUp || ctx.Err() != nil {
			return nil
		}
		screen.line("%s", screen.ink.in(faint, "The simulator went away. Trying to reach it again."))
		if phone, err = c.reconnect(ctx); err != nil {
			return nil //nolint:nilerr // ended while it tried
		}
	}
}

// cannot explains why a phone cannot connect, with the numbers there are.
func (c *phoneCmd) cannot(ctx context.Context, err error) error {
	var refused *client.Problem
	if !errors.As(err, &refused) || refused.Status != 404 {
		return c.explain(err)
	}
	phones, listErr := c.client().Phones(ctx)
	if listErr != nil {
		return err
	}
	var known []string
	for i := range phones {
		known = append(known, phones[i].Number+" ("+phones[i].Name+")")
	}
	return mended{fmt.Errorf("no phone has the number %s", c.Number), "There are " + strings.Join(known, ", ") + "."}
}

func (c *phoneCmd) reconnect(ctx context.Context) (*bot.Bot, error) {
	for {
		if phone, err := bot.Connect(ctx, c.URL, c.Number, nil); err == nil {
			return phone, nil
		}
		if err := clock.Rest(ctx, again, nil); err != nil {
			return nil, err
		}
	}
}
