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

func TestTheSchemaKnowsAMisspeltStep(t *testing.T) {
	t.Parallel()
	require.Error(t, schema(t).Validate(document(t, []byte(head+"  - aprove: {}\n"))))
	require.Error(t, schema(t).Validate(document(t, []byte(head+"  - create: {ammount: 1}\n"))))
	require.NoError(t, schema(t).Validate(document(t, []byte(head+"  - create: {amount: 1}\n"))))
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
