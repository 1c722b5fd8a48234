package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// schema is a named shape.
type schema struct {
	Name, Anchor, Text string
	Type               kind
	Members            []row
}

// row is one member of an object; those of inner objects follow it, named
// with the way to them.
type row struct {
	Name, Text string
	Required   bool
	Type       kind
}

// kind is what a value may be: words, or the name of a schema with its place.
type kind struct {
	Words string
	Links []link // the schemas that the value may be
	Many  bool   // a list of such values
	Rules []string
}

type link struct{ Name, Anchor string }

func (r reader) schema(name string, s object) schema {
	return schema{Name: name, Anchor: schemaAnchor(name), Text: s.text("description"), Type: r.kind(s), Members: r.rows(s)}
}

func schemaAnchor(name string) string { return "schema-" + name }

// kind says in a few words what a schema allows.
func (r reader) kind(s object) kind {
	if ref := s.text("$ref"); ref != "" {
		name := ref[strings.LastIndex(ref, "/")+1:]
		return kind{Links: []link{{name, schemaAnchor(name)}}}
	}
	for _, several := range []string{"anyOf", "oneOf", "allOf"} {
		if parts, ok := s.get(several).([]any); ok {
			return r.any(parts)
		}
	}
	if items := s.in("items"); items != nil {
		k := r.kind(items)
		k.Many = true
		return k
	}
	return kind{Words: types(s), Rules: rules(s)}
}

func (r reader) any(parts []any) kind {
	var k kind
	for _, p := range parts {
		one := r.kind(p.(object))
		k.Links = append(k.Links, one.Links...)
		k.Rules = append(k.Rules, one.Rules...)
		if one.Words != "" && len(one.Links) == 0 && len(k.Links) == 0 {
			k.Words = one.Words
		}
	}
	return k
}

// types are a schema's types in words.
func types(s object) string {
	var all []string
	switch t := s.get("type").(type) {
	case string:
		all = []string{t}
	case []any:
		for _, one := range t {
			all = append(all, shown(one))
		}
	}
	if f := s.text("format"); f != "" && len(all) > 0 {
		all[0] += " (" + f + ")"
	}
	return strings.Join(all, " or ")
}

// rules are a schema's bounds in words.
func rules(s object) []string {
	var all []string
	if values, ok := s.get("enum").([]any); ok {
		var texts []string
		for _, v := range values {
			if v != nil {
				texts = append(texts, shown(v))
			}
		}
		all = append(all, "one of "+strings.Join(texts, ", "))
	}
	for _, rule := range []struct{ name, words string }{
		{"const", "always %s"}, {"pattern", "pattern %s"}, {"minLength", "at least %s characters"}, {"maxLength", "at most %s characters"},
		{"minimum", "at least %s"}, {"maximum", "at most %s"}, {"minItems", "at least %s of them"}, {"maxItems", "at most %s of them"},
		{"maxProperties", "at most %s members"}, {"default", "usually %s"},
	} {
		if v := s.get(rule.name); v != nil {
			all = append(all, fmt.Sprintf(rule.words, shown(v)))
		}
	}
	return all
}

// rows are the members of an object, or of the objects in a list.
func (r reader) rows(s object) []row {
	for s.in("items") != nil {
		s = s.in("items")
	}
	var all []row
	parts, _ := s.get("allOf").([]any)
	for _, p := range parts {
		all = append(all, r.rows(p.(object))...)
	}
	required, _ := s.get("required").([]any)
	for _, m := range s.in("properties") {
		of := m.value.(object)
		next := row{Name: m.name, Text: of.text("description"), Type: r.kind(of)}
		for _, name := range required {
			next.Required = next.Required || name == any(m.name)
		}
		all = append(all, next)
		for _, inner := range r.rows(of) {
			inner.Name = m.name + "." + inner.Name
			all = append(all, inner)
		}
	}
	return all
}

// shown is a value as people write it: text without its quotes.
func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return compact(v)
}

func compact(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("openapi: " + err.Error()) // read from YAML: texts, numbers, lists
	}
	return string(text)
}

func indented(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var raw, out bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("openapi: " + err.Error())
	}
	_ = json.Indent(&out, raw.Bytes(), "", "  ")
	return strings.TrimSpace(out.String())
}
