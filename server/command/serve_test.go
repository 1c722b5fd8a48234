package command_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/command"
)

// running is serve in this process.
type running struct {
	lines  *bufio.Reader
	stop   context.CancelFunc
	status chan int
	errors *bytes.Buffer
}

func start(t *testing.T, flags ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out, in := io.Pipe()
	r := &running{lines: bufio.NewReader(out), stop: stop, status: make(chan int, 1), errors: &bytes.Buffer{}}
	program := command.Program{Version: "test", Out: in, Err: r.errors}
	go func() {
		status := program.Run(ctx, append([]string{"serve", "--addr", "127.0.0.1:0", "--store", "memory", "--color", "never"}, flags...))
		_ = in.Close()
		r.status <- status
	}()
	return r
}

func TestServeSaysWhereItListensThenShowsTheKeysAndStopsCleanly(t *testing.T) {
	t.Parallel()
	r := start(t)

	first, err := r.lines.ReadString('\n')
	require.NoError(t, err, r.errors)
	url, found := strings.CutPrefix(strings.TrimSpace(first), "listening  ")
	require.True(t, found, first)
	answer, err := http.Get(url + "/readyz") //nolint:noctx // a test
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode, "it answers once it says so")

	r.stop()
	rest, err := io.ReadAll(r.lines)
	require.NoError(t, err)
	require.Contains(t, string(rest), "liksom-demo-secret")
	require.Contains(t, string(rest), "no real money moves")
	require.NotContains(t, string(rest), "\x1b[", "no colours were asked for")
	require.Zero(t, <-r.status, r.errors)
}

func TestServeWithLogsInJSONPrintsNoBanner(t *testing.T) {
	t.Parallel()
	r := start(t, "--log-format", "json")
	_, err := r.lines.ReadString('\n')
	require.NoError(t, err)
	r.stop()
	rest, err := io.ReadAll(r.lines)
	require.NoError(t, err)
	require.Empty(t, string(rest))
	require.Zero(t, <-r.status)
}

func TestATakenPortIsOneLineAndStatusOne(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	r := start(t, "--addr", l.Addr().String())
	rest, err := io.ReadAll(r.lines)
	require.NoError(t, err)
	require.Empty(t, string(rest))
	require.Equal(t, 1, <-r.status)
	require.Equal(t, "error  "+l.Addr().String()+" is taken by another program; choose another with --addr, or port 0 for a free one\n", r.errors.String())
}

func TestATerminatedProgramEndsCleanly(t *testing.T) {
	t.Parallel()
	p := serve(t, build(t), "sqlite:"+filepath.Join(t.TempDir(), "a", "new", "folder", "liksom.db"))
	p.must(t, http.MethodPost, "/epayment/v1/payments", paymentBody("taxi-ride-000001"), http.StatusCreated)
	require.NoError(t, p.process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.process.Wait(), "exit status 0")
}
