package scenarios

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// expect holds conditions; with a time to become true, that is waited for, and
// with a time to stay so, that too.
func (r *run) expect(ctx context.Context, v *value, limit limits) (*outcome, error) {
	items := []*value{v}
	if v.kind == isList {
		items = v.items
	}
	for _, one := range items {
		if err := r.becomes(ctx, one.text, limit); err != nil {
			return nil, err
		}
	}
	if limit.stays == 0 {
		return nil, nil
	}
	return nil, r.remain(ctx, items, limit.stays)
}

// becomes holds one condition.
func (r *run) becomes(ctx context.Context, text string, limit limits) error {
	f := r.script.plan.ready[text]
	if !limit.given {
		yes, why, err := r.holds(f)
		if err != nil || !yes {
			return why.with(err)
		}
		return nil
	}
	if !limit.simulated {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit.d, errTimeUp)
		defer cancel()
	}
	why := &miss{}
	err := r.until(ctx, limit, text, func(context.Context) (bool, string, error) {
		yes, now, err := r.holds(f)
		why = now
		return yes, now.actual, err
	})
	if m := missed(err); m != nil && why.expected != "" {
		m.expected = strings.Replace(m.expected, text, why.expected, 1)
	}
	return err
}

// remain waits in vain for one of several conditions to be true no more.
func (r *run) remain(ctx context.Context, items []*value, stays time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, stays, errTimeUp)
	defer cancel()
	var why *miss
	err := r.until(ctx, limits{patience: patience{d: stays}}, "a change that must not come", func(context.Context) (bool, string, error) {
		for _, one := range items {
			yes, now, err := r.holds(r.script.plan.ready[one.text])
			if err == nil && !yes {
				why = now
				return true, "", nil
			}
		}
		return false, "none", nil
	})
	switch {
	case err == nil:
		return &miss{why.expected + ", and that for " + stays.String(), why.actual + ", after it had been so"}
	case missed(err) != nil:
		return nil // the time is over
	}
	return err
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
