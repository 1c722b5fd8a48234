package scenarios

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"liksom/server/problem"
)

// oneOf checks that a word is one of those that it may be; nil lets pass any.
func (c *checker) oneOf(v *value, what string, right []string) {
	if right == nil || v.kind != isText || strings.Contains(v.text, "${") || slices.Contains(right, v.text) {
		return
	}
	c.add(v, fmt.Sprintf("%s cannot be %q.", what, v.text), problem.Instead(v.text, right))
}

// says checks that a verb says anything at all, where it could be left out in
// parts only.
func (c *checker) says(a *action) {
	v := a.value
	switch a.verb {
	case "wait":
		c.needsOne(a, names(fields(reflect.TypeFor[waitStep]())))
	case "advance":
		c.needsOne(a, []string{"by", "to"})
	case "register":
		c.needsOne(a, []string{"url", "sink"})
	case "fault":
		c.needsOne(a, []string{"do"})
	case "expect":
		if v.kind == isList && len(v.items) == 0 {
			c.add(v, "expect needs an expression.", "")
		}
	case "pause":
		if d, err := parseSpan(v.text); err == nil && (d <= 0 || d > time.Minute) {
			c.add(v, "A pause is above zero, and a minute at most.", "advance moves the world's clock, as far as you like.")
		}
	}
}

func (c *checker) needsOne(a *action, of []string) {
	v := a.value
	empty := v.kind == isNull || v.kind == isMap && !slices.ContainsFunc(of, func(name string) bool { return v.get(name) != nil })
	if empty && !c.told(v) {
		c.add(v, a.verb+" needs "+strings.Join(of, " or ")+".", "")
	}
}

// told tells whether a mistake within a value is told already.
func (c *checker) told(v *value) bool {
	return slices.ContainsFunc(v.members, func(m member) bool {
		return slices.ContainsFunc(c.found, func(f Mistake) bool { return f.Line == m.key.line && f.Column == m.key.column })
	})
}
