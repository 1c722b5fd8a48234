package scenarios

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/expr-lang/expr"

	"liksom/server/client"
)

// wait waits until all that it names is there.
func (r *run) wait(ctx context.Context, v *value, limit limits) (*outcome, error) {
	var q waitStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	came := &outcome{}
	for _, one := range r.waits(&q) {
		err := r.until(ctx, limit, one.expected, func(ctx context.Context) (bool, string, error) {
			yes, actual, found, err := one.ask(ctx)
			if yes {
				came.value = found
			}
			return yes, actual, err
		})
		if err != nil {
			return nil, err
		}
	}
	if q.Payment != nil {
		if p, is := came.value.(map[string]any); is {
			r.target = target{asText(p["msn"]), asText(p["reference"])}
		}
	}
	return came, nil
}

// awaited is one thing to wait for.
type awaited struct {
	expected string
	ask      func(ctx context.Context) (yes bool, actual string, found any, err error)
}

func (r *run) waits(q *waitStep) []awaited {
	var all []awaited
	if f := q.Payment; f != nil {
		all = append(all, awaited{"a payment" + filterText(f), func(ctx context.Context) (bool, string, any, error) { return r.askPayment(ctx, f) }})
	}
	if f := q.Deliveries; f != nil {
		all = append(all, awaited{fmt.Sprintf("%d webhooks", max(1, f.Count)) + filterText(f), func(ctx context.Context) (bool, string, any, error) {
			return r.askDeliveries(ctx, f)
		}})
	}
	if f := q.Requests; f != nil {
		all = append(all, awaited{fmt.Sprintf("%d requests", max(1, f.Count)) + filterText(f), func(ctx context.Context) (bool, string, any, error) {
			found, err := r.findRequests(ctx, f)
			return enough(len(found), f.Count, generic(found), err)
		}})
	}
	if f := q.Log; f != nil {
		all = append(all, awaited{fmt.Sprintf("%d entries of the timeline", max(1, f.Count)) + filterText(f), func(ctx context.Context) (bool, string, any, error) {
			found, err := r.findLog(ctx, f)
			return enough(len(found), f.Count, found, err)
		}})
	}
	if f := q.Sink; f != nil {
		all = append(all, awaited{fmt.Sprintf("%d requests at the receiver", max(1, f.Count)) + filterText(f), func(ctx context.Context) (bool, string, any, error) {
			found, err := r.findSink(ctx, f)
			return enough(len(found), f.Count, generic(found), err)
		}})
	}
	if f := q.Phone; f != nil {
		all = append(all, awaited{"a request on the phone" + filterText(f), func(ctx context.Context) (bool, string, any, error) { return r.askPhone(ctx, f) }})
	}
	return all
}

// filterText writes what is asked for, in words: " with state AUTHORIZED".
func filterText(f any) string {
	m, _ := generic(f).(map[string]any)
	delete(m, "count")
	var all []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		all = append(all, name+" "+asText(m[name]))
	}
	if len(all) == 0 {
		return ""
	}
	return " with " + strings.Join(all, ", ")
}

func enough(n, wanted int, found any, err error) (bool, string, any, error) {
	return err == nil && n >= max(1, wanted), fmt.Sprintf("%d", n), found, err
}

func (r *run) askPayment(ctx context.Context, f *paymentFilter) (bool, string, any, error) {
	all, err := r.findPayments(ctx, &paymentFilter{Reference: f.Reference, MSN: f.MSN})
	if err != nil || len(all) == 0 {
		return false, "no payment", nil, err
	}
	for i := range all {
		if f.State == "" || all[i].State == f.State {
			return true, "", generic(all[i]), nil
		}
	}
	return false, "the payment " + all[0].Reference + " is " + all[0].State, nil, nil
}

// askDeliveries counts tries: a webhook sent twice at once is two.
func (r *run) askDeliveries(ctx context.Context, f *deliveryFilter) (bool, string, any, error) {
	wide := *f
	wide.Answered, wide.State = "", ""
	seen, err := r.findDeliveries(ctx, &wide)
	if err != nil {
		return false, "", nil, err
	}
	n := 0
	var found []client.Delivery
	for i := range seen {
		d := &seen[i]
		if f.State != "" && d.State != f.State {
			continue
		}
		found = append(found, *d)
		switch {
		case f.Answered != "":
			n += tries(d, f.Answered)
		case f.State != "":
			n++
		default:
			n += len(d.Attempts)
		}
	}
	yes, _, _, _ := enough(n, f.Count, nil, nil)
	return yes, fmt.Sprintf("%d; %s", n, came(seen)), generic(found), nil
}

// came tells what became of deliveries.
func came(all []client.Delivery) string {
	if len(all) == 0 {
		return "no webhook was made"
	}
	words := make([]string, 0, len(all))
	for i := range all {
		d := &all[i]
		text := d.Event + " " + d.State
		switch {
		case d.Last != nil && d.Last.Error != "":
			text += ": " + d.Last.Error
		case d.Last != nil && d.Last.Status != 0:
			text += fmt.Sprintf(", answered %d", d.Last.Status)
		case d.Reason != "":
			text += ": " + d.Reason
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}

func (r *run) askPhone(ctx context.Context, f *phoneFilter) (bool, string, any, error) {
	number := f.Number
	if number == "" {
		number = firstPhone
	}
	all, err := r.sim.Requests(ctx, number, 0)
	for i := range all {
		if f.Reference == "" || all[i].Reference == f.Reference {
			return true, "", generic(all[i].Data), nil
		}
	}
	return false, fmt.Sprintf("%d others", len(all)), nil, err
}

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
	for _, p := range f.parts {
		if v, err := expr.Run(p.program, env); err == nil && v == true {
			continue
		}
		expected = append(expected, p.text)
		for _, c := range p.compared {
			if v, err := expr.Run(c.program, env); err == nil {
				actual = append(actual, c.text+" = "+show(v))
			}
		}
	}
	if len(actual) == 0 {
		actual = []string{"false"}
	}
	return false, &miss{strings.Join(expected, " and "), strings.Join(actual, ", ")}, nil
}
