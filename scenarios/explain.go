package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// part is one condition of several.
type part struct {
	text    string
	program *vm.Program
	// compared are pieces whose values explain the outcome.
	compared []piece
	// quantified is set in place of them for a condition on each of a list.
	quantified *quantified
}

// piece is a piece of a condition that has a value of its own.
type piece struct {
	text    string
	program *vm.Program
}

// partOf makes a condition ready to be explained.
func partOf(condition ast.Node) (p part, err error) {
	p.text = condition.String()
	if p.program, err = program(p.text); err != nil {
		return p, err
	}
	if p.quantified, err = quantifiedOf(condition); err != nil || p.quantified != nil {
		return p, err
	}
	for _, n := range compared(condition) {
		made, err := program(n.String())
		if err != nil {
			return p, err
		}
		p.compared = append(p.compared, piece{n.String(), made})
	}
	return p, nil
}

// actual says how things are in place of what the condition wants.
func (p *part) actual(env map[string]any) []string {
	if p.quantified != nil {
		if text := p.quantified.actual(env); text != "" {
			return []string{text}
		}
	}
	var all []string
	for _, c := range p.compared {
		if v, err := expr.Run(c.program, env); err == nil {
			all = append(all, c.text+" = "+show(v))
		}
	}
	return all
}

func conjuncts(n ast.Node) []ast.Node {
	if both, ok := n.(*ast.BinaryNode); ok && (both.Operator == "&&" || both.Operator == "and") {
		return append(conjuncts(both.Left), conjuncts(both.Right)...)
	}
	return []ast.Node{n}
}

// compared are the sides of a comparison that are no constants, or what a
// function is asked about.
func compared(n ast.Node) []ast.Node {
	var sides []ast.Node
	switch n := n.(type) {
	case *ast.BinaryNode:
		sides = []ast.Node{n.Left, n.Right}
	case *ast.UnaryNode:
		sides = []ast.Node{n.Node}
	case *ast.BuiltinNode:
		sides = n.Arguments
	default:
		sides = []ast.Node{n}
	}
	return slices.DeleteFunc(sides, func(n ast.Node) bool { return len(needs(n)) == 0 || bound(n) })
}

// bound tells a piece that has a meaning only inside its list.
func bound(n ast.Node) bool {
	_, is := n.(*ast.PredicateNode)
	return is
}

// quantified is a condition on each of a list: all, any or none of them. What
// explains it are those that break it, and of these what the condition looks
// at.
type quantified struct {
	list  piece
	wrong *vm.Program // gives those that break it, with the members that count
	says  string      // what is wrong with them
	looks []string    // the members, none for the whole
}

// quantifiedOf takes such a condition apart; nil for any other.
func quantifiedOf(n ast.Node) (*quantified, error) {
	call, is := n.(*ast.BuiltinNode)
	if !is || len(call.Arguments) != 2 || !bound(call.Arguments[1]) {
		return nil, nil //nolint:nilnil // there is nothing wrong
	}
	list, condition := call.Arguments[0].String(), call.Arguments[1].String()
	q, wrong := &quantified{looks: looksAt(call.Arguments[1])}, ""
	switch call.Name {
	case "all":
		q.says, wrong = "%d of %d in %s are otherwise", "filter("+list+", not ("+condition+"))"
	case "none":
		q.says, wrong = "%d of %d in %s are so", "filter("+list+", "+condition+")"
	case "any":
		q.says, wrong = "%d of %d in %s are otherwise", list
	default:
		return nil, nil //nolint:nilnil // as above
	}
	if len(q.looks) > 0 {
		wrong = "map(" + wrong + ", [" + strings.Join(q.looks, ", ") + "])"
	}
	var err error
	if q.wrong, err = program(wrong); err != nil {
		return nil, err
	}
	q.list.text = list
	q.list.program, err = program(list)
	return q, err
}

// looksAt lists the members of each of a list that a condition looks at. A
// condition with lists within lists looks at the whole.
func looksAt(condition ast.Node) []string {
	s := &memberSeeker{}
	ast.Walk(&condition, s)
	if s.lists > 1 {
		return nil
	}
	return slices.DeleteFunc(s.found, func(m string) bool {
		return slices.ContainsFunc(s.found, func(longer string) bool { return strings.HasPrefix(longer, m+".") })
	})
}

// memberSeeker gathers the members of a list's elements.
type memberSeeker struct {
	found []string
	lists int
}

// Visit implements [ast.Visitor].
func (s *memberSeeker) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.PredicateNode:
		s.lists++
	case *ast.MemberNode:
		if text := n.String(); strings.HasPrefix(text, ".") && !strings.ContainsAny(text, "[?(") && !slices.Contains(s.found, text) {
			s.found = append(s.found, text)
		}
	}
}

// actual tells of those that break the condition, each kind of them once.
func (q *quantified) actual(env map[string]any) string {
	const most = 8
	list, err := expr.Run(q.list.program, env)
	all, is := generic(list).([]any)
	if err != nil || !is {
		return ""
	}
	if len(all) == 0 {
		return q.list.text + " is empty"
	}
	wrong, err := expr.Run(q.wrong, env)
	broken, is := generic(wrong).([]any)
	if err != nil || !is {
		return ""
	}
	var words []string
	for _, one := range broken {
		if text := q.shown(one); !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	if len(words) > most {
		words = append(words[:most], "…")
	}
	return fmt.Sprintf(q.says, len(broken), len(all), q.list.text) + ": " + strings.Join(words, "; ")
}

func (q *quantified) shown(one any) string {
	values, is := one.([]any)
	if !is || len(values) != len(q.looks) {
		return show(one)
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = q.looks[i] + " = " + show(v)
	}
	return strings.Join(words, ", ")
}
