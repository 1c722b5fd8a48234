package control

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewsAreGivenInTheirOrderAndTellWhatWasMissed(t *testing.T) {
	t.Parallel()
	n := NewNews(new(Bell))
	rung := n.bell.Wait()
	n.Wiped("1")
	require.True(t, closed(rung))
	for range newsKept {
		n.tell(item{msn: "2"})
	}
	items, missed := n.between(0, n.head())
	require.True(t, missed, "the first is forgotten")
	require.Len(t, items, newsKept)
	items, missed = n.between(1, 3)
	require.False(t, missed)
	require.Equal(t, []item{{msn: "2"}, {msn: "2"}}, items)
	items, missed = n.between(n.head(), n.head())
	require.False(t, missed)
	require.Empty(t, items)
}
