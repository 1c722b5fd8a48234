package scenarios

import (
	"context"
	"fmt"
	"strings"

	"liksom/server/client"
)

// instead says how many there were of what is waited for, and what else there
// was, the newest last.
func instead(n int, others []string) string {
	const most = 5
	switch {
	case len(others) == 0:
		return fmt.Sprintf("%d; there was nothing else", n)
	case len(others) > most:
		others = append([]string{"…"}, others[len(others)-most:]...)
	}
	return fmt.Sprintf("%d; there was %s", n, strings.Join(others, "; "))
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
	return n >= max(1, f.Count), fmt.Sprintf("%d; %s", n, came(seen)), listOf(found), nil
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
	others := make([]string, len(all))
	for i := range all {
		if f.Reference == "" || all[i].Reference == f.Reference {
			return true, "", generic(all[i].Data), nil
		}
		others[i] = "one for " + all[i].Reference
	}
	return false, instead(0, others), nil, err
}

func (r *run) askRequests(ctx context.Context, f *requestFilter) (bool, string, any, error) {
	found, err := r.findRequests(ctx, f)
	if err != nil || len(found) >= max(1, f.Count) {
		return err == nil, "", listOf(found), err
	}
	all, err := r.findRequests(ctx, &requestFilter{Reference: f.Reference})
	others := make([]string, len(all))
	for i := range all {
		others[i] = fmt.Sprintf("%s %s answered %d", all[i].Method, all[i].Path, all[i].Status)
	}
	return false, instead(len(found), others), nil, err
}

func (r *run) askLog(ctx context.Context, f *logFilter) (bool, string, any, error) {
	found, err := r.findLog(ctx, f)
	if err != nil || len(found) >= max(1, f.Count) {
		return err == nil, "", found, err
	}
	all, err := r.findLog(ctx, &logFilter{Reference: f.Reference})
	others := make([]string, len(all))
	for i := range all {
		e, _ := all[i].(map[string]any)
		others[i] = strings.TrimSpace(asText(e["kind"]) + " " + asText(e["name"]))
	}
	return false, instead(len(found), others), nil, err
}

func (r *run) askSink(ctx context.Context, f *sinkFilter) (bool, string, any, error) {
	found, err := r.findSink(ctx, f)
	if err != nil || len(found) >= max(1, f.Count) {
		return err == nil, "", listOf(found), err
	}
	all, err := r.findSink(ctx, &sinkFilter{Name: f.Name})
	others := make([]string, len(all))
	for i := range all {
		others[i] = strings.TrimSuffix(fmt.Sprintf("%s %s, verified %t, %s", all[i].Method, all[i].Event, all[i].Verified, all[i].Reason), ", ")
	}
	return false, instead(len(found), others), nil, err
}
