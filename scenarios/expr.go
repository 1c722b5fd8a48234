package scenarios

import (
	"errors"
	"fmt"
	"slices"

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
		p, err := partOf(condition)
		if err != nil {
			return nil, err
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
