package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"liksom/server/problem"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
)

// filtered is what a filter may ask of a script.
type filtered struct {
	ID    string   `expr:"id" json:"id"`
	Title string   `expr:"title" json:"title"`
	Group string   `expr:"group" json:"group"`
	Tags  []string `expr:"tags" json:"tags"`
}

// Filter reads an expression over id, title, group and tags, such as
// "'webhooks' in tags", that chooses scripts. Names and kinds are checked
// here; the error is a [*Mistakes] that shows the place.
func Filter(text string) (func(*Script) bool, error) {
	program, err := expr.Compile(text, expr.Env(filtered{}), expr.AsBool(), expr.DisableBuiltin("now"))
	if err != nil {
		return nil, badFilter(text, err)
	}
	return func(s *Script) bool {
		// What is asked of a list may be out of its range; such a script is
		// not meant.
		chosen, err := expr.Run(program, filtered{s.ID, s.Title, s.Group, s.Tags})
		is, _ := chosen.(bool)
		return err == nil && is
	}, nil
}

func badFilter(text string, err error) error {
	m := Mistake{
		File: "filter", Message: err.Error() + ".",
		Hint: "It is a condition over id, title, group and tags, such as 'webhooks' in tags.",
	}
	var known *file.Error
	if errors.As(err, &known) {
		m.Line, m.Column, m.Message = known.Line, known.Column+1, known.Message+"."
		m.Excerpt = excerpt([]byte(text), m.Line, m.Column)
		if name, unknown := strings.CutPrefix(known.Message, "unknown name "); unknown {
			m.Message, m.Hint = fmt.Sprintf("A scenario has no %s.", name), problem.Instead(name, names(fields(reflect.TypeFor[filtered]())))
		}
	}
	return &Mistakes{m}
}

// NeedsShop tells whether the script buys at a shop, the built-in one or the
// user's. Without one it plays the merchant itself.
func (s *Script) NeedsShop() bool {
	return s.plan != nil && (s.plan.shopValue != nil || usesShop(s.plan.steps))
}
