package epayment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"liksom/server/problem"
)

// tree is a JSON text, parsed. Its nodes stand in the order of the text, each
// container before what it holds, so that one slice carries them all. Where
// nothing is escaped, names and texts are parts of the source.
type tree struct {
	source string
	nodes  []node
}

// node is one value of a tree.
type node struct {
	name string // in its object; "" elsewhere
	text string // of a scalar: the string's content, the number's digits
	kind jsontext.Kind
	// seen: somebody asked for it. The others are members nobody knows.
	seen       bool
	depth      uint16
	parent     int32
	next       int32 // the node behind this one and all it holds
	start, end int32 // in the source
}

// The kinds of values.
const (
	isNull   = jsontext.Kind('n')
	isFalse  = jsontext.Kind('f')
	isTrue   = jsontext.Kind('t')
	isString = jsontext.Kind('"')
	isNumber = jsontext.Kind('0')
	isObject = jsontext.Kind('{')
	isArray  = jsontext.Kind('[')
)

// parse reads a JSON text into an empty tree. Members of the same name are
// all kept: the contract has a rule about them.
func (t *tree) parse(body []byte) *problem.Detail {
	t.source = string(body)
	dec := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))
	if err := t.read(dec); err != nil {
		return syntax(body, err)
	}
	return nil
}

func syntax(body []byte, err error) *problem.Detail {
	// The standard decoder says what it expected in terms we know the words
	// for; this path need not be quick.
	var value json.RawMessage
	if d, ok := problem.Syntax(body, json.Unmarshal(body, &value)); ok {
		return &d
	}
	at := 0
	var where *jsontext.SyntacticError
	if errors.As(err, &where) {
		at = int(where.ByteOffset)
	}
	line, column := problem.Position(body, at)
	return &problem.Detail{Name: "$", Reason: fmt.Sprintf("Line %d, column %d: valid JSON in UTF-8 was expected.", line, column)}
}

// read fills the tree with the one value the text must hold.
func (t *tree) read(dec *jsontext.Decoder) error {
	parent := int32(-1)
	name, named := "", false
	for {
		kind := dec.PeekKind()
		switch {
		case kind == isObject || kind == isArray:
			if _, err := dec.ReadToken(); err != nil {
				return err
			}
			parent = t.add(node{name: name, kind: kind, parent: parent, start: int32(dec.InputOffset() - 1)})
			name, named = "", false
		case kind == '}' || kind == ']':
			if _, err := dec.ReadToken(); err != nil {
				return err
			}
			n := &t.nodes[parent]
			n.next, n.end = int32(len(t.nodes)), int32(dec.InputOffset())
			parent = n.parent
		default:
			text, size, err := t.scalar(dec, kind)
			if err != nil {
				return err
			}
			if !named && parent >= 0 && t.nodes[parent].kind == isObject {
				name, named = text, true
				continue
			}
			end := int32(dec.InputOffset())
			at := t.add(node{name: name, text: text, kind: kind, parent: parent, start: end - size, end: end})
			t.nodes[at].next = at + 1
			name, named = "", false
		}
		if parent < 0 {
			return atEnd(dec)
		}
	}
}

func (t *tree) add(n node) int32 {
	if n.parent >= 0 {
		n.depth = t.nodes[n.parent].depth + 1
	}
	t.nodes = append(t.nodes, n)
	return int32(len(t.nodes) - 1)
}

// scalar reads a name or a value that holds no others: its text, and how many
// bytes of the source it takes.
func (t *tree) scalar(dec *jsontext.Decoder, kind jsontext.Kind) (text string, size int32, err error) {
	raw, err := dec.ReadValue()
	if err != nil {
		return "", 0, err
	}
	size = int32(len(raw))
	end := int32(dec.InputOffset())
	switch {
	case kind != isString:
		return t.source[end-size : end], size, nil
	case bytes.IndexByte(raw, '\\') < 0:
		return t.source[end-size+1 : end-1], size, nil
	}
	plain, err := jsontext.AppendUnquote(nil, raw)
	return string(plain), size, err
}

func atEnd(dec *jsontext.Decoder) error {
	_, err := dec.ReadToken()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil:
		return errors.New("something stands behind the value")
	}
	return err
}

// quoted is the source of a value, cut short, for telling a person.
func (t *tree) quoted(at int32) string {
	n := &t.nodes[at]
	text := n.text
	if n.kind == isObject || n.kind == isArray {
		text = t.source[n.start:n.end]
	}
	return short(text)
}

// short cuts a text of unknown length for a message.
func short(s string) string {
	const most = 60
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// path names a value as problem documents do: "receipt.orderLines[0].name".
func (t *tree) path(at int32) string {
	n := &t.nodes[at]
	if n.parent < 0 {
		return ""
	}
	above := t.path(n.parent)
	if t.nodes[n.parent].kind == isArray {
		index := 0
		for i := n.parent + 1; i < at; i = t.nodes[i].next {
			index++
		}
		return above + "[" + strconv.Itoa(index) + "]"
	}
	return join(above, n.name)
}

func join(above, name string) string {
	if above == "" {
		return name
	}
	return above + "." + name
}

// appendText adds a JSON string. HTML needs no escaping in an API.
func appendText(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // bytes that are not UTF-8 are replaced
	return b
}
