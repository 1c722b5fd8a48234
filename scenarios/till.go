package scenarios

import (
	"context"
	"fmt"
	"net"
	"net/http"
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

	// door is held by those whom the built-in shop answers.
	door   sync.RWMutex
	closed bool

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
	t.server = &http.Server{Handler: t, ReadHeaderTimeout: stepLimit}
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

// ServeHTTP lets the built-in shop answer, until it is closed.
func (t *till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.door.RLock()
	defer t.door.RUnlock()
	if t.closed {
		return // what comes now is cut off with its connection
	}
	t.shop.ServeHTTP(w, r)
}

// close closes the built-in shop and waits until nobody in it is at work: the
// world that it speaks with may go then.
func (t *till) close() {
	if t == nil || t.shop == nil {
		return
	}
	t.shop.Close()
	_ = t.server.Close()
	t.door.Lock()
	defer t.door.Unlock()
	t.closed = true
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
