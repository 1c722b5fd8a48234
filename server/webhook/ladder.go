package webhook

import "time"

const (
	// keepTrying is how long after its first try a delivery is given up.
	keepTrying = 7 * 24 * time.Hour
	// shortestWait is the ladder's first rung.
	shortestWait = 2 * time.Second
)

// Wait is the ladder's next wait after so many tries (webhooks contract,
// section 7).
func Wait(tries int) time.Duration {
	switch {
	case tries < 4:
		return shortestWait
	case tries == 4:
		return time.Minute
	case tries == 5:
		return 2 * time.Minute
	case tries < 29:
		return time.Hour
	}
	return 24 * time.Hour
}

// Next is when a delivery is tried again after so many tries in vain, of which
// the first was at first and the last at last; false when it is given up.
func Next(tries int, first, last time.Time) (time.Time, bool) {
	next := last.Add(Wait(tries))
	return next, next.Sub(first) <= keepTrying
}
