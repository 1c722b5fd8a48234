package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"liksom/server/fault"
	"liksom/server/problem"
)

// maxBody is the largest body taken.
const maxBody = 1 << 20

func read(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, &failure{status: http.StatusBadRequest, detail: "The body ended before all of it had come; send it again."}
	}
	if len(body) > maxBody {
		return nil, &failure{status: http.StatusRequestEntityTooLarge, detail: "The body is larger than 1 MiB; send less."}
	}
	return body, nil
}

// decode reads the request's body, a JSON object, into what a pointer leads
// to. Members that are not there stay as they are.
func decode(r *http.Request, into any) error {
	body, err := read(r)
	if err != nil {
		return err
	}
	return decodeBytes(body, into)
}

// decodeOptional is decode for a body that may be left out.
func decodeOptional(r *http.Request, into any) error {
	body, err := read(r)
	if err != nil || len(bytes.TrimSpace(body)) == 0 {
		return err
	}
	return decodeBytes(body, into)
}

func decodeBytes(body []byte, into any) error {
	var whole json.RawMessage
	if err := json.Unmarshal(body, &whole); err != nil {
		return badSyntax(body, err)
	}
	if first := bytes.TrimLeft(body, " \t\r\n")[0]; first != '{' {
		return invalid("$", "The body must be a JSON object: {…}.")
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return badMember(err, reflect.TypeOf(into))
	}
	return nil
}

func badSyntax(body []byte, err error) error {
	d, ok := problem.Syntax(body, err)
	if !ok {
		d = problem.Detail{Name: "$", Reason: "The body is not JSON."}
	}
	return &failure{
		status: http.StatusBadRequest, title: "Broken JSON", detail: d.Reason, extra: []problem.Detail{d},
	}
}

// badMember says which member of a well-formed body is wrong.
func badMember(err error, t reflect.Type) error {
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		return err
	}
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		field := kind.Field
		if field == "" {
			field = "$"
		}
		return invalid(field, fmt.Sprintf("This must be %s, not %s.", wanted(kind.Type), given(kind.Value)))
	}
	// The decoder has no type for this error, only this text.
	if quoted, found := strings.CutPrefix(err.Error(), "json: unknown field "); found {
		name, unquoteErr := strconv.Unquote(quoted)
		if unquoteErr != nil {
			name = quoted
		}
		return invalid(name, "There is no member of this name here. "+problem.Instead(name, members(t, nil)))
	}
	return invalid("$", "The body cannot be read: "+err.Error())
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

// given puts the decoder's word for a value into ours. It tells the figures of
// a number that does not fit.
func given(value string) string {
	kind, figures, _ := strings.Cut(value, " ")
	switch kind {
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	}
	if figures == "" {
		return "a number"
	}
	return "the number " + figures
}

// members are the names of all members of a type, of inner ones too.
func members(t reflect.Type, names []string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return names
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
		names = members(f.Type, names)
	}
	return names
}
