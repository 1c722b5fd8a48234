package scenarios

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	"liksom/server/client"
)

func (r *run) openPage(ctx context.Context, verb string, v *value) (*outcome, error) {
	var q openStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	t, err := r.about(q.Reference, q.MSN)
	if err != nil {
		return nil, err
	}
	if verb == "identify" && q.Phone == "" {
		q.Phone = firstPhone
	}
	p, err := r.of(t.msn).Open(ctx, t.reference, q.Phone)
	return changed(p, err)
}

func (r *run) approve(ctx context.Context, v *value, limit limits) (*outcome, error) {
	var q approveStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	t, err := r.about(q.Reference, q.MSN)
	if err != nil {
		return nil, err
	}
	if q.Phone == "" && q.Consent == nil && q.Shipping == "" && q.Address == "" {
		if q.Card != "" {
			p, err := r.of(t.msn).ApproveWith(ctx, t.reference, q.Card)
			return changed(p, err)
		}
		p, err := r.of(t.msn).Approve(ctx, t.reference)
		return changed(p, err)
	}
	request, phone, err := r.onPhone(ctx, q.Phone, t, limit)
	if err != nil {
		return nil, err
	}
	done, err := r.sim.ApproveRequest(ctx, phone, request, client.Answer{
		CardID: q.Card, Consent: q.Consent, ShippingOptionID: q.Shipping, AddressID: q.Address,
	})
	return changed(done.Data, err)
}

// onPhone waits for a payment's request on a phone, the one of the payment if
// none is named.
func (r *run) onPhone(ctx context.Context, phone string, t target, limit limits) (id, number string, err error) {
	if phone == "" {
		p, err := r.of(t.msn).Payment(ctx, t.reference)
		if err != nil {
			return "", "", err
		}
		if phone = p.Phone; phone == "" {
			phone = firstPhone
		}
	}
	err = r.until(ctx, limit, "a request for "+t.reference+" on the phone "+phone, func(ctx context.Context) (bool, string, error) {
		all, err := r.sim.Requests(ctx, phone, 0)
		for i := range all {
			if all[i].Reference == t.reference && all[i].MSN == t.msn {
				id = all[i].ID
			}
		}
		return id != "", fmt.Sprintf("%d others", len(all)), err
	})
	return id, phone, err
}

// turnAway is the payer's no in all its forms.
func (r *run) turnAway(ctx context.Context, verb string, v *value, limit limits) (*outcome, error) {
	var q payerStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	if verb == "leave" {
		return nil, nil
	}
	t, err := r.about(q.Reference, q.MSN)
	if err != nil {
		return nil, err
	}
	if verb == "expire" {
		p, err := r.of(t.msn).Expire(ctx, t.reference)
		return changed(p, err)
	}
	if verb == "decline" && q.Phone == "" {
		p, err := r.of(t.msn).Decline(ctx, t.reference)
		return changed(p, err)
	}
	request, phone, err := r.onPhone(ctx, q.Phone, t, limit)
	if err != nil {
		return nil, err
	}
	if verb == "decline" {
		done, err := r.sim.DeclineRequest(ctx, phone, request)
		return changed(done.Data, err)
	}
	no := false
	done, err := r.sim.ApproveRequest(ctx, phone, request, client.Answer{Consent: &no})
	return changed(done.Data, err)
}

func (r *run) card(ctx context.Context, v *value) (*outcome, error) {
	var q cardStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	t, err := r.about(q.Reference, q.MSN)
	if err != nil {
		return nil, err
	}
	p, err := r.of(t.msn).ApproveWith(ctx, t.reference, q.ID)
	return changed(p, err)
}

func (r *run) scan(ctx context.Context, v *value) (*outcome, error) {
	var q scanStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	if q.Phone == "" {
		q.Phone = firstPhone
	}
	s, err := r.sim.Scan(ctx, q.Phone, q.Content)
	return changed(s, err)
}

func (r *run) page(ctx context.Context, v *value) (*outcome, error) {
	var q pageStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	header := http.Header{}
	for name, text := range q.Headers {
		header.Set(name, text)
	}
	for _, name := range slices.Sorted(keys(q.Cookies)) {
		header.Add("Cookie", (&http.Cookie{Name: name, Value: q.Cookies[name]}).String())
	}
	if q.Method == "" {
		q.Method = http.MethodGet
	}
	a := r.roundTrip(ctx, request{method: q.Method, path: q.URL}, header)
	came := answered([]answer{a})
	if seen, is := came.value.(map[string]any); is {
		seen["redirect"] = a.Headers["Location"]
	}
	if q.Text != "" && !bytes.Contains([]byte(a.Text), []byte(q.Text)) {
		return came, &miss{fmt.Sprintf("the text %q in the page", q.Text), show(a.Text)}
	}
	return came, nil
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
