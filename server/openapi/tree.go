package openapi

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
)

// object is a JSON object that keeps the order of its members, so that a
// document reads as it was written.
type object []member

type member struct {
	name  string
	value any // object, []any, string, a number, bool or nil
}

// get is a member's value; nil if there is none.
func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// in is the object found by going down these names; nil if there is none.
func (o object) in(names ...string) object {
	for _, name := range names {
		o, _ = o.get(name).(object)
	}
	return o
}

// text is a member that is text; "" if there is none.
func (o object) text(name string) string {
	s, _ := o.get(name).(string)
	return s
}

// with is a copy with a member set; a new one comes last.
func (o object) with(name string, value any) object {
	all := slices.Clone(o)
	for i := range all {
		if all[i].name == name {
			all[i].value = value
			return all
		}
	}
	return append(all, member{name, value})
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, name...), ':'), value...)
	}
	return append(b, '}'), nil
}

// ordered turns what the YAML library reads into objects, lists and values.
func ordered(v any) any {
	switch v := v.(type) {
	case yaml.MapSlice:
		o := make(object, len(v))
		for i, item := range v {
			o[i] = member{fmt.Sprint(item.Key), ordered(item.Value)}
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = ordered(v[i])
		}
		return list
	}
	return v
}
