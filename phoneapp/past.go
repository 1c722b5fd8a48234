package phoneapp

import (
	"context"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// Past is a request that has ended, with what came after.
type Past struct {
	Request
	// CardLast4 is the card that was paid with; "" for none.
	CardLast4 string `json:"cardLast4,omitempty"`
	Captured  int64  `json:"captured"`
	Refunded  int64  `json:"refunded"`
	// History is what happened, oldest first.
	History []PastEvent `json:"history"`
	// Links lead to the merchant's pages about the order.
	Links []OrderLink `json:"links"`
}

// PastEvent is one thing that happened to a payment, with its own amount.
type PastEvent struct {
	Kind   payment.Kind `json:"kind"`
	At     time.Time    `json:"at"`
	Amount int64        `json:"amount"`
}

// OrderLink is a page of the merchant's about an order, such as its tickets.
type OrderLink struct {
	Kind string `json:"kind"` // as Order Management names it: "TICKET", …
	URL  string `json:"url"`
}

// mostPast is how many ended requests a phone looks back on.
const mostPast = 50

// Activity is what a phone's owner paid and did not pay, newest first, with
// receipts and refunds. It refuses with [NotFound] when no phone has the
// number.
func (h *Hub) Activity(ctx context.Context, number string) ([]Past, error) {
	phone, ok := h.Directory.Phone(number)
	if !ok {
		return nil, unknownPhone(number)
	}
	found, err := h.Payments.List(ctx, payment.Query{Phone: number, Limit: mostPast})
	if err != nil {
		return nil, err
	}
	past := []Past{}
	for i := range found {
		p := &found[i]
		if !p.Final() || p.Phone != number {
			continue
		}
		one, err := h.pastOf(ctx, p, &phone)
		if err != nil {
			return nil, err
		}
		past = append(past, one)
	}
	return past, nil
}

func (h *Hub) pastOf(ctx context.Context, p *payment.Payment, phone *directory.Phone) (Past, error) {
	events, err := h.Payments.Events(ctx, p.ID)
	if err != nil {
		return Past{}, err
	}
	past := Past{
		Request:  h.request(p, phone, historyIn(events, phone.Number)),
		Captured: p.Sums.Captured, Refunded: p.Sums.Refunded, History: []PastEvent{}, Links: []OrderLink{},
	}
	for i := range events {
		if e := &events[i]; e.Kind.Public() {
			past.History = append(past.History, PastEvent{e.Kind, shown(e.At), e.Amount})
		}
	}
	if p.Card != nil {
		past.CardLast4 = p.Card.Last4
	}
	if h.Added == nil {
		return past, nil
	}
	added, links, err := h.Added(ctx, p.ID)
	if err != nil {
		return past, err
	}
	past.Links = append(past.Links, links...)
	if added != nil && past.Receipt == nil {
		past.Receipt = bill(p, added)
	}
	return past, nil
}
