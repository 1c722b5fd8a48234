package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"liksom/server/client"
	"liksom/server/clock"
)

var anyType = reflect.TypeFor[any]()

// firstPhone is the first ready-made one.
const firstPhone = "4712345678"

// verb does what a step says.
func (r *run) verb(ctx context.Context, a *action, limit limits) (*outcome, error) {
	v := a.value
	switch a.verb {
	case "create":
		return r.create(ctx, v)
	case "get", "capture", "refund", "cancel":
		return r.adjust(ctx, a.verb, v)
	case "call":
		return r.call(ctx, v)
	case "register":
		return r.register(ctx, v)
	case "unregister":
		return r.unregister(ctx, v)
	case "order":
		return r.placeOrder(ctx, v, limit)
	case "shop":
		return r.shopDoes(ctx, v)
	case "open", "identify":
		return r.openPage(ctx, a.verb, v)
	case "approve":
		return r.approve(ctx, v, limit)
	case "decline", "refuse", "leave", "expire":
		return r.turnAway(ctx, a.verb, v, limit)
	case "card":
		return r.card(ctx, v)
	case "scan":
		return r.scan(ctx, v)
	case "wait":
		return r.wait(ctx, v, limit)
	case "expect":
		return r.expect(ctx, v, limit)
	case "page":
		return r.page(ctx, v)
	case "parallel":
		return nil, r.parallel(ctx, a)
	case "each":
		return nil, r.each(ctx, a)
	case "repeat":
		return nil, r.repeat(ctx, a)
	case "pause":
		return nil, r.pause(ctx, v)
	case "note":
		return r.note(v)
	case "advance":
		return r.advance(ctx, v)
	}
	return r.turn(ctx, a.verb, v)
}

// turn does the steps that change the world.
func (r *run) turn(ctx context.Context, verb string, v *value) (*outcome, error) {
	switch verb {
	case "freeze":
		c, err := r.sim.Freeze(ctx)
		return changed(c, err)
	case "resume":
		c, err := r.sim.Resume(ctx)
		return changed(c, err)
	case "speed":
		return with(r, v, func(s *speedStep) (*outcome, error) {
			c, err := r.sim.SetSpeed(ctx, s.Of)
			return changed(c, err)
		})
	case "fault":
		return with(r, v, func(f *client.Fault) (*outcome, error) {
			added, err := r.sim.AddFault(ctx, *f)
			return changed(added, err)
		})
	case "clear-faults":
		return nil, r.sim.ClearFaults(ctx)
	case "settings":
		return with(r, v, func(s *client.Settings) (*outcome, error) {
			after, err := r.sim.ChangeSettings(ctx, *s)
			return changed(after, err)
		})
	case "merchant":
		return with(r, v, func(m *client.Merchant) (*outcome, error) {
			if m.MSN == "" {
				m.MSN = r.target.msn
			}
			return nil, r.changeMerchant(ctx, *m)
		})
	case "expire-tokens":
		return nil, r.sim.ExpireTokens(ctx)
	case "phone":
		return with(r, v, func(p *phoneStep) (*outcome, error) { return nil, r.changePhone(ctx, p) })
	case "sink":
		return with(r, v, func(s *sinkStep) (*outcome, error) { return nil, r.setSink(ctx, s) })
	case "resend":
		return with(r, v, func(s *resendStep) (*outcome, error) {
			d, err := r.sim.Resend(ctx, s.ID)
			return changed(d, err)
		})
	}
	return nil, errors.New("there is no way to do " + verb)
}

// with reads what stands behind a verb and goes on.
func with[T any](r *run, v *value, do func(*T) (*outcome, error)) (*outcome, error) {
	var t T
	if err := r.read(v, &t); err != nil {
		return nil, err
	}
	return do(&t)
}

// changed makes the outcome of a call of the control API. What it refuses is
// an answer like others.
func changed(v any, err error) (*outcome, error) {
	var p *client.Problem
	if err != nil && !errors.As(err, &p) {
		return nil, err
	}
	if err != nil {
		return answered([]answer{refusal(err)}), nil
	}
	return &outcome{value: generic(v), answers: []answer{answerOf(nil)}}, nil
}

func (e *engine) changeMerchant(ctx context.Context, m client.Merchant) error { //nolint:gocritic // rarely
	e.mu.Lock()
	delete(e.units, m.MSN)
	e.mu.Unlock()
	msn := m.MSN
	m.MSN = ""
	_, err := e.sim.ChangeMerchant(ctx, msn, m)
	var p *client.Problem
	if errors.As(err, &p) && p.Status == http.StatusNotFound {
		m.MSN = msn
		_, err = e.sim.AddMerchant(ctx, m)
	}
	return err
}

func (e *engine) changePhone(ctx context.Context, p *phoneStep) error {
	change := client.PhoneChange{Online: p.Online, PushOn: p.PushOn, Set: p.Set}
	if p.Name != "" {
		change.Name = &p.Name
	}
	if p.Latency != "" {
		d, err := parseSpan(string(p.Latency))
		if err != nil {
			return err
		}
		change.Latency = &d
	}
	if a := p.Autopilot; a != nil {
		d, err := parseSpan(string(a.Delay))
		if err != nil && a.Delay != "" {
			return err
		}
		change.Autopilot = &client.Autopilot{Mode: a.Mode, Delay: client.Span(d), CardID: a.CardID}
	}
	_, err := e.sim.PatchPhone(ctx, p.Number, change)
	var missing *client.Problem
	if !errors.As(err, &missing) || missing.Status != http.StatusNotFound {
		return err
	}
	if _, err := e.sim.AddPhone(ctx, p.Number, p.Name); err != nil {
		return err
	}
	_, err = e.sim.PatchPhone(ctx, p.Number, change)
	return err
}

func (r *run) setSink(ctx context.Context, s *sinkStep) error {
	d, err := parseSpan(string(s.Delay))
	if err != nil && s.Delay != "" {
		return err
	}
	return r.sim.PutSink(ctx, s.Name, client.Sink{Status: s.Status, Delay: client.Span(d), FailFirst: s.FailFirst})
}

const payments = "/epayment/v1/payments"

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
	if flow := body["userFlow"]; flow == client.WebRedirect || flow == client.NativeRedirect {
		body["returnUrl"] = r.base + "/sink/shop/return"
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

const webhooks = "/webhooks/v1/webhooks"

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

func (r *run) advance(ctx context.Context, v *value) (*outcome, error) {
	var q advanceStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	by, err := parseSpan(string(q.By))
	if q.To != "" {
		var to time.Time
		if to, err = time.Parse(time.RFC3339, q.To); err != nil {
			return nil, err
		}
		now, err := r.sim.Clock(ctx)
		if err != nil {
			return nil, err
		}
		by = to.Sub(now.Now)
	} else if err != nil {
		return nil, err
	}
	if by < 0 {
		return nil, errors.New("time does not go back")
	}
	if err := r.watchTime(ctx, by); err != nil {
		return nil, err
	}
	r.mu.Lock()
	r.result.Skipped += by
	r.mu.Unlock()
	return nil, nil
}

// watchTime jumps, or lets the time pass before the watcher's eyes.
func (r *run) watchTime(ctx context.Context, by time.Duration) error {
	const fast = 3 * time.Second
	real := by
	switch r.o.Pace {
	case Fast:
		real = min(by, fast)
	case Real:
	default:
		_, err := r.sim.Advance(ctx, by)
		return err
	}
	before, err := r.sim.Clock(ctx)
	if err != nil || real <= 0 {
		return err
	}
	speed := min(100_000, by.Seconds()/real.Seconds())
	if _, err := r.sim.SetSpeed(ctx, max(1, speed)); err != nil {
		return err
	}
	if before.Frozen {
		if _, err := r.sim.Resume(ctx); err != nil {
			return err
		}
	}
	rested := clock.Rest(ctx, real, nil)
	after, err := r.sim.Freeze(ctx)
	if err != nil {
		return err
	}
	if rest := before.Now.Add(by).Sub(after.Now); rest > 0 && rested == nil {
		_, err = r.sim.Advance(ctx, rest)
	}
	_, again := r.sim.SetSpeed(ctx, before.Speed)
	if !before.Frozen {
		_, again = r.sim.Resume(ctx)
	}
	return errors.Join(rested, err, again)
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
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Notes = append(r.result.Notes, asText(filled))
	return &outcome{value: filled, detail: asText(filled)}, nil
}

// strictly reads a mapping into a filter; a misspelt member would else match
// everything.
func strictly(m map[string]any, into any) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	return d.Decode(into)
}
