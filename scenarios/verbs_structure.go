package scenarios

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"liksom/server/clock"
)

// parallel does branches at once. The first mistake in their order counts.
func (r *run) parallel(ctx context.Context, a *action) error {
	errs, ends := make([]error, len(a.branches)), make([]target, len(a.branches))
	var working sync.WaitGroup
	for i, steps := range a.branches {
		branch := r.branch(nil)
		working.Go(func() {
			errs[i] = branch.sequence(ctx, steps)
			ends[i] = branch.target
		})
	}
	working.Wait()
	for _, end := range ends {
		if end != r.target {
			r.target = end
			break
		}
	}
	return errors.Join(errs...)
}

func (r *run) each(ctx context.Context, a *action) error {
	rows, err := r.resolve(a.value, reflect.TypeFor[[]any]())
	if err != nil {
		return err
	}
	list, is := rows.([]any)
	if !is {
		return fmt.Errorf("each needs a list, not %s", show(rows))
	}
	for i, row := range list {
		locals := map[string]any{"row": row, "index": int64(i)}
		if members, is := row.(map[string]any); is {
			for name, member := range members {
				locals[name] = member
			}
		}
		if err := r.turnOf(ctx, a, locals, fmt.Sprintf("row %d, %s", i+1, show(row))); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) repeat(ctx context.Context, a *action) error {
	var q repeatStep
	if err := r.read(a.value, &q); err != nil {
		return err
	}
	for i := range q.Times {
		if err := r.turnOf(ctx, a, map[string]any{"index": int64(i)}, fmt.Sprintf("time %d", i+1)); err != nil {
			return err
		}
	}
	return nil
}

// turnOf is one turn of a loop; its failure says which.
func (r *run) turnOf(ctx context.Context, a *action, locals map[string]any, which string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	turn := r.branch(locals)
	err := turn.sequence(ctx, a.inner)
	r.target = turn.target
	var m *miss
	if errors.As(err, &m) {
		m.actual += " (" + which + ")"
		return err
	}
	if err != nil {
		return fmt.Errorf("%w (%s)", err, which)
	}
	return nil
}

func (r *run) pause(ctx context.Context, v *value) error {
	filled, err := r.fill(v.text)
	if err != nil {
		return err
	}
	d, err := parseSpan(asText(filled))
	if err != nil {
		return err
	}
	return clock.Rest(ctx, min(d, time.Minute), nil)
}

func (r *run) note(v *value) (*outcome, error) {
	filled, err := r.fill(v.text)
	if err != nil {
		return nil, err
	}
	text := printable(asText(filled))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Notes = append(r.result.Notes, text)
	return &outcome{value: filled, detail: text}, nil
}
