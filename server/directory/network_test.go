package directory_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/payment"
)

func TestANetworkTakesItsLatencyMoreOrLessTheJitter(t *testing.T) {
	t.Parallel()
	p := directory.NewPhone("4712345678", "Kari", "NO")
	p.Latency = directory.Duration(1500 * time.Millisecond)
	id := func(i int) payment.ID { return payment.ID{MSN: "123456", Reference: fmt.Sprint("r", i)} }
	require.Equal(t, 1500*time.Millisecond, p.Takes(id(0)), "exactly, without jitter")
	p.Jitter = directory.Duration(500 * time.Millisecond)
	shortest, longest := time.Hour, time.Duration(0)
	for i := range 200 {
		d := p.Takes(id(i))
		require.Equal(t, d, p.Takes(id(i)), "the same each time")
		shortest, longest = min(shortest, d), max(longest, d)
	}
	require.GreaterOrEqual(t, shortest, time.Second)
	require.LessOrEqual(t, longest, 2*time.Second)
	require.Greater(t, longest-shortest, 800*time.Millisecond, "they differ")
	p.Latency = 0
	require.Zero(t, p.Takes(id(0)), "a phone that is not slow is never slow")
}
