package scenarios

import (
	"maps"
	"slices"
	"strings"
)

func (c *checker) parallel(a *action) {
	if a.value.kind != isList {
		c.wrong(a.value, "parallel", "a list of branches", "")
		return
	}
	if len(a.value.items) == 0 {
		c.add(a.value, "parallel needs branches.", "")
	}
	for _, one := range a.value.items {
		if one.kind == isList {
			a.branches = append(a.branches, c.steps(one, "a branch"))
			continue
		}
		a.branches = append(a.branches, c.step(one))
	}
}

// each checks the steps of a loop with the rows' members known.
func (c *checker) each(a *action, inner *value) {
	if inner == nil {
		c.add(a.value, "each needs steps beside it.", "")
	}
	names := []string{"row", "index"}
	switch {
	case a.value.kind == isText && strings.Contains(a.value.text, "${"):
		c.template(a.value)
	case a.value.kind != isList:
		c.wrong(a.value, "each", "a list of rows", "")
	}
	for _, row := range a.value.items {
		c.free(row)
		for _, m := range row.members {
			if !slices.Contains(names, m.name) {
				c.variable(m.key)
				names = append(names, m.name)
			}
		}
	}
	a.inner = c.within(names, inner)
}

// within checks steps that know some more variables. What they leave behind is
// known afterwards too.
func (c *checker) within(more []string, inner *value) []*action {
	before := maps.Clone(c.known)
	for _, n := range more {
		c.known[n] = true
	}
	all := c.steps(inner, "steps")
	for _, n := range more {
		c.known[n] = before[n]
	}
	return all
}

// pick is a member, or the value itself where the short form is written.
func pick(v *value, name string) *value {
	if v.kind != isMap {
		return v
	}
	if one := v.get(name); one != nil {
		return one
	}
	return &value{}
}
