package webhook

import (
	"context"
	"slices"
	"sync"
	"time"

	"liksom/server/clock"
	"liksom/server/fault"
	"liksom/server/payment"
)

// Faults says which fault, if any, meets a try of a delivery; putOff tells
// that it has been put off already and must not be so again. Asking counts: a
// fault that fires a limited number of times has fired once more. A
// [fault.Set] is one.
type Faults interface {
	// Any tells quickly whether there is any fault to ask for.
	Any() bool
	Webhook(event, msn, reference string, putOff bool) (fault.Fault, bool)
}

// The reasons of deliveries that wait beside their turn.
const (
	// overtaken waits for a later event of the same payment.
	overtaken = "A fault lets a later event of the payment overtake it."
	delayed   = "A fault has put it off."
)

// patienceBehind is how long, in simulated time, a delivery waits for a later
// event of its payment to overtake it.
const patienceBehind = 10 * time.Minute

// putOff tells whether a fault has put the delivery off.
func (d *Delivery) putOff() bool {
	return d.Status == Waiting && (d.Reason == overtaken || d.Reason == delayed)
}

// meet asks for a fault; without one it is a fault that does nothing. A
// check-in is never put off: the payer waits for it.
func (s *Sender) meet(d *Delivery) fault.Fault {
	if s.options.Faults == nil {
		return fault.Fault{}
	}
	f, met := s.options.Faults.Webhook(d.Type, d.Payment.MSN, d.Payment.Reference, d.Type == CheckedIn || d.putOff())
	if !met {
		return fault.Fault{}
	}
	return f
}

// putOff has a delivery wait for longer than its turn. What waits behind it
// goes on waiting; what is to overtake it is sent when it exists.
func (s *Sender) putOff(ctx context.Context, d Delivery, f *fault.Fault, due payment.Due) error {
	d.Reason, d.NextAt = delayed, due.At.Add(f.Do.PutOff())
	if f.Do.Reorder {
		d.Reason, d.NextAt = overtaken, due.At.Add(patienceBehind)
		s.setAside(&d)
		next, err := s.behind(ctx, &d)
		if err != nil {
			return err
		}
		if next != nil {
			d.NextAt = due.At
		}
	}
	return s.settle(ctx, d, nil, due.N, s.options.Now())
}

func (s *Sender) setAside(d *Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aside[d.Payment] = append(s.aside[d.Payment], d.ID)
}

func (s *Sender) noMoreAside(d *Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := slices.DeleteFunc(s.aside[d.Payment], func(id string) bool { return id == d.ID })
	if len(left) == 0 {
		delete(s.aside, d.Payment)
		return
	}
	s.aside[d.Payment] = left
}

// FollowUps gives the rows that an event of a payment causes: deliveries that
// wait to be overtaken by one can go. It is for [payment.Service.FollowUps].
func (s *Sender) FollowUps(p payment.Payment, e payment.Event) []payment.Due {
	if TypeOf(e.Kind) == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []payment.Due
	for _, id := range s.aside[p.ID] {
		rows = append(rows, payment.Due{At: e.At, Kind: DueDelivery, Key: id})
	}
	return rows
}

// behind gives the delivery that waits next in the queue of another one; nil
// for none.
func (s *Sender) behind(ctx context.Context, d *Delivery) (*Delivery, error) {
	held, err := s.options.Store.Deliveries(ctx, Query{
		MSN: d.Payment.MSN, Reference: d.Payment.Reference, Registration: d.Registration, Status: Held,
	})
	if err != nil || len(held) == 0 {
		return nil, err
	}
	return &held[len(held)-1], nil // the oldest: they come newest first
}

// overtake sends the delivery that waits behind another one, out of turn. If
// it is not accepted it keeps its place in the queue.
func (s *Sender) overtake(ctx context.Context, d *Delivery, r *Registration) error {
	s.noMoreAside(d)
	next, err := s.behind(ctx, d)
	if err != nil || next == nil {
		return err
	}
	free, err := s.occupy(ctx, next.ID)
	if err != nil {
		return err
	}
	defer free()
	now := s.options.Now()
	a := Attempt{Delivery: next.ID, At: now}
	s.post(ctx, r, next, &sending{}, &a)
	if ctx.Err() != nil && a.Status == 0 {
		return ctx.Err()
	}
	if a.OK() {
		next.Tries, next.FirstAt = next.Tries+1, now
		next.end(Delivered, "", s.options.Now())
	}
	return s.settle(ctx, *next, &a, 0, s.options.Now())
}

// tries sends a delivery as a fault will have it: mostly once, or so many
// times at once. The first of the attempts is the one that counts: one that
// was accepted, if any was. The error is the context's.
func (s *Sender) tries(ctx context.Context, r *Registration, d *Delivery, f *fault.Fault, at time.Time) ([]Attempt, error) {
	secret, err := s.secretOf(ctx, &f.Do)
	if err != nil {
		return nil, err
	}
	if held := f.Do.Held(); held > 0 {
		if err := clock.Rest(ctx, held, nil); err != nil {
			return nil, err
		}
	}
	attempts := make([]Attempt, max(1, f.Do.Duplicate))
	var sent sync.WaitGroup
	for i := range attempts {
		a := &attempts[i]
		*a = Attempt{Delivery: d.ID, At: at, Fault: f.ID}
		how := &sending{do: f.Do, secret: secret, copied: i > 0}
		how.stand(a)
		sent.Go(func() { s.post(ctx, r, d, how, a) })
	}
	sent.Wait()
	for i := range attempts {
		if attempts[i].OK() {
			attempts[0], attempts[i] = attempts[i], attempts[0]
			break
		}
	}
	if ctx.Err() != nil && attempts[0].Status == 0 {
		return nil, ctx.Err()
	}
	return attempts, nil
}

// secretOf is the secret of the registration that a fault signs with, "" when
// it names none or one that is gone.
func (s *Sender) secretOf(ctx context.Context, do *fault.Do) (string, error) {
	if do.Registration == "" {
		return do.Secret, nil
	}
	other, err := s.options.Store.Registration(ctx, do.Registration)
	if err != nil && orGone(err) != nil {
		return "", err
	}
	return other.Secret, nil
}

// settleCopies records the attempts that a fault added to one.
func (s *Sender) settleCopies(ctx context.Context, d Delivery, copies []Attempt, now time.Time) error {
	for i := range copies {
		if err := s.settle(ctx, d, &copies[i], 0, now); err != nil {
			return err
		}
	}
	return nil
}
