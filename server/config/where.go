package config

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Explain is the error that something is wrong with a member, such as
// "cards[0].bin", of what the way leads to: the names and numbers of sections
// and entries. "$" is all of it.
func (f *File) Explain(field, reason string, way ...string) error {
	e := &Error{File: f.name, Line: 1, Column: 1, Reason: reason}
	if field != "$" {
		e.Reason = field + ": " + reason
	}
	at := f.find(field, way)
	if at == nil {
		return e
	}
	e.Line, e.Column, e.Excerpt = at.Position.Line, at.Position.Column, f.excerpt(at.Position.Line, at.Position.Column)
	return e
}

// find gives the place of a member, or of the nearest thing around it that is
// there.
func (f *File) find(field string, way []string) *token.Token {
	if len(f.tree.Docs) == 0 || f.tree.Docs[0].Body == nil {
		return nil
	}
	around := f.tree.Docs[0].Body
	place := around.GetToken()
	steps := slices.Clone(way)
	if field != "$" {
		steps = append(steps, strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' })...)
	}
	for i, step := range steps {
		next, at := child(around, step)
		if next == nil {
			// A name that nobody knows comes without its path.
			if at = key(around, steps[len(steps)-1]); at != nil && i >= len(way) {
				return at
			}
			return place
		}
		around, place = next, at
	}
	return place
}

// child gives what a name or a number leads to, and where that stands.
func child(of ast.Node, step string) (ast.Node, *token.Token) {
	switch n := of.(type) {
	case *ast.AnchorNode:
		return child(n.Value, step)
	case *ast.MappingNode:
		for _, pair := range n.Values {
			if pair.Key.String() == step {
				return pair.Value, pair.Key.GetToken()
			}
		}
	case *ast.MappingValueNode:
		if n.Key.String() == step {
			return n.Value, n.Key.GetToken()
		}
	case *ast.SequenceNode:
		for i, entry := range n.Values {
			if step == strconv.Itoa(i) {
				return entry, first(entry)
			}
		}
	}
	return nil, nil
}

// first is where a node begins: a mapping's own token is a colon.
func first(n ast.Node) *token.Token {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 {
			return n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	}
	return n.GetToken()
}

// key finds the first member of a name anywhere inside a node.
func key(in ast.Node, name string) *token.Token {
	s := &seeker{name: name}
	ast.Walk(s, in)
	return s.found
}

type seeker struct {
	name  string
	found *token.Token
}

// Visit implements [ast.Visitor].
func (s *seeker) Visit(n ast.Node) ast.Visitor {
	if pair, ok := n.(*ast.MappingValueNode); ok && s.found == nil && pair.Key.String() == s.name {
		s.found = pair.Key.GetToken()
	}
	return s
}

// syntax is the error of a text that is no YAML.
func (f *File) syntax(err error) error {
	e := &Error{File: f.name, Line: 1, Column: 1, Reason: err.Error()}
	var known yaml.Error
	if errors.As(err, &known) {
		e.Reason = known.GetMessage()
		if at := known.GetToken(); at != nil {
			e.Line, e.Column, e.Excerpt = at.Position.Line, at.Position.Column, f.excerpt(at.Position.Line, at.Position.Column)
		}
	}
	return e
}

// around is how many lines before and behind the place an excerpt shows.
const around = 2

// excerpt shows a place in the file with an arrow under it.
func (f *File) excerpt(line, column int) string {
	lines := strings.Split(strings.TrimRight(string(f.source), "\n"), "\n")
	width := len(strconv.Itoa(min(line+around, len(lines))))
	var b strings.Builder
	for n := max(1, line-around); n <= min(line+around, len(lines)); n++ {
		number := strconv.Itoa(n)
		b.WriteString(strings.Repeat(" ", width-len(number)) + number + " │ " + strings.TrimRight(lines[n-1], "\r") + "\n")
		if n == line {
			b.WriteString(strings.Repeat(" ", width) + " │ " + strings.Repeat(" ", max(0, column-1)) + "▲\n")
		}
	}
	return b.String()
}
