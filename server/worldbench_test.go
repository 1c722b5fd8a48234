package server_test

import (
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
)

// BenchmarkWorld makes worlds and tells what one costs while it is idle.
func BenchmarkWorld(b *testing.B) {
	s, err := server.New(b.Context(), server.Options{})
	require.NoError(b, err)
	b.Cleanup(func() { _ = s.Stop(b.Context()) })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b.ResetTimer()
	for i := range b.N {
		if _, err := s.MakeWorld(b.Context(), server.WorldPlan{Name: "w" + strconv.Itoa(i)}); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := int64(after.HeapAlloc+after.StackInuse) - int64(before.HeapAlloc+before.StackInuse)
	b.ReportMetric(float64(held)/float64(b.N), "B/world")
}
