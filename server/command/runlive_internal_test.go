package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
	"liksom/scenarios/report"
)

func TestTheLineBelowTellsOfAllThatIsUnderWay(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	s := &progress{out: &out, live: 100, all: 3, titles: narrowest}
	steps := make([]scenarios.Step, 4)
	first := &scenarios.Script{ID: "first", Title: "The first", Steps: steps}
	second := &scenarios.Script{ID: "second", Title: "The second", Steps: steps}
	line := func() string { return out.String()[strings.LastIndex(out.String(), "\x1b[K")+len("\x1b[K"):] }

	s.heard(scenarios.Progress{Script: first, Step: -1, State: scenarios.Running})
	require.Equal(t, "  0 of 3  The first", line())
	s.heard(scenarios.Progress{Script: first, Step: 1, Name: "wait deliveries", State: scenarios.Waiting, Waiting: "1 webhook"})
	require.Equal(t, "  0 of 3  The first  step 2 of 4, wait deliveries: 1 webhook", line())
	s.heard(scenarios.Progress{Script: second, Round: 1, Step: 0, State: scenarios.Running})
	s.heard(scenarios.Progress{Script: second, Round: 2, Step: 2, State: scenarios.Running})
	require.Equal(t, "  0 of 3  first 2/4 waits  second 1/4  second 3/4", line())
	s.live = 55
	s.heard(scenarios.Progress{Script: second, Round: 2, Step: 2, State: scenarios.Running})
	require.Equal(t, "  0 of 3  first 2/4 waits  second 1/4  and 1 more", line())

	s.heard(scenarios.Progress{Script: first, Step: -1, State: scenarios.Passed})
	s.heard(scenarios.Progress{Script: second, Round: 1, Step: -1, State: scenarios.Failed})
	s.ended(&report.Case{Result: scenarios.Result{ID: "second", Title: "The second", Round: 1, State: scenarios.Passed}})
	s.heard(scenarios.Progress{Script: second, Round: 2, Step: 3, Name: "approve", State: scenarios.Running})
	require.Equal(t, "  1 of 3  The second  step 4 of 4, approve", line())
	require.Contains(t, out.String(), "round 1")
}
