package scenarios

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/builtin"

	"liksom/server/merchant"
	"liksom/server/problem"
)

// plan is a script ready to run.
type plan struct {
	shop      *shopSetup
	shopValue *value
	world     *value
	vars      []member
	steps     []*action
	finally   []*action
	// ready are all expressions and templates by their text.
	ready map[string]*formula
	texts map[string][]segment
}

// action is a step ready to run.
type action struct {
	step Step
	file *origin
	// line and column are of the verb.
	line, column int
	verb         string
	value        *value // what stands behind the verb
	common       *value // the step as a whole
	inner        []*action
	branches     [][]*action
}

// origin is the file that a step stands in.
type origin struct {
	name   string
	source []byte
}

// checker looks a script over, before anything runs.
type checker struct {
	*mistakes
	from  *origin
	plan  *plan
	known map[string]bool // the variables so far
	open  func(file, include string) (string, []byte, error)
	depth int // of includes
}

// names of what every script has.
var given = []string{"answer", "reference", "shop", "world", "seed", "run", "row", "index"}

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// document checks a whole file and makes the script of it.
func (c *checker) document(v *value, s *Script) {
	if v.kind != isMap {
		c.add(v, "A script is a mapping, with id, title and steps.", "")
		return
	}
	has := fields(reflect.TypeFor[document]())
	for _, m := range v.members {
		i := slices.IndexFunc(has, func(f field) bool { return f.name == m.name })
		switch {
		case i < 0:
			c.add(m.key, fmt.Sprintf("A script has no member %q.", m.name), problem.Instead(m.name, names(has)))
		case m.name == "steps" || m.name == "finally":
		case m.name == "vars":
			c.vars(m.value)
		default:
			c.fits(m.value, has[i].typ, m.name)
		}
	}
	for _, f := range has {
		if f.must && v.get(f.name) == nil {
			c.at(1, 1, "A script needs "+f.name+".", "")
		}
	}
	c.head(v, s)
	c.plan.steps = c.steps(v.get("steps"), "steps")
	c.plan.finally = c.steps(v.get("finally"), "finally")
	s.Steps, s.Finally = told(c.plan.steps), told(c.plan.finally)
}

func told(actions []*action) []Step {
	all := make([]Step, len(actions))
	for i, a := range actions {
		all[i] = a.step
	}
	return all
}

func (c *checker) vars(v *value) {
	if v.kind != isMap {
		c.wrong(v, "vars", "a mapping", "")
		return
	}
	for _, m := range v.members {
		c.variable(m.key)
		c.free(m.value)
		c.known[m.name] = true
	}
	c.plan.vars = v.members
}

// variable checks the name of a new variable.
func (c *checker) variable(v *value) {
	switch {
	case !identifier.MatchString(v.text):
		c.add(v, fmt.Sprintf("%q cannot be a variable's name.", v.text), "Take letters, digits and underscores.")
	case slices.Contains(functionNames(), v.text) || slices.Contains(builtin.Names, v.text):
		c.add(v, v.text+" is the name of a function.", "Take another name.")
	}
}

// head reads what is said of the script.
func (c *checker) head(v *value, s *Script) {
	text := func(name string) string {
		if at := v.get(name); at != nil {
			return strings.TrimSpace(at.text)
		}
		return ""
	}
	s.ID, s.Title, s.About = text("id"), text("title"), text("about")
	if at := v.get("id"); at != nil && !idPattern.MatchString(s.ID) {
		c.add(at, fmt.Sprintf("%q cannot be an id.", s.ID), "Take small letters, digits and hyphens.")
	}
	if at := v.get("tags"); at != nil {
		s.Tags = texts(at)
	}
	if at := v.get("fails-with"); at != nil {
		s.FailsWith = texts(at)
		c.habits(at)
	}
	if at := v.get("shop"); at != nil {
		c.plan.shopValue = at
		if habits := at.get("habits"); habits != nil {
			c.habits(habits)
		}
	}
	c.plan.world = v.get("world")
	if w := c.plan.world; w != nil && w.get("now") != nil {
		if _, err := time.Parse(time.RFC3339, w.get("now").text); err != nil {
			c.wrong(w.get("now"), "now", "a time", "Write 2030-01-31T12:00:00Z.")
		}
	}
}

// texts are the scalars of a list, or of one that stands for a list.
func texts(v *value) []string {
	if v.kind != isList {
		return []string{v.text}
	}
	all := make([]string, len(v.items))
	for i, one := range v.items {
		all[i] = one.text
	}
	return all
}

func (c *checker) habits(v *value) {
	known := make([]string, 0, len(merchant.Habits()))
	for _, h := range merchant.Habits() {
		known = append(known, string(h.Habit))
	}
	items := v.items
	if v.kind != isList {
		items = []*value{v}
	}
	for _, one := range items {
		if !slices.Contains(known, one.text) {
			c.add(one, fmt.Sprintf("The shop has no habit %q.", one.text), problem.Instead(one.text, known))
		}
	}
}

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

// step checks one step; an include becomes several.
func (c *checker) step(v *value) []*action {
	if v.kind == isText { // a bare word
		v = &value{kind: isMap, line: v.line, column: v.column, members: []member{{v.text, v, &value{line: v.line, column: v.column}}}}
	}
	if v.kind != isMap {
		c.wrong(v, "A step", "a mapping", "Write one of the verbs, such as `approve: {}`.")
		return nil
	}
	a := &action{common: v, file: c.from, line: v.line, column: v.column}
	has, all := fields(stepType), verbs()
	for _, m := range v.members {
		switch {
		case slices.Contains(all, m.name) && a.verb != "":
			c.add(m.key, fmt.Sprintf("A step does one thing, and this one is %s already.", a.verb), "Make it a step of its own.")
		case slices.Contains(all, m.name):
			a.verb, a.value, a.line, a.column = m.name, m.value, m.key.line, m.key.column
		case !slices.Contains(besides, m.name):
			c.add(m.key, fmt.Sprintf("There is no step %q.", m.name), problem.Instead(m.name, append(all, besides...)))
			a.value = m.value // so that the missing verb is not told too
		}
	}
	if a.verb == "" {
		if a.value == nil {
			c.add(v, "The step does nothing.", "Possible are "+list(all)+".")
		}
		c.besides(v, has)
		c.keep(a)
		return nil
	}
	c.besides(v, has)
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

// title says what a step does in a few words.
func (c *checker) title(a *action) string {
	if given := a.common.get("name"); given != nil && given.text != "" {
		return given.text
	}
	short := ""
	switch a.value.kind {
	case isMap:
		if i := slices.IndexFunc(a.value.members, func(m member) bool { return m.kind < isList && m.kind != isNull }); i >= 0 {
			short = a.value.members[i].text
		} else if len(a.value.members) > 0 {
			short = a.value.members[0].name
		}
		if a.verb == "fault" {
			short = c.faultTitle(a.value)
		}
	case isList:
		if a.verb == "expect" && len(a.value.items) > 0 {
			short = a.value.items[0].text
		} else {
			short = fmt.Sprintf("%d", len(a.value.items))
		}
	default:
		short = a.value.text
	}
	short, _, _ = strings.Cut(strings.TrimSpace(short), "\n")
	if runes := []rune(short); len(runes) > 80 {
		short = string(runes[:80]) + "…"
	}
	return strings.TrimSpace(a.verb + " " + short)
}

func (c *checker) faultTitle(v *value) string {
	words := []string{}
	if match := v.get("match"); match != nil {
		for _, n := range []string{"target", "event", "path"} {
			if at := match.get(n); at != nil {
				words = append(words, at.text)
			}
		}
	}
	if do := v.get("do"); do != nil && len(do.members) > 0 {
		words = append(words, do.members[0].name+" "+do.members[0].text)
	}
	return strings.Join(words, " ")
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
		a.inner = c.within([]string{"index"}, inner)
		return
	case "shop":
		c.fits(a.value, has[i].typ, a.verb)
		c.oneOf(pick(a.value, "do"), "The shop cannot", shopDeeds())
	default:
		c.fits(a.value, has[i].typ, a.verb)
	}
	if inner != nil {
		c.add(inner, "steps stands beside each and repeat only.", "")
	}
}

// pick is a member, or the value itself where the short form is written.
func pick(v *value, name string) *value {
	if v.kind == isMap {
		return v.get(name)
	}
	return v
}

func (c *checker) oneOf(v *value, what string, right []string) {
	if v == nil || v.kind != isText || strings.Contains(v.text, "${") || slices.Contains(right, v.text) {
		return
	}
	c.add(v, fmt.Sprintf("%s %q.", what, v.text), problem.Instead(v.text, right))
}

func (c *checker) parallel(a *action) {
	if a.value.kind != isList {
		c.wrong(a.value, "parallel", "a list of branches", "")
		return
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
	for _, n := range f.needs {
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
