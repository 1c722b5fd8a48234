package scenarios_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"liksom/scenarios"
)

func TestTheSchemaIsThatOfTheLanguage(t *testing.T) {
	t.Parallel()
	want, err := scenarios.Schema(".")
	require.NoError(t, err)
	have, err := os.ReadFile("schema.json")
	require.NoError(t, err)
	require.Equal(t, string(want), string(have), "run make generate")
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("schema.json")
	require.NoError(t, err)
	body, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", body))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

func TestTheSchemaTakesEveryShippedScenario(t *testing.T) {
	t.Parallel()
	s := schema(t)
	files, err := filepath.Glob("catalogue/*/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		if scenarios.Fragment(source) {
			continue
		}
		require.NoError(t, s.Validate(document(t, source)), file)
	}
}

// TestTheSchemaRefusesWhatTheLanguageRefuses holds mistakes that an editor can
// know of against both.
func TestTheSchemaRefusesWhatTheLanguageRefuses(t *testing.T) {
	t.Parallel()
	s := schema(t)
	for name, text := range map[string]string{
		"a misspelt verb":          head + "  - aprove: {}\n",
		"a misspelt bare verb":     head + "  - aprove\n",
		"a misspelt member":        head + "  - create: {ammount: 1}\n",
		"a misspelt member beside": head + "  - create: {}\n    withn: 5s\n",
		"a wrong type":             head + "  - create: {times: many}\n",
		"a list for a mapping":     head + "  - create: [1]\n",
		"no span of time":          head + "  - advance: soon\n",
		"a member that is lacking": head + "  - sink: {status: 500}\n",
		"two verbs":                head + "  - create: {}\n    approve: {}\n",
		"no verb":                  head + "  - name: nothing\n",
		"a mistake within":         head + "  - each: [1]\n    steps: [aprove]\n",
		"a mistake in a branch":    head + "  - parallel: [[create, aprove]]\n",
		"no steps":                 "id: a-test\ntitle: A test\nsteps: []\n",
		"no title":                 "id: a-test\nsteps: [create]\n",
		"a misspelt head":          "titel: x\n" + head + "  - create\n",
		"a list":                   "- create\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := scenarios.Parse("x.yaml", []byte(text))
			require.Error(t, err)
			require.Error(t, s.Validate(document(t, []byte(text))))
		})
	}
	for _, file := range []string{"everything", "list", "empty"} {
		source, err := os.ReadFile("testdata/mistakes/" + file + ".yaml")
		require.NoError(t, err)
		require.Error(t, s.Validate(document(t, source)), file)
	}
}

// document reads YAML as JSON does.
func document(t *testing.T, source []byte) any {
	t.Helper()
	var v any
	require.NoError(t, yaml.Unmarshal(source, &v))
	body, err := json.Marshal(v)
	require.NoError(t, err)
	read, err := jsonschema.UnmarshalJSON(strings.NewReader(string(body)))
	require.NoError(t, err)
	return read
}
