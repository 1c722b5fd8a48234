package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"liksom/server/problem"
)

// members are those of a request's body. They are taken by name, without
// regard to case, null counting as absent, and all that is wrong with them is
// told at once (ePayment contract, section 1.5).
type members struct {
	values map[string]json.RawMessage
	known  []string
	wrong  []param
	// asSent has names spelled as they are sent, not with a capital.
	asSent bool
}

// body reads the object that a call brings.
func (c *call) body() (*members, error) {
	sent, err := io.ReadAll(c.Body)
	if err != nil {
		return nil, invalid(param{"$", "The body could not be read to its end."})
	}
	m, wrong := readMembers(sent)
	if wrong != nil {
		return nil, invalid(*wrong)
	}
	return m, nil
}

func readMembers(sent []byte) (*members, *param) {
	m := &members{}
	if err := json.Unmarshal(sent, &m.values); err != nil {
		if d, ok := problem.Syntax(sent, err); ok {
			return nil, &param{d.Name, d.Reason}
		}
	}
	if m.values == nil {
		return nil, &param{"$", "A JSON object was expected."}
	}
	return m, nil
}

func (m *members) blame(name, reason string) {
	m.wrong = append(m.wrong, param{m.spelled(name), reason})
}

// spelled is a member's name as refusals spell it.
func (m *members) spelled(name string) string {
	if m.asSent {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// find gives a member, nil when it is absent.
func (m *members) find(name string) json.RawMessage {
	m.known = append(m.known, name)
	value, exact := m.values[name]
	if !exact {
		for _, other := range slices.Sorted(maps.Keys(m.values)) {
			if strings.EqualFold(other, name) {
				value = m.values[other]
			}
		}
	}
	if bytes.Equal(value, []byte("null")) {
		return nil
	}
	return value
}

// accept takes members that are allowed and have no effect.
func (m *members) accept(names ...string) { m.known = append(m.known, names...) }

// text gives a string; a number counts as its digits.
func (m *members) text(name string, needed bool) (value string, given bool) {
	raw := m.find(name)
	switch {
	case raw == nil && needed:
		m.blame(name, "The "+m.spelled(name)+" field is required.")
		return "", false
	case raw == nil:
		return "", false
	case raw[0] == '"' && json.Unmarshal(raw, &value) == nil:
		return value, true
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return string(raw), true
	}
	m.blame(name, "The "+m.spelled(name)+" field must be a string.")
	return "", false
}

// integer gives a whole number within bounds.
func (m *members) integer(name string, least, most int) (value int, given bool) {
	raw := m.find(name)
	if raw == nil {
		return 0, false
	}
	value, err := strconv.Atoi(string(raw))
	if err != nil || value < least || value > most {
		m.blame(name, outside(m.spelled(name), least, most))
		return 0, false
	}
	return value, true
}

func outside(name string, least, most int) string {
	return fmt.Sprintf("The field %s must be a whole number between %d and %d.", name, least, most)
}

// object gives the members of an object within; nil when it is absent.
func (m *members) object(name, reason string) *members {
	inner := &members{}
	if raw := m.find(name); raw == nil || json.Unmarshal(raw, &inner.values) != nil {
		m.blame(name, reason)
		return nil
	}
	return inner
}

// finish refuses what is wrong. Members nobody asked for are refused as well
// in strict mode, and noted else.
func (a *API) finish(c *call, m *members) error {
	for _, name := range slices.Sorted(maps.Keys(m.values)) {
		if slices.ContainsFunc(m.known, func(k string) bool { return strings.EqualFold(k, name) }) {
			continue
		}
		if a.StrictBodies() {
			m.wrong = append(m.wrong, param{name, "The member is not known."})
		} else {
			a.Note(c.Context(), "the member %s is not known and was ignored", name)
		}
	}
	if m.wrong != nil {
		return invalid(m.wrong...)
	}
	return nil
}

// mostSeconds is the longest life a code can be given.
const mostSeconds = math.MaxInt32
