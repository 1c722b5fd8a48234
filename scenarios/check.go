package scenarios

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/expr-lang/expr/builtin"

	"liksom/server/merchant"
	"liksom/server/problem"
)

// checker looks a script over, before anything runs.
type checker struct {
	*mistakes
	from  *origin
	plan  *plan
	known map[string]bool // the variables so far
	open  func(file, include string) (string, []byte, error)
	chain []string // of files that include one another down to this one
}

// names of what every script has.
var given = []string{"answer", "reference", "shop", "world", "seed", "run", "row", "index"}

// longestID is how many letters an id has at most.
const longestID = 80

var idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// document checks a whole file and makes the script of it.
func (c *checker) document(v *value, s *Script) {
	if v.kind != isMap {
		c.add(v, "A script is a mapping, with id, title and steps.", "")
		return
	}
	has := fields(reflect.TypeFor[document]())
	v = c.spelt(v, names(has), "A script has no member %q.")
	for _, m := range v.members {
		i := slices.IndexFunc(has, func(f field) bool { return f.name == m.name })
		switch m.name {
		case "steps", "finally": // when all variables are known
		case "vars":
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
	if at := v.get("steps"); at != nil && at.kind == isList && len(at.items) == 0 {
		c.add(at, "A script needs a step at least.", "")
	}
	c.plan.finally = c.steps(v.get("finally"), "finally")
	s.Steps, s.Finally = told(c.plan.steps), told(c.plan.finally)
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
	if at := v.get("id"); at != nil && at.kind < isList && (!idPattern.MatchString(s.ID) || len(s.ID) > longestID) {
		c.add(at, fmt.Sprintf("%q cannot be an id.", s.ID), fmt.Sprintf("Take small letters, digits and hyphens, %d at most.", longestID))
	}
	if at := v.get("title"); at != nil && at.kind < isList && (s.Title == "" || strings.ContainsFunc(s.Title, unicode.IsControl)) {
		c.add(at, "A title is a line of text.", "")
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

// spelt tells each member whose name is not among the right ones. It gives the
// mapping in which such a member has the name that was probably meant, so that
// what stands behind it is checked too; a member that could be any is gone.
func (c *checker) spelt(v *value, right []string, wrong string) *value {
	mended := *v
	mended.members = nil
	for _, m := range v.members {
		if !slices.Contains(right, m.name) {
			c.add(m.key, fmt.Sprintf(wrong, m.name), problem.Instead(m.name, right))
			m.name = problem.Nearest(m.name, right)
			if m.name == "" || v.get(m.name) != nil || mended.get(m.name) != nil {
				continue
			}
		}
		mended.members = append(mended.members, m)
	}
	return &mended
}
