package phoneapp

import (
	"context"
	"time"

	"liksom/server/payment"
)

// Pending tells what a row of a phone's kinds will do
// if all stays as it is, to which phone: false when nothing.
func (h *Hub) Pending(ctx context.Context, row payment.Due) (number string, does bool, err error) {
	find := h.rowOf
	if row.Kind == DueReminder {
		find = h.reminded
	}
	p, phone, err := find(ctx, row)
	if err != nil || phone == nil {
		return "", false, err
	}
	if row.Kind != DueAutopilot {
		return phone.Number, !p.Processing(), nil
	}
	past, err := h.historyOf(ctx, p.ID, phone.Number)
	if err != nil {
		return "", false, err
	}
	at, ok := h.autopilotAt(&p, phone, past)
	return phone.Number, ok && !at.Truncate(time.Millisecond).After(row.At), nil
}
