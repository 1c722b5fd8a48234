package openapitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The library compiles a schema of OpenAPI 3.1 anew for every body it looks
// at, which takes much longer than looking. So JSON bodies, which are most, are
// checked here, by schemas that are compiled once and kept.
var compiled sync.Map // of *openapi3.MediaType: func() (*jsonschema.Schema, error)

// describedJSON is how a JSON body is described, nil for one of another kind
// or none.
func describedJSON(content openapi3.Content, header http.Header) *openapi3.MediaType {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
		return nil
	}
	if found := content.Get(media); found != nil && found.Schema != nil {
		return found
	}
	return nil
}

// fits holds a body against what is described of it.
func fits(body []byte, route *routers.Route, media *openapi3.MediaType) error {
	made, _ := compiled.LoadOrStore(media, sync.OnceValues(func() (*jsonschema.Schema, error) { return compile(route.Spec, media.Schema) }))
	schema, err := made.(func() (*jsonschema.Schema, error))()
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("it is no JSON: %w", err)
	}
	return schema.Validate(value)
}

// compile makes a schema of a document ready. What it refers to by the
// document's root stands beside it.
func compile(doc *openapi3.T, described *openapi3.SchemaRef) (*jsonschema.Schema, error) {
	text, err := json.Marshal(map[string]any{"allOf": []any{described}, "components": map[string]any{"schemas": doc.Components.Schemas}})
	if err != nil {
		return nil, err
	}
	resource, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	for name, known := range openapi3.SchemaStringFormats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if text, is := v.(string); is {
				return known.Validate(text)
			}
			return nil
		}})
	}
	c.RegisterFormat(&jsonschema.Format{Name: "int64", Validate: wholeNumber})
	c.RegisterFormat(&jsonschema.Format{Name: "uri", Validate: func(any) error { return nil }}) // the type of a problem may be relative
	c.AssertFormat()
	if err := c.AddResource(place, resource); err != nil {
		return nil, err
	}
	return c.Compile(place)
}

// place is where a schema claims to be: nothing is fetched from there.
const place = "https://liksom.example/described.json"

func wholeNumber(v any) error {
	number, is := v.(json.Number)
	if !is {
		return nil
	}
	if _, err := number.Int64(); err != nil {
		return errors.New("this is no number of 64 bits")
	}
	return nil
}
