package memory

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"liksom/server/payment"
	"liksom/server/store"
	"liksom/server/webhook"
)

// lockAll takes every lock there is, in the usual order.
func (s *Store) lockAll() (unlock func()) {
	for i := range s.shard {
		s.shard[i].mu.Lock()
	}
	s.log.mu.Lock()
	s.hooks.mu.Lock()
	s.due.mu.Lock()
	s.docs.mu.Lock()
	return func() {
		s.docs.mu.Unlock()
		s.due.mu.Unlock()
		s.hooks.mu.Unlock()
		s.log.mu.Unlock()
		for i := range s.shard {
			s.shard[i].mu.Unlock()
		}
	}
}

// Export implements [store.Store].
func (s *Store) Export(context.Context) (store.Dump, error) {
	defer s.lockAll()()
	d := store.Dump{
		Head: payment.Seq(len(s.log.events)), LastDelivery: s.hooks.planned,
		Due: s.due.export(), Documents: s.docs.export(),
	}
	for _, r := range s.log.order {
		d.Payments = append(d.Payments, *r.current.Load())
	}
	for _, e := range s.log.events {
		if e != nil {
			d.Events = append(d.Events, *e)
		}
	}
	for i := range s.shard {
		for key, r := range s.shard[i].replies {
			d.Answers = append(d.Answers, store.Answer{Key: key, MSN: r.msn, Reply: payment.Reply{Print: r.Print, Answer: filled(r.Answer)}})
		}
	}
	slices.SortFunc(d.Answers, func(a, b store.Answer) int { return cmp.Compare(a.Key, b.Key) })
	for _, r := range s.hooks.registrations() {
		r.CreatedAt, r.FailingSince = toMillis(r.CreatedAt), toMillis(r.FailingSince)
		d.Registrations = append(d.Registrations, r)
	}
	for _, kept := range s.hooks.order {
		one := kept.Delivery
		for _, at := range []*time.Time{&one.CreatedAt, &one.FirstAt, &one.NextAt, &one.DoneAt} {
			*at = toMillis(*at)
		}
		d.Deliveries = append(d.Deliveries, one)
		for _, a := range kept.attempts {
			a.At, a.Real = toMillis(a.At), toMillis(a.Real)
			d.Attempts = append(d.Attempts, a)
		}
	}
	return d, nil
}

// toMillis is a time as every engine keeps it.
func toMillis(t time.Time) time.Time { return time.UnixMilli(t.UnixMilli()).UTC() }

// filled makes sure that no bytes are told from bytes that are none.
func filled(b []byte) []byte { return append([]byte{}, b...) }

func (q *dueRows) export() []payment.Due {
	var rows []dueRow
	for _, r := range q.heap {
		if _, gone := q.gone[r.n]; !gone {
			rows = append(rows, r)
		}
	}
	rows = slices.AppendSeq(rows, maps.Values(q.claimed))
	slices.SortFunc(rows, func(a, b dueRow) int { return cmp.Compare(a.n, b.n) })
	var due []payment.Due
	for _, r := range rows {
		row := r.due()
		row.At, row.N = toMillis(row.At), 0
		due = append(due, row)
	}
	return due
}

func (d *documents) export() []store.Document {
	var all []store.Document
	for _, kind := range slices.Sorted(maps.Keys(d.kinds)) {
		for _, key := range slices.Sorted(maps.Keys(d.kinds[kind])) {
			all = append(all, store.Document{Kind: kind, Key: key, Body: bytes.Clone(d.kinds[kind][key])})
		}
	}
	return all
}

// Import implements [store.Store].
func (s *Store) Import(_ context.Context, d store.Dump) error {
	defer s.lockAll()()
	for i := range s.shard {
		s.shard[i].payments, s.shard[i].replies = map[payment.ID]*record{}, map[string]keptReply{}
	}
	s.importPayments(&d)
	for _, a := range d.Answers {
		s.shard[s.shardOfText(a.Key)].replies[a.Key] = keptReply{a.Reply, a.MSN}
	}
	s.due.heap, s.due.claimed, s.due.gone = nil, nil, nil
	for _, row := range d.Due {
		s.due.last++
		s.due.push(dueRow{row.At.UnixNano(), s.due.last, row.Kind, row.Key})
	}
	s.hooks.load(&d)
	s.docs.kinds = map[string]map[string][]byte{}
	for _, one := range d.Documents {
		if s.docs.kinds[one.Kind] == nil {
			s.docs.kinds[one.Kind] = map[string][]byte{}
		}
		s.docs.kinds[one.Kind][one.Key] = bytes.Clone(one.Body)
	}
	return nil
}

func (s *Store) importPayments(d *store.Dump) {
	l := &s.log
	l.events, l.order, l.codes = make([]*payment.Event, d.Head), nil, map[string]*record{}
	for i := range d.Payments {
		p := d.Payments[i]
		r := &record{}
		r.current.Store(&p)
		s.shard[s.shardOf(p.ID)].payments[p.ID] = r
		l.order, l.codes[p.Code] = append(l.order, r), r
	}
	for i := range d.Events {
		e := d.Events[i]
		l.events[e.Seq-1] = &e
		r := s.shard[s.shardOf(e.ID)].payments[e.ID]
		r.events = append(r.events, &e)
	}
}

// load replaces everything, under the lock.
func (h *hooks) load(d *store.Dump) {
	active := slices.Clone(d.Registrations)
	h.active.Store(&active)
	h.registered, h.planned = 0, d.LastDelivery
	for i := range active {
		h.registered = max(h.registered, active[i].Number)
	}
	h.deliveries, h.order, h.queues = map[string]*delivery{}, nil, map[queue][]*delivery{}
	for i := range d.Deliveries {
		one := &delivery{Delivery: d.Deliveries[i]}
		h.deliveries[one.ID], h.order = one, append(h.order, one)
		if line := one.queue(); one.Status.Open() {
			h.queues[line] = append(h.queues[line], one)
		}
	}
	for _, a := range d.Attempts {
		one := h.deliveries[a.Delivery]
		one.attempts = append(one.attempts, a)
	}
}

var _ webhook.Store = (*Store)(nil)
