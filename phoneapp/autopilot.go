package phoneapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// The kinds of due rows that phones ask for; their key is [payment.ID.String].
const (
	DuePush      = "push"
	DueAutopilot = "autopilot"
	// DueLatePush is a push that a fault has held back.
	DueLatePush = "late-push"
)

// autopilot is who acted, on the timeline.
const autopilot = "autopilot"

// The modes of an autopilot that answer.
const (
	approves = "approve"
	declines = "decline"
)

// FollowUps gives the rows that an event causes: a push that takes its time,
// and the answer of a phone that answers by itself. It is a function of the
// event and the phone's settings, for [payment.Service.FollowUps].
func (h *Hub) FollowUps(p payment.Payment, e payment.Event) []payment.Due {
	if !addresses(&e) {
		return nil
	}
	phone, ok := h.Directory.Phone(e.Phone)
	if !ok {
		return nil
	}
	rows := h.reminders(&p, &e)
	key := p.ID.String()
	if latency := delay(&p, &phone); latency > 0 {
		rows = append(rows, payment.Due{At: e.At.Add(latency), Kind: DuePush, Key: key})
	}
	if answers(&p, &phone) {
		rows = append(rows, payment.Due{At: pilotAt(&p, &phone, e.At, note{}), Kind: DueAutopilot, Key: key})
	}
	return rows
}

// delay is how long a push takes to a phone. Whoever scanned has the payment
// before their eyes at once.
func delay(p *payment.Payment, phone *directory.Phone) time.Duration {
	if p.Holder == phone.Number {
		return 0
	}
	return phone.Takes(p.ID)
}

// answers tells whether a phone's autopilot answers the push of a payment now.
func answers(p *payment.Payment, phone *directory.Phone) bool {
	mode := phone.Autopilot.For(p).Mode
	return phone.Online && phone.PushOn && (mode == approves || mode == declines)
}

// pilotAt is when the autopilot answers a request that came at arrived.
func pilotAt(p *payment.Payment, phone *directory.Phone, arrived time.Time, n note) time.Time {
	shown := arrived.Add(delay(p, phone))
	if !n.late.IsZero() {
		shown = n.late
	}
	return shown.Add(time.Duration(phone.Autopilot.For(p).Delay))
}

// autopilotAt tells when a phone will answer a request by itself, if it will.
func (h *Hub) autopilotAt(p *payment.Payment, phone *directory.Phone, past history) (time.Time, bool) {
	n := h.noted(p.ID, phone.Number)
	if past.arrived.IsZero() || p.Processing() || !answers(p, phone) || n.silences() {
		return time.Time{}, false
	}
	return pilotAt(p, phone, past.arrived, n), true
}

// LatePush does what a row of the kind [DueLatePush] asks for.
func (h *Hub) LatePush(ctx context.Context, row payment.Due) error {
	p, phone, err := h.rowOf(ctx, row)
	if err != nil || phone == nil {
		return err
	}
	h.arrived(p.ID, phone.Number, row.At)
	return h.Push(ctx, row)
}

// Push does what a row of the kind [DuePush] asks for.
func (h *Hub) Push(ctx context.Context, row payment.Due) error {
	p, phone, err := h.rowOf(ctx, row)
	if err != nil || phone == nil {
		return err
	}
	past, err := h.historyOf(ctx, p.ID, phone.Number)
	if err != nil {
		return err
	}
	return h.deliver(ctx, &p, phone, past)
}

// Autopilot does what a row of the kind [DueAutopilot] asks for: the phone
// answers by itself, if it still would.
func (h *Hub) Autopilot(ctx context.Context, row payment.Due) error {
	p, phone, err := h.rowOf(ctx, row)
	if err != nil || phone == nil {
		return err
	}
	past, err := h.historyOf(ctx, p.ID, phone.Number)
	if err != nil {
		return err
	}
	// A push that gets lost silences the autopilot, a late one makes it late.
	if _, err := h.trouble(ctx, &p, phone, past); err != nil {
		return err
	}
	at, ok := h.autopilotAt(&p, phone, past)
	if !ok || at.After(latest(row.At, h.Clock.Read().Now)) {
		return nil // the settings are others now; they wrote a row of their own
	}
	acts := phone.Autopilot.For(&p)
	if acts.Mode == declines {
		_, err = h.decline(ctx, phone.Number, p.Code, autopilot)
	} else {
		yes := true
		_, err = h.approve(ctx, phone.Number, p.Code, Answer{CardID: acts.CardID, Consent: &yes}, autopilot)
	}
	if refused(err) {
		h.Log.InfoContext(ctx, "an autopilot was refused", "phone", phone.Number, "payment", row.Key, "reason", err)
		return nil
	}
	return err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// rowOf gives the payment of a row and the phone it waits on; no phone when
// the row has become pointless.
func (h *Hub) rowOf(ctx context.Context, row payment.Due) (payment.Payment, *directory.Phone, error) {
	id, ok := payment.ParseID(row.Key)
	if !ok {
		return payment.Payment{}, nil, fmt.Errorf("due row %d has the key %q, which names no payment", row.N, row.Key)
	}
	p, err := h.Payments.Get(ctx, id)
	if errors.Is(err, payment.Because(payment.UnknownPayment)) {
		return p, nil, nil
	}
	if err != nil {
		return p, nil, err
	}
	phone, ok := h.Directory.Phone(p.Phone)
	if !ok || !waiting(&p, h.Clock.Read().Now) {
		return p, nil, nil
	}
	return p, &phone, nil
}

// schedule gives what waits on a phone to its autopilot, after a change of
// its settings.
func (h *Hub) schedule(ctx context.Context, phone *directory.Phone, inbox []payment.Payment) error {
	if h.Later == nil {
		return nil
	}
	now := h.Clock.Read().Now
	var rows []payment.Due
	for i := range inbox {
		p := &inbox[i]
		past, err := h.historyOf(ctx, p.ID, phone.Number)
		if err != nil {
			return err
		}
		if at, ok := h.autopilotAt(p, phone, past); ok {
			rows = append(rows, payment.Due{At: latest(at, now), Kind: DueAutopilot, Key: p.ID.String()})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return h.Later(ctx, rows...)
}
