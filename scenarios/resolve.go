package scenarios

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// resolve gives a value with its templates filled in, in the form that JSON
// has for a type.
func (r *run) resolve(v *value, t reflect.Type) (any, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if v.kind == isText && t != expressionType && strings.Contains(v.text, "${") {
		filled, err := r.fill(v.text)
		if err != nil {
			return nil, err
		}
		return formed(filled, t), nil
	}
	switch {
	case t == expressionType:
		return v.text, nil
	case t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return r.resolveStruct(v, t)
	case t.Kind() == reflect.Slice && v.kind != isList:
		one, err := r.resolve(v, t.Elem())
		return []any{one}, err
	case t.Kind() == reflect.Slice:
		return r.resolveList(v, t.Elem())
	case t.Kind() == reflect.Map:
		return r.resolveMap(v, func(string) reflect.Type { return t.Elem() })
	case t.Kind() == reflect.Interface && v.kind == isList:
		return r.resolveList(v, t)
	case t.Kind() == reflect.Interface && v.kind == isMap:
		return r.resolveMap(v, func(string) reflect.Type { return t })
	case t.Kind() == reflect.Interface:
		return v.plain(), nil
	case t.Kind() == reflect.String || t == clientSpan || reflect.PointerTo(t).Implements(textType):
		return formed(v.text, t), nil
	}
	return v.plain(), nil
}

// formed brings what a template gave into the form that a type is read from.
func formed(v any, t reflect.Type) any {
	if t == spanType || t == clientSpan {
		if d, err := parseSpan(asText(v)); err == nil {
			return d.String()
		}
	}
	if t.Kind() == reflect.String {
		return asText(v)
	}
	if t.Kind() == reflect.Struct && t.PkgPath() == stepType.PkgPath() {
		if _, whole := v.(map[string]any); whole {
			return v
		}
		if short, ok := shortest(fields(t)); ok {
			return map[string]any{short.name: formed(v, short.typ)}
		}
	}
	if t.Kind() == reflect.Slice {
		if _, list := v.([]any); !list {
			return []any{formed(v, t.Elem())}
		}
	}
	return v
}

func (r *run) resolveStruct(v *value, t reflect.Type) (any, error) {
	has := fields(t)
	if v.kind == isNull {
		return map[string]any{}, nil
	}
	if short, ok := shortest(has); v.kind != isMap && ok {
		one, err := r.resolve(v, short.typ)
		return map[string]any{short.name: one}, err
	}
	return r.resolveMap(v, func(name string) reflect.Type {
		if i := slices.IndexFunc(has, func(f field) bool { return f.name == name }); i >= 0 {
			return has[i].typ
		}
		return reflect.TypeFor[any]()
	})
}

func (r *run) resolveMap(v *value, of func(string) reflect.Type) (any, error) {
	all := map[string]any{}
	for _, m := range v.members {
		one, err := r.resolve(m.value, of(m.name))
		if err != nil {
			return nil, err
		}
		all[m.name] = one
	}
	return all, nil
}

func (r *run) resolveList(v *value, t reflect.Type) (any, error) {
	all := make([]any, len(v.items))
	for i, one := range v.items {
		var err error
		if all[i], err = r.resolve(one, t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// read fills a Go value from a piece of the script.
func (r *run) read(v *value, into any) error {
	if v == nil {
		return nil
	}
	resolved, err := r.resolve(v, reflect.TypeOf(into).Elem())
	if err != nil {
		return err
	}
	body, err := json.Marshal(resolved)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s does not fit: %w", body, err)
	}
	return nil
}

// fill fills a template in. One that is an expression and nothing else gives
// the value as it is.
func (r *run) fill(text string) (any, error) {
	all, known := r.script.plan.texts[text]
	if !known {
		return text, nil
	}
	if len(all) == 1 && all[0].formula != nil {
		return r.value(all[0].formula)
	}
	var b strings.Builder
	for _, s := range all {
		if s.formula == nil {
			b.WriteString(s.text)
			continue
		}
		v, err := r.value(s.formula)
		if err != nil {
			return nil, err
		}
		b.WriteString(asText(v))
	}
	return b.String(), nil
}
