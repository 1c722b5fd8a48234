package control

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"liksom/server/clock"
)

const (
	// MaxSpeed is the greatest speed of a clock: simulated seconds per real one.
	MaxSpeed = 100_000
	// firstYear is as far back as a clock may begin; lastYear is as far as the clock may go: later times do not fit into the
	// due rows' nanoseconds.
	firstYear = 1970
	lastYear  = 2200

	wrongSpeed = `The speed must be above 0 and at most 100000; to stop the clock, say "frozen": true.`
)

type clockView struct {
	Now    time.Time `json:"now"`
	Real   time.Time `json:"real"`
	Speed  float64   `json:"speed"`
	Frozen bool      `json:"frozen"`
}

// shown is a time as it is told: to the millisecond, in UTC.
func shown(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func (c *Control) clock(*http.Request) (answer, error) {
	return ok(viewClock(c.Clock.Read()))
}

func viewClock(r clock.Reading) clockView {
	return clockView{Now: shown(r.Now), Real: shown(r.Real), Speed: r.Speed, Frozen: r.Frozen}
}

func (c *Control) advance(r *http.Request) (answer, error) {
	var body struct {
		By string `json:"by"`
	}
	if err := decode(r, &body); err != nil {
		return answer{}, err
	}
	if body.By == "" {
		return answer{}, invalid("by", `Say how far to jump, such as "5m".`)
	}
	by, err := parseDuration(body.By)
	if err != nil {
		return answer{}, invalid("by", strconv.Quote(body.By)+" will not do: "+err.Error()+".")
	}
	if c.Clock.Read().Now.Add(by).Year() > lastYear {
		return answer{}, invalid("by", "The clock goes no further than the year "+strconv.Itoa(lastYear)+".")
	}
	return c.turn(r, func(ctx context.Context) error { return c.Clock.Advance(ctx, by) })
}

func (c *Control) freeze(r *http.Request) (answer, error) { return c.turn(r, c.Clock.Freeze) }

func (c *Control) resume(r *http.Request) (answer, error) { return c.turn(r, c.Clock.Resume) }

func (c *Control) changeClock(r *http.Request) (answer, error) {
	var body struct {
		Speed  *float64 `json:"speed"`
		Frozen *bool    `json:"frozen"`
	}
	if err := decode(r, &body); err != nil {
		return answer{}, err
	}
	if body.Speed == nil && body.Frozen == nil {
		return answer{}, invalid("speed", "Say how many simulated seconds shall pass per real one.")
	}
	if body.Speed != nil && !(*body.Speed > 0 && *body.Speed <= MaxSpeed) {
		return answer{}, invalid("speed", wrongSpeed)
	}
	return c.turn(r, func(ctx context.Context) error {
		if body.Speed != nil {
			if err := c.Clock.SetSpeed(ctx, *body.Speed); err != nil {
				return err
			}
		}
		switch {
		case body.Frozen == nil:
			return nil
		case *body.Frozen:
			return c.Clock.Freeze(ctx)
		}
		return c.Clock.Resume(ctx)
	})
}

// turn does something to the clock and answers what it shows then.
func (c *Control) turn(r *http.Request, do func(context.Context) error) (answer, error) {
	if err := do(r.Context()); err != nil {
		return answer{}, err
	}
	return c.clock(r)
}
