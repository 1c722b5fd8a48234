package control

import (
	"context"
	"maps"
	"net/http"
	"sync"
	"time"

	"liksom/server/payment"
)

// todayBatch is how much of a list or of the log is read at once.
const todayBatch = 500

// today counts the payments that were made since midnight, by sales unit. It
// reads each part of the log once, however often somebody asks.
type today struct {
	mu    sync.Mutex
	since time.Time // midnight; zero before anybody asked
	seen  payment.Seq
	units map[string]int
}

// forget has the count begin anew: what was counted may be gone.
func (t *today) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.since = time.Time{}
}

// count gives the payments made since midnight in UTC, which is when a day
// begins whatever the market.
func (t *today) count(ctx context.Context, store payment.Store, now time.Time) (since time.Time, units map[string]int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	midnight := now.UTC().Truncate(day)
	switch {
	case t.since.IsZero() || midnight.Before(t.since):
		if err := t.begin(ctx, store, midnight); err != nil {
			return midnight, nil, err
		}
	case midnight.After(t.since):
		t.since, t.units = midnight, map[string]int{}
	}
	if err := t.follow(ctx, store); err != nil {
		return midnight, nil, err
	}
	return midnight, maps.Clone(t.units), nil
}

// begin counts from the newest payment back to midnight.
func (t *today) begin(ctx context.Context, store payment.Store, midnight time.Time) error {
	head, err := store.Head(ctx)
	if err != nil {
		return err
	}
	units := map[string]int{}
	for before := head + 1; ; {
		page, err := store.List(ctx, payment.Query{Before: before, Limit: todayBatch})
		if err != nil {
			return err
		}
		for i := range page {
			if page[i].CreatedAt.Before(midnight) {
				page = nil
				break
			}
			units[page[i].MSN]++
			before = page[i].Number
		}
		if len(page) < todayBatch {
			t.since, t.seen, t.units = midnight, head, units
			return nil
		}
	}
}

// follow counts what the log tells of since it was last read.
func (t *today) follow(ctx context.Context, store payment.Store) error {
	for {
		events, err := store.After(ctx, t.seen, todayBatch)
		if err != nil {
			return err
		}
		for i := range events {
			e := &events[i]
			if e.Kind == payment.PaymentCreated && !e.At.Before(t.since) {
				t.units[e.ID.MSN]++
			}
			t.seen = e.Seq
		}
		if len(events) < todayBatch {
			return nil
		}
	}
}

// paymentsToday tells how many payments there were since midnight.
func (c *Control) paymentsToday(r *http.Request) (answer, error) {
	if _, _, err := parameters(r); err != nil {
		return answer{}, err
	}
	since, units, err := c.today.count(r.Context(), c.Payments.Store, c.Clock.Read().Now)
	if err != nil {
		return answer{}, err
	}
	counted := struct {
		Since time.Time      `json:"since"`
		Total int            `json:"total"`
		Units map[string]int `json:"units"`
	}{Since: since, Units: units}
	for _, n := range units {
		counted.Total += n
	}
	return ok(counted)
}
