package sql

import "liksom/server/payment"

// mostRecent bounds how many payments are known by heart.
const mostRecent = 16_384

// recent knows the payments that were written last by heart: what happens to
// one next follows soon as a rule, and reading a document costs as much as
// writing it. The writer alone touches it.
type recent map[payment.ID]payment.Payment

// remember knows a payment as it was just written, until a rollback.
func (w *world) remember(t *tx, p *payment.Payment) {
	if w.recent == nil || len(w.recent) >= mostRecent {
		w.recent = recent{}
	}
	w.recent[p.ID] = *p
	id := p.ID
	t.onRollback(func() { delete(w.recent, id) })
}
