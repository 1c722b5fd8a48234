package scenarios

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"

	"liksom/server/client"
	"liksom/server/merchant"
)

// theirOrder is an order of the user's shop as it can be seen from outside:
// what the payment says of it, how often the shop did the work of shipping,
// and over both what the shop tells itself on the order's page, if it has one.
func (t *till) theirOrder(reference string) any {
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	v := t.seen(ctx, reference)
	t.mu.Lock()
	page := t.theirs[reference]
	t.mu.Unlock()
	if page == "" {
		return v
	}
	a := t.e.main.roundTrip(ctx, request{method: http.MethodGet, path: page}, http.Header{"Accept": {"application/json"}})
	if told, is := a.Body.(map[string]any); is && a.Status == http.StatusOK {
		maps.Copy(v, told)
	}
	return v
}

// seen is what the payment and the shop's calls say of an order.
func (t *till) seen(ctx context.Context, reference string) map[string]any {
	v := map[string]any{"reference": reference, "state": "", "captured": int64(0), "refunded": int64(0), "shipped": int64(0)}
	p, err := t.e.of(t.keys.MSN).Payment(ctx, reference)
	if err != nil {
		v["why"] = err.Error()
		return v
	}
	sums := p.Aggregate
	states := map[string]merchant.State{
		"CREATED": merchant.Waiting, "AUTHORIZED": merchant.Reserved, "ABORTED": merchant.Declined,
		"EXPIRED": merchant.Expired, "TERMINATED": merchant.Cancelled,
	}
	v["state"] = string(states[p.State])
	if sums.Captured.Value > 0 {
		v["state"] = string(merchant.Paid)
	} else if p.State == "AUTHORIZED" && sums.Cancelled.Value == sums.Authorized.Value {
		v["state"] = string(merchant.Cancelled)
	}
	if v["shipped"], err = t.shipped(ctx, reference, sums.Captured.Value > 0); err != nil {
		v["why"] = err.Error()
	}
	v["amount"], v["currency"], v["flow"], v["phone"] = p.Amount.Value, p.Amount.Currency, p.Flow, p.Phone
	v["captured"], v["refunded"], v["redirectUrl"] = sums.Captured.Value, sums.Refunded.Value, p.RedirectURL
	return v
}

// shipped is how often a shop shipped, as far as it shows: the most that its
// captures, its receipts and its answers to webhooks tell. Shops capture when
// they ship, and one that does it twice captures twice, even though the second
// time is refused.
func (t *till) shipped(ctx context.Context, reference string, paid bool) (int64, error) {
	calls, err := t.e.main.findRequests(ctx, &requestFilter{Reference: reference})
	if err != nil {
		return 0, err
	}
	most := int64(0)
	if paid {
		most = max(1, works(calls, "capture"), works(calls, "add-receipt"))
	}
	deliveries, err := t.e.main.findDeliveries(ctx, &deliveryFilter{Reference: reference})
	for i := range deliveries {
		for _, try := range deliveries[i].Attempts {
			var told struct{ Shipped int64 }
			if try.Response != nil && json.Unmarshal([]byte(try.Response.Body), &told) == nil {
				most = max(most, told.Shipped)
			}
		}
	}
	return most, err
}

// works counts how often something was meant to be done: calls with one
// idempotency key are tries at one thing, and what was put off for the moment
// is no work of its own.
func works(calls []client.Call, operation string) int64 {
	n, keys := int64(0), map[string]bool{}
	for i := range calls {
		c := &calls[i]
		if c.Operation != operation || c.Status >= http.StatusInternalServerError {
			continue
		}
		switch c.Status {
		case http.StatusUnauthorized, http.StatusLocked, http.StatusTooManyRequests:
			continue
		}
		key := c.Request.Header.Get("Idempotency-Key")
		if key == "" || !keys[key] {
			n++
		}
		keys[key] = true
	}
	return n
}
