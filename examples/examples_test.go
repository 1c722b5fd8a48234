package examples_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each example is run beside the built program, as its README says.
func TestTheExamplesPay(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "liksom")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "liksom").CombinedOutput()
	require.NoError(t, err, string(out))
	for interpreter, script := range map[string]string{"node": "node/pay.mjs", "php": "php/pay.php"} {
		t.Run(interpreter, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(interpreter); err != nil {
				t.Skipf("there is no %s here, which the example needs", interpreter)
			}
			out, err := exec.CommandContext(t.Context(), binary, "exec", "--", interpreter, script).CombinedOutput()
			require.NoError(t, err, string(out))
			require.Contains(t, string(out), "paid: 24900 øre")
		})
	}
}

// Without a simulator an example says what is missing, and fails.
func TestAnExampleFailsWithoutASimulator(t *testing.T) {
	t.Parallel()
	for interpreter, script := range map[string]string{"node": "node/pay.mjs", "php": "php/pay.php"} {
		t.Run(interpreter, func(t *testing.T) {
			t.Parallel()
			path, err := exec.LookPath(interpreter)
			if err != nil {
				t.Skipf("there is no %s here, which the example needs", interpreter)
			}
			alone := exec.CommandContext(t.Context(), path, script)
			alone.Env = []string{}
			out, err := alone.CombinedOutput()
			var failed *exec.ExitError
			require.ErrorAs(t, err, &failed)
			require.Equal(t, 1, failed.ExitCode())
			require.Contains(t, string(out), "LIKSOM_URL is not set")
		})
	}
}
