package web

import (
	"fmt"
	"math"
	"time"
)

// Ring is a countdown drawn as a circle that empties clockwise, for the part
// "ring" of templates.
type Ring struct {
	// Class, Text, Caption, Size and Stroke are for who draws it to say, the
	// sizes in pixels; [Ring.Of] gives the rest.
	Class, Text, Caption string
	Size, Stroke         int

	Left         string // calm, soon or last
	Half, Radius string
	Dash, Round  string
	Long         bool
}

// Of is the ring with so much left of a whole.
func (r Ring) Of(left, whole time.Duration) Ring {
	radius := float64(r.Size-r.Stroke) / 2
	round := 2 * math.Pi * radius
	share := 1.0
	if whole > 0 {
		share = min(1, float64(left)/float64(whole))
	}
	r.Left, r.Long = urgency(left), len([]rune(r.Text)) > 6
	r.Half, r.Radius = fmt.Sprintf("%.1f", float64(r.Size)/2), fmt.Sprintf("%.1f", radius)
	r.Dash, r.Round = fmt.Sprintf("%.1f", round*share), fmt.Sprintf("%.1f", round)
	return r
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
