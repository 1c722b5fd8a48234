package phoneapp

import (
	"context"
	"errors"
	"slices"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// Requests is what waits on a phone, oldest first. It refuses with
// [NotFound] when no phone has the number.
func (h *Hub) Requests(ctx context.Context, number string) ([]Request, error) {
	phone, ok := h.Directory.Phone(number)
	if !ok {
		return nil, unknownPhone(number)
	}
	inbox, err := h.inbox(ctx, number)
	if err != nil {
		return nil, err
	}
	requests := make([]Request, 0, len(inbox))
	for i := range inbox {
		r, err := h.lookUp(ctx, &inbox[i], &phone)
		if err != nil {
			return nil, err
		}
		requests = append(requests, r)
	}
	return requests, nil
}

// inbox is what waits on a phone, oldest first.
func (h *Hub) inbox(ctx context.Context, number string) ([]payment.Payment, error) {
	found, err := h.Payments.List(ctx, payment.Query{Phone: number, State: payment.Created})
	if err != nil {
		return nil, err
	}
	now := h.Clock.Read().Now
	found = slices.DeleteFunc(found, func(p payment.Payment) bool {
		state := stateFor(&p, number, now)
		return state != Pending && state != Processing
	})
	slices.Reverse(found)
	return found, nil
}

// lookUp shows a payment to a phone, with what its log tells.
func (h *Hub) lookUp(ctx context.Context, p *payment.Payment, phone *directory.Phone) (Request, error) {
	past, err := h.historyOf(ctx, p.ID, phone.Number)
	if err != nil {
		return Request{}, err
	}
	return h.show(ctx, p, phone, past)
}

// show is [Hub.request] for an owner who may have consented before.
func (h *Hub) show(ctx context.Context, p *payment.Payment, phone *directory.Phone, past history) (Request, error) {
	var err error
	if len(p.Scopes) > 0 && !p.Final() {
		past.known, err = h.known(ctx, p, phone)
	}
	return h.request(p, phone, past), err
}

// history is what a payment's log tells about it and one phone.
type history struct {
	// arrived is when the phone was addressed; zero if it never was.
	arrived time.Time
	// failure is the refusal of the last card tried.
	failure string
	// known are the scopes that the owner need not be asked for again.
	known []string
}

func (h *Hub) historyOf(ctx context.Context, id payment.ID, number string) (history, error) {
	events, err := h.Payments.Events(ctx, id)
	if err != nil {
		return history{}, err
	}
	return historyIn(events, number), nil
}

func historyIn(events []payment.Event, number string) history {
	var past history
	for i := range events {
		e := &events[i]
		switch {
		case e.Phone != number:
		case addresses(e):
			past = history{arrived: e.At}
		case e.Kind == payment.CardDeclined:
			past.failure = e.Note
		}
	}
	return past
}

// addresses tells whether an event brings a request to a phone: a push flow's
// creation, or somebody's giving a number or scanning.
func addresses(e *payment.Event) bool {
	return e.Phone != "" && (e.Kind == payment.PaymentCreated || e.Kind == payment.Identified)
}

// hello is the first message on a socket. A phone that is offline is told how
// much waits, and none of it.
func (h *Hub) hello(ctx context.Context, number string) (helloMessage, error) {
	phone, _ := h.Directory.Phone(number)
	requests, err := h.Requests(ctx, number)
	if err != nil {
		return helloMessage{}, err
	}
	m := helloMessage{Type: "hello", Phone: phone, Requests: requests, Waiting: len(requests)}
	if !phone.Online {
		m.Requests = []Request{}
	}
	c := newClockMessage(h.Clock.Read())
	m.Now, m.Speed, m.Frozen = c.Now, c.Speed, c.Frozen
	return m, nil
}

// find resolves what a phone calls a request: the reference of one of its own
// payments, the newest that waits before all others, or any payment's code.
func (h *Hub) find(ctx context.Context, number, requestID string) (payment.Payment, error) {
	var own *payment.Payment
	now := h.Clock.Read().Now
	for _, unit := range h.Directory.Units() {
		p, err := h.Payments.Get(ctx, payment.ID{MSN: unit.MSN, Reference: requestID})
		if errors.Is(err, payment.Because(payment.UnknownPayment)) {
			continue
		}
		if err != nil {
			return payment.Payment{}, err
		}
		if (p.Phone == number || p.Holder == number) && (own == nil || before(&p, own, now)) {
			own = &p
		}
	}
	if own != nil {
		return *own, nil
	}
	p, err := h.Payments.Find(ctx, requestID)
	if errors.Is(err, payment.Because(payment.UnknownPayment)) {
		return payment.Payment{}, &Error{Code: NotFound, Message: "There is no such request on this phone."}
	}
	return p, err
}

// before tells whether a is rather meant than b.
func before(a, b *payment.Payment, now time.Time) bool {
	if wa, wb := waiting(a, now), waiting(b, now); wa != wb {
		return wa
	}
	return a.Number > b.Number
}
