package phoneapp

import (
	"context"
	"strings"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// DueReminder is the kind of due rows that remind of a long-living payment;
// their key is the phone's number, a space and [payment.ID.String].
const DueReminder = "reminder"

// remindBefore is how long before its end a payer is reminded of a
// long-living payment (ePayment contract, section 2.12).
func remindBefore() []time.Duration { return []time.Duration{72 * time.Hour, 24 * time.Hour} }

// reminders gives the rows that remind a phone of a payment it was addressed
// with. Only MobilePay is known to remind.
func (h *Hub) reminders(p *payment.Payment, e *payment.Event) []payment.Due {
	unit, _ := h.Directory.Unit(p.MSN)
	if p.Window != payment.Fixed || unit.Rules().Brand != "mobilepay" {
		return nil
	}
	var rows []payment.Due
	for _, before := range remindBefore() {
		if at := p.Ends().Add(-before); at.After(e.At) {
			rows = append(rows, payment.Due{At: at, Kind: DueReminder, Key: e.Phone + " " + p.ID.String()})
		}
	}
	return rows
}

// Remind does what a row of the kind [DueReminder] asks for: the push comes
// once more, if the request still waits on that phone.
func (h *Hub) Remind(ctx context.Context, row payment.Due) error {
	p, phone, err := h.reminded(ctx, row)
	if err != nil || phone == nil || p.Processing() {
		return err
	}
	past, err := h.historyOf(ctx, p.ID, phone.Number)
	if err != nil {
		return err
	}
	return h.deliver(ctx, &p, phone, past)
}

// reminded gives the payment and the phone of a reminder's row; no phone when
// the row has become pointless.
func (h *Hub) reminded(ctx context.Context, row payment.Due) (payment.Payment, *directory.Phone, error) {
	number, key, _ := strings.Cut(row.Key, " ")
	row.Key = key
	p, phone, err := h.rowOf(ctx, row)
	if phone != nil && phone.Number != number {
		phone = nil
	}
	return p, phone, err
}
