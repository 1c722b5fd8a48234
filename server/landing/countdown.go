package landing

import (
	"fmt"
	"math"
	"time"

	"liksom/server/clock"
	"liksom/server/payment"
	"liksom/web"
)

// countdown is what is left of a payment's window, by the world's clock.
type countdown struct {
	Now, Deadline, Since string // for the script, RFC 3339
	Speed                float64
	Frozen               bool
	Text                 string
	Ends                 string // the time of day it ends
	caption              string
	left, whole          time.Duration
}

func (d *Door) countdown(lang string, p payment.Payment, now clock.Reading, caption string) countdown {
	ends := p.Ends()
	left := max(0, ends.Sub(now.Now))
	return countdown{
		Now: stamp(now.Now), Deadline: stamp(ends), Since: stamp(p.Since),
		Speed: now.Speed, Frozen: now.Frozen,
		Text: web.Remaining(lang, left), Ends: d.Site.TimeOfDay(lang, ends),
		caption: d.Site.Say(lang, caption), left: left, whole: ends.Sub(p.Since),
	}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// ring is a countdown drawn as a circle that empties clockwise.
type ring struct {
	Class, Left, Text, Caption string
	Size, Stroke               int
	Half, Radius               string
	Dash, Round                string
	Long                       bool
}

// Small is the ring beside the merchant's name, its caption under it.
func (c countdown) Small() ring { return c.ring("small", 64, 5, "") }

// Large is the ring one waits at.
func (c countdown) Large() ring { return c.ring("large", 176, 10, c.caption) }

func (c countdown) ring(class string, size, stroke int, caption string) ring {
	radius := float64(size-stroke) / 2
	round := 2 * math.Pi * radius
	share := 1.0
	if c.whole > 0 {
		share = min(1, float64(c.left)/float64(c.whole))
	}
	return ring{
		Class: class, Size: size, Stroke: stroke, Text: c.Text, Caption: caption, Long: len([]rune(c.Text)) > 6,
		Left: urgency(c.left), Half: fmt.Sprintf("%.1f", float64(size)/2), Radius: fmt.Sprintf("%.1f", radius),
		Dash: fmt.Sprintf("%.1f", round*share), Round: fmt.Sprintf("%.1f", round),
	}
}

// urgency names the ring's colour, as static/clock.js does.
func urgency(left time.Duration) string {
	switch {
	case left > 2*time.Minute:
		return "calm"
	case left > time.Minute:
		return "soon"
	}
	return "last"
}
