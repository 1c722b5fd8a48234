// Package metrics counts what a simulator does, and tells it in the text form
// that Prometheus reads.
//
// Counting is a few atomic additions on counters that are bound beforehand;
// the registry and its metrics are built when somebody asks for them.
package metrics

import (
	"sync"
	"sync/atomic"
	"time"
)

// World is the kind of world that something happened in. Names of worlds are
// drawn by whoever makes them, so that a label of each would know no bound.
type World int

// The kinds of worlds.
const (
	Default World = iota
	Named
	kinds
)

// String is the value of the label.
func (w World) String() string {
	if w == Default {
		return "default"
	}
	return "named"
}

// Try is what became of a delivery by one try.
type Try int

// The outcomes of tries.
const (
	Delivered Try = iota // accepted
	Dropped              // in vain, and the last one
	Again                // in vain, and another one follows
	outcomes
)

// String is the value of the label.
func (t Try) String() string { return [...]string{"delivered", "dropped", "again"}[t] }

// Book holds the counters of a simulator. Its zero value is ready. It is safe
// for use by many goroutines.
type Book struct {
	mu    sync.Mutex
	apis  [kinds]map[string]*API
	tries [kinds][outcomes]atomic.Int64
}

// Tried counts a try of a delivery.
func (b *Book) Tried(w World, t Try) { b.tries[w][t].Add(1) }

// API gives the counters of one imitated API, to be asked for once.
func (b *Book) API(w World, name string) *API {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.apis[w] == nil {
		b.apis[w] = map[string]*API{}
	}
	a := b.apis[w][name]
	if a == nil {
		a = new(API)
		b.apis[w][name] = a
	}
	return a
}

// API are the counters of one imitated API.
type API struct {
	operations sync.Map // name → *operation
}

// Count counts a call: operation is the name of its route, "" when none
// matched, and took is real time.
func (a *API) Count(name string, status int, took time.Duration) {
	found, known := a.operations.Load(name)
	if !known {
		found, _ = a.operations.LoadOrStore(name, new(operation))
	}
	found.(*operation).count(status, took)
}

// limits are the upper bounds of the buckets that durations are counted in.
var limits = [...]time.Duration{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, time.Second, 10 * time.Second,
}

// operation are the counters of one operation.
type operation struct {
	classes [6]atomic.Int64 // of statuses, by their first digit; 0 for no answer
	took    atomic.Int64    // nanoseconds in all
	buckets [len(limits) + 1]atomic.Int64
}

func (o *operation) count(status int, took time.Duration) {
	class := status / 100
	if class < 0 || class >= len(o.classes) {
		class = 0
	}
	bucket := 0
	for bucket < len(limits) && took > limits[bucket] {
		bucket++
	}
	o.classes[class].Add(1)
	o.took.Add(int64(took))
	o.buckets[bucket].Add(1)
}
