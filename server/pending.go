package server

import (
	"context"
	"time"

	"liksom/phoneapp"
	"liksom/qr"
	"liksom/server/control"
	"liksom/server/payment"
)

// pending tells the control API what a due row of the phones or the codes
// will do; false when it has become pointless.
func (w *World) pending(ctx context.Context, row payment.Due) (control.Deadline, bool, error) {
	d := control.Deadline{At: row.At, Kind: row.Kind}
	switch row.Kind {
	case phoneapp.DuePush, phoneapp.DueLatePush, phoneapp.DueAutopilot:
		id, _ := payment.ParseID(row.Key)
		number, does, err := w.phones.Pending(ctx, row)
		d.MSN, d.Reference, d.Phone = id.MSN, id.Reference, number
		d.Text = "The push reaches " + number + "."
		if row.Kind == phoneapp.DueLatePush {
			d.Kind = phoneapp.DuePush
		}
		if row.Kind == phoneapp.DueAutopilot {
			d.Text = "The phone " + number + " answers by itself."
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
	}
	return d, false, nil
}
