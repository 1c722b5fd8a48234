package command

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"liksom/server/client"
)

// clockCmd shows and bends the simulated clock.
type clockCmd struct {
	target
	Show    clockShow    `cmd:"" default:"1" help:"Show the simulated time."`
	Advance clockAdvance `cmd:"" help:"Jump forward; whatever falls due on the way happens, in its order."`
	Freeze  clockFreeze  `cmd:"" help:"Stop simulated time."`
	Resume  clockResume  `cmd:"" help:"Let simulated time go on."`
	Speed   clockSpeed   `cmd:"" help:"Set how many simulated seconds pass in a real one."`
}

type (
	clockShow    struct{}
	clockFreeze  struct{}
	clockResume  struct{}
	clockAdvance struct {
		By time.Duration `arg:"" name:"duration" help:"How far, such as 90s, 5m or 168h."`
	}
	clockSpeed struct {
		Speed float64 `arg:"" help:"Simulated seconds for each real second, from 1 to 100000."`
	}
)

// Validate refuses jumps back in time.
func (c *clockAdvance) Validate() error {
	if c.By <= 0 {
		return fmt.Errorf("time only goes forward: advance by more than nothing, not %s", c.By)
	}
	return nil
}

func (clockShow) Run(ctx context.Context, p *Program, line *commandLine) error {
	return p.showClock(line, func(sim *client.Client) (client.Clock, error) { return sim.Clock(ctx) })
}

func (c *clockAdvance) Run(ctx context.Context, p *Program, line *commandLine) error {
	return p.showClock(line, func(sim *client.Client) (client.Clock, error) { return sim.Advance(ctx, c.By) })
}

func (clockFreeze) Run(ctx context.Context, p *Program, line *commandLine) error {
	return p.showClock(line, func(sim *client.Client) (client.Clock, error) { return sim.Freeze(ctx) })
}

func (clockResume) Run(ctx context.Context, p *Program, line *commandLine) error {
	return p.showClock(line, func(sim *client.Client) (client.Clock, error) { return sim.Resume(ctx) })
}

func (c *clockSpeed) Run(ctx context.Context, p *Program, line *commandLine) error {
	return p.showClock(line, func(sim *client.Client) (client.Clock, error) { return sim.SetSpeed(ctx, c.Speed) })
}

// showClock turns the clock, or only reads it, and prints what it shows then.
func (p *Program) showClock(line *commandLine, turn func(*client.Client) (client.Clock, error)) error {
	now, err := turn(line.Clock.client())
	if err != nil {
		return line.Clock.explain(err)
	}
	_, err = fmt.Fprintf(p.Out, "%s  %s\n", now.Now.UTC().Format("2006-01-02 15:04:05 UTC"), pace(now))
	return err
}

// pace tells how the clock runs, and how far it is from real time.
func pace(c client.Clock) string {
	text := "×" + strconv.FormatFloat(c.Speed, 'g', -1, 64)
	if c.Frozen {
		text = "frozen"
	}
	ahead := c.Now.Sub(c.Real).Round(time.Second)
	switch {
	case ahead > 0:
		return text + ", " + ahead.String() + " ahead of real time"
	case ahead < 0:
		return text + ", " + (-ahead).String() + " behind real time"
	}
	return text + ", at real time"
}
