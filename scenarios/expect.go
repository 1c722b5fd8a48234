package scenarios

import (
	"context"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
)

// expect holds conditions; with a time to become true, that is waited for.
func (r *run) expect(ctx context.Context, v *value, limit limits) (*outcome, error) {
	items := []*value{v}
	if v.kind == isList {
		items = v.items
	}
	for _, one := range items {
		f := r.script.plan.ready[one.text]
		if !limit.given {
			if yes, why, err := r.holds(f); err != nil || !yes {
				return nil, why.with(err)
			}
			continue
		}
		why := &miss{}
		err := r.until(ctx, limit, one.text, func(context.Context) (bool, string, error) {
			yes, now, err := r.holds(f)
			why = now
			return yes, now.actual, err
		})
		if m := missed(err); m != nil && why.expected != "" {
			m.expected = strings.Replace(m.expected, one.text, why.expected, 1)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// with gives the miss, or the error on the way if there was one.
func (m *miss) with(err error) error {
	if err != nil {
		return &miss{m.expected, err.Error()}
	}
	return m
}

// holds evaluates a condition. If it is not so, the miss names the parts that
// are not, with the values they compare.
func (r *run) holds(f *formula) (bool, *miss, error) {
	env := r.env(f)
	whole := &miss{expected: f.text}
	v, err := expr.Run(f.program, env)
	if err != nil {
		message, _ := whereWrong(err)
		return false, whole, fmt.Errorf("%s", message)
	}
	yes, is := v.(bool)
	if !is {
		return false, whole, fmt.Errorf("%s, which is neither true nor false", show(v))
	}
	if yes {
		return true, whole, nil
	}
	var expected, actual []string
	for i := range f.parts {
		p := &f.parts[i]
		if v, err := expr.Run(p.program, env); err == nil && v == true {
			continue
		}
		expected = append(expected, p.text)
		actual = append(actual, p.actual(env)...)
	}
	if len(actual) == 0 {
		actual = []string{"false"}
	}
	return false, &miss{strings.Join(expected, " and "), strings.Join(actual, ", ")}, nil
}
