package control

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// errDuration says how spans of time are written.
var errDuration = errors.New(`a span of time is written as "10s", "5m", "1h30m", "7d" or "1d12h"`)

// parseDuration reads a span as Go writes it, with days in front if wanted. A
// span below zero is refused.
func parseDuration(s string) (time.Duration, error) {
	var days time.Duration
	rest := s
	if number, after, found := strings.Cut(s, "d"); found {
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || time.Duration(n) > math.MaxInt64/day {
			return 0, errDuration
		}
		days, rest = time.Duration(n)*day, after
		if rest == "" {
			return days, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d > math.MaxInt64-days {
		return 0, errDuration
	}
	if d < 0 {
		return 0, errors.New("a span of time cannot be negative")
	}
	return days + d, nil
}

// span reads a span that stands in a member or parameter and must not be
// longer than most.
func span(field, s string, most time.Duration) (time.Duration, error) {
	d, err := parseDuration(s)
	if err != nil {
		return 0, invalid(field, strconv.Quote(s)+" will not do: "+err.Error()+".")
	}
	if d > most {
		return 0, invalid(field, strconv.Quote(s)+" is too long; at most "+most.String()+" is possible.")
	}
	return d, nil
}
