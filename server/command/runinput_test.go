package command_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/command"
)

func TestARunThatCannotBeMeantIsRefusedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, nobody.Close())
	dir := t.TempDir()
	script := filepath.Join(dir, "quick.yaml")
	require.NoError(t, os.WriteFile(script, []byte("id: quick\ntitle: Quick\nsteps: [create]\n"), 0o600))
	report := filepath.Join(dir, "report")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"none side by side":         {[]string{"--parallel", "0", script}, "--parallel is a number from 1, not 0"},
		"never":                     {[]string{"--repeat", "0", script}, "--repeat is a number from 1, not 0"},
		"an unknown filter":         {[]string{"--filter", "'x' in tag", script}, "Did you mean tags?"},
		"a filter that none passes": {[]string{"--filter", "id == 'slow'", script}, "None of the scenarios is chosen"},
		"a report nowhere":          {[]string{"--junit", filepath.Join(dir, "none", "out.xml"), script}, "--junit cannot be written"},
		"two reports in one":        {[]string{"--junit", report, "--json", report, script}, "--junit and --json are two files"},
		"a path that is not there":  {[]string{filepath.Join(dir, "none.yaml")}, "no such file"},
		"a name that is not there":  {[]string{"duplicate-delivry"}, "Did you mean duplicate-delivery?"},
		"a world with a blank":      {[]string{"--world", "A b", script}, "--world A b cannot be made"},
		"a place where nobody is":   {[]string{"--url", "http://" + nobody.Addr().String(), script}, "no simulator answers at"},
		"a place of somebody else":  {[]string{"--url", other.URL, script}, "is no simulator"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, wrong strings.Builder
			program := command.Program{Out: &out, Err: &wrong}
			require.Equal(t, 2, program.Run(t.Context(), append([]string{"run"}, c.args...)), out.String())
			require.Contains(t, wrong.String(), c.want)
			require.Empty(t, out.String())
		})
	}
}
