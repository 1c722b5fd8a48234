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
	if answers(&phone) {
		rows = append(rows, payment.Due{At: pilotAt(&p, &phone, e.At), Kind: DueAutopilot, Key: key})
	}
	return rows
}

// delay is how long a push takes to a phone. Whoever scanned has the payment
// before their eyes at once.
func delay(p *payment.Payment, phone *directory.Phone) time.Duration {
	if p.Holder == phone.Number {
		return 0
	}
	return time.Duration(phone.Latency)
}

// answers tells whether a phone's autopilot answers pushes now.
func answers(phone *directory.Phone) bool {
	mode := phone.Autopilot.Mode
	return phone.Online && phone.PushOn && (mode == approves || mode == declines)
}

// pilotAt is when the autopilot answers a request that came at arrived.
func pilotAt(p *payment.Payment, phone *directory.Phone, arrived time.Time) time.Time {
	return arrived.Add(delay(p, phone)).Add(time.Duration(phone.Autopilot.Delay))
}

// autopilotAt tells when a phone will answer a request by itself, if it will.
func (h *Hub) autopilotAt(p *payment.Payment, phone *directory.Phone, past history) (time.Time, bool) {
	if past.arrived.IsZero() || p.Processing() || !answers(phone) || h.noted(p.ID, phone.Number).silences() {
		return time.Time{}, false
	}
	return pilotAt(p, phone, past.arrived), true
}

// Push does what a row of the kind [DuePush] asks for.
func (h *Hub) Push(ctx context.Context, row payment.Due) error {
	p, phone, err := h.rowOf(ctx, row)
	if err != nil || phone == nil {
		return err
	}
	past, err := h.historyOf(ctx, &p, phone.Number)
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
	past, err := h.historyOf(ctx, &p, phone.Number)
	if err != nil {
		return err
	}
	h.lost(&p, phone.Number) // a push that gets lost silences the autopilot
	at, ok := h.autopilotAt(&p, phone, past)
	if !ok || at.After(latest(row.At, h.Clock.Read().Now)) {
		return nil // the settings are others now; they wrote a row of their own
	}
	if phone.Autopilot.Mode == declines {
		_, err = h.decline(ctx, phone.Number, p.Code, autopilot)
	} else {
		yes := true
		_, err = h.approve(ctx, phone.Number, p.Code, Answer{CardID: phone.Autopilot.CardID, Consent: &yes}, autopilot)
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
	if h.Later == nil || !answers(phone) {
		return nil
	}
	now := h.Clock.Read().Now
	var rows []payment.Due
	for i := range inbox {
		p := &inbox[i]
		past, err := h.historyOf(ctx, p, phone.Number)
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
