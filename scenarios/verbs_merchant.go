package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"liksom/server/client"
)

func (r *run) create(ctx context.Context, v *value) (*outcome, error) {
	var q createStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	u, err := r.unit(ctx, q.MSN)
	if err != nil {
		return nil, err
	}
	if q.Reference == "" {
		q.Reference = r.newReference()
	}
	if named, is := q.Body["reference"].(string); is {
		q.Reference = named
	}
	body, err := json.Marshal(r.creation(&q, u))
	if err != nil {
		return nil, err
	}
	came, err := r.send(ctx, request{sending: q.sending, method: http.MethodPost, path: payments, body: body, kind: "application/json"})
	if err != nil {
		return nil, err
	}
	r.target = target{u.keys.MSN, q.Reference}
	if made, is := came.value.(map[string]any); is {
		made["reference"], made["msn"] = q.Reference, u.keys.MSN
		if answer, is := made["body"].(map[string]any); is {
			made["redirectUrl"] = answer["redirectUrl"]
		}
	}
	came.detail = q.Reference + ": " + came.detail
	return came, nil
}

// creation is the body of a create request.
func (r *run) creation(q *createStep, u *unit) map[string]any {
	if q.Currency == "" {
		q.Currency = u.currency
	}
	body := map[string]any{
		"amount": money(q.Amount, q.Currency, 25000), "paymentMethod": map[string]any{"type": "WALLET"}, "reference": q.Reference,
		"userFlow": client.WebRedirect, "paymentDescription": "Two pairs of socks",
	}
	if q.Flow != "" {
		body["userFlow"] = q.Flow
	}
	switch body["userFlow"] {
	case client.WebRedirect, client.NativeRedirect:
		body["returnUrl"] = r.base + "/sink/shop/return"
	case client.QR:
		body["qrFormat"] = map[string]any{"format": "TEXT/TARGETURL"} // a picture cannot be scanned by a script
	}
	optional := map[string]string{"returnUrl": q.ReturnURL, "paymentDescription": q.Description}
	for name, text := range optional {
		if text != "" {
			body[name] = text
		}
	}
	if q.Phone != "" {
		body["customer"] = map[string]any{"phoneNumber": q.Phone}
	}
	if q.Scope != "" {
		body["profile"] = map[string]any{"scope": q.Scope}
	}
	for name, member := range q.Body {
		body[name] = member
	}
	for _, name := range q.Without {
		delete(body, name)
	}
	return body
}

// money is an amount as it is sent; what is a mapping already stands as it is.
func money(amount any, currency string, otherwise int64) any {
	switch amount := amount.(type) {
	case nil:
		return map[string]any{"currency": currency, "value": otherwise}
	case map[string]any:
		return amount
	}
	return map[string]any{"currency": currency, "value": amount}
}

// target gives the payment a step is about.
func (r *run) about(reference, msn string) (target, error) {
	t := r.target
	if reference != "" {
		t.reference = reference
	}
	if msn != "" {
		t.msn = msn
	}
	if t.reference == "" {
		return t, errors.New("which payment is meant is not said, and none was made yet")
	}
	return t, nil
}

// adjust reads, captures, refunds or cancels.
func (r *run) adjust(ctx context.Context, verb string, v *value) (*outcome, error) {
	var q paymentStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	t, err := r.about(q.Reference, q.MSN)
	if err != nil {
		return nil, err
	}
	q.MSN = t.msn
	out := request{sending: q.sending, method: http.MethodPost, path: payments + "/" + url.PathEscape(t.reference) + "/" + verb, kind: "application/json"}
	if verb == "get" {
		out.method, out.path, out.kind = http.MethodGet, payments+"/"+url.PathEscape(t.reference), ""
		return r.send(ctx, out)
	}
	body := q.Body
	switch {
	case body != nil:
	case verb == "cancel" && q.OnlyWaiting:
		body = map[string]any{"cancelTransactionOnly": true}
	case verb == "cancel":
		out.kind = ""
		return r.send(ctx, out)
	default:
		if body, err = r.modification(ctx, verb, t, &q); err != nil {
			return nil, err
		}
	}
	if out.body, err = json.Marshal(body); err != nil {
		return nil, err
	}
	return r.send(ctx, out)
}

func (r *run) modification(ctx context.Context, verb string, t target, q *paymentStep) (map[string]any, error) {
	var all int64
	if q.Amount == nil || q.Currency == "" {
		p, err := r.of(t.msn).Payment(ctx, t.reference)
		if err != nil {
			return nil, err
		}
		sums := p.Aggregate
		all = sums.Authorized.Value - sums.Captured.Value - sums.Cancelled.Value
		if verb == "refund" {
			all = sums.Captured.Value - sums.Refunded.Value
		}
		if q.Currency == "" {
			q.Currency = p.Amount.Currency
		}
	}
	return map[string]any{"modificationAmount": money(q.Amount, q.Currency, all)}, nil
}

func (r *run) call(ctx context.Context, v *value) (*outcome, error) {
	var q callStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	out := request{sending: q.sending, method: strings.ToUpper(q.Method), path: q.Path, anonymous: q.Anonymous}
	if q.Text != "" {
		out.body, out.kind = []byte(q.Text), "application/json"
	} else if q.JSON != nil {
		body, err := json.Marshal(q.JSON)
		if err != nil {
			return nil, err
		}
		out.body, out.kind = body, "application/json"
	}
	if out.method == "" {
		out.method = http.MethodGet
		if out.body != nil {
			out.method = http.MethodPost
		}
	}
	return r.send(ctx, out)
}

func (r *run) register(ctx context.Context, v *value) (*outcome, error) {
	var q registerStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	if q.Sink != "" {
		q.URL = r.sim.SinkURL(q.Sink)
	}
	if q.Events == nil {
		q.Events = client.PaymentEvents()
	}
	body, err := json.Marshal(map[string]any{"url": q.URL, "events": q.Events})
	if err != nil {
		return nil, err
	}
	came, err := r.send(ctx, request{sending: q.sending, method: http.MethodPost, path: webhooks, body: body, kind: "application/json"})
	if err != nil {
		return nil, err
	}
	if made, is := came.value.(map[string]any); is {
		if answer, is := made["body"].(map[string]any); is {
			made["id"], made["secret"] = answer["id"], answer["secret"]
		}
	}
	return came, nil
}

func (r *run) unregister(ctx context.Context, v *value) (*outcome, error) {
	var q unregisterStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	return r.send(ctx, request{sending: q.sending, method: http.MethodDelete, path: webhooks + "/" + url.PathEscape(q.ID)})
}
