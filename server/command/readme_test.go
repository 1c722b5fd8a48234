package command_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/command"
)

// chapter is a part of the README, from its heading to the next of its kind.
func chapter(t *testing.T, heading string) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, text, found := strings.Cut(string(readme), "\n## "+heading+"\n")
	require.True(t, found, "the README has a chapter "+heading)
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

func TestTheScenarioInTheReadmeWorksAsTyped(t *testing.T) {
	t.Parallel()
	_, text, _ := strings.Cut(chapter(t, "Scenarios"), "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	file := filepath.Join(t.TempDir(), "half.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	var out, wrong strings.Builder
	program := command.Program{Out: &out, Err: &wrong}
	require.Equal(t, 0, program.Run(t.Context(), []string{"run", file}), out.String()+wrong.String())
	require.Contains(t, out.String(), "Half is shipped, the rest is given back")
	require.Contains(t, out.String(), "1 passed")
}

func TestTheReadmeListsEveryCommand(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	program := command.Program{Out: &out, Err: &out}
	require.Equal(t, 0, program.Run(t.Context(), []string{"--help"}))
	require.Equal(t, found(out.String(), `(?m)^  ([a-z][a-z-]+) `), found(chapter(t, "Commands"), "(?m)^\\| `liksom ([a-z-]+)"))
}

func TestTheReadmeListsEveryFlagOfServe(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	program := command.Program{Out: &out, Err: &out}
	require.Equal(t, 0, program.Run(t.Context(), []string{"serve", "--help"}))
	flags := slices.DeleteFunc(found(out.String(), `(?m)^ .{5}(--[a-z-]+)`), func(flag string) bool { return flag == "--color" || flag == "--help" })
	require.Len(t, flags, 17)
	require.Equal(t, flags, found(chapter(t, "Configuration"), "(?m)[|,] `(--[a-z-]+)`"))
}

// found are the parts of a text that a pattern takes out, each once, in
// alphabetical order.
func found(text, pattern string) []string {
	var all []string
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		all = append(all, match[1])
	}
	slices.Sort(all)
	return slices.Compact(all)
}
