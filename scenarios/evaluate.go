package scenarios

import (
	"fmt"

	"github.com/expr-lang/expr"
)

// lookup gives a variable by its name.
func (r *run) lookup(name string) any {
	if v, local := r.locals[name]; local {
		return v
	}
	r.mu.Lock()
	v, known := r.vars[name]
	r.mu.Unlock()
	if known {
		if live, is := v.(interface{ now() any }); is {
			return live.now()
		}
		return v
	}
	switch name {
	case "reference":
		return r.target.reference
	case "world":
		return map[string]any{"name": r.result.World, "url": r.base}
	case "seed", "run":
		return r.o.Seed
	case "shop":
		return r.till.about()
	}
	return nil
}

// env are the variables and functions that an expression names.
func (r *run) env(f *formula) map[string]any {
	env := map[string]any{}
	for _, n := range f.needs {
		if n.call {
			env[n.text] = r.function(n.text)
		} else {
			env[n.text] = r.lookup(n.text)
		}
	}
	return env
}

// value evaluates an expression.
func (r *run) value(f *formula) (any, error) {
	v, err := expr.Run(f.program, r.env(f))
	if err != nil {
		message, _ := whereWrong(err)
		return nil, fmt.Errorf("%s: %s", f.text, message)
	}
	if n, is := v.(int); is {
		return int64(n), nil
	}
	return v, nil
}

// truth evaluates a condition.
func (r *run) truth(text string) (bool, error) {
	f := r.script.plan.ready[text]
	if f == nil {
		return false, fmt.Errorf("the condition %s was not checked", text)
	}
	v, err := r.value(f)
	if err != nil {
		return false, err
	}
	b, is := v.(bool)
	if !is {
		return false, fmt.Errorf("%s is %s, neither true nor false", text, show(v))
	}
	return b, nil
}
