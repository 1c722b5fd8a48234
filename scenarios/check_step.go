package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func (c *checker) steps(v *value, what string) []*action {
	if v == nil {
		return nil
	}
	if v.kind != isList {
		c.wrong(v, what, "a list of steps", "")
		return nil
	}
	var all []*action
	for _, one := range v.items {
		all = append(all, c.step(one)...)
	}
	return all
}

// verbs are the words of which a step has one.
func verbs() []string {
	return slices.DeleteFunc(names(fields(stepType)), func(n string) bool { return slices.Contains(besides, n) })
}

// mostSteps is how many steps a script has, with all that is included: files
// that include others twice grow fast.
const mostSteps = 10_000

// step checks one step; an include becomes several.
func (c *checker) step(v *value) []*action {
	if v.kind == isText { // a bare word
		v = &value{kind: isMap, line: v.line, column: v.column, members: []member{{v.text, v, &value{line: v.line, column: v.column}}}}
	}
	if v.kind != isMap {
		c.wrong(v, "A step", "a mapping", "Write one of the verbs, such as `approve: {}`.")
		return nil
	}
	if c.plan.size++; c.plan.size > mostSteps {
		if c.plan.size == mostSteps+1 {
			c.add(v, fmt.Sprintf("A script has %d steps at most, those of files that it includes among them.", mostSteps), "Say what repeats with each or repeat.")
		}
		return nil
	}
	has, all := fields(stepType), verbs()
	mended := c.spelt(v, append(all, besides...), "There is no step %q.")
	unknown := len(mended.members) < len(v.members)
	a := &action{common: mended, file: c.from, line: v.line, column: v.column}
	for _, m := range mended.members {
		switch {
		case !slices.Contains(all, m.name):
		case a.verb != "":
			c.add(m.key, fmt.Sprintf("A step does one thing, and this one is %s already.", a.verb), "Make it a step of its own.")
		default:
			a.verb, a.value, a.line, a.column = m.name, m.value, m.key.line, m.key.column
		}
	}
	c.besides(a.common, has)
	if a.verb == "" {
		if !unknown { // which may have been meant as the verb
			c.add(v, "The step does nothing.", "Possible are "+list(all)+".")
		}
		c.keep(a)
		return nil
	}
	a.step = Step{Name: c.title(a), Line: a.line, Verb: a.verb}
	if a.verb == "include" {
		return c.include(a)
	}
	c.verb(a, has)
	c.keep(a)
	return []*action{a}
}

// besides checks what goes with any verb.
func (c *checker) besides(v *value, has []field) {
	for _, f := range has {
		at := v.get(f.name)
		if at == nil || !slices.Contains(besides, f.name) || f.name == "steps" {
			continue
		}
		c.fits(at, f.typ, f.name)
		switch f.name {
		case "as":
			c.variable(at)
		case "within":
			if _, err := parsePatience(at.text); err != nil && !strings.Contains(at.text, "${") {
				c.wrong(at, "within", "a span of time", `Write "5s", or "10m simulated" for the world's clock.`)
			}
		case "stays":
			if v.get("expect") == nil {
				c.add(at, "stays stands beside expect only.", "")
			}
		case "status":
			for _, s := range texts(at) {
				if !statusPattern.MatchString(s) && !strings.Contains(s, "${") {
					c.add(at, fmt.Sprintf("%q is no status.", s), "Write 409, 4xx, any, or none for no answer.")
				}
			}
		}
	}
}

var statusPattern = regexp.MustCompile(`^([1-5][0-9x][0-9x]|any|none)$`)

// keep notes the variables that a step leaves behind.
func (c *checker) keep(a *action) {
	if a.verb == "order" {
		c.known["order"] = true
	}
	if as := a.common.get("as"); as != nil {
		c.known[as.text] = true
	}
}

// verb checks what stands behind the verb, and the steps within.
func (c *checker) verb(a *action, has []field) {
	i := slices.IndexFunc(has, func(f field) bool { return f.name == a.verb })
	inner := a.common.get("steps")
	switch a.verb {
	case "parallel":
		c.parallel(a)
	case "each":
		c.each(a, inner)
		return
	case "repeat":
		c.fits(a.value, has[i].typ, a.verb)
		if inner == nil {
			c.add(a.value, "repeat needs steps beside it.", "")
		}
		if n, is := pick(a.value, "times").plain().(int64); is && n < 1 {
			c.add(a.value, "repeat does its steps once at least.", "")
		}
		a.inner = c.within([]string{"index"}, inner)
		return
	default:
		c.fits(a.value, has[i].typ, a.verb)
		c.says(a)
	}
	if inner != nil {
		c.add(inner, "steps stands beside each and repeat only.", "")
	}
}
