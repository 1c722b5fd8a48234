package scenarios

import (
	"bytes"
	_ "embed" // for the schema
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"
)

//go:generate go run ./generate

// Schema writes the JSON schema by which editors complete and check scripts:
// from the same types that Parse checks by. The folder is where this package's
// source lies; its comments become the descriptions.
func Schema(folder string) ([]byte, error) {
	known := map[string]reflect.Type{}
	gather(reflect.TypeFor[document](), known)
	said, err := comments(filepath.Join(folder, "language*.go"))
	if err != nil {
		return nil, fmt.Errorf("the comments cannot be read: %w", err)
	}
	r := &jsonschema.Reflector{
		Anonymous: true, RequiredFromJSONSchemaTags: true, Mapper: mapped, Namer: func(t reflect.Type) string { return t.Name() },
		LookupComment: func(t reflect.Type, name string) string { return said[t.Name()+"."+name] },
	}
	s := r.ReflectFromType(reflect.TypeFor[document]())
	for name, definition := range s.Definitions {
		t, is := known[name]
		if !is {
			continue
		}
		definition.Required = nil
		for _, f := range fields(t) {
			if f.must {
				definition.Required = append(definition.Required, f.name)
			}
		}
		for _, f := range fields(t) {
			if written, has := definition.Properties.Get(f.name); has && f.of != nil {
				written.AnyOf = words(f.of).AnyOf
			}
		}
		if t == stepType {
			definition.OneOf = oneVerb()
		}
		if steps, has := definition.Properties.Get("steps"); has && t == reflect.TypeFor[document]() {
			one := uint64(1)
			steps.MinItems = &one
		}
		s.Definitions[name] = shortened(definition, t)
	}
	s.ID, s.Title = "", "A liksom scenario"
	body, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, body, "", " "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// EditorSchema is the schema as it is shipped.
func EditorSchema() []byte { return bytes.Clone(editorSchema) }

//go:embed schema.json
var editorSchema []byte

// words allows some words alone, or an expression.
func words(all []string) *jsonschema.Schema {
	known := &jsonschema.Schema{Type: "string"}
	for _, w := range all {
		known.Enum = append(known.Enum, w)
	}
	return anyOf(known, filled())
}

// oneVerb says that a step has one of the verbs, and no two.
func oneVerb() []*jsonschema.Schema {
	all := make([]*jsonschema.Schema, 0, len(verbs()))
	for _, v := range verbs() {
		all = append(all, &jsonschema.Schema{Required: []string{v}})
	}
	return all
}

// comments reads what stands above the types and members of some files. The
// library reads those of exported types only.
func comments(pattern string) (map[string]string, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, err
	}
	said := map[string]string{}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		gatherComments(tree, said)
	}
	return said, nil
}

func gatherComments(tree *ast.File, said map[string]string) {
	typ := ""
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			typ = n.Name.Name
		case *ast.Field:
			for _, name := range n.Names {
				said[typ+"."+name.Name] = strings.TrimSpace(n.Doc.Text())
			}
		}
		return true
	})
}

// gather finds the structs below a type by their names.
func gather(t reflect.Type, known map[string]reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		gather(t.Elem(), known)
	case reflect.Struct:
		if known[t.Name()] != nil || reflect.PointerTo(t).Implements(textType) {
			return
		}
		known[t.Name()] = t
		for _, f := range fields(t) {
			gather(f.typ, known)
		}
	}
}

// filled allows an expression in the place of what is no text.
func filled() *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Pattern: `\$\{`} }

func anyOf(all ...*jsonschema.Schema) *jsonschema.Schema { return &jsonschema.Schema{AnyOf: all} }

// mapped are the types that a script may write in more than one way.
func mapped(t reflect.Type) *jsonschema.Schema {
	switch {
	case t == spanType || t == clientSpan:
		return &jsonschema.Schema{Type: "string", Pattern: `^-?([0-9.]+(d|h|m|s|ms|us|ns))+$|\$\{`}
	case t == reflect.TypeFor[branch]():
		one := &jsonschema.Schema{Ref: "#/$defs/step"}
		return anyOf(one, &jsonschema.Schema{Type: "array", Items: one})
	case t == reflect.TypeFor[[]any]():
		return anyOf(&jsonschema.Schema{Type: "array"}, filled())
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		one := scalar()
		return anyOf(one, &jsonschema.Schema{Type: "array", Items: one})
	case reflect.PointerTo(t).Implements(textType):
		return &jsonschema.Schema{Type: "string"}
	}
	switch t.Kind() {
	case reflect.String:
		return scalar()
	case reflect.Bool:
		return anyOf(&jsonschema.Schema{Type: "boolean"}, filled())
	case reflect.Int, reflect.Int64:
		return anyOf(&jsonschema.Schema{Type: "integer"}, filled())
	case reflect.Float64:
		return anyOf(&jsonschema.Schema{Type: "number"}, filled())
	}
	return nil
}

// scalar is a text; a number is taken as it is written.
func scalar() *jsonschema.Schema {
	return anyOf(&jsonschema.Schema{Type: "string"}, &jsonschema.Schema{Type: "number"}, &jsonschema.Schema{Type: "boolean"})
}

// shortened adds the short forms of a mapping: its main member alone, a bare
// word for a step, nothing where nothing is needed.
func shortened(full *jsonschema.Schema, t reflect.Type) *jsonschema.Schema {
	forms := []*jsonschema.Schema{full}
	has := fields(t)
	if short, ok := shortest(has); ok {
		forms = append(forms, mapped(reflect.Indirect(reflect.New(short.typ)).Type()))
		if short.typ.Kind() == reflect.Pointer {
			forms[1] = mapped(short.typ.Elem())
		}
		if short.of != nil {
			forms[1] = words(short.of)
		}
	}
	if t == stepType {
		forms = append(forms, words(verbs()).AnyOf[0])
	}
	if t.PkgPath() == stepType.PkgPath() && t != stepType && !slices.ContainsFunc(has, func(f field) bool { return f.must }) {
		forms = append(forms, &jsonschema.Schema{Type: "null"})
	}
	if len(forms) == 1 {
		return full
	}
	return anyOf(forms...)
}
