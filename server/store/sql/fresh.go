package sql

import (
	"sync"

	"liksom/server/webhook"
)

// mostFresh bounds how many deliveries are known by heart.
const mostFresh = 4096

// fresh knows deliveries by heart from the commit that wrote them to their
// first settling. Their first try follows at once as a rule, and reading them
// back twice would cost more than writing them. It is safe for use by many
// goroutines.
type fresh struct {
	mu sync.Mutex
	by map[string]webhook.Delivery // by id
}

func (f *fresh) add(d webhook.Delivery) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by == nil || len(f.by) >= mostFresh {
		f.by = map[string]webhook.Delivery{}
	}
	f.by[d.ID] = d
}

func (f *fresh) get(id string) (webhook.Delivery, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.by[id]
	return d, ok
}

// take gives a delivery that is about to be written, and knows it no more.
func (f *fresh) take(id string) (webhook.Delivery, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	d, ok := f.by[id]
	delete(f.by, id)
	return d, ok
}

func (f *fresh) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.by)
}
