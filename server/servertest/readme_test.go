package servertest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the README shows is what is compiled and run here.
func TestTheReadmeShowsTheExampleAsItIs(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	example, err := os.ReadFile("example_test.go")
	require.NoError(t, err)

	_, section, found := strings.Cut(string(readme), "\n## From Go\n")
	require.True(t, found, "the README has a section From Go")
	_, block, found := strings.Cut(section, "```go\n")
	require.True(t, found, "with a block of Go")
	shown, _, found := strings.Cut(block, "```\n")
	require.True(t, found, "that ends")

	_, run, found := strings.Cut(string(example), "\n)\n\n")
	require.True(t, found, "the example begins behind its imports")
	require.Equal(t, run, shown)
}
