// Package config reads the file that says what a simulator begins with: YAML,
// with the same members as the bodies of the control API (simulator contract,
// section 1, `--config`).
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"liksom/server/problem"
)

// The members of a file.
const (
	settings = "settings"
	stripe   = "stripe"
)

// lists are the members that are lists of entries.
var lists = []string{"merchants", "phones", "autopilots", "faults"}

// texts are the members that are texts though they may look like numbers, so
// that nobody has to quote them.
var texts = []string{"msn", "number", "phone", "reference", "clientId", "clientSecret", "code", "bin", "last4", "cardId", "id", "secret", "registration"}

// File is a file that has been read. Its entries are JSON.
type File struct {
	name     string
	source   []byte
	tree     *ast.File
	settings json.RawMessage
	stripe   json.RawMessage
	lists    map[string][]json.RawMessage
}

// Read reads a file. An [*Error] tells where it is wrong.
func Read(name string) (*File, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration: %w", err)
	}
	return Parse(name, source)
}

// Error is a mistake in a file.
type Error struct {
	File         string
	Line, Column int
	// Reason says what is wrong and what would be right.
	Reason string
	// Excerpt shows the place, in several lines; it may be empty.
	Excerpt string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Reason)
}

// Parse is [Read] for what has been read already; the name is for errors.
func Parse(name string, source []byte) (*File, error) {
	f := &File{name: name, source: source, settings: json.RawMessage("{}"), stripe: json.RawMessage("{}"), lists: map[string][]json.RawMessage{}}
	var err error
	if f.tree, err = parser.ParseBytes(source, 0); err != nil {
		return nil, f.syntax(err)
	}
	for _, doc := range f.tree.Docs {
		if doc.Body != nil {
			ast.Walk(unquoted{}, doc.Body)
		}
	}
	if len(f.tree.Docs) == 0 || f.tree.Docs[0].Body == nil || f.tree.Docs[0].Body.Type() == ast.NullType {
		return f, nil
	}
	return f, f.read(f.tree.Docs[0].Body)
}

func (f *File) read(body ast.Node) error {
	var members yaml.MapSlice
	if err := yaml.NodeToValue(body, &members, yaml.UseOrderedMap()); err != nil {
		return f.Explain("$", "The file must hold members: settings, stripe, merchants, phones, autopilots, faults.")
	}
	for _, m := range members {
		name := fmt.Sprint(m.Key)
		switch {
		case name == settings || name == stripe:
			object, err := toJSON(m.Value)
			if err != nil {
				return f.Explain("$", err.Error(), name)
			}
			f.keep(name, object)
		case slices.Contains(lists, name):
			if err := f.list(name, m.Value); err != nil {
				return err
			}
		default:
			return f.Explain(name, "There is no member of this name here. "+problem.Instead(name, append([]string{settings, stripe}, lists...)))
		}
	}
	return nil
}

func (f *File) keep(name string, object json.RawMessage) {
	if name == stripe {
		f.stripe = object
		return
	}
	f.settings = object
}

func (f *File) list(name string, value any) error {
	if value == nil {
		return nil
	}
	entries, ok := value.([]any)
	if !ok {
		return f.Explain("$", "This must be a list: begin each entry with a hyphen.", name)
	}
	for i, entry := range entries {
		object, err := toJSON(entry)
		if err != nil {
			return f.Explain("$", err.Error(), name, strconv.Itoa(i))
		}
		f.lists[name] = append(f.lists[name], object)
	}
	return nil
}

// toJSON writes what a node held.
func toJSON(value any) (json.RawMessage, error) {
	object, ok := value.(yaml.MapSlice)
	if !ok && value != nil {
		return nil, errors.New("This must be an object: members with a colon and a value.")
	}
	text, err := yaml.MarshalWithOptions(object, yaml.JSON())
	if err != nil {
		return nil, errors.New("This cannot be read.")
	}
	return json.RawMessage(strings.TrimSpace(string(text))), nil
}

// Settings are the settings, as a body of changes.
func (f *File) Settings() []byte { return f.settings }

// Stripe is what the Stripe side begins with: its settings, accounts and
// webhooks.
func (f *File) Stripe() []byte { return f.stripe }

// SettingNames are the settings that the file names.
func (f *File) SettingNames() []string {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(f.settings, &members) // what is no object names none
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// List are the entries of a list, as bodies.
func (f *File) List(name string) []json.RawMessage { return f.lists[name] }

// unquoted makes texts of numbers that stand where a text belongs.
type unquoted struct{}

// Visit implements [ast.Visitor].
func (u unquoted) Visit(n ast.Node) ast.Visitor {
	pair, ok := n.(*ast.MappingValueNode)
	if !ok || !slices.Contains(texts, pair.Key.String()) {
		return u
	}
	switch pair.Value.Type() {
	case ast.IntegerType, ast.FloatType:
		token := pair.Value.GetToken().Clone()
		text := ast.String(token)
		text.Value = token.Value
		pair.Value = text
	}
	return u
}
