package openapi_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"liksom/server/openapi"
	"liksom/server/openapi/openapitest"
)

// each runs a test on every document.
func each(t *testing.T, do func(t *testing.T, doc *openapi3.T)) {
	t.Helper()
	for _, name := range openapi.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := openapitest.Load(name)
			require.NoError(t, err)
			do(t, doc)
		})
	}
}

// operations are all of a document, those of webhooks and callbacks too.
func operations(doc *openapi3.T) map[string]*openapi3.Operation {
	found := map[string]*openapi3.Operation{}
	add := func(where string, item *openapi3.PathItem) {
		for method, op := range item.Operations() {
			found[method+" "+where] = op
		}
	}
	for path, item := range doc.Paths.Map() {
		add(path, item)
	}
	for name, item := range doc.Webhooks {
		add("webhook "+name, item)
	}
	return found
}

func TestEveryFileIsADocument(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(os.DirFS("."), "*.yaml")
	require.NoError(t, err)
	var found []string
	for _, file := range files {
		if name := strings.TrimSuffix(file, ".yaml"); name != "common" {
			found = append(found, name)
		}
	}
	require.ElementsMatch(t, found, openapi.Names())
}

func TestTheDocumentsAreOpenAPI31(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		require.Equal(t, "3.1.0", doc.OpenAPI)
		require.NoError(t, doc.Validate(t.Context(), openapi3.DisableExamplesValidation()))
	})
}

func TestEveryOperationIsDescribedAndNamed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		ids := map[string]string{}
		for where, op := range operations(doc) {
			require.NotEmpty(t, op.OperationID, where)
			require.Empty(t, ids[op.OperationID], "%s has the name of another", where)
			ids[op.OperationID] = where
			require.NotEmpty(t, op.Summary, where)
			require.NotEmpty(t, op.Description, where)
			require.Len(t, op.Tags, 1, where)
			require.NotNil(t, doc.Tags.Get(op.Tags[0]), where)
			for _, p := range op.Parameters {
				require.NotEmpty(t, p.Value.Description, "%s %s", where, p.Value.Name)
			}
		}
	})
}

func TestEveryBodyHasExamplesThatFitIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		for where, op := range operations(doc) {
			if op.RequestBody != nil {
				examples(t, where+" request", op.RequestBody.Value.Content)
			}
			for status, answer := range op.Responses.Map() {
				examples(t, where+" "+status, answer.Value.Content)
			}
			for _, p := range op.Parameters {
				require.NotNil(t, p.Value.Example, "%s %s", where, p.Value.Name)
				fits(t, where+" "+p.Value.Name, p.Value.Schema, p.Value.Example)
			}
		}
	})
}

func examples(t *testing.T, where string, content openapi3.Content) {
	t.Helper()
	for media, c := range content {
		if media == "image/png" {
			continue // a picture is no text
		}
		require.NotNil(t, c.Schema, where)
		require.True(t, c.Example != nil || len(c.Examples) > 0, "%s has no example", where)
		if c.Example != nil {
			fits(t, where, c.Schema, c.Example)
		}
		for name, e := range c.Examples {
			fits(t, where+" "+name, c.Schema, e.Value.Value)
		}
	}
}

func fits(t *testing.T, where string, schema *openapi3.SchemaRef, example any) {
	t.Helper()
	text, err := json.Marshal(example)
	require.NoError(t, err, where)
	var value any
	require.NoError(t, json.Unmarshal(text, &value), where)
	require.NoError(t, schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020()), where)
}

func TestAnswersAreClosed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, doc *openapi3.T) {
		for where, op := range operations(doc) {
			answer := op.Responses.Status(200)
			if answer == nil || answer.Value.Content.Get("application/json") == nil || op.OperationID == "openapi" {
				continue
			}
			value := map[string]any{"nobodyKnowsThis": true}
			schema := answer.Value.Content.Get("application/json").Schema
			require.Error(t, schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020()), where)
		}
	})
}

func TestADocumentHoldsAllItRefersToAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, name := range openapi.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, ok := openapi.JSON(name, "http://sim.test")
			require.True(t, ok)
			var doc struct {
				Components map[string]map[string]any `json:"components"`
			}
			require.NoError(t, json.Unmarshal(text, &doc))
			for kind, parts := range doc.Components {
				if kind == "securitySchemes" {
					continue // named, not referred to
				}
				for part := range parts {
					require.Contains(t, string(text), `"#/components/`+kind+`/`+part+`"`, "nothing refers to it")
				}
			}
		})
	}
}

func TestADocumentNamesTheServerItIsReadFrom(t *testing.T) {
	t.Parallel()
	text, ok := openapi.JSON("sim", "http://sim.test/w/ci-42")
	require.True(t, ok)
	require.Contains(t, string(text), `"servers":[{"url":"http://sim.test/w/ci-42"}]`)
	_, ok = openapi.JSON("common", "")
	require.False(t, ok)
}
