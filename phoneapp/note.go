package phoneapp

import (
	"context"

	"liksom/server/payment"
)

// note is what is remembered of a waiting request, in memory alone: it is
// lost with a restart, after which an autopilot that was held goes on.
type note struct {
	phone string
	// asked tells that the faults were asked about the push, lost what they
	// said: each push is asked about once, whoever needs to know first.
	asked, lost bool
	// held stops the autopilot.
	held bool
}

// silences tells whether the autopilot keeps quiet: it answers pushes, and
// this one was held or never shown.
func (n note) silences() bool { return n.held || n.lost }

func (h *Hub) noted(id payment.ID, number string) note {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.notes[id]
	if n.phone != number {
		return note{phone: number}
	}
	return n
}

// forget drops the note of a payment that has ended.
func (h *Hub) forget(id payment.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.notes, id)
}

// lost tells whether a fault takes the push of a request.
func (h *Hub) lost(p *payment.Payment, number string) bool {
	if h.Faults == nil {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.notes[p.ID]
	if n.phone != number {
		n = note{phone: number}
	}
	if !n.asked {
		n.asked, n.lost = true, h.Faults.Push(p.MSN, p.Reference, number)
		h.notes[p.ID] = n
	}
	return n.lost
}

// Held tells that the push of a waiting payment does not reach its phone: it
// is offline, shows no pushes, or a fault took this one.
func (h *Hub) Held(p *payment.Payment) bool {
	phone, ok := h.Directory.Phone(p.Phone)
	return ok && (!phone.Online || !phone.PushOn || h.lost(p, p.Phone))
}

// Again sends the push of a waiting payment once more, whatever became of the
// first one; a fault may take this one too. What cannot be answered any more
// is refused as the wallet core does.
func (h *Hub) Again(ctx context.Context, id payment.ID) error {
	p, err := h.Payments.Get(ctx, id)
	if err != nil {
		return err
	}
	if p.Phone == "" || !waiting(&p, h.Clock.Read().Now) {
		return endOf(&p)
	}
	phone, ok := h.Directory.Phone(p.Phone)
	if !ok {
		return nil // removed meanwhile: there is nobody to push to
	}
	h.mu.Lock()
	n := h.notes[id]
	if n.phone != p.Phone {
		n = note{phone: p.Phone}
	}
	n.asked, n.lost = false, false
	h.notes[id] = n
	h.mu.Unlock()
	past, err := h.historyOf(ctx, &p, p.Phone)
	if err != nil {
		return err
	}
	return h.deliver(ctx, &p, &phone, past)
}

// hold stops the autopilot for one request.
func (h *Hub) hold(ctx context.Context, number, requestID string) error {
	phone, p, err := h.resolve(ctx, number, requestID)
	if err != nil {
		return err
	}
	if !waiting(&p, h.Clock.Read().Now) {
		return refusal(endOf(&p))
	}
	h.mu.Lock()
	n := h.notes[p.ID]
	if n.phone != number {
		n = note{phone: number}
	}
	n.held = true
	h.notes[p.ID] = n
	h.mu.Unlock()
	r, err := h.lookUp(ctx, &p, &phone)
	if err != nil {
		return err
	}
	h.send(number, requestMessage{Type: "request", Request: r})
	return nil
}

// endOf is the refusal for a payment that waits no more.
func endOf(p *payment.Payment) error {
	if p.State == payment.Created || p.State == payment.Expired {
		return &payment.Error{Reason: payment.RanOut, Message: "The time to pay ran out.", State: p.State}
	}
	return &payment.Error{Reason: payment.AlreadyDecided, Message: "The payment is decided already.", State: p.State}
}
