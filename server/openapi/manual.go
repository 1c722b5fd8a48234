package openapi

import (
	"slices"
	"strings"
)

// A manual is a document in the order and words of a page to read.
type manual struct {
	Name, Title, Summary, Description string

	Groups   []group
	Webhooks []operation
	Schemas  []schema
}

// group is the operations under one tag.
type group struct {
	Name, Text, Anchor string
	Operations         []operation
}

type operation struct {
	Anchor, Method, Path, Summary, Text string

	Keys       []string // what the caller proves itself with, one way each
	Parameters []parameter
	Body       *content
	Answers    []answer
	Callbacks  []operation
}

type parameter struct {
	Name, In, Text, Example string
	Required                bool
	Type                    kind
}

type answer struct {
	Status, Text string
	Headers      []parameter
	Contents     []content
}

// content is a body in one media type.
type content struct {
	Media, Text string
	Required    bool
	Type        kind
	Members     []row
	Examples    []example
}

type example struct{ Name, JSON string }

// reader reads a manual out of a document.
type reader struct{ doc object }

// methods are the members of a path that are operations.
var methods = []string{"get", "post", "put", "patch", "delete"}

func manualOf(name string) manual {
	doc := documents[name]()
	r := reader{doc}
	info := doc.in("info")
	m := manual{Name: name, Title: info.text("title"), Summary: info.text("summary"), Description: info.text("description")}
	tags, _ := doc.get("tags").([]any)
	for _, tag := range tags {
		t := tag.(object)
		g := group{Name: t.text("name"), Text: t.text("description"), Anchor: "tag-" + anchor(t.text("name"))}
		g.Operations = r.tagged(doc.in("paths"), g.Name)
		if len(g.Operations) > 0 {
			m.Groups = append(m.Groups, g)
		}
	}
	for _, w := range doc.in("webhooks") {
		m.Webhooks = append(m.Webhooks, r.operations("", w.value.(object))...)
	}
	for _, s := range doc.in("components", "schemas") {
		m.Schemas = append(m.Schemas, r.schema(s.name, s.value.(object)))
	}
	return m
}

func (r reader) tagged(paths object, tag string) []operation {
	var found []operation
	for _, p := range paths {
		item := p.value.(object)
		for _, method := range methods {
			op := item.in(method)
			if tags, _ := op.get("tags").([]any); op != nil && slices.Contains(tags, any(tag)) {
				found = append(found, r.operation(method, p.name, op))
			}
		}
	}
	return found
}

// operations are all of a path's.
func (r reader) operations(path string, item object) []operation {
	var found []operation
	for _, method := range methods {
		if op := item.in(method); op != nil {
			found = append(found, r.operation(method, path, op))
		}
	}
	return found
}

func (r reader) operation(method, path string, op object) operation {
	o := operation{
		Anchor: op.text("operationId"), Method: strings.ToUpper(method), Path: path,
		Summary: op.text("summary"), Text: op.text("description"), Keys: r.keys(op),
	}
	parameters, _ := op.get("parameters").([]any)
	for _, p := range parameters {
		o.Parameters = append(o.Parameters, r.parameter(r.resolved(p)))
	}
	if body := r.resolved(op.get("requestBody")); body != nil {
		for _, c := range r.contents(body) {
			c.Required = body.get("required") == true
			c.Text = body.text("description")
			o.Body = &c
			break
		}
	}
	for _, a := range op.in("responses") {
		answered := r.resolved(a.value)
		next := answer{Status: a.name, Text: answered.text("description"), Contents: r.contents(answered)}
		for _, h := range answered.in("headers") {
			header := r.resolved(h.value)
			next.Headers = append(next.Headers, parameter{Name: h.name, In: "header", Text: header.text("description"), Type: r.kind(header.in("schema"))})
		}
		o.Answers = append(o.Answers, next)
	}
	for _, c := range op.in("callbacks") {
		for _, path := range c.value.(object) {
			o.Callbacks = append(o.Callbacks, r.operations("", path.value.(object))...)
		}
	}
	return o
}

// keys are the ways to prove who calls, each a list of schemes.
func (r reader) keys(op object) []string {
	wanted, said := op.get("security").([]any)
	if !said {
		wanted, _ = r.doc.get("security").([]any)
	}
	var ways []string
	for _, w := range wanted {
		var schemes []string
		for _, s := range w.(object) {
			scheme := r.doc.in("components", "securitySchemes", s.name)
			name := scheme.text("name")
			switch scheme.text("scheme") {
			case "bearer":
				name = "Authorization: Bearer"
			case "basic":
				name = "Authorization: Basic"
			}
			schemes = append(schemes, name)
		}
		ways = append(ways, strings.Join(schemes, " and "))
	}
	return ways
}

func (r reader) parameter(p object) parameter {
	return parameter{
		Name: p.text("name"), In: p.text("in"), Text: p.text("description"), Required: p.get("required") == true,
		Example: shown(p.get("example")), Type: r.kind(p.in("schema")),
	}
}

func (r reader) contents(of object) []content {
	var all []content
	for _, c := range of.in("content") {
		media := c.value.(object)
		next := content{Media: c.name, Type: r.kind(media.in("schema")), Members: r.rows(media.in("schema"))}
		if e := media.get("example"); e != nil {
			next.Examples = append(next.Examples, example{"Example", indented(e)})
		}
		for _, e := range media.in("examples") {
			named := r.resolved(e.value)
			name := named.text("summary")
			if name == "" {
				name = strings.ToUpper(e.name[:1]) + e.name[1:]
			}
			next.Examples = append(next.Examples, example{name, indented(named.get("value"))})
		}
		all = append(all, next)
	}
	return all
}

// resolved is a part of the document, or what it refers to.
func (r reader) resolved(part any) object {
	o, _ := part.(object)
	ref := o.text("$ref")
	if ref == "" {
		return o
	}
	return r.doc.in(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
}

func anchor(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "-")) }
