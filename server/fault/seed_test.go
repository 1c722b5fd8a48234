package fault_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/fault"
)

func TestASeedRepeatsWhatAFaultStrikesWhateverElseIsInForce(t *testing.T) {
	t.Parallel()
	half := 0.5
	mine := fault.Fault{ID: "mine", Match: pushes, Do: drop, Probability: &half}
	hits := func(seed string, before ...fault.Fault) []int {
		s := newSet()
		require.NoError(t, s.Reseed(seed))
		for _, f := range before {
			add(t, s, f)
		}
		add(t, s, mine)
		return fired(s, 200)
	}
	once := hits("20251121")
	require.Equal(t, once, hits("20251121"))
	require.Equal(t, once, hits("20251121", fault.Fault{Match: anyHook, Do: drop, Probability: &half}))
	require.NotEqual(t, once, hits("20251122"))
}

func TestAFaultInForceBeginsAnewWithASeed(t *testing.T) {
	t.Parallel()
	half := 0.5
	s := newSet()
	add(t, s, fault.Fault{Match: pushes, Do: drop, Probability: &half, Times: 20})
	require.NoError(t, s.Reseed("again"))
	once := fired(s, 100)
	require.Len(t, once, 20)
	require.NoError(t, s.Reseed("again"))
	require.Zero(t, s.List()[0].Met)
	require.Zero(t, s.List()[0].Fired)
	require.Equal(t, once, fired(s, 100))
}

func TestASeedIsATextOfSomeCharacters(t *testing.T) {
	t.Parallel()
	s := newSet()
	begun := s.Seed()
	require.Regexp(t, `^\d{8}$`, begun)
	for _, seed := range []string{"", strings.Repeat("a", 65)} {
		var wrong *fault.Error
		require.ErrorAs(t, s.Reseed(seed), &wrong)
		require.Equal(t, "seed", wrong.Field)
	}
	require.Equal(t, begun, s.Seed())
	require.NoError(t, s.Reseed(strings.Repeat("å", 64)))
	s.Reset("123456")
	require.NotEqual(t, begun, s.Seed(), "one unit's reset leaves the seed")
	s.Reset("")
	require.Equal(t, begun, s.Seed())
}
