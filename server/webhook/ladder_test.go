package webhook_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/webhook"
)

func TestTheLadderHasItsRungsAndItsEnd(t *testing.T) {
	t.Parallel()
	want := []time.Duration{0, 2 * time.Second, 4 * time.Second, 6 * time.Second, 66 * time.Second, 186 * time.Second}
	for len(want) < 29 {
		want = append(want, want[len(want)-1]+time.Hour)
	}
	require.Equal(t, 23*time.Hour+3*time.Minute+6*time.Second, want[28])
	for len(want) < 35 {
		want = append(want, want[len(want)-1]+24*time.Hour)
	}
	first := at("2026-01-19T16:26:32Z")
	var got []time.Duration
	for try, ok := first, true; ok; try, ok = webhook.Next(len(got), first, try) {
		got = append(got, try.Sub(first))
	}
	require.Equal(t, want, got)
	require.Equal(t, 167*time.Hour+3*time.Minute+6*time.Second, got[34])
}
