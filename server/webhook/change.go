package webhook

import (
	"context"
	"fmt"
	"slices"

	"liksom/server/payment"
)

// ChangeRegistration changes a registration's URL, events and pause. What
// waited while it was paused goes out once it goes on, oldest first; asking
// for that again does no harm. What waits already goes to the new URL. It
// answers [ErrNotFound] when there is none.
func (s *Sender) ChangeRegistration(ctx context.Context, id string, change func(*Registration) error) (Registration, error) {
	r, err := s.options.Store.ChangeRegistration(ctx, id, change)
	if err != nil || r.Paused {
		return r, err
	}
	waiting, err := s.options.Store.Deliveries(ctx, Query{Registration: id, Status: Waiting})
	if err != nil {
		return r, err
	}
	now := s.options.Now()
	var rows []payment.Due
	for _, d := range slices.Backward(waiting) {
		if !d.NextAt.After(now) { // the others' rows stand
			rows = append(rows, payment.Due{At: now, Kind: DueDelivery, Key: d.ID})
		}
	}
	if len(rows) == 0 {
		return r, nil
	}
	if err := s.options.Later(ctx, rows...); err != nil {
		return r, fmt.Errorf("put the deliveries of %s in line again: %w", id, err)
	}
	return r, nil
}

// Unregister removes a registration now. It answers [ErrNotFound] when there
// is none.
func (s *Sender) Unregister(ctx context.Context, id string) error {
	return s.options.Store.Unregister(ctx, id, s.options.Now())
}

// Test sends a body to a registration now, once, and records it as a delivery
// that no payment caused. The attempt tells what came of it.
func (s *Sender) Test(ctx context.Context, r Registration, d Delivery) (Delivery, Attempt, error) {
	now := s.options.Now()
	d.Registration, d.CreatedAt, d.FirstAt, d.Tries, d.Status = r.ID, now, now, 1, Delivered
	a := Attempt{Delivery: d.ID, Manual: true, At: now}
	s.post(ctx, &r, &d, &sending{}, &a)
	d.DoneAt = s.options.Now()
	if !a.OK() {
		d.Status, d.Reason = Dropped, "It was a test, which is tried once only."
	}
	if err := s.options.Store.Record(context.WithoutCancel(ctx), d, &a); err != nil {
		return d, a, fmt.Errorf("record the test %s: %w", d.ID, err)
	}
	if s.options.Committed != nil {
		var told payment.Committed
		if !a.OK() {
			told.Earliest = now.Add(patience) // the registration may have to go then
		}
		s.options.Committed(told)
	}
	return d, a, nil
}
