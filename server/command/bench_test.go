package command_test

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/clock"
)

// BenchmarkListening is the time from the start of the program to the line
// that says where it listens: with a new SQLite file, and with the one that
// the run before has left.
func BenchmarkListening(b *testing.B) {
	binary := build(b)
	for _, c := range []struct {
		name string
		file func(b *testing.B) string
	}{
		{"new", func(b *testing.B) string { return filepath.Join(b.TempDir(), "liksom.db") }},
		{"kept", func() func(*testing.B) string {
			kept := filepath.Join(b.TempDir(), "liksom.db")
			return func(*testing.B) string { return kept }
		}()},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took time.Duration
			for b.Loop() {
				took += listening(b, binary, c.file(b))
			}
			b.ReportMetric(float64(took.Microseconds())/1e3/float64(b.N), "ms/start")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// listening runs the program until it listens, and stops it.
func listening(b *testing.B, binary, file string) time.Duration {
	b.Helper()
	process := exec.CommandContext(b.Context(), binary, "serve", "--addr", "127.0.0.1:0", "--log-format", "json", "--store", "sqlite:"+file)
	out, err := process.StdoutPipe()
	require.NoError(b, err)
	began := clock.Wall()
	require.NoError(b, process.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	took := clock.Wall().Sub(began)
	require.NoError(b, err)
	require.True(b, strings.HasPrefix(line, "listening  "), line)
	require.NoError(b, process.Process.Signal(syscall.SIGTERM))
	require.NoError(b, process.Wait())
	return took
}
