package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"liksom/server/problem"
)

// expression checks and keeps one.
func (c *checker) expression(v *value) {
	if v.kind == isBool || v.kind == isInt {
		v = &value{kind: isText, text: v.text, line: v.line, column: v.column}
	}
	if v.kind != isText {
		c.wrong(v, "An expression", "text", "")
		return
	}
	f, err := compile(v.text)
	if err != nil {
		message, at := whereWrong(err)
		hint := ""
		if strings.Contains(message, "EOF") && !v.quoted {
			hint = "What follows a # is a comment, unless the whole text stands in quotes."
		}
		c.inside(v, at, "The expression cannot be read: "+message+".", hint)
		return
	}
	c.plan.ready[v.text] = f
	c.names(v, 0, f)
}

// template checks the expressions in a text, and keeps it taken apart.
func (c *checker) template(v *value) {
	all, at, err := segments(v.text)
	if err != nil {
		c.inside(v, at, "The expression cannot be read: "+strings.TrimSuffix(err.Error(), ".")+".", "")
		return
	}
	c.plan.texts[v.text] = all
	for _, s := range all {
		if s.formula != nil {
			c.names(v, s.at, s.formula)
		}
	}
}

// names checks that each name in an expression is known by then.
func (c *checker) names(v *value, offset int, f *formula) {
	told := map[string]bool{}
	for _, n := range f.needs {
		if told[n.text] {
			continue // once for each expression
		}
		told[n.text] = true
		switch {
		case n.call && !slices.Contains(functionNames(), n.text):
			c.inside(v, offset+n.at, fmt.Sprintf("There is no function %q.", n.text), problem.Instead(n.text, functionNames()))
		case !n.call && !c.known[n.text] && !slices.Contains(given, n.text):
			known := slices.Sorted(maps.Keys(c.known))
			known = slices.DeleteFunc(known, func(k string) bool { return !c.known[k] })
			c.inside(v, offset+n.at, fmt.Sprintf("There is no variable %q at this place.", n.text), problem.Instead(n.text, append(known, given...)))
		}
	}
}

// inside tells a mistake at a character of a text. In blocks of several lines
// the place is that of the block.
func (c *checker) inside(v *value, at int, message, hint string) {
	column := v.column + at
	if v.quoted {
		column++
	}
	if strings.Contains(v.text, "\n") {
		column = v.column
	}
	c.at(v.line, column, message, hint)
}
