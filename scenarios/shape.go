package scenarios

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"liksom/server/client"
)

// field is a member that a type has.
type field struct {
	name  string
	index []int
	typ   reflect.Type
	must  bool
	short bool
	// of are the words that it may be, nil for any.
	of []string
}

// fields lists the members of a struct, embedded ones included.
func fields(t reflect.Type) []field {
	var all []field
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		must := !strings.Contains(options, "omit") && strings.HasPrefix(t.PkgPath(), "liksom/scenarios")
		one := field{name: name, index: f.Index, typ: f.Type, must: must, short: f.Tag.Get("scenario") == "short"}
		if words := f.Tag.Get("of"); words != "" {
			one.of = strings.Split(words, " ")
		}
		all = append(all, one)
	}
	return all
}

func names(of []field) []string {
	all := make([]string, len(of))
	for i, f := range of {
		all[i] = f.name
	}
	return all
}

// shortest is the member that is meant where no mapping is written.
func shortest(of []field) (field, bool) {
	i := slices.IndexFunc(of, func(f field) bool { return f.short })
	if i < 0 {
		return field{}, false
	}
	return of[i], true
}

var (
	expressionType  = reflect.TypeFor[expression]()
	expressionsType = reflect.TypeFor[[]expression]()
	spanType        = reflect.TypeFor[span]()
	clientSpan      = reflect.TypeFor[client.Span]()
	stepType        = reflect.TypeFor[step]()
	textType        = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// fits checks that a value can be of a type, all the way down. Steps are
// looked at by the checker itself.
func (c *checker) fits(v *value, t reflect.Type, what string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if v.kind == isText && t != expressionType && t != expressionsType && strings.Contains(v.text, "${") {
		c.template(v)
		return // what it gives is seen at run time
	}
	switch {
	case t == expressionType:
		c.expression(v)
		return
	case t == spanType || t == clientSpan:
		if _, err := parseSpan(v.text); err != nil || v.kind >= isList || v.kind == isNull {
			c.wrong(v, what, "a span of time", `Write "10s", "5m" or "7d".`)
		}
		return
	case reflect.PointerTo(t).Implements(textType):
		if v.kind != isText {
			c.wrong(v, what, "text", "")
		} else if err := reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(v.text)); err != nil {
			c.wrong(v, what, "a time", "Write 2030-01-31T12:00:00Z.")
		}
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		c.fitsStruct(v, t, what)
	case reflect.Slice:
		if v.kind != isList {
			c.fits(v, t.Elem(), what) // one is a list of one
			return
		}
		for _, one := range v.items {
			c.fits(one, t.Elem(), what)
		}
	case reflect.Map:
		if v.kind != isMap {
			c.wrong(v, what, "a mapping", "")
			return
		}
		for _, m := range v.members {
			c.fits(m.value, t.Elem(), m.name)
		}
	case reflect.Interface:
		c.free(v)
	case reflect.String:
		if v.kind >= isList || v.kind == isNull {
			c.wrong(v, what, "text", "")
		}
	case reflect.Bool:
		if v.kind != isBool {
			c.wrong(v, what, "true or false", "")
		}
	case reflect.Int, reflect.Int64:
		if _, whole := v.plain().(int64); v.kind != isInt || !whole {
			c.wrong(v, what, "a whole number", "")
		}
	case reflect.Float64:
		if v.kind != isInt && v.kind != isFloat {
			c.wrong(v, what, "a number", "")
		}
	default:
		panic("scenarios: no way to check " + t.String())
	}
}

func (c *checker) wrong(v *value, what, wanted, hint string) {
	c.add(v, fmt.Sprintf("%s must be %s, not %s.", what, wanted, v.kind), hint)
}

func (c *checker) fitsStruct(v *value, t reflect.Type, what string) {
	has := fields(t)
	if v.kind != isMap {
		if v.kind == isNull && !slices.ContainsFunc(has, func(f field) bool { return f.must }) {
			return
		}
		if short, ok := shortest(has); ok && v.kind != isNull && v.kind != isList {
			c.fits(v, short.typ, what)
			c.oneOf(v, what, short.of)
			return
		}
		c.wrong(v, what, "a mapping", "It takes "+list(names(has))+".")
		return
	}
	v = c.spelt(v, names(has), what+" has no member %q.")
	for _, m := range v.members {
		i := slices.IndexFunc(has, func(f field) bool { return f.name == m.name })
		c.fits(m.value, has[i].typ, m.name)
		c.oneOf(m.value, m.name, has[i].of)
	}
	for _, f := range has {
		if f.must && v.get(f.name) == nil {
			c.add(v, fmt.Sprintf("%s needs %s.", what, f.name), "")
		}
	}
}

// free looks at what may be anything, for the templates in it.
func (c *checker) free(v *value) {
	if v.kind == isText {
		c.template(v)
	}
	for _, one := range v.items {
		c.free(one)
	}
	for _, m := range v.members {
		c.free(m.value)
	}
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}
