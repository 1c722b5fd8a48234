package phoneapp

import (
	"context"

	"github.com/gorilla/websocket"

	"liksom/server/directory"
	"liksom/server/payment"
)

// mostMissed bounds what is remembered for a phone that is offline; one that
// missed more is better off with a new hello.
const mostMissed = queueLength / 2

// away tells whether a phone is offline, and then remembers that its sockets
// were not told of a payment.
func (h *Hub) away(phone *directory.Phone, id payment.ID) bool {
	if phone.Online {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.lines[phone.Number]
	if l == nil || len(l.missed) > mostMissed {
		return true
	}
	if l.missed == nil {
		l.missed = map[payment.ID]struct{}{}
	}
	l.missed[id] = struct{}{}
	return true
}

// phoneChanged is told by the directory. What needs the store is left to
// [Hub.followSettings], so that no change of a setting waits for it.
func (h *Hub) phoneChanged(p directory.Phone) {
	h.send(p.Number, phoneMessage{Type: "phone", Phone: p})
	h.mu.Lock()
	back := h.changed[p.Number]
	if l := h.lines[p.Number]; l != nil {
		back = back || p.Online && !l.online
		l.online = p.Online
	}
	h.changed[p.Number] = back
	h.mu.Unlock()
	select {
	case h.bell <- struct{}{}:
	default: // it rings already
	}
}

// followSettings brings phones that came back online what they missed, and
// gives autopilots what waits already.
func (h *Hub) followSettings(ctx context.Context) {
	for {
		select {
		case <-h.bell:
		case <-ctx.Done():
			return
		}
		h.mu.Lock()
		changed := h.changed
		h.changed = map[string]bool{}
		h.mu.Unlock()
		for number, back := range changed {
			if err := h.settle(ctx, number, back); err != nil && ctx.Err() == nil {
				h.Log.ErrorContext(ctx, "a phone's inbox cannot be read", "phone", number, "error", err)
				h.HangUp(number)
			}
		}
	}
}

func (h *Hub) settle(ctx context.Context, number string, back bool) error {
	phone, ok := h.Directory.Phone(number)
	if !ok || !phone.Online {
		return nil
	}
	inbox, err := h.inbox(ctx, number)
	if err != nil {
		return err
	}
	if err := h.schedule(ctx, &phone, inbox); err != nil {
		return err
	}
	if !back {
		return nil
	}
	return h.welcomeBack(ctx, &phone, inbox)
}

// welcomeBack brings a phone that came back online the pushes that wait for
// it, and tells what became of requests that ended meanwhile.
func (h *Hub) welcomeBack(ctx context.Context, phone *directory.Phone, inbox []payment.Payment) error {
	h.mu.Lock()
	var missed map[payment.ID]struct{}
	if l := h.lines[phone.Number]; l != nil {
		missed, l.missed = l.missed, nil
	}
	h.mu.Unlock()
	if len(missed)+len(inbox) > mostMissed {
		h.hangUp(h.sessionsOf(phone.Number), websocket.CloseServiceRestart)
		return nil
	}
	for i := range inbox {
		p := &inbox[i]
		if p.Processing() {
			continue // nothing to push; what it missed is told below
		}
		delete(missed, p.ID)
		past, err := h.historyOf(ctx, p.ID, phone.Number)
		if err != nil {
			return err
		}
		if err := h.deliver(ctx, p, phone, past); err != nil {
			return err
		}
	}
	for id := range missed {
		if err := h.update(ctx, id, phone.Number, history{}); err != nil {
			return err
		}
	}
	return nil
}

// tellWaiting tells a phone that is offline how much waits for it by now.
func (h *Hub) tellWaiting(ctx context.Context, phone *directory.Phone) error {
	if len(h.sessionsOf(phone.Number)) == 0 {
		return nil
	}
	inbox, err := h.inbox(ctx, phone.Number)
	if err != nil {
		return err
	}
	n := len(inbox)
	h.send(phone.Number, phoneMessage{Type: "phone", Phone: *phone, Waiting: &n})
	return nil
}
