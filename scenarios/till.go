package scenarios

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"liksom/server/client"
	"liksom/server/clock"
	"liksom/server/merchant"
)

// till is where the script's customers order: at the built-in shop, or at the
// user's own. A nil till is no shop at all.
type till struct {
	e      *engine
	keys   client.Credentials
	shop   *merchant.Shop // nil for the user's
	server *http.Server
	url    string

	mu sync.Mutex
	// theirs are the orders at the user's shop: the page that tells of each,
	// "" where the shop has none.
	theirs map[string]string
	line   []string
}

// usesShop tells whether any step is about a shop.
func usesShop(all []*action) bool {
	for _, a := range all {
		if a.verb == "order" || a.verb == "shop" || usesShop(a.inner) {
			return true
		}
		for _, b := range a.branches {
			if usesShop(b) {
				return true
			}
		}
	}
	return false
}

// openTill opens the shop, where the script has any.
func (e *engine) openTill(ctx context.Context) error {
	var setup shopSetup
	if err := e.main.read(e.script.plan.shopValue, &setup); err != nil {
		return err
	}
	wanted := e.script.NeedsShop()
	if !wanted || setup.On != nil && !*setup.On {
		return nil
	}
	u, err := e.unit(ctx, setup.MSN)
	if err != nil {
		return err
	}
	e.main.target.msn = u.keys.MSN
	t := &till{e: e, keys: u.keys, theirs: map[string]string{}}
	if e.o.Shop != "" {
		e.till = t
		return nil
	}
	if err := t.build(ctx, &setup); err != nil {
		return err
	}
	e.till = t
	if setup.Start != nil && !*setup.Start {
		return nil
	}
	if err := t.shop.Start(ctx); err != nil {
		return fmt.Errorf("the shop could not register its webhook: %w", err)
	}
	return nil
}

// build opens the built-in shop behind a real port.
func (t *till) build(ctx context.Context, setup *shopSetup) error {
	at := t.e.o.Listen
	if at == "" {
		at = "127.0.0.1:0"
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", at)
	if err != nil {
		return fmt.Errorf("the built-in shop cannot be opened: %w", err)
	}
	t.url = "http://" + l.Addr().String()
	habits := make([]merchant.Habit, 0, len(setup.Habits)+len(t.e.o.Habits))
	for _, h := range append(setup.Habits, t.e.o.Habits...) {
		habits = append(habits, merchant.Habit(h))
	}
	t.shop, err = merchant.New(merchant.Config{
		BaseURL: t.e.base, ClientID: t.keys.ClientID, ClientSecret: t.keys.ClientSecret, SubscriptionKey: t.keys.SubscriptionKey, MSN: t.keys.MSN,
		HTTP: t.e.o.HTTP, PublicURL: t.url, Hook: setup.Hook, Now: t.time, Habits: habits,
	})
	if err != nil {
		_ = l.Close()
		return err
	}
	t.server = &http.Server{Handler: t.shop, ReadHeaderTimeout: stepLimit}
	go func() { _ = t.server.Serve(l) }() // ends when the run closes it
	return nil
}

// time is the world's, by which the shop's customers live.
func (t *till) time() time.Time {
	ctx, cancel := context.WithTimeout(context.Background(), waitLimit)
	defer cancel()
	c, err := t.e.sim.Clock(ctx)
	if err != nil {
		return clock.Wall()
	}
	return c.Now
}

func (t *till) close() {
	if t == nil || t.shop == nil {
		return
	}
	t.shop.Close()
	_ = t.server.Close()
}

// changed gives a channel that is closed when an order of the built-in shop
// changes; nil, which nothing comes over, for any other.
func (t *till) changed() <-chan struct{} {
	if t == nil || t.shop == nil {
		return nil
	}
	return t.shop.Changed()
}

// about is what expressions see of the shop.
func (t *till) about() any {
	if t == nil {
		return nil
	}
	v := map[string]any{"url": t.url, "hook": "", "secret": "", "msn": t.keys.MSN, "builtin": t.shop != nil}
	if t.shop != nil {
		v["hook"], v["secret"] = t.shop.HookURL(), t.shop.Secret()
	}
	return v
}

func (t *till) all() any {
	all := []any{}
	if t == nil {
		return all
	}
	if t.shop != nil {
		for _, o := range t.shop.Orders() {
			all = append(all, viewOrder(o))
		}
		return all
	}
	t.mu.Lock()
	line := append([]string(nil), t.line...)
	t.mu.Unlock()
	for _, reference := range line {
		all = append(all, t.order(reference))
	}
	return all
}

// liveOrder is a variable that tells how an order is at the moment.
type liveOrder struct {
	till      *till
	reference string
}

func (l *liveOrder) now() any { return l.till.order(l.reference) }

func (t *till) order(reference string) any {
	if t.shop == nil {
		return t.theirOrder(reference)
	}
	o, found := t.shop.Order(reference)
	if !found {
		return nil
	}
	return viewOrder(o)
}

func viewOrder(o merchant.Order) map[string]any { //nolint:gocritic // the shop gives values
	return map[string]any{
		"reference": o.Reference, "amount": o.Amount.Value, "currency": o.Amount.Currency, "state": string(o.State), "why": o.Why,
		"captured": o.Captured, "refunded": o.Refunded, "shipped": int64(o.Shipped), "shared": generic(o.Shared),
		"redirectUrl": o.RedirectURL, "says": o.Says(), "flow": o.Flow, "phone": o.Phone,
	}
}

// theirOrder is an order of the user's shop: as its own page tells it, where
// it has one, else as can be seen of the payment.
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
	told, is := a.Body.(map[string]any)
	if !is || a.Status != http.StatusOK {
		return v
	}
	for name, member := range told {
		v[name] = member
	}
	return v
}

// seen is what the payment says of an order.
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
		v["state"], v["shipped"] = string(merchant.Paid), int64(1)
	} else if p.State == "AUTHORIZED" && sums.Cancelled.Value == sums.Authorized.Value {
		v["state"] = string(merchant.Cancelled)
	}
	v["amount"], v["currency"], v["flow"], v["phone"] = p.Amount.Value, p.Amount.Currency, p.Flow, p.Phone
	v["captured"], v["refunded"], v["redirectUrl"] = sums.Captured.Value, sums.Refunded.Value, p.RedirectURL
	return v
}

// placeOrder has a customer order.
func (r *run) placeOrder(ctx context.Context, v *value, limit limits) (*outcome, error) {
	var o orderStep
	if err := r.read(v, &o); err != nil {
		return nil, err
	}
	if r.till == nil {
		return nil, errors.New("there is no shop: the script says shop is off")
	}
	if o.Amount == 0 {
		o.Amount = 25000
	}
	u, err := r.unit(ctx, r.till.keys.MSN)
	if err != nil {
		return nil, err
	}
	if o.Currency == "" {
		o.Currency = u.currency
	}
	if r.till.shop == nil {
		return r.orderTheirs(ctx, &o, limit)
	}
	if o.Reference == "" {
		o.Reference = r.newReference()
	}
	_, err = r.till.shop.Checkout(ctx, merchant.Order{
		Reference: o.Reference, Amount: client.Amount{Currency: o.Currency, Value: o.Amount}, Flow: o.Flow, Phone: o.Phone,
		Description: o.Description, Scope: o.Scope, Later: o.Later, Present: o.Present,
	})
	return r.ordered(o.Reference, answerOf(err)), nil
}

func (r *run) ordered(reference string, a answer) *outcome {
	r.target = target{r.till.keys.MSN, reference}
	came := answered([]answer{a})
	came.said = came.value
	came.value, came.name, came.detail = &liveOrder{r.till, reference}, "order", reference
	return came
}

// answerOf makes an answer of what a shop's call came to.
func answerOf(err error) answer {
	if err != nil {
		return refusal(err)
	}
	return answer{Status: http.StatusOK, Title: http.StatusText(http.StatusOK)}
}

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

// shopDeeds are what a shop can be told to do.
func shopDeeds() []string {
	return []string{"start", "poll", "refresh", "capture", "refund", "release", "cancel", "again", "return", "leave"}
}

func (r *run) shopDoes(ctx context.Context, v *value) (*outcome, error) {
	var q shopStep
	if err := r.read(v, &q); err != nil {
		return nil, err
	}
	if q.Reference == "" {
		q.Reference = r.target.reference
	}
	if r.till == nil {
		return nil, errors.New("there is no shop: the script says shop is off")
	}
	if q.Do == "return" {
		return r.comeBack(ctx, &q)
	}
	if r.till.shop == nil {
		if q.Do == "start" || q.Do == "poll" || q.Do == "refresh" {
			return nil, errSkipped // the user's shop does so by itself
		}
		return nil, fmt.Errorf("only the built-in shop can be told to %s", q.Do)
	}
	if q.Do == "again" {
		next, err := r.till.shop.Again(ctx, q.Reference)
		return r.ordered(next.Reference, answerOf(err)), nil
	}
	answers, err := room(q.Times)
	if err != nil {
		return nil, err
	}
	var working sync.WaitGroup
	for i := range answers {
		if !q.AtOnce {
			answers[i] = answerOf(r.deed(ctx, &q))
			continue
		}
		working.Go(func() { answers[i] = answerOf(r.deed(ctx, &q)) })
	}
	working.Wait()
	return answered(answers), nil
}

func (r *run) deed(ctx context.Context, q *shopStep) error {
	shop := r.till.shop
	o, _ := shop.Order(q.Reference)
	amount := q.Amount
	if amount == 0 {
		amount = o.Amount.Value
	}
	switch q.Do {
	case "start":
		return shop.Start(ctx)
	case "poll":
		return shop.Poll(ctx)
	case "refresh":
		return shop.Refresh(ctx, q.Reference)
	case "capture":
		return shop.Capture(ctx, q.Reference, amount)
	case "refund":
		return shop.Refund(ctx, q.Reference, amount)
	case "release":
		return shop.Release(ctx, q.Reference)
	case "cancel":
		return shop.Cancel(ctx, q.Reference)
	}
	return shop.Leave(ctx)
}

// comeBack has the customer follow the payment's way home in a browser that
// knows nothing of the shop.
func (r *run) comeBack(ctx context.Context, q *shopStep) (*outcome, error) {
	p, err := r.of(r.target.msn).Payment(ctx, q.Reference)
	if err != nil {
		return nil, err
	}
	if p.ReturnURL == "" {
		return nil, errors.New("the payment has no returnUrl")
	}
	answers, err := room(q.Times)
	if err != nil {
		return nil, err
	}
	for i := range answers {
		answers[i] = r.roundTrip(ctx, request{method: http.MethodGet, path: strings.TrimSpace(p.ReturnURL)}, http.Header{})
	}
	return answered(answers), nil
}
