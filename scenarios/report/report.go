// Package report writes down what came of a run of scenarios: as JUnit XML for
// CI servers, and as JSON for everything else.
package report

import (
	"fmt"
	"strings"
	"time"

	"liksom/scenarios"
	"liksom/server/client"
)

// Run is a run of several scenarios.
type Run struct {
	// Seed repeats it.
	Seed string
	// Simulator is the root of the one it ran against; "" for one of its own.
	Simulator string
	Started   time.Time
	Took      time.Duration
	// Interrupted tells that it was ended from outside before all had run.
	Interrupted bool
	Cases       []Case
}

// Case is what came of one scenario.
type Case struct {
	scenarios.Result
	// Why says in a few words why it was skipped, stopped or never begun.
	Why string
}

// Counts are the cases by their outcome.
type Counts struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Skipped int `json:"skipped"`
	// Stopped had begun when the run was interrupted, Never had not.
	Stopped int `json:"stopped"`
	Never   int `json:"never"`
}

// Count counts the cases by their outcome.
func (r *Run) Count() Counts {
	var n Counts
	for i := range r.Cases {
		switch r.Cases[i].State {
		case scenarios.Passed:
			n.Passed++
		case scenarios.Failed:
			n.Failed++
		case scenarios.Skipped:
			n.Skipped++
		case scenarios.Stopped:
			n.Stopped++
		default:
			n.Never++
		}
	}
	return n
}

// Timeline writes a payment's timeline as lines: seconds since its first
// entry, kind, and what happened.
func Timeline(entries []client.TimelineEntry) []string {
	var lines []string
	for i := range entries {
		e := &entries[i]
		what := e.Text
		if what == "" {
			what = e.Name
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%9.3f  %-8s %s", e.At.Sub(entries[0].At).Seconds(), e.Kind, what), " "))
	}
	return lines
}
