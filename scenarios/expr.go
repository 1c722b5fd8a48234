package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// formula is an expression made ready. It is shared by runs and never changes.
type formula struct {
	text    string
	program *vm.Program
	// needs are the variables and functions it names.
	needs []name
	// parts are the conditions that are joined by "and", each with the values
	// it compares.
	parts []part
}

// name is a variable or function with its place, in characters from 0.
type name struct {
	text string
	at   int
	call bool
}

// part is one condition of several.
type part struct {
	text    string
	program *vm.Program
	// compared are pieces whose values explain the outcome.
	compared []piece
}

type piece struct {
	text    string
	program *vm.Program
}

// longestExpression keeps what is nested in one from being endless.
const longestExpression = 4000

// compile reads an expression. The error is a [*file.Error] where the place
// is known.
func compile(text string) (*formula, error) {
	if len(text) > longestExpression {
		return nil, fmt.Errorf("it is longer than %d letters", longestExpression)
	}
	settings := conf.CreateNew()
	settings.Disabled["now"] = true
	tree, err := parser.ParseWithConfig(text, settings)
	if err != nil {
		return nil, err
	}
	f := &formula{text: text, needs: needs(tree.Node)}
	if f.program, err = program(text); err != nil {
		return nil, err
	}
	for _, condition := range conjuncts(tree.Node) {
		p := part{text: condition.String()}
		if p.program, err = program(p.text); err != nil {
			return nil, err
		}
		for _, n := range compared(condition) {
			made, err := program(n.String())
			if err != nil {
				return nil, err
			}
			p.compared = append(p.compared, piece{n.String(), made})
		}
		f.parts = append(f.parts, p)
	}
	return f, nil
}

// program compiles for values whose types are known at run time only; now is
// the world's and not the machine's.
func program(text string) (*vm.Program, error) {
	return expr.Compile(text, expr.AllowUndefinedVariables(), expr.DisableBuiltin("now"))
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

// seeker gathers the names in a tree, and those that it declares itself.
type seeker struct {
	found []name
	own   map[string]bool
	calls map[ast.Node]bool
}

// Visit implements [ast.Visitor]; a call is seen after its callee.
func (s *seeker) Visit(n *ast.Node) {
	switch n := (*n).(type) {
	case *ast.IdentifierNode:
		s.found = append(s.found, name{n.Value, n.Location().From, false})
	case *ast.VariableDeclaratorNode:
		s.own[n.Name] = true
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
			for i := range s.found {
				if s.found[i].at == callee.Location().From {
					s.found[i].call = true
				}
			}
		}
	}
}

func needs(n ast.Node) []name {
	s := &seeker{own: map[string]bool{}}
	ast.Walk(&n, s)
	return slices.DeleteFunc(s.found, func(n name) bool { return s.own[n.text] })
}

// whereWrong tells what is wrong with an expression, and at which of its
// characters from 0.
func whereWrong(err error) (message string, at int) {
	var known *file.Error
	if errors.As(err, &known) {
		return known.Message, known.Column
	}
	return err.Error(), 0
}

// piece of a template: text as it stands, or an expression.
type segment struct {
	text    string
	formula *formula
	at      int // of the expression, in bytes from the text's begin
}

// segments takes a template apart: "a${b}c" is text, an expression, text;
// "$${" stands for the characters "${". An error names the place.
func segments(text string) ([]segment, int, error) {
	var all []segment
	plain := ""
	for i := 0; i < len(text); {
		rest := text[i:]
		switch {
		case strings.HasPrefix(rest, "$${"):
			plain += "${"
			i += 3
		case strings.HasPrefix(rest, "${"):
			end := closing(rest[2:])
			if end < 0 {
				return nil, i, errors.New("${ is not closed.")
			}
			inner := rest[2 : 2+end]
			f, err := compile(inner)
			if err != nil {
				message, at := whereWrong(err)
				return nil, i + 2 + at, errors.New(message)
			}
			if plain != "" {
				all = append(all, segment{text: plain})
				plain = ""
			}
			all = append(all, segment{formula: f, at: i + 2})
			i += 2 + end + 1
		default:
			plain += rest[:1]
			i++
		}
	}
	if plain != "" || len(all) == 0 {
		all = append(all, segment{text: plain})
	}
	return all, 0, nil
}

// closing finds the brace that ends an expression; braces and quotes within
// it count.
func closing(text string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '{':
			depth++
		case c == '}' && depth == 0:
			return i
		case c == '}':
			depth--
		}
	}
	return -1
}

// show writes a value for people.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case nil:
		return "nothing"
	case []any:
		if len(v) > 5 {
			return fmt.Sprintf("a list of %d", len(v))
		}
	case map[string]any:
	}
	text := asText(v)
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}
