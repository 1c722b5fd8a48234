package scenarios

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
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
		all = append(all, awaited{several(f.Count, "webhook", "webhooks") + filterText(f), func(ctx context.Context) (bool, string, any, error) {
			return r.askDeliveries(ctx, f)
		}})
	}
	if f := q.Requests; f != nil {
		all = append(all, awaited{several(f.Count, "request", "requests") + filterText(f), func(ctx context.Context) (bool, string, any, error) {
			return r.askRequests(ctx, f)
		}})
	}
	if f := q.Log; f != nil {
		all = append(all, awaited{several(f.Count, "entry", "entries") + " of the timeline" + filterText(f), func(ctx context.Context) (bool, string, any, error) {
			return r.askLog(ctx, f)
		}})
	}
	if f := q.Sink; f != nil {
		all = append(all, awaited{several(f.Count, "request", "requests") + " at the receiver" + filterText(f), func(ctx context.Context) (bool, string, any, error) {
			return r.askSink(ctx, f)
		}})
	}
	if f := q.Phone; f != nil {
		all = append(all, awaited{"a request on the phone" + filterText(f), func(ctx context.Context) (bool, string, any, error) { return r.askPhone(ctx, f) }})
	}
	return all
}

func several(count int, one, many string) string {
	if count <= 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", count, many)
}

// filterText writes what is asked for.
func filterText(f any) string {
	m, _ := generic(f).(map[string]any)
	delete(m, "count")
	words := make([]string, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		words = append(words, name+" "+asText(m[name]))
	}
	if len(words) == 0 {
		return ""
	}
	return " with " + strings.Join(words, ", ")
}
