package scenarios

import (
	"fmt"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// kind is what sort of thing stands in the text.
type kind int

const (
	isNull kind = iota
	isBool
	isInt
	isFloat
	isText
	isList
	isMap
)

func (k kind) String() string {
	return [...]string{"nothing", "true or false", "a whole number", "a number", "text", "a list", "a mapping"}[k]
}

// value is a piece of a script with its place: what goccy's tree says,
// without what the language has no use for.
type value struct {
	kind         kind
	line, column int
	// text is a scalar as it is written, quotes removed.
	text string
	// quoted tells that the text's characters begin one column later.
	quoted  bool
	items   []*value
	members []member
}

type member struct {
	name string
	key  *value
	*value
}

func (v *value) get(name string) *value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// deepest and most keep a text of aliases to aliases from growing without end.
const (
	deepest = 64
	most    = 100_000
)

// reader turns a tree into values.
type reader struct {
	mistakes *mistakes
	anchors  map[string]ast.Node
	made     int
	// full tells that it was too much, and that the rest was left out.
	full bool
}

func (r *reader) read(n ast.Node, depth int) *value {
	v := &value{}
	if n == nil || r.full {
		return v
	}
	place(v, n)
	r.made++
	switch {
	case depth > deepest:
		r.mistakes.add(v, fmt.Sprintf("This is nested too deeply: %d levels are read.", deepest), "Put inner steps into a file of their own, and include it.")
		r.full = true
		return v
	case r.made > most:
		r.mistakes.add(v, fmt.Sprintf("This is too much: with all that aliases repeat, %d values are read.", most), "Say what repeats with each or repeat.")
		r.full = true
		return v
	}
	switch n := n.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		v.kind, v.text = isBool, strconv.FormatBool(n.Value)
	case *ast.IntegerNode:
		v.kind, v.text = isInt, n.Token.Value
	case *ast.FloatNode:
		v.kind, v.text = isFloat, n.Token.Value
	case *ast.InfinityNode, *ast.NanNode:
		v.kind, v.text = isText, n.GetToken().Value
	case *ast.StringNode:
		v.kind, v.text = isText, n.Value
		v.quoted = n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType
	case *ast.LiteralNode:
		v.kind = isText
		if n.Value != nil {
			v.text = n.Value.Value
		}
	case *ast.SequenceNode:
		v.kind = isList
		for _, one := range n.Values {
			v.items = append(v.items, r.read(one, depth+1))
		}
	case *ast.MappingNode:
		v.kind = isMap
		for _, pair := range n.Values {
			r.member(v, pair, depth)
		}
	case *ast.MappingValueNode:
		v.kind = isMap
		r.member(v, n, depth)
	case *ast.AnchorNode:
		v := r.read(n.Value, depth+1)
		r.anchors[n.Name.GetToken().Value] = n.Value // known behind it alone, else it could hold itself
		return v
	case *ast.AliasNode:
		named, found := r.anchors[n.Value.GetToken().Value]
		if !found {
			r.mistakes.add(v, "There is no anchor "+n.Value.GetToken().Value+" before this place.", "")
			return v
		}
		return r.read(named, depth+1)
	case *ast.TagNode:
		return r.read(n.Value, depth+1)
	default:
		r.mistakes.add(v, "This cannot stand in a script.", "")
	}
	return v
}

func (r *reader) member(v *value, pair *ast.MappingValueNode, depth int) {
	key := &value{kind: isText, text: pair.Key.GetToken().Value}
	place(key, pair.Key)
	if pair.Key.IsMergeKey() {
		r.mistakes.add(key, "Merge keys are not read.", "Use each, or include.")
		return
	}
	if v.get(key.text) != nil {
		r.mistakes.add(key, key.text+" stands here twice.", "")
		return
	}
	v.members = append(v.members, member{key.text, key, r.read(pair.Value, depth+1)})
}

// place says where a node begins: the token of a mapping is a colon.
func place(v *value, n ast.Node) {
	at := n.GetToken()
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 && n.Start != nil && n.Start.Type != token.MappingStartType {
			at = n.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		at = n.Key.GetToken()
	case *ast.LiteralNode:
		at = n.Start
	}
	if at != nil && at.Position != nil {
		v.line, v.column = at.Position.Line, at.Position.Column
	}
}

// plain gives what a value says by itself, as JSON would have it.
func (v *value) plain() any {
	switch v.kind {
	case isBool:
		return v.text == "true"
	case isInt:
		return wholeNumber(v.text)
	case isFloat:
		f, err := strconv.ParseFloat(v.text, 64)
		if err != nil {
			return v.text
		}
		return f
	case isText:
		return v.text
	}
	return nil
}

// wholeNumber reads a whole number; one with too many digits stays text.
func wholeNumber(text string) any {
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil {
		return n
	}
	if n, err = strconv.ParseInt(text, 0, 64); err == nil {
		return n
	}
	return text
}
