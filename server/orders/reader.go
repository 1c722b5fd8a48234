package orders

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"liksom/server/gateway"
	"liksom/server/problem"
)

// object is a JSON object being read. What is wrong with it is collected, so
// that all of it is told at once; names are told as this API spells them,
// with capitals.
type object struct {
	path    string
	members map[string]json.RawMessage
	seen    map[string]bool
	notes   *notes
}

// notes are what reading a body brought up.
type notes struct {
	wrong   []problem.Detail
	unknown []string
}

// body reads a request's body, whatever content type it says, and has it
// checked. Members that nobody knows are noted in the log of requests, or
// refused where bodies are strict.
func (a *API) body(r *http.Request, check func(o object)) error {
	body := gateway.Body(r)
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		if detail, ok := problem.Syntax(body, err); ok {
			return invalid(detail)
		}
	}
	if members == nil {
		return invalid(problem.Detail{Name: "$", Reason: "A JSON object was expected."})
	}
	o := object{members: members, seen: map[string]bool{}, notes: &notes{}}
	check(o)
	o.done()
	n := o.notes
	slices.Sort(n.unknown)
	for _, name := range n.unknown {
		if a.options.StrictBodies() {
			n.wrong = append(n.wrong, problem.Detail{Name: name, Reason: "The property is not known."})
		} else {
			gateway.Note(r.Context(), "%s is not known and was ignored", name)
		}
	}
	if n.wrong != nil {
		return invalid(n.wrong...)
	}
	return nil
}

// done takes down the members that nobody asked for.
func (o object) done() {
	for name := range o.members {
		if !o.seen[name] {
			o.notes.unknown = append(o.notes.unknown, o.name(name))
		}
	}
}

func (o object) name(member string) string {
	name := member
	if member != "" {
		name = strings.ToUpper(member[:1]) + member[1:]
	}
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

func (o object) blame(member, format string, args ...any) {
	o.notes.wrong = append(o.notes.wrong, problem.Detail{Name: o.name(member), Reason: fmt.Sprintf(format, args...)})
}

// value gives a member that is there and not null.
func (o object) value(member string, required bool) (json.RawMessage, bool) {
	o.seen[member] = true
	raw, ok := o.members[member]
	if ok && !bytes.Equal(raw, []byte("null")) {
		return raw, true
	}
	if required {
		o.blame(member, "The %s field is required.", strings.ToUpper(member[:1])+member[1:])
	}
	return nil, false
}

// has tells whether a member is there and not null.
func (o object) has(member string) bool {
	_, ok := o.value(member, false)
	return ok
}

// text gives a member that is a string; a required one must not be empty.
func (o object) text(member string, required bool) string {
	raw, ok := o.value(member, required)
	if !ok {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		o.blame(member, "The value must be a string.")
	} else if s == "" && required {
		o.blame(member, "The %s field is required.", strings.ToUpper(member[:1])+member[1:])
	}
	return s
}

// id is a required text in the form of the ids of orders and pictures.
func (o object) id(member string, required bool, most int) string {
	s := o.text(member, required)
	switch {
	case s == "":
	case most > 0 && utf8.RuneCountInString(s) > most:
		o.blame(member, "The value must have %d characters at most.", most)
	case !orderPattern.MatchString(s):
		o.blame(member, "%s", mustMatch(strings.ToUpper(member[:1])+member[1:]))
	}
	return s
}

// choice is a text out of a list.
func (o object) choice(member string, required bool, of ...string) string {
	s := o.text(member, required)
	if s != "" && !slices.Contains(of, s) {
		o.blame(member, "The value must be one of %s.", strings.Join(of, ", "))
	}
	return s
}

// link is a required address that a browser can open.
func (o object) link(member string) string {
	s := o.text(member, true)
	if s == "" {
		return s
	}
	if u, err := url.Parse(s); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		o.blame(member, "The value must be an absolute URL that starts with https://.")
	}
	return s
}

// integer is a whole number within bounds, given only where it is there.
func (o object) integer(member string, required bool, least, most int64) {
	raw, ok := o.value(member, required)
	if !ok {
		return
	}
	n, err := strconv.ParseInt(string(raw), 10, 64)
	switch {
	case err != nil:
		o.blame(member, "The value must be a whole number.")
	case n < least || n > most:
		o.blame(member, "The value must be between %d and %d.", least, most)
	}
}

func (o object) boolean(member string) {
	raw, ok := o.value(member, false)
	if ok && string(raw) != "true" && string(raw) != "false" {
		o.blame(member, "The value must be true or false.")
	}
}

// object has a member that is an object checked.
func (o object) object(member string, required bool, check func(object)) {
	raw, ok := o.value(member, required)
	if !ok {
		return
	}
	o.inner(o.name(member), raw, check)
}

// list has the members of an array of objects checked, one at least.
func (o object) list(member string, check func(object)) {
	raw, ok := o.value(member, true)
	if !ok {
		return
	}
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		o.blame(member, "The value must be an array.")
		return
	}
	if len(all) == 0 {
		o.blame(member, "The list must have at least one entry.")
	}
	for i, one := range all {
		o.inner(o.name(member)+"["+strconv.Itoa(i)+"]", one, check)
	}
}

func (o object) inner(path string, raw json.RawMessage, check func(object)) {
	in := object{path: path, seen: map[string]bool{}, notes: o.notes}
	if json.Unmarshal(raw, &in.members) != nil || in.members == nil {
		o.notes.wrong = append(o.notes.wrong, problem.Detail{Name: path, Reason: "A JSON object was expected."})
		return
	}
	check(in)
	in.done()
}
