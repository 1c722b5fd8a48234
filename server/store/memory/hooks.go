package memory

import (
	"context"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// hooks are the registrations and the deliveries.
type hooks struct {
	// active lists the registrations, oldest first; replaced as a whole, so
	// that planning reads it without a lock.
	active atomic.Pointer[[]webhook.Registration]

	mu         sync.RWMutex
	registered int64 // how many there ever were
	planned    int64
	deliveries map[string]*delivery
	order      []*delivery
	queues     map[queue][]*delivery // the open ones, oldest first
}

// queue is the line in which deliveries wait for one another.
type queue struct {
	registration string
	payment      payment.ID
}

type delivery struct {
	webhook.Delivery
	attempts []webhook.Attempt
}

func (d *delivery) queue() queue { return queue{d.Registration, d.Payment} }

func (h *hooks) registrations() []webhook.Registration {
	if list := h.active.Load(); list != nil {
		return *list
	}
	return nil
}

// planFor writes the deliveries of a change's events and tells when the
// earliest is due.
func (s *Store) planFor(ch *payment.Change) time.Time {
	var earliest payment.Committed
	if s.plan == nil || len(s.hooks.registrations()) == 0 {
		return time.Time{}
	}
	concerned := s.hooks.concerning(ch.Payment.MSN)
	if len(concerned) == 0 {
		return time.Time{}
	}
	for i := range ch.Events {
		e := &ch.Events[i]
		if !e.Kind.Public() {
			continue
		}
		for _, d := range s.plan(*ch.Payment, *e, concerned) {
			earliest.Note(0, s.enqueue(d, e.At))
		}
	}
	return earliest.Earliest
}

func (h *hooks) concerning(msn string) []webhook.Registration {
	var found []webhook.Registration
	for _, r := range h.registrations() {
		if r.MSN == msn || r.MSN == "" {
			found = append(found, r)
		}
	}
	return found
}

// enqueue puts a delivery in its line: due now if it is the first, held
// otherwise.
func (s *Store) enqueue(d webhook.Delivery, at time.Time) time.Time {
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.deliveries == nil {
		h.deliveries, h.queues = map[string]*delivery{}, map[queue][]*delivery{}
	}
	kept := &delivery{Delivery: d}
	h.planned++
	kept.Number = h.planned
	line := kept.queue()
	kept.Status = webhook.Held
	if len(h.queues[line]) == 0 {
		kept.Status, kept.NextAt = webhook.Waiting, at
	}
	h.deliveries[d.ID] = kept
	h.order = append(h.order, kept)
	h.queues[line] = append(h.queues[line], kept)
	if kept.Status == webhook.Held {
		return time.Time{}
	}
	return s.due.add(payment.Due{At: at, Kind: webhook.DueDelivery, Key: d.ID})
}

// Register implements [webhook.Store].
func (s *Store) Register(_ context.Context, r webhook.Registration, allowed func([]webhook.Registration) error) error {
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.registrations()
	if allowed != nil {
		var peers []webhook.Registration
		for _, e := range all {
			if e.MSN == r.MSN && (r.MSN != "" || e.Client == r.Client) {
				peers = append(peers, e)
			}
		}
		if err := allowed(peers); err != nil {
			return err
		}
	}
	h.registered++
	r.Number = h.registered
	all = append(slices.Clip(all), r)
	h.active.Store(&all)
	return nil
}

// Registrations implements [webhook.Store].
func (s *Store) Registrations(_ context.Context, msn string) ([]webhook.Registration, error) {
	var found []webhook.Registration
	for _, r := range s.hooks.registrations() {
		if msn == "*" || r.MSN == msn {
			found = append(found, r)
		}
	}
	return found, nil
}

// Registration implements [webhook.Store].
func (s *Store) Registration(_ context.Context, id string) (webhook.Registration, error) {
	for _, r := range s.hooks.registrations() {
		if r.ID == id {
			return r, nil
		}
	}
	return webhook.Registration{}, webhook.ErrNotFound
}

// ChangeRegistration implements [webhook.Store].
func (s *Store) ChangeRegistration(_ context.Context, id string, change func(*webhook.Registration) error) (webhook.Registration, error) {
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	all := slices.Clone(h.registrations())
	i := slices.IndexFunc(all, func(r webhook.Registration) bool { return r.ID == id })
	if i < 0 {
		return webhook.Registration{}, webhook.ErrNotFound
	}
	was, now := all[i], all[i]
	if err := change(&now); err != nil {
		return was, err
	}
	was.URL, was.Events, was.Paused = now.URL, now.Events, now.Paused
	all[i] = was
	h.active.Store(&all)
	return was, nil
}

// Unregister implements [webhook.Store].
func (s *Store) Unregister(_ context.Context, id string, at time.Time) error {
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	all := h.registrations()
	i := slices.IndexFunc(all, func(r webhook.Registration) bool { return r.ID == id })
	if i < 0 {
		return webhook.ErrNotFound
	}
	all = slices.Delete(slices.Clone(all), i, i+1)
	h.active.Store(&all)
	for line, open := range h.queues {
		if line.registration != id {
			continue
		}
		for _, d := range open {
			d.Status, d.DoneAt, d.NextAt = webhook.Ended, at, time.Time{}
			d.Reason = "its registration was deleted"
		}
		delete(h.queues, line)
	}
	return nil
}

// Delivery implements [webhook.Store].
func (s *Store) Delivery(_ context.Context, id string) (webhook.Delivery, error) {
	s.hooks.mu.RLock()
	defer s.hooks.mu.RUnlock()
	d, ok := s.hooks.deliveries[id]
	if !ok {
		return webhook.Delivery{}, webhook.ErrNotFound
	}
	return d.Delivery, nil
}

// Deliveries implements [webhook.Store].
func (s *Store) Deliveries(_ context.Context, q webhook.Query) ([]webhook.Delivery, error) {
	s.hooks.mu.RLock()
	defer s.hooks.mu.RUnlock()
	var found []webhook.Delivery
	end := len(s.hooks.order)
	if q.Before > 0 {
		end = sort.Search(end, func(i int) bool { return s.hooks.order[i].Number >= q.Before })
	}
	for i := end - 1; i >= 0 && (q.Limit == 0 || len(found) < q.Limit); i-- {
		d := s.hooks.order[i]
		if (q.MSN == "" || d.Payment.MSN == q.MSN) && (q.Reference == "" || d.Payment.Reference == q.Reference) &&
			(q.Registration == "" || d.Registration == q.Registration) && (q.Status == "" || d.Status == q.Status) {
			found = append(found, d.Delivery)
		}
	}
	return found, nil
}

// Attempts implements [webhook.Store].
func (s *Store) Attempts(_ context.Context, id string) ([]webhook.Attempt, error) {
	s.hooks.mu.RLock()
	defer s.hooks.mu.RUnlock()
	d, ok := s.hooks.deliveries[id]
	if !ok {
		return nil, webhook.ErrNotFound
	}
	return slices.Clone(d.attempts), nil
}

// Settle implements [webhook.Store].
func (s *Store) Settle(_ context.Context, d webhook.Delivery, a *webhook.Attempt, done int64, now time.Time) (payment.Committed, error) {
	var result payment.Committed
	h := &s.hooks
	h.mu.Lock()
	defer h.mu.Unlock()
	kept, ok := h.deliveries[d.ID]
	if !ok {
		return result, webhook.ErrNotFound
	}
	if done != 0 {
		s.due.done(done)
	}
	if a != nil {
		a.N = len(kept.attempts) + 1
		kept.attempts = append(kept.attempts, *a)
		result.Note(0, s.noteHealth(kept.Registration, a))
	}
	if !kept.Status.Open() {
		return result, nil
	}
	byHand := done == 0 && d.Status.Open()
	if byHand {
		return result, nil
	}
	number := kept.Number
	kept.Delivery = d
	kept.Number = number
	if d.Status.Open() {
		result.Note(0, s.due.add(payment.Due{At: d.NextAt, Kind: webhook.DueDelivery, Key: d.ID}))
		return result, nil
	}
	kept.NextAt = time.Time{}
	result.Note(0, s.advance(kept, now))
	return result, nil
}

// noteHealth has a registration be as a try left it, and tells when it may
// have to be removed.
func (s *Store) noteHealth(registration string, a *webhook.Attempt) time.Time {
	all := s.hooks.registrations()
	i := slices.IndexFunc(all, func(r webhook.Registration) bool { return r.ID == registration })
	if i < 0 {
		return time.Time{}
	}
	left, changed := all[i].After(a)
	if !changed {
		return time.Time{}
	}
	all = slices.Clone(all)
	all[i] = left
	s.hooks.active.Store(&all)
	due, failing := left.Removal()
	if !failing {
		return time.Time{}
	}
	return s.due.add(due)
}

// advance takes a delivery out of its line; if it was the first, the next may
// go.
func (s *Store) advance(d *delivery, now time.Time) time.Time {
	h, line := &s.hooks, d.queue()
	waiting := slices.DeleteFunc(slices.Clone(h.queues[line]), func(e *delivery) bool { return e == d })
	if len(waiting) == 0 {
		delete(h.queues, line)
		return time.Time{}
	}
	h.queues[line] = waiting
	next := waiting[0]
	if next.Status != webhook.Held {
		return time.Time{}
	}
	next.Status, next.NextAt = webhook.Waiting, now
	return s.due.add(payment.Due{At: now, Kind: webhook.DueDelivery, Key: next.ID})
}
