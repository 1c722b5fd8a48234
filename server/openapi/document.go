package openapi

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed *.yaml
var sources embed.FS

// names are the documents, in the order they are shown.
var names = []string{"epayment", "webhooks", "qr", "userinfo", "order-management", "access-token", "sim"}

// Names are the documents there are, in the order they are shown. The last
// one, "sim", is the simulator's own API.
func Names() []string { return slices.Clone(names) }

// documents reads each document once, when it is first asked for.
var documents = func() map[string]func() object {
	all := map[string]func() object{}
	for _, name := range names {
		all[name] = sync.OnceValue(func() object { return read(name) })
	}
	return all
}()

// read gives a document together with what it refers to in common.yaml.
func read(name string) object {
	doc, common := parse(name+".yaml"), parse("common.yaml")
	from, _ := common.get("components").(object)
	for _, ref := range references(doc, nil) {
		doc = adopt(doc, from, ref)
	}
	return doc
}

// parse reads a file of ours, whose form the tests have checked.
func parse(file string) object {
	text, err := sources.ReadFile(file)
	if err != nil {
		panic("openapi: " + err.Error())
	}
	var tree any
	if err := yaml.UnmarshalWithOptions(text, &tree, yaml.UseOrderedMap()); err != nil {
		panic(fmt.Sprintf("openapi: %s: %s", file, err))
	}
	return ordered(tree).(object)
}

// references are the places that a part of a document refers to, each once.
func references(part any, found []string) []string {
	switch part := part.(type) {
	case object:
		for _, m := range part {
			ref, isText := m.value.(string)
			if m.name == "$ref" && isText && !slices.Contains(found, ref) {
				found = append(found, ref)
			}
			if m.name == "security" {
				found = append(found, schemes(m.value)...)
			}
			found = references(m.value, found)
		}
	case []any:
		for _, item := range part {
			found = references(item, found)
		}
	}
	return found
}

// schemes are what a list of security requirements refers to, which it does by
// bare names.
func schemes(requirements any) []string {
	var found []string
	ways, _ := requirements.([]any)
	for _, way := range ways {
		for _, scheme := range way.(object) {
			found = append(found, "#/components/securitySchemes/"+scheme.name)
		}
	}
	return found
}

// adopt copies what is referred to, and what that refers to in turn, from the
// common components, unless the document has it.
func adopt(doc, common object, ref string) object {
	kind, name, ok := strings.Cut(strings.TrimPrefix(ref, "#/components/"), "/")
	if !ok {
		return doc
	}
	components, _ := doc.get("components").(object)
	section, _ := components.get(kind).(object)
	if section.get(name) != nil {
		return doc
	}
	theirs, _ := common.get(kind).(object)
	part := theirs.get(name)
	if part == nil {
		return doc // the tests find references that lead nowhere
	}
	doc = doc.with("components", components.with(kind, section.with(name, part)))
	for _, next := range references(part, nil) {
		doc = adopt(doc, common, next)
	}
	return doc
}
