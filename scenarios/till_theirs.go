package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// orderTheirs orders at the user's shop and waits for the payment to appear.
func (r *run) orderTheirs(ctx context.Context, o *orderStep, limit limits) (*outcome, error) {
	before, err := r.findPayments(ctx, &paymentFilter{MSN: r.till.keys.MSN})
	if err != nil {
		return nil, err
	}
	reference, page := o.Reference, ""
	if r.o.Shop != "wait" {
		a, told := r.askTheirs(ctx, o)
		if a.Status == 0 || a.Status >= http.StatusBadRequest {
			return answered([]answer{a}), nil
		}
		if told.Reference != "" {
			reference = told.Reference
		}
		page = told.Order
	}
	known := map[string]bool{}
	for i := range before {
		known[before[i].Reference] = true
	}
	found := ""
	err = r.until(ctx, limit, "a payment of the shop", func(ctx context.Context) (bool, string, error) {
		all, err := r.findPayments(ctx, &paymentFilter{MSN: r.till.keys.MSN})
		for i := range all {
			if p := &all[i]; p.Reference == reference || reference == "" && !known[p.Reference] {
				found = p.Reference
				return true, "", nil
			}
		}
		return false, "none that is new", err
	})
	if err != nil {
		return nil, err
	}
	r.till.mu.Lock()
	r.till.theirs[found] = page
	r.till.line = append(r.till.line, found)
	r.till.mu.Unlock()
	return r.ordered(found, answerOf(nil)), nil
}

// checkedOut is what a shop may answer: the payment's reference, and the page
// that tells of the order as JSON.
type checkedOut struct{ Reference, Order string }

func (r *run) askTheirs(ctx context.Context, o *orderStep) (answer, checkedOut) {
	body, err := json.Marshal(struct {
		*orderStep
		Simulator string `json:"simulator"`
		MSN       string `json:"msn"`
	}{o, r.base, r.till.keys.MSN})
	if err != nil {
		return answer{Error: err.Error()}, checkedOut{}
	}
	a := r.roundTrip(ctx, request{method: http.MethodPost, path: r.o.Shop, body: body}, http.Header{"Content-Type": {"application/json"}})
	var told checkedOut
	_ = json.NewDecoder(bytes.NewReader([]byte(a.Text))).Decode(&told) // a page says nothing, and need not
	return a, told
}
