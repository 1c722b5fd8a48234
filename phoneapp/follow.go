package phoneapp

import (
	"context"
	"errors"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// How long to rest, on the wall clock, before the log is read again after it
// could not be, and before phones are told of the clock again: a jump over
// many deadlines moves it more often than anybody can see.
const (
	retryAfter  = time.Second
	clockBreath = 50 * time.Millisecond
)

// followLog tells the phones what happens to their payments.
func (h *Hub) followLog(ctx context.Context) {
	for ctx.Err() == nil {
		for e, err := range h.Feed.Follow(ctx, h.from) {
			if err != nil {
				h.Log.ErrorContext(ctx, "the log cannot be read", "after", h.from, "error", err)
				break
			}
			h.from = e.Seq
			err := h.dispatch(ctx, e)
			if errors.Is(err, payment.Because(payment.UnknownPayment)) {
				continue // forgotten meanwhile, with all its kind
			}
			if err != nil && ctx.Err() == nil {
				// The phone finds what this was about in its next hello.
				h.Log.ErrorContext(ctx, "a phone cannot be told", "payment", e.ID.String(), "event", e.Kind, "error", err)
				h.HangUp(e.Phone)
			}
		}
		rest(ctx, retryAfter)
	}
}

// rest waits on the wall clock, or until the context ends.
func rest(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-ctx.Done()
}

// dispatch tells the phones concerned of one event.
func (h *Hub) dispatch(ctx context.Context, e payment.Event) error {
	switch e.Kind {
	case payment.PaymentCreated:
		return h.arrive(ctx, &e)
	case payment.Identified:
		if err := h.withdraw(ctx, &e); err != nil {
			return err
		}
		return h.arrive(ctx, &e)
	case payment.PaymentAuthorized:
		h.forget(e.ID)
		if err := h.withdraw(ctx, &e); err != nil {
			return err
		}
		return h.update(ctx, e.ID, e.Phone, history{})
	case payment.PaymentAborted:
		h.forget(e.ID)
		past, err := h.historyOf(ctx, e.ID, e.Phone)
		if err != nil {
			return err
		}
		return h.update(ctx, e.ID, e.Phone, past)
	case payment.PaymentExpired, payment.PaymentTerminated:
		h.forget(e.ID)
		return h.update(ctx, e.ID, e.Phone, history{})
	case payment.CardDeclined:
		return h.update(ctx, e.ID, e.Phone, history{failure: e.Note})
	case payment.PaymentCaptured, payment.PaymentRefunded:
		p, err := h.Payments.Get(ctx, e.ID)
		if err != nil {
			return err
		}
		return h.update(ctx, e.ID, p.Phone, history{})
	case payment.InProgress:
		return h.update(ctx, e.ID, e.Phone, history{})
	}
	return nil
}

// arrive brings a request to the phone it is addressed to, unless a row will
// do so later.
func (h *Hub) arrive(ctx context.Context, e *payment.Event) error {
	if !addresses(e) || h.Faults == nil && h.Pushed == nil && len(h.sessionsOf(e.Phone)) == 0 {
		return nil
	}
	phone, ok := h.Directory.Phone(e.Phone)
	if !ok {
		return nil
	}
	p, err := h.Payments.Get(ctx, e.ID)
	if err != nil {
		return err
	}
	if delay(&p, &phone) > 0 {
		return nil
	}
	return h.deliver(ctx, &p, &phone, history{arrived: e.At})
}

// deliver shows a request that has just reached a phone: as a push, or
// silently where pushes are off or this one got lost.
func (h *Hub) deliver(ctx context.Context, p *payment.Payment, phone *directory.Phone, past history) error {
	if stateFor(p, phone.Number, h.Clock.Read().Now) != Pending {
		return nil // answered or ended meanwhile; its own event tells so
	}
	met, err := h.trouble(ctx, p, phone, past)
	if err != nil {
		return err
	}
	h.tellPush(ctx, h.pushNews(p, phone, met))
	if met.holdsBack() {
		return nil
	}
	kind := "push"
	if met.lost || !phone.PushOn {
		kind = "request"
	}
	if h.away(phone, p.ID) {
		return h.tellWaiting(ctx, phone)
	}
	if len(h.sessionsOf(phone.Number)) == 0 {
		return nil
	}
	r, err := h.show(ctx, p, phone, past)
	if err != nil {
		return err
	}
	h.send(phone.Number, requestMessage{Type: kind, Request: r})
	return nil
}

// update tells a phone what became of a request.
func (h *Hub) update(ctx context.Context, id payment.ID, number string, past history) error {
	if number == "" || len(h.sessionsOf(number)) == 0 {
		return nil
	}
	phone, ok := h.Directory.Phone(number)
	if !ok {
		return nil
	}
	if h.away(&phone, id) {
		return h.tellWaiting(ctx, &phone)
	}
	p, err := h.Payments.Get(ctx, id)
	if err != nil {
		return err
	}
	r, err := h.show(ctx, &p, &phone, past)
	if err != nil {
		return err
	}
	h.send(number, requestMessage{Type: "request", Request: r})
	return nil
}

// withdraw tells the phones that a payment was addressed to before that it is
// another's now.
func (h *Hub) withdraw(ctx context.Context, e *payment.Event) error {
	if !h.anyone() {
		return nil
	}
	events, err := h.Payments.Events(ctx, e.ID)
	if err != nil {
		return err
	}
	told := map[string]bool{e.Phone: true}
	for i := range events {
		earlier := &events[i]
		if earlier.Seq >= e.Seq || !addresses(earlier) || told[earlier.Phone] {
			continue
		}
		told[earlier.Phone] = true
		if err := h.update(ctx, e.ID, earlier.Phone, history{}); err != nil {
			return err
		}
	}
	return nil
}

// followClock tells every phone of jumps and changes of pace.
func (h *Hub) followClock(ctx context.Context) {
	changed := h.ticked
	for {
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
		changed = h.Clock.Changed() // before the clock is read, or a change in between would go untold
		h.sendAll(newClockMessage(h.Clock.Read()))
		rest(ctx, clockBreath)
	}
}

// keepAlive has every socket answer a ping from time to time, so that a dead
// one is noticed.
func (h *Hub) keepAlive(ctx context.Context) {
	for ctx.Err() == nil {
		rest(ctx, pingEvery)
		for _, s := range h.all() {
			s.send(pingFrame)
		}
	}
}
