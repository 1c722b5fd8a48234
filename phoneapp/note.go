package phoneapp

import (
	"context"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// note is what is remembered of a waiting request, in memory alone: it is
// lost with a restart, after which an autopilot that was held goes on.
type note struct {
	phone string
	// asked tells that the faults were asked about the push, lost what they
	// said: each push is asked about once, whoever needs to know first.
	asked, lost bool
	// late is when a push comes that a fault holds back, zero for others; came
	// tells that it has.
	late time.Time
	came bool
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

// holdsBack tells whether the push is still to come.
func (n note) holdsBack() bool { return !n.late.IsZero() && !n.came }

// trouble tells whether a fault takes the push of a request, or holds it back;
// then it writes the rows for when it comes.
func (h *Hub) trouble(ctx context.Context, p *payment.Payment, phone *directory.Phone, past history) (note, error) {
	if h.Faults == nil {
		return note{phone: phone.Number}, nil
	}
	n, first := h.askOnce(p, phone, past.arrived)
	if !first || n.late.IsZero() || h.Later == nil {
		return n, nil
	}
	rows := []payment.Due{{At: n.late, Kind: DueLatePush, Key: p.ID.String()}}
	if answers(p, phone) {
		rows = append(rows, payment.Due{At: pilotAt(p, phone, n.late, n), Kind: DueAutopilot, Key: p.ID.String()})
	}
	return n, h.Later(ctx, rows...)
}

// askOnce asks the faults about the push of a request that came at arrived, if
// nobody has; first tells that. A push is late by the time of its request, not
// by that of this question: the clock may be jumping.
func (h *Hub) askOnce(p *payment.Payment, phone *directory.Phone, arrived time.Time) (n note, first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	number := phone.Number
	n = h.notes[p.ID]
	if n.phone != number {
		n = note{phone: number}
	}
	if n.asked {
		return n, false
	}
	met := h.Faults.Push(p.MSN, p.Reference, number)
	n.asked, n.lost = true, met.Lost
	if met.Delay > 0 {
		n.late = arrived.Add(delay(p, phone)).Add(met.Delay)
	}
	h.notes[p.ID] = n
	return n, true
}

// arrived notes that a push that was held back comes now. After a restart this
// is all that is known of it.
func (h *Hub) arrived(id payment.ID, number string, at time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.notes[id]
	if n.phone != number {
		n = note{phone: number}
	}
	n.asked, n.late, n.came = true, at, true
	h.notes[id] = n
}

// Held tells that the push of a waiting payment does not reach its phone: it
// is offline, shows no pushes, or a fault took this one or holds it back.
func (h *Hub) Held(p *payment.Payment) bool {
	phone, ok := h.Directory.Phone(p.Phone)
	// Looking asks no faults: only what they said of the push counts.
	n := h.noted(p.ID, p.Phone)
	return ok && (!phone.Online || !phone.PushOn || n.lost || n.holdsBack())
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
	h.notes[id] = note{phone: n.phone, held: n.held}
	h.mu.Unlock()
	past, err := h.historyOf(ctx, p.ID, p.Phone)
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
