package command_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/command"
	"liksom/server/openapi/openapitest"
	store "liksom/server/store/sql"
	"liksom/server/store/sql/postgrestest"
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

// described is a client that holds all against our documents.
func described(t *testing.T) *http.Client {
	return &http.Client{Transport: openapitest.New(t).Transport(http.DefaultTransport)}
}

func TestServeSaysWhereItListensThenShowsTheKeysAndStopsCleanly(t *testing.T) {
	t.Parallel()
	r := start(t)

	first, err := r.lines.ReadString('\n')
	require.NoError(t, err, r.errors)
	url, found := strings.CutPrefix(strings.TrimSpace(first), "listening  ")
	require.True(t, found, first)
	answer, err := described(t).Get(url + "/readyz") //nolint:noctx // a test
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode, "it answers once it says so")

	r.stop()
	rest, err := io.ReadAll(r.lines)
	require.NoError(t, err)
	require.Contains(t, string(rest), "liksom-demo-secret")
	require.Contains(t, string(rest), "No real money moves")
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

func TestATakenPortNamesTheCauseAndTheWayOut(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	r := start(t, "--addr", l.Addr().String())
	rest, err := io.ReadAll(r.lines)
	require.NoError(t, err)
	require.Empty(t, string(rest))
	require.Equal(t, 1, <-r.status)
	next := net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: l.Addr().(*net.TCPAddr).Port + 1} //nolint:forcetypeassert // a TCP listener's
	require.Equal(t, "error  "+l.Addr().String()+" is taken by another program\n"+
		"       Stop it, or choose another address: liksom serve --addr "+next.String()+"\n", r.errors.String())
}

func TestAStoreOfANewerVersionIsOneLineAndStatusOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "liksom.db")
	kept, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, kept.Close())
	newer, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = newer.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	require.NoError(t, err)
	require.NoError(t, newer.Close())

	r := start(t, "--store", "sqlite:"+path)
	rest, err := io.ReadAll(r.lines)
	require.NoError(t, err)
	require.Empty(t, string(rest))
	require.Equal(t, 1, <-r.status)
	require.Regexp(t, "^error  .*newer.*\n$", r.errors.String())
	require.Contains(t, r.errors.String(), path)
}

func TestATerminatedProgramEndsCleanly(t *testing.T) {
	t.Parallel()
	p := serve(t, build(t), "sqlite:"+filepath.Join(t.TempDir(), "a", "new", "folder", "liksom.db"))
	p.must(t, http.MethodPost, "/epayment/v1/payments", paymentBody("taxi-ride-000001"), http.StatusCreated)
	require.NoError(t, p.process.Process.Signal(syscall.SIGTERM))
	require.NoError(t, p.process.Wait(), "exit status 0")
}

func TestAConfigurationThatCannotBeIsShownWithItsPlace(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "liksom.yaml")
	for text, want := range map[string]string{
		"settings:\n  rateLimits: true\n": ":2:3: rateLimits: There is no member of this name here. Did you mean rateLimit?\n\n" +
			"1 │ settings:\n2 │   rateLimits: true\n  │   ▲\n",
		"merchant: []\n": ":1:1: merchant: There is no member of this name here. Did you mean merchants?\n\n1 │ merchant: []\n  │ ▲\n",
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		var out, trouble bytes.Buffer
		program := command.Program{Version: "test", Out: &out, Err: &trouble}
		require.Equal(t, 2, program.Run(t.Context(), []string{"serve", "--addr", "127.0.0.1:0", "--store", "memory", "--config", file}))
		require.Equal(t, "error  "+file+want, trouble.String())
		require.Empty(t, out.String())
	}
}

func TestAWrongCommandLineIsOneLineAndStatusTwo(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"dance", "serve --nonsense", "serve --egress moon", "serve --store sqlite:", "serve --public-url nonsense", "serve --addr nonsense",
		"serve --landing-window 0s", "serve --clock-speed=-1",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			var out, trouble bytes.Buffer
			program := command.Program{Version: "test", Out: &out, Err: &trouble}
			require.Equal(t, 2, program.Run(t.Context(), strings.Fields(args)), trouble.String())
			require.Regexp(t, "^error  .+\n$", trouble.String())
			require.Empty(t, out.String())
		})
	}
}

func TestServeBeginsAsFlagsAndFileSay(t *testing.T) {
	t.Parallel()
	settings := settingsOf(t, "settings: {strictBodies: true}\n", "--rate-limit", "on")
	require.Contains(t, settings, `"fixedBy":{"rateLimit":"--rate-limit","strictBodies":"--config"}`)
}

func TestAFlagThatSaysTheUsualGoesBeforeTheFileToo(t *testing.T) {
	t.Parallel()
	settings := settingsOf(t, "settings: {strictBodies: true, approvalWindow: 10m, webhookTimeout: 1s}\n",
		"--strict-bodies", "off", "--approval-window", "5m", "--webhook-timeout", "10s")
	require.Contains(t, settings, `"strictBodies":false`)
	require.Contains(t, settings, `"approvalWindow":"5m0s"`)
	require.Contains(t, settings, `"webhookTimeout":"10s"`)
	require.NotContains(t, settings, "--config")
}

// settingsOf serves with a file and flags, and gives the settings of the
// default world.
func settingsOf(t *testing.T, file string, flags ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "liksom.yaml")
	require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
	r := start(t, append(flags, "--config", path)...)
	first, err := r.lines.ReadString('\n')
	require.NoError(t, err, r.errors)
	url, _ := strings.CutPrefix(strings.TrimSpace(first), "listening  ")
	answer, err := described(t).Get(url + "/sim/v1/settings") //nolint:noctx // a test
	require.NoError(t, err)
	settings, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	r.stop()
	_, err = io.ReadAll(r.lines)
	require.NoError(t, err)
	require.Zero(t, <-r.status, r.errors)
	return string(settings)
}

func TestServeKeepsAllInPostgreSQLAndShowsNoPassword(t *testing.T) {
	t.Parallel()
	at, err := url.Parse(postgrestest.URL(t))
	require.NoError(t, err)
	at.User = url.UserPassword(at.User.Username(), "sesame")
	for life, path := range []string{"/sim/v1/phones", "/sim/v1/phones/4799999999"} {
		r := start(t, "--store", at.String())
		first, err := r.lines.ReadString('\n')
		require.NoError(t, err, r.errors)
		base, _ := strings.CutPrefix(strings.TrimSpace(first), "listening  ")
		browser := described(t)
		if life == 0 {
			answer, err := browser.Post(base+path, "application/json", strings.NewReader(`{"number":"4799999999","name":"Nils"}`)) //nolint:noctx // a test
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, http.StatusCreated, answer.StatusCode)
		} else {
			answer, err := browser.Get(base + path) //nolint:noctx // a test
			require.NoError(t, err)
			require.NoError(t, answer.Body.Close())
			require.Equal(t, http.StatusOK, answer.StatusCode, "it is there after a restart")
		}
		answer, err := browser.Get(base + "/sim/v1/info") //nolint:noctx // a test
		require.NoError(t, err)
		info, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Contains(t, string(info), `"store":"postgres"`)
		r.stop()
		banner, err := io.ReadAll(r.lines)
		require.NoError(t, err)
		require.Contains(t, string(banner), "postgres://liksom@/postgres?host=")
		require.Contains(t, string(banner), "kept over restarts")
		require.Zero(t, <-r.status, r.errors)
		require.NotContains(t, string(info)+string(banner)+r.errors.String(), "sesame")
	}
}
