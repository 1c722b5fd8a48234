package problem_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/problem"
)

func TestAWrongNameIsLedToTheRightOne(t *testing.T) {
	t.Parallel()
	right := []string{"number", "market", "autopilot"}
	for _, c := range []struct{ name, want string }{
		{"numbr", "Did you mean number?"},
		{"Market", "Did you mean market?"},
		{"autopliot", "Did you mean autopilot?"},
		{"colour", "Possible are number, market, autopilot."},
		{"", "Possible are number, market, autopilot."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, problem.Instead(c.name, right))
		})
	}
	require.Equal(t, "Leave it out.", problem.Instead("anything", nil))
}
