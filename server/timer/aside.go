package timer

import (
	"container/heap"
	"sync"
	"sync/atomic"
	"time"
)

// aside runs what may take real time beside everything else, with a bound on
// how much at once, and lets a jump wait for what it must not overtake.
type aside struct {
	mu      sync.Mutex
	running int
	queued  []*flight
	flights flights // all not yet known to be over, earliest barrier first
	group   sync.WaitGroup
	ended   atomic.Int64 // how many are over
}

// flight is one row being done aside.
type flight struct {
	barrier time.Time
	do      func()
	over    chan struct{}
}

func (a *aside) start(barrier time.Time, do func()) {
	f := &flight{barrier: barrier, do: do, over: make(chan struct{})}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sweep()
	heap.Push(&a.flights, f)
	if a.running >= maxWorkers {
		a.queued = append(a.queued, f)
		return
	}
	a.running++
	a.group.Go(func() { a.work(f) })
}

func (a *aside) work(f *flight) {
	for f != nil {
		f.do()
		a.ended.Add(1)
		close(f.over)
		f = a.next()
	}
}

func (a *aside) next() *flight {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.queued) == 0 {
		a.running--
		return nil
	}
	f := a.queued[0]
	a.queued[0] = nil
	a.queued = a.queued[1:]
	return f
}

// sweep forgets the earliest flights that are over.
func (a *aside) sweep() {
	for len(a.flights) > 0 {
		select {
		case <-a.flights[0].over:
			heap.Pop(&a.flights)
		default:
			return
		}
	}
}

// first is the unfinished flight with the earliest barrier, nil for none.
func (a *aside) first() *flight {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sweep()
	if len(a.flights) == 0 {
		return nil
	}
	return a.flights[0]
}

// waitOne waits for the flight with the earliest barrier, and tells whether
// there was one.
func (a *aside) waitOne() bool {
	f := a.first()
	if f != nil {
		<-f.over
	}
	return f != nil
}

// waitBefore waits for every flight whose barrier is not after a time, and
// tells whether there was one.
func (a *aside) waitBefore(at time.Time) bool {
	waited := false
	for {
		f := a.first()
		if f == nil || f.barrier.After(at) {
			return waited
		}
		<-f.over
		waited = true
	}
}

// wait waits for all of them.
func (a *aside) wait() { a.group.Wait() }

// flights is a heap by barrier.
type flights []*flight

func (f flights) Len() int           { return len(f) }
func (f flights) Less(i, j int) bool { return f[i].barrier.Before(f[j].barrier) }
func (f flights) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *flights) Push(x any)        { *f = append(*f, x.(*flight)) }
func (f *flights) Pop() any {
	old := *f
	last := len(old) - 1
	x := old[last]
	old[last] = nil
	*f = old[:last]
	return x
}
