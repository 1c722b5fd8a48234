package scenarios

import (
	"context"
	"errors"
	"fmt"

	"liksom/server/client"
)

// function is one of those that expressions may call.
type function func(r *run, ctx context.Context, args []any) (any, error)

// functions are looked up at every evaluation, so that what they tell is how
// things are now.
func functions() map[string]function {
	return map[string]function{
		"payment":       (*run).payment,
		"payments":      (*run).payments,
		"events":        (*run).events,
		"deliveries":    (*run).deliveriesOf,
		"requests":      (*run).requestsOf,
		"log":           (*run).logOf,
		"sink":          (*run).sinkOf,
		"sinkURL":       (*run).sinkURL,
		"phone":         (*run).phoneOf,
		"inbox":         (*run).inbox,
		"registrations": (*run).registrations,
		"deadlines":     (*run).deadlines,
		"faults":        (*run).faults,
		"userinfo":      (*run).userinfo,
		"orders":        (*run).orders,
		"now":           (*run).now,
	}
}

func functionNames() []string {
	return []string{
		"payment", "payments", "events", "deliveries", "requests", "log", "sink", "sinkURL", "phone", "inbox",
		"registrations", "deadlines", "faults", "userinfo", "orders", "now",
	}
}

// function gives one to an expression. It has a step's time at most.
func (r *run) function(name string) func(args ...any) (any, error) {
	f := functions()[name]
	return func(args ...any) (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), stepLimit)
		defer cancel()
		v, err := f(r, ctx, args)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return v, nil
	}
}

// text is an argument, or what else is meant without it.
func text(args []any, i int, otherwise string) string {
	if i < len(args) && args[i] != nil {
		return asText(args[i])
	}
	return otherwise
}

// filterOf reads an argument as a filter; a text is its short form.
func filterOf[T any](args []any, short func(*T, string)) (T, error) {
	var f T
	if len(args) == 0 || args[0] == nil {
		return f, nil
	}
	m, is := args[0].(map[string]any)
	if !is {
		short(&f, asText(args[0]))
		return f, nil
	}
	return f, strictly(m, &f)
}

func (r *run) payment(ctx context.Context, args []any) (any, error) {
	p, err := r.of(text(args, 1, r.target.msn)).Payment(ctx, text(args, 0, r.target.reference))
	if err != nil {
		return nil, err
	}
	v, _ := generic(p).(map[string]any)
	for name, sum := range map[string]client.Amount{
		"authorized": p.Aggregate.Authorized, "captured": p.Aggregate.Captured, "cancelled": p.Aggregate.Cancelled, "refunded": p.Aggregate.Refunded,
	} {
		v[name] = sum.Value
	}
	return v, nil
}

func (r *run) payments(ctx context.Context, args []any) (any, error) {
	f, err := filterOf(args, func(f *paymentFilter, s string) { f.Reference = s })
	if err != nil {
		return nil, err
	}
	all, err := r.findPayments(ctx, &f)
	return listOf(all), err
}

func (r *run) events(ctx context.Context, args []any) (any, error) {
	u, err := r.unit(ctx, text(args, 1, r.target.msn))
	if err != nil {
		return nil, err
	}
	all, err := u.Events(ctx, text(args, 0, r.target.reference))
	return listOf(all), err
}

func (r *run) deliveriesOf(ctx context.Context, args []any) (any, error) {
	f, err := filterOf(args, func(f *deliveryFilter, s string) { f.Event = s })
	if err != nil {
		return nil, err
	}
	all, err := r.findDeliveries(ctx, &f)
	return listOf(all), err
}

func (r *run) requestsOf(ctx context.Context, args []any) (any, error) {
	f, err := filterOf(args, func(f *requestFilter, s string) { f.Path = s })
	if err != nil {
		return nil, err
	}
	all, err := r.findRequests(ctx, &f)
	return listOf(all), err
}

func (r *run) logOf(ctx context.Context, args []any) (any, error) {
	f, err := filterOf(args, func(f *logFilter, s string) { f.Text = s })
	if err != nil {
		return nil, err
	}
	all, err := r.findLog(ctx, &f)
	return generic(all), err
}

func (r *run) sinkOf(ctx context.Context, args []any) (any, error) {
	f, err := filterOf(args, func(f *sinkFilter, s string) { f.Name = s })
	if err != nil {
		return nil, err
	}
	all, err := r.findSink(ctx, &f)
	return listOf(all), err
}

func (r *run) sinkURL(_ context.Context, args []any) (any, error) {
	name := text(args, 0, "")
	if name == "" {
		return nil, errors.New("name the receiver")
	}
	return r.sim.SinkURL(name), nil
}

func (r *run) phoneOf(ctx context.Context, args []any) (any, error) {
	p, err := r.sim.Phone(ctx, text(args, 0, firstPhone))
	return generic(p), err
}

func (r *run) inbox(ctx context.Context, args []any) (any, error) {
	all, err := r.sim.Requests(ctx, text(args, 0, firstPhone), 0)
	found := make([]any, len(all))
	for i := range all {
		found[i] = generic(all[i].Data)
	}
	return found, err
}

func (r *run) registrations(ctx context.Context, args []any) (any, error) {
	all, err := r.sim.Registrations(ctx, text(args, 0, ""))
	return listOf(all), err
}

func (r *run) deadlines(ctx context.Context, args []any) (any, error) {
	page, err := r.sim.Deadlines(ctx, client.Filter{Reference: text(args, 0, ""), Limit: pageSize})
	return listOf(page.Deadlines), err
}

func (r *run) faults(ctx context.Context, _ []any) (any, error) {
	all, err := r.sim.Faults(ctx)
	return listOf(all), err
}

func (r *run) userinfo(ctx context.Context, args []any) (any, error) {
	u, err := r.unit(ctx, r.target.msn)
	if err != nil {
		return nil, err
	}
	info, err := u.Userinfo(ctx, text(args, 0, ""))
	return generic(info), err
}

func (r *run) orders(context.Context, []any) (any, error) { return r.till.all(), nil }

func (r *run) now(ctx context.Context, _ []any) (any, error) {
	c, err := r.sim.Clock(ctx)
	return c.Now, err
}
