package snapshot

import (
	"bytes"
	"reflect"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// form writes as encoding/json does, without what is empty.
var form = json.JoinOptions(jsonv1.DefaultOptionsV1(), json.OmitZeroStructFields(true))

// Write writes a document: without what is empty, all names in lower camel
// case.
func Write(d *Document) ([]byte, error) {
	plain, err := json.Marshal(d, form)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	in := jsontext.NewDecoder(bytes.NewReader(plain), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	enc := jsontext.NewEncoder(&out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), jsontext.EscapeForHTML(false))
	if err := rename(in, enc, reflect.TypeFor[Document]()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// rename copies a value, giving members of records without a name in JSON the
// name they have in Go, spelled as all others are.
func rename(in *jsontext.Decoder, out *jsontext.Encoder, t reflect.Type) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch in.PeekKind() {
	case '{':
		return renameObject(in, out, t)
	case '[':
		return renameList(in, out, t)
	}
	value, err := in.ReadValue()
	if err != nil {
		return err
	}
	return out.WriteValue(value)
}

func renameObject(in *jsontext.Decoder, out *jsontext.Encoder, t reflect.Type) error {
	if err := copyToken(in, out); err != nil {
		return err
	}
	for in.PeekKind() != '}' {
		name, err := in.ReadToken()
		if err != nil {
			return err
		}
		spelled, inner := member(t, name.String())
		if err := out.WriteToken(jsontext.String(spelled)); err != nil {
			return err
		}
		if err := rename(in, out, inner); err != nil {
			return err
		}
	}
	return copyToken(in, out)
}

func renameList(in *jsontext.Decoder, out *jsontext.Encoder, t reflect.Type) error {
	var inner reflect.Type
	if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
		inner = t.Elem()
	}
	if err := copyToken(in, out); err != nil {
		return err
	}
	for in.PeekKind() != ']' {
		if err := rename(in, out, inner); err != nil {
			return err
		}
	}
	return copyToken(in, out)
}

func copyToken(in *jsontext.Decoder, out *jsontext.Encoder) error {
	token, err := in.ReadToken()
	if err != nil {
		return err
	}
	return out.WriteToken(token)
}

// member gives the name that a member is written under, and its type; nil
// where that is not known, as in bodies.
func member(t reflect.Type, name string) (string, reflect.Type) {
	switch {
	case t == nil:
		return name, nil
	case t.Kind() == reflect.Map:
		return name, t.Elem()
	case t.Kind() != reflect.Struct:
		return name, nil
	}
	for _, f := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case tag == name:
			return name, f.Type
		case tag == "" && f.Name == name:
			return camel(name), f.Type
		}
	}
	return name, nil
}

// camel spells a name of Go as names in JSON are spelled: "ReturnURL" becomes
// "returnUrl".
func camel(name string) string {
	letters := []rune(name)
	for i, c := range letters {
		after := i > 0 && unicode.IsUpper(rune(name[i-1]))
		before := i+1 == len(letters) || unicode.IsUpper(letters[i+1])
		if i == 0 || after && before {
			letters[i] = unicode.ToLower(c)
		}
	}
	return string(letters)
}
