package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// include puts the steps of another file in the place of one step.
func (c *checker) include(a *action) []*action {
	if a.value.kind != isText || a.value.text == "" {
		c.wrong(a.value, "include", "the name of a file", "")
		return nil
	}
	name, source, err := c.open(c.from.name, a.value.text)
	if err != nil {
		c.add(a.value, fmt.Sprintf("%s cannot be read: %s.", a.value.text, reason(err)), "The name is taken from the folder of this file.")
		return nil
	}
	if chain := append(slices.Clone(c.chain), c.from.name); slices.Contains(chain, name) {
		c.add(a.value, "The file includes itself, and has no end: "+strings.Join(append(chain, name), " › ")+".", "")
		return nil
	}
	other := *c
	other.chain = append(slices.Clone(c.chain), c.from.name)
	other.from = &origin{name, source}
	other.mistakes = &mistakes{file: name, source: source}
	all := other.included()
	c.found = append(c.found, other.found...)
	return all
}

// included gives the steps of a file that another includes.
func (c *checker) included() []*action {
	v := c.read()
	switch {
	case v == nil:
		return nil
	case v.kind == isList:
		return c.steps(v, "steps")
	case v.kind == isMap && v.get("steps") != nil:
		return c.steps(v.get("steps"), "steps")
	}
	c.add(v, "A file to include is a list of steps, or a script with steps.", "")
	return nil
}
