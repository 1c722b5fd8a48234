package memory

import (
	"context"
	"slices"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// Wipe removes a sales unit's payments, kept answers, registrations and
// deliveries, or everybody's and all due rows for "". Log positions go on
// from where they were, so that readers are not led astray.
func (s *Store) Wipe(_ context.Context, msn string) error {
	for i := range s.shard {
		s.shard[i].mu.Lock()
		defer s.shard[i].mu.Unlock()
	}
	concerned := func(of string) bool { return msn == "" || of == msn }
	for i := range s.shard {
		s.shard[i].wipe(concerned)
	}
	s.log.wipe(concerned)
	s.hooks.wipe(concerned)
	if msn == "" {
		s.due.wipe()
	}
	return nil
}

func (sh *shard) wipe(concerned func(msn string) bool) {
	for id := range sh.payments {
		if concerned(id.MSN) {
			delete(sh.payments, id)
		}
	}
	for key, r := range sh.replies {
		if concerned(r.msn) {
			delete(sh.replies, key)
		}
	}
}

func (l *eventLog) wipe(concerned func(msn string) bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// Readers may hold the list as it was, so it is replaced, not changed.
	l.order = slices.DeleteFunc(slices.Clone(l.order), func(r *record) bool { return concerned(r.current.Load().MSN) })
	for code, r := range l.codes {
		if concerned(r.current.Load().MSN) {
			delete(l.codes, code)
		}
	}
	for i, e := range l.events {
		if e != nil && concerned(e.ID.MSN) {
			l.events[i] = nil
		}
	}
}

func (h *hooks) wipe(concerned func(msn string) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(h.registrations()), func(r webhook.Registration) bool { return concerned(r.MSN) })
	h.active.Store(&left)
	for id, d := range h.deliveries {
		if concerned(d.Payment.MSN) {
			delete(h.deliveries, id)
		}
	}
	for line := range h.queues {
		if concerned(line.payment.MSN) {
			delete(h.queues, line)
		}
	}
	h.order = slices.DeleteFunc(slices.Clone(h.order), func(d *delivery) bool { return concerned(d.Payment.MSN) })
}

func (q *dueRows) wipe() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.heap, q.claimed, q.gone = nil, nil, nil
}

var (
	_ payment.Store = (*Store)(nil)
	_ webhook.Store = (*Store)(nil)
)
