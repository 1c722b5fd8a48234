// Package memory keeps one world in native maps: for tests, throw-away worlds
// and everybody who needs nothing kept. A new store costs microseconds.
//
// A payment is guarded by the lock of its shard; the log, the due rows and
// the deliveries have a lock each, taken for moments while the shard's is
// held, in that order.
package memory

import (
	"context"
	"hash/maphash"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"liksom/server/payment"
	"liksom/server/webhook"
)

const shards = 64

// Store implements the store contracts of payment, timer, webhook and
// directory. It is safe for use by many goroutines.
type Store struct {
	plan  webhook.Plan
	seed  maphash.Seed
	shard [shards]shard
	log   eventLog
	due   dueRows
	hooks hooks
	docs  documents
}

// New makes an empty store. The plan says which deliveries an event causes;
// nil for none.
func New(plan webhook.Plan) *Store {
	return &Store{plan: plan, seed: maphash.MakeSeed()}
}

type shard struct {
	mu       sync.RWMutex
	payments map[payment.ID]*record
	replies  map[string]keptReply
}

// keptReply is an answer and the sales unit it was given to.
type keptReply struct {
	payment.Reply
	msn string
}

// record is one payment. What current points to is never changed, only
// replaced.
type record struct {
	current atomic.Pointer[payment.Payment]
	events  []*payment.Event // guarded by the shard
}

func (s *Store) shardOf(id payment.ID) int {
	var h maphash.Hash
	h.SetSeed(s.seed)
	_, _ = h.WriteString(id.MSN)
	_ = h.WriteByte('/')
	_, _ = h.WriteString(id.Reference)
	return int(h.Sum64() % shards)
}

func (s *Store) shardOfText(text string) int {
	return int(maphash.String(s.seed, text) % shards)
}

// Apply implements [payment.Store].
func (s *Store) Apply(_ context.Context, ops ...payment.Op) (payment.Committed, error) {
	unlock := s.lock(ops)
	defer unlock()
	t := transaction{store: s}
	for i := range ops {
		if err := t.run(&ops[i], len(ops) > 1); err != nil {
			return payment.Committed{}, err
		}
	}
	return t.commit(), nil
}

// lock takes the locks that the operations need, always in the same order.
func (s *Store) lock(ops []payment.Op) (unlock func()) {
	if len(ops) != 1 {
		for i := range s.shard {
			s.shard[i].mu.Lock()
		}
		return func() {
			for i := range s.shard {
				s.shard[i].mu.Unlock()
			}
		}
	}
	a := s.shardOf(ops[0].ID)
	b := a
	if ops[0].Once != "" {
		b = s.shardOfText(ops[0].Once)
	}
	if a > b {
		a, b = b, a
	}
	s.shard[a].mu.Lock()
	if a != b {
		s.shard[b].mu.Lock()
	}
	return func() {
		s.shard[a].mu.Unlock()
		if a != b {
			s.shard[b].mu.Unlock()
		}
	}
}

// transaction gathers the changes of some operations and then keeps them.
type transaction struct {
	store   *Store
	changes []kept
	// pending and replies show later operations what earlier ones will keep.
	pending map[payment.ID]*payment.Payment
	replies map[string]*payment.Reply
}

type kept struct {
	op     *payment.Op
	change payment.Change
}

func (t *transaction) run(op *payment.Op, several bool) error {
	current := payment.Current{Payment: t.payment(op.ID), Reply: t.reply(op.Once)}
	change, err := op.Step(current)
	if err != nil {
		return err
	}
	if change.Empty() {
		return nil
	}
	t.changes = append(t.changes, kept{op, change})
	if !several {
		return nil
	}
	if change.Payment != nil {
		if t.pending == nil {
			t.pending = map[payment.ID]*payment.Payment{}
		}
		t.pending[op.ID] = change.Payment
	}
	if change.Reply != nil {
		if t.replies == nil {
			t.replies = map[string]*payment.Reply{}
		}
		t.replies[op.Once] = change.Reply
	}
	return nil
}

func (t *transaction) payment(id payment.ID) *payment.Payment {
	if p, ok := t.pending[id]; ok {
		return p
	}
	if r, ok := t.store.shard[t.store.shardOf(id)].payments[id]; ok {
		return r.current.Load()
	}
	return nil
}

func (t *transaction) reply(key string) *payment.Reply {
	if key == "" {
		return nil
	}
	if r, ok := t.replies[key]; ok {
		return r
	}
	if r, ok := t.store.shard[t.store.shardOfText(key)].replies[key]; ok {
		return &r.Reply
	}
	return nil
}

func (t *transaction) commit() payment.Committed {
	var done payment.Committed
	for i := range t.changes {
		t.keep(t.changes[i].op, &t.changes[i].change, &done)
	}
	return done
}

func (t *transaction) keep(op *payment.Op, ch *payment.Change, done *payment.Committed) {
	s := t.store
	if ch.Reply != nil && op.Once != "" {
		sh := &s.shard[s.shardOfText(op.Once)]
		if sh.replies == nil {
			sh.replies = map[string]keptReply{}
		}
		sh.replies[op.Once] = keptReply{*ch.Reply, op.ID.MSN}
	}
	if ch.Done != 0 {
		s.due.done(ch.Done)
	}
	if len(ch.Later) > 0 {
		done.Note(0, s.due.add(ch.Later...))
	}
	if ch.Payment == nil {
		return
	}
	r, isNew := s.record(op.ID, ch.Payment)
	events := make([]*payment.Event, len(ch.Events))
	for i := range ch.Events {
		events[i] = &ch.Events[i]
	}
	r.events = append(r.events, events...)
	seq := s.log.append(r, ch.Payment, isNew, events) // numbers the events
	done.Note(seq, s.planFor(ch))
}

// record finds or makes the record of a payment and puts the new state in.
func (s *Store) record(id payment.ID, p *payment.Payment) (r *record, isNew bool) {
	sh := &s.shard[s.shardOf(id)]
	if r, ok := sh.payments[id]; ok {
		p.Number = r.current.Load().Number
		r.current.Store(p)
		return r, false
	}
	r = &record{}
	r.current.Store(p)
	if sh.payments == nil {
		sh.payments = map[payment.ID]*record{}
	}
	sh.payments[id] = r
	return r, true
}

// Get implements [payment.Store].
func (s *Store) Get(_ context.Context, id payment.ID) (payment.Payment, error) {
	sh := &s.shard[s.shardOf(id)]
	sh.mu.RLock()
	r, ok := sh.payments[id]
	sh.mu.RUnlock()
	if !ok {
		return payment.Payment{}, payment.Unknown(id)
	}
	return *r.current.Load(), nil
}

// Find implements [payment.Store].
func (s *Store) Find(_ context.Context, code string) (payment.Payment, error) {
	if r := s.log.find(code); r != nil {
		return *r.current.Load(), nil
	}
	return payment.Payment{}, payment.Unknown(payment.ID{Reference: code})
}

// Events implements [payment.Store].
func (s *Store) Events(_ context.Context, id payment.ID) ([]payment.Event, error) {
	sh := &s.shard[s.shardOf(id)]
	sh.mu.RLock()
	defer sh.mu.RUnlock()
	r, ok := sh.payments[id]
	if !ok {
		return nil, payment.Unknown(id)
	}
	events := make([]payment.Event, len(r.events))
	for i, e := range r.events {
		events[i] = *e
	}
	return events, nil
}

// After implements [payment.Store].
func (s *Store) After(_ context.Context, pos payment.Seq, limit int) ([]payment.Event, error) {
	return s.log.after(pos, limit), nil
}

// Head implements [payment.Store].
func (s *Store) Head(context.Context) (payment.Seq, error) { return s.log.head(), nil }

// List implements [payment.Store].
func (s *Store) List(_ context.Context, q payment.Query) ([]payment.Payment, error) {
	records := s.log.records()
	end := len(records)
	if q.Before > 0 {
		end = sort.Search(len(records), func(i int) bool { return records[i].current.Load().Number >= q.Before })
	}
	var found []payment.Payment
	for i := end - 1; i >= 0 && (q.Limit == 0 || len(found) < q.Limit); i-- {
		if p := records[i].current.Load(); matches(p, &q) {
			found = append(found, *p)
		}
	}
	return found, nil
}

// Count implements [payment.Store].
func (s *Store) Count(_ context.Context, q payment.Query) (map[payment.State]int, error) {
	counts := map[payment.State]int{}
	for _, r := range s.log.records() {
		if p := r.current.Load(); matches(p, &q) {
			counts[p.State]++
		}
	}
	return counts, nil
}

func matches(p *payment.Payment, q *payment.Query) bool {
	return (q.MSN == "" || p.MSN == q.MSN) &&
		(q.State == "" || p.State == q.State) &&
		(q.Phone == "" || p.Phone == q.Phone || p.Holder == q.Phone) &&
		(q.Text == "" || strings.Contains(p.Reference, q.Text) || strings.Contains(p.Description, q.Text) ||
			strings.Contains(p.Phone, q.Text) || strconv.FormatInt(p.Amount.Value, 10) == q.Text)
}

// eventLog is the world's log, and the payments in the order of their making.
type eventLog struct {
	mu     sync.RWMutex
	events []*payment.Event // the event at position i+1; nil once wiped
	order  []*record
	codes  map[string]*record
}

// append numbers the events and writes them.
func (l *eventLog) append(r *record, p *payment.Payment, isNew bool, events []*payment.Event) payment.Seq {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		l.events = append(l.events, e)
		e.Seq = payment.Seq(len(l.events))
	}
	if isNew {
		p.Number = payment.Seq(len(l.events))
		if len(events) > 0 {
			p.Number = events[0].Seq
		}
		l.order = append(l.order, r)
		if l.codes == nil {
			l.codes = map[string]*record{}
		}
		l.codes[p.Code] = r
	}
	if len(events) == 0 {
		return 0
	}
	return payment.Seq(len(l.events))
}

func (l *eventLog) find(code string) *record {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.codes[code]
}

func (l *eventLog) head() payment.Seq {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return payment.Seq(len(l.events))
}

func (l *eventLog) records() []*record {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.order[:len(l.order):len(l.order)]
}

func (l *eventLog) after(pos payment.Seq, limit int) []payment.Event {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if pos < 0 || int(pos) >= len(l.events) {
		return nil
	}
	rest := l.events[pos:]
	if limit <= 0 {
		limit = len(rest)
	}
	events := make([]payment.Event, 0, min(limit, len(rest)))
	for _, e := range rest {
		if len(events) == limit {
			break
		}
		if e != nil {
			events = append(events, *e)
		}
	}
	return events
}

// documents are small named texts.
type documents struct {
	mu    sync.RWMutex
	kinds map[string]map[string][]byte
}

// PutDocument implements the directory's store.
func (s *Store) PutDocument(_ context.Context, kind, key string, body []byte) error {
	s.docs.mu.Lock()
	defer s.docs.mu.Unlock()
	if s.docs.kinds == nil {
		s.docs.kinds = map[string]map[string][]byte{}
	}
	if s.docs.kinds[kind] == nil {
		s.docs.kinds[kind] = map[string][]byte{}
	}
	s.docs.kinds[kind][key] = slices.Clone(body)
	return nil
}

// DeleteDocument implements the directory's store.
func (s *Store) DeleteDocument(_ context.Context, kind, key string) error {
	s.docs.mu.Lock()
	defer s.docs.mu.Unlock()
	delete(s.docs.kinds[kind], key)
	return nil
}

// Documents implements the directory's store.
func (s *Store) Documents(_ context.Context, kind string) (map[string][]byte, error) {
	s.docs.mu.RLock()
	defer s.docs.mu.RUnlock()
	found := make(map[string][]byte, len(s.docs.kinds[kind]))
	for key, body := range s.docs.kinds[kind] {
		found[key] = slices.Clone(body)
	}
	return found, nil
}
