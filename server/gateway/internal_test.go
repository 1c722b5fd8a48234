package gateway

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheLogGivesCallsByClassNumberAndPosition(t *testing.T) {
	t.Parallel()
	log := NewLog(3)
	told := 0
	log.Told = func() { told++ }
	for _, status := range []int{200, 404, 201, 400} {
		log.add(&Call{Path: "/x", Status: status, Header: http.Header{"Authorization": {"Bearer abc"}}})
	}
	require.Equal(t, 4, told)
	require.EqualValues(t, 4, log.Last())
	numbers := func(f Filter) (n []int64) {
		for _, c := range log.Calls(f) {
			n = append(n, c.N)
		}
		return n
	}
	require.Equal(t, []int64{4, 2}, numbers(Filter{Class: 4}))
	require.Equal(t, []int64{3}, numbers(Filter{N: 3}))
	require.Equal(t, []int64{4, 3}, numbers(Filter{After: 2}))
	require.Equal(t, "Bearer ***", log.Calls(Filter{N: 4})[0].Header.Get("Authorization"))
	require.Equal(t, "Bearer abc", log.Calls(Filter{N: 4, Secrets: true})[0].Header.Get("Authorization"))
}
