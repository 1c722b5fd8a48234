package snapshot

import (
	stdjson "encoding/json" // for errors that problem.Syntax knows
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"liksom/server/problem"
)

// strict reads what [Write] wrote and nothing else. Spelling of capitals does
// not matter.
var strict = json.JoinOptions(jsonv1.DefaultOptionsV1(), jsonv1.ReportErrorsWithLegacySemantics(false), json.RejectUnknownMembers(true))

// Read reads a document. All that is wrong with it is told at once; nothing
// of the document may be used then. What the bodies in it say is for the
// control API to judge.
func Read(text []byte) (Document, []problem.Detail) {
	var members map[string]jsonv1.RawMessage
	if err := stdjson.Unmarshal(text, &members); err != nil || members == nil {
		return Document{}, []problem.Detail{broken(text, err)}
	}
	r := reader{members: members}
	var d Document
	one(&r, "format", &d.Format)
	one(&r, "version", &d.Version)
	if d.Format != Format || d.Version != Version {
		reason := fmt.Sprintf("This must be a snapshot: format %q, version %d. Other versions of the program may have written others.", Format, Version)
		return Document{}, []problem.Detail{{Name: "format", Reason: reason}}
	}
	one(&r, "takenAt", &d.TakenAt)
	one(&r, "clock", &d.Clock)
	one(&r, "settings", &d.Settings)
	many(&r, "merchants", &d.Merchants)
	many(&r, "phones", &d.Phones)
	many(&r, "faults", &d.Faults)
	one(&r, "sinks", &d.Sinks)
	one(&r, "numbering", &d.Numbering)
	many(&r, "payments", &d.Payments)
	many(&r, "events", &d.Events)
	many(&r, "answers", &d.Answers)
	many(&r, "deadlines", &d.Deadlines)
	many(&r, "registrations", &d.Registrations)
	many(&r, "deliveries", &d.Deliveries)
	many(&r, "attempts", &d.Attempts)
	one(&r, "documents", &d.Documents)
	for _, name := range slices.Sorted(maps.Keys(r.members)) {
		r.wrong(name, "There is no member of this name here. "+problem.Instead(name, r.known))
	}
	if len(r.mistakes) == 0 {
		r.check(&d)
	}
	return d, r.mistakes
}

func broken(text []byte, err error) problem.Detail {
	if d, ok := problem.Syntax(text, err); ok {
		return d
	}
	return problem.Detail{Name: "$", Reason: "This must be a JSON object: a snapshot as GET answers it."}
}

// reader takes the members of a document one by one.
type reader struct {
	members  map[string]jsonv1.RawMessage
	known    []string
	mistakes []problem.Detail
}

func (r *reader) wrong(name, reason string) {
	r.mistakes = append(r.mistakes, problem.Detail{Name: name, Reason: reason})
}

// take gives a member, which must be there.
func (r *reader) take(name string) (jsontext.Value, bool) {
	raw, there := r.members[name]
	value := jsontext.Value(raw)
	delete(r.members, name)
	r.known = append(r.known, name)
	if !there || value.Kind() == 'n' {
		r.wrong(name, "This member is missing; a snapshot is whole.")
		return nil, false
	}
	return value, true
}

func one[T any](r *reader, name string, into *T) {
	value, ok := r.take(name)
	if !ok {
		return
	}
	if err := json.Unmarshal(value, into, strict); err != nil {
		r.wrong(within(name, err), why(err))
	}
}

// many reads a list entry by entry, so that a mistake in one does not hide
// those in the others.
func many[T any](r *reader, name string, into *[]T) {
	value, ok := r.take(name)
	if !ok {
		return
	}
	var entries []jsontext.Value
	if err := json.Unmarshal(value, &entries, jsonv1.DefaultOptionsV1()); err != nil {
		r.wrong(name, "This must be a list.")
		return
	}
	*into = make([]T, len(entries))
	for i, entry := range entries {
		at := name + "[" + strconv.Itoa(i) + "]"
		if entry.Kind() == 'n' {
			r.wrong(at, "An entry cannot be null.")
			continue
		}
		if err := json.Unmarshal(entry, &(*into)[i], strict); err != nil {
			r.wrong(within(at, err), why(err))
		}
	}
}

// within is the place of a mistake inside a member.
func within(name string, err error) string {
	var wrong *json.SemanticError
	if errors.As(err, &wrong) {
		for token := range wrong.JSONPointer.Tokens() {
			name += "." + token
		}
	}
	return name
}

func why(err error) string {
	var wrong *json.SemanticError
	switch {
	case errors.Is(err, json.ErrUnknownName):
		return "There is no member of this name here."
	case errors.As(err, &wrong) && wrong.GoType != nil:
		return "The value is of the wrong kind or out of range."
	}
	return "This cannot be read."
}
