package command_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
	"liksom/scenarios/report"
)

// The signals that people and CI servers end a run with.
func TestAnInterruptedRunTidiesUpAndReportsWhatItHas(t *testing.T) {
	t.Parallel()
	binary := build(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var running *exec.Cmd
			started, tidied := make(chan struct{}), atomic.Bool{}
			world := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/tidied" {
					tidied.Store(true)
					return
				}
				<-started
				_ = running.Process.Signal(signal)
			}))
			defer world.Close()
			for name, text := range map[string]string{
				"a": "id: a\ntitle: Goes well\nsteps: [create]\n",
				"b": fmt.Sprintf("id: b\ntitle: Takes long\nsteps:\n  - call: {path: %q}\n    status: any\n  - pause: 60s\n  - create\nfinally:\n  - call: {path: %q}\n", world.URL+"/now", world.URL+"/tidied"),
				"c": "id: c\ntitle: Never begins\nsteps: [create]\n",
			} {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o600))
			}

			var out strings.Builder
			running = exec.CommandContext(t.Context(), binary, "run", "--parallel", "1", "--junit", filepath.Join(dir, "out.xml"), "--json", filepath.Join(dir, "out.json"), dir)
			running.Stdout, running.Stderr = &out, &out
			require.NoError(t, running.Start())
			close(started)
			var ended *exec.ExitError
			require.ErrorAs(t, running.Wait(), &ended)

			require.Equal(t, 1, ended.ExitCode(), out.String())
			require.True(t, tidied.Load(), "finally was done")
			require.Contains(t, out.String(), "✓ Goes well")
			require.Contains(t, out.String(), "stopped")
			require.NotContains(t, out.String(), "Never begins")
			require.Contains(t, out.String(), "interrupted: 1 passed, 1 stopped, 1 not begun in ")
			text, err := os.ReadFile(filepath.Join(dir, "out.json"))
			require.NoError(t, err)
			var d report.Document
			require.NoError(t, json.Unmarshal(text, &d))
			require.True(t, d.Interrupted)
			require.Equal(t, report.Counts{Passed: 1, Stopped: 1, Never: 1}, d.Counts)
			require.Equal(t, scenarios.Stopped, d.Scenarios[1].State)
			text, err = os.ReadFile(filepath.Join(dir, "out.xml"))
			require.NoError(t, err)
			require.NoError(t, xml.Unmarshal(text, new(struct{})))
			require.Contains(t, string(text), `<error message="the run was interrupted"`)
		})
	}
}
