package landing

import (
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

// Small is the ring beside the merchant's name, its caption under it.
func (c countdown) Small() web.Ring {
	return web.Ring{Class: "small", Size: 64, Stroke: 5, Text: c.Text}.Of(c.left, c.whole)
}

// Large is the ring one waits at.
func (c countdown) Large() web.Ring {
	return web.Ring{Class: "large", Size: 176, Stroke: 10, Text: c.Text, Caption: c.caption}.Of(c.left, c.whole)
}
