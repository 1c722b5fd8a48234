package scenarios

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

var errSpan = errors.New(`a span of time is written as "10s", "1h30m" or "7d"`)

// parseSpan reads a span as Go writes it, with days in front if wanted. It may
// be below zero, for dates that lie in the past.
func parseSpan(text string) (time.Duration, error) {
	negative := strings.HasPrefix(text, "-")
	rest, days := strings.TrimPrefix(text, "-"), time.Duration(0)
	if number, after, found := strings.Cut(rest, "d"); found {
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || time.Duration(n) > math.MaxInt64/day {
			return 0, errSpan
		}
		days, rest = time.Duration(n)*day, after
	}
	d := time.Duration(0)
	if rest != "" || days == 0 {
		var err error
		if d, err = time.ParseDuration(rest); err != nil || d < 0 || d > math.MaxInt64-days {
			return 0, errSpan
		}
	}
	if negative {
		return -(days + d), nil
	}
	return days + d, nil
}

// patience is how long a step may take.
type patience struct {
	d time.Duration
	// simulated says that it is meant on the world's clock.
	simulated bool
}

func parsePatience(text string) (patience, error) {
	text, simulated := strings.CutSuffix(text, " simulated")
	d, err := parseSpan(text)
	if err == nil && d <= 0 {
		err = errors.New("a step needs some time")
	}
	return patience{d, simulated}, err
}
