package scenarios

import (
	"context"
	"errors"
	"slices"
	"strings"

	"liksom/server/client"
)

func (r *run) findPayments(ctx context.Context, f *paymentFilter) ([]client.Payment, error) {
	page, err := r.sim.Payments(ctx, client.Filter{MSN: f.MSN, State: f.State, Text: f.Reference, Limit: pageSize})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(page.Payments, func(p client.Payment) bool { return f.Reference != "" && p.Reference != f.Reference }), nil
}

// pageSize is how much of a list is looked at.
const pageSize = 500

// findDeliveries gives those that match, oldest first, with all their tries.
func (r *run) findDeliveries(ctx context.Context, f *deliveryFilter) ([]client.Delivery, error) {
	page, err := r.sim.Deliveries(ctx, client.Filter{Reference: f.Reference, State: f.State, Limit: pageSize})
	if err != nil {
		return nil, err
	}
	var found []client.Delivery
	for i := range page.Deliveries {
		d := &page.Deliveries[i]
		if f.Event != "" && !sameEvent(d.Event, f.Event) || f.Registration != "" && d.RegistrationID != f.Registration {
			continue
		}
		whole, err := r.sim.Delivery(ctx, d.ID)
		if err != nil {
			return nil, err
		}
		if f.Answered != "" && tries(&whole, f.Answered) == 0 {
			continue
		}
		found = append(found, whole)
	}
	slices.Reverse(found)
	return found, nil
}

// tries counts those of a delivery that were answered so.
func tries(d *client.Delivery, answered string) int {
	n := 0
	for i := range d.Attempts {
		status := 0
		if d.Attempts[i].Response != nil {
			status = d.Attempts[i].Response.Status
		}
		if matchesStatus(answered, status) {
			n++
		}
	}
	return n
}

// findRequests gives those that match, oldest first.
func (r *run) findRequests(ctx context.Context, f *requestFilter) ([]client.Call, error) {
	page, err := r.sim.Calls(ctx, client.Filter{Path: f.Path, Reference: f.Reference, State: f.Status, Limit: pageSize})
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(page.Requests, func(c client.Call) bool {
		return f.Method != "" && c.Method != f.Method || f.Operation != "" && c.Operation != f.Operation
	})
	slices.Reverse(found)
	return found, nil
}

func (r *run) findLog(ctx context.Context, f *logFilter) ([]any, error) {
	reference := f.Reference
	if reference == "" {
		reference = r.target.reference
	}
	p, err := r.of(r.target.msn).Payment(ctx, reference)
	if err != nil {
		return nil, err
	}
	found := []any{} // an empty list, which has a length
	for i := range p.Timeline {
		e := &p.Timeline[i]
		if f.Kind != "" && e.Kind != f.Kind || f.Name != "" && e.Name != f.Name || !strings.Contains(e.Text, f.Text) {
			continue
		}
		found = append(found, generic(e.Data))
	}
	return found, nil
}

func (r *run) findSink(ctx context.Context, f *sinkFilter) ([]client.SinkRequest, error) {
	if f.Name == "" {
		return nil, errors.New("name the receiver")
	}
	all, err := r.sim.SinkRequests(ctx, f.Name, 0, 0)
	return slices.DeleteFunc(all, func(q client.SinkRequest) bool {
		return f.Event != "" && !sameEvent(q.Event, f.Event) || f.Verified != nil && q.Verified != *f.Verified
	}), err
}

// sameEvent compares events by their types or, as bodies tell them, by their
// names: epayments.payment.captured.v1 and CAPTURED are one.
func sameEvent(a, b string) bool {
	whole := func(event string) string {
		if strings.Contains(event, ".") {
			return event
		}
		return "epayments.payment." + strings.ToLower(event) + ".v1"
	}
	return whole(a) == whole(b)
}
