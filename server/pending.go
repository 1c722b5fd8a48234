package server

import (
	"context"
	"strings"
	"time"

	"liksom/phoneapp"
	"liksom/qr"
	"liksom/server/control"
	"liksom/server/payment"
	"liksom/server/stripe"
)

// pending tells the control API what a due row of the phones or the codes
// will do; false when it has become pointless.
func (w *World) pending(ctx context.Context, row payment.Due) (control.Deadline, bool, error) {
	d := control.Deadline{At: row.At, Kind: row.Kind}
	switch row.Kind {
	case phoneapp.DuePush, phoneapp.DueLatePush, phoneapp.DueReminder, phoneapp.DueAutopilot:
		_, key, found := strings.Cut(row.Key, " ") // a reminder names its phone first
		if !found {
			key = row.Key
		}
		id, _ := payment.ParseID(key)
		number, does, err := w.phones.Pending(ctx, row)
		d.MSN, d.Reference, d.Phone = id.MSN, id.Reference, number
		d.Text = "The push reaches " + number + "."
		switch row.Kind {
		case phoneapp.DueLatePush:
			d.Kind = phoneapp.DuePush
		case phoneapp.DueAutopilot:
			d.Text = "The phone " + number + " answers by itself."
		case phoneapp.DueReminder:
			d.Text = "The phone " + number + " is reminded of what waits."
		}
		return d, does, err
	case qr.DueCode:
		code, known := w.shelf.Find(row.Key)
		d.MSN, d.Code, d.Text = code.MSN, code.ID, "The code "+code.Name+" ends."
		return d, known && !code.EndsAt.IsZero() && !code.EndsAt.Truncate(time.Millisecond).After(row.At), nil
	case qr.DueTicket:
		ticket, known := w.counter.Ticket(row.Key)
		d.Kind, d.MSN, d.Phone = "check-in", ticket.MSN, ticket.Number
		d.Text = "The check-in of " + ticket.Number + " is forgotten."
		return d, known, nil
	case stripe.DueSettle:
		does := false
		d.Kind, d.MSN, d.Reference, d.Text, does = w.stripe.Pending(row)
		return d, does, nil
	}
	return d, false, nil
}
