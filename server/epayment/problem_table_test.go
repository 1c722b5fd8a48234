package epayment

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheTableOfCodesIsWhole(t *testing.T) {
	t.Parallel()
	// The statuses of the contract's table, section 8.4; all others are 400.
	statuses := map[string]int{
		"3010": 500, "4010": 409, "4020": 409, "4150": 409, "5020": 403, "5030": 403, "5050": 403, "5060": 403,
		"5070": 422, "5080": 403, "5090": 404, "6160": 423,
	}
	numbers := map[string]bool{}
	titles := map[string]bool{}
	for _, c := range codes() {
		want, listed := statuses[c.number]
		if !listed {
			want = 400
		}
		require.Equal(t, want, c.status, c.number)
		require.NotEmpty(t, c.detail, c.number)
		require.False(t, titles[c.title], c.title)
		titles[c.title], numbers[c.number] = true, true
	}
	require.Len(t, numbers, 60, "as many as the contract lists, two of them with one number")
	require.Len(t, titles, 61)
}

func TestEveryReasonOfThisDoorHasACode(t *testing.T) {
	t.Parallel()
	all := map[string]bool{}
	for _, c := range codes() {
		all[c.title] = true
	}
	for reason, c := range reasons {
		require.True(t, all[c.title], reason)
	}
	for _, op := range []operation{creation, capturing, cancelling, refunding} {
		require.Equal(t, 409, op.reused("k").status, op.name)
	}
}
