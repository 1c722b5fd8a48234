package scenarios_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/scenarios"
)

func TestEveryScenarioInTheReferencePasses(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	url, found := simulator(t), 0
	for _, block := range strings.Split(string(page), "```yaml\n")[1:] {
		text, _, _ := strings.Cut(block, "```")
		s, err := scenarios.Parse("README.md", []byte(text))
		require.NoError(t, err)
		passes(t, scenarios.Run(t.Context(), s, scenarios.Options{URL: url}))
		found++
	}
	require.Equal(t, 6, found)
}
