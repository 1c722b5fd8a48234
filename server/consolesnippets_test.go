package server_test

import (
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// What the console gives people to paste is run as they would run it, in the
// world whose console it was copied from.
func TestConsoleSnippets(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	j := begin(t, chromium)
	_, err := j.sim.World(t.Context(), "ci-42")
	require.NoError(t, err)
	world := client.New(j.BaseURL() + "/w/ci-42")
	tab := j.consoleAt("/w/ci-42/", wide())

	shown := tab.Text("main")
	require.NotContains(t, shown, "liksom-demo-secret", "no secret is shown that was not asked for")
	require.NotContains(t, shown, "0123456789abcdef")
	tab.Click(browsertest.ID("credentials-show"))
	tab.Until(`document.querySelector("[data-testid=credentials]").textContent.includes("liksom-demo-secret")`)

	code := browsertest.Eval[map[string]string](tab, `import(document.querySelector("script[type=module]").src.replace("main.js", "snippets.js")).then(({ snippets }) => {
		const { demo } = JSON.parse(document.getElementById("boot").textContent);
		return Object.fromEntries(snippets.map(([id, , of]) => [id, of(demo, demo.phone)]));
	})`)
	require.Len(t, code, 4)
	for id, text := range code {
		require.Contains(t, text, j.BaseURL()+"/w/ci-42", id)
		require.Contains(t, text, "liksom-demo-secret", id)
	}

	payments := func() int {
		t.Helper()
		page, err := world.Payments(t.Context(), client.Filter{})
		require.NoError(t, err)
		return len(page.Payments)
	}
	formatted, err := format.Source([]byte(code["go"]))
	require.NoError(t, err)
	require.Equal(t, string(formatted), code["go"], "as gofmt has it")
	run(t, code["go"], "main.go", "go", "run")
	require.Equal(t, 1, payments(), "the Go program made a payment")
	if run(t, code["curl"], "first.sh", "sh") {
		require.Equal(t, 2, payments(), "so did curl")
	}
	run(t, code["php"], "first.php", "php", "-l")
	run(t, code["node"], "first.mjs", "node", "--check")
}

// run writes a program to a file and has another one take it, if that one is
// on this machine.
func run(t *testing.T, text, name string, with ...string) bool {
	t.Helper()
	program, err := exec.LookPath(with[0])
	if err != nil {
		t.Logf("%s is not here; %s was not run", with[0], name)
		return false
	}
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	out, err := exec.CommandContext(t.Context(), program, append(with[1:], file)...).CombinedOutput() //nolint:gosec // our own text
	require.NoError(t, err, "%s: %s", name, out)
	return true
}
