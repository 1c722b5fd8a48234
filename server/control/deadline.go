package control

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// Deadline is something that will happen at a time, of itself.
type Deadline struct {
	At time.Time
	// Kind is what sort of thing: "window", "webhook" and the like.
	Kind string
	// Text tells it to people.
	Text string
	// What it is about; "" where that makes no sense.
	MSN, Reference, Phone            string
	Window                           payment.Window
	DeliveryID, RegistrationID, Code string
}

// The kinds of deadlines that this door tells by itself.
const (
	dueWindow     = "window"
	dueProcessing = "processing"
	dueRelease    = "reservation-end"
	dueWebhook    = "webhook"
	dueRemoval    = "registration-removal"
)

type deadlineView struct {
	At             time.Time      `json:"at"`
	Kind           string         `json:"kind"`
	Text           string         `json:"text"`
	MSN            string         `json:"msn,omitempty"`
	Reference      string         `json:"reference,omitempty"`
	Phone          string         `json:"phone,omitempty"`
	Window         payment.Window `json:"window,omitempty"`
	DeliveryID     string         `json:"deliveryId,omitempty"`
	RegistrationID string         `json:"registrationId,omitempty"`
	Code           string         `json:"code,omitempty"`
}

// deadlines lists what is due next, earliest first. Rows that will do nothing
// when their time comes are left out.
func (c *Control) deadlines(r *http.Request) (answer, error) {
	query, page, err := parameters(r, "msn", "reference", "limit", "cursor", "wait")
	if err != nil {
		return answer{}, err
	}
	msn, reference := query.Get("msn"), query.Get("reference")
	found, err := await(c, r, page.wait, func(ctx context.Context) ([]Deadline, error) {
		return c.due(ctx, func(d *Deadline) bool { return same(msn, d.MSN) && same(reference, d.Reference) }, page)
	})
	if err != nil {
		return answer{}, err
	}
	list := struct {
		Now       time.Time      `json:"now"`
		Deadlines []deadlineView `json:"deadlines"`
		Cursor    string         `json:"cursor,omitempty"`
	}{shown(c.Clock.Read().Now), make([]deadlineView, len(found)), ""}
	for i, d := range found {
		d.At = shown(d.At)
		list.Deadlines[i] = deadlineView(d)
	}
	if len(found) == page.limit {
		list.Cursor = strconv.FormatInt(page.before+int64(len(found)), 10)
	}
	return ok(list)
}

// due gives the deadlines that are wanted, earliest first, behind as many as
// the page says.
func (c *Control) due(ctx context.Context, wanted func(*Deadline) bool, page page) ([]Deadline, error) {
	rows, err := c.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	var found []Deadline
	skip := page.before
	// A row may be written twice, by two who did not know of each other: the
	// second finds nothing to do when its time comes.
	seen := map[payment.Due]bool{}
	for i := range rows {
		row := rows[i]
		row.N = 0
		if seen[row] {
			continue
		}
		seen[row] = true
		d, real, err := c.deadline(ctx, &rows[i])
		if err != nil {
			return nil, err
		}
		if !real || !wanted(&d) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if found = append(found, d); len(found) == page.limit {
			break
		}
	}
	return found, nil
}

// deadline tells what a due row will do; false when nothing.
func (c *Control) deadline(ctx context.Context, row *payment.Due) (Deadline, bool, error) {
	switch row.Kind {
	case payment.DueWindow, payment.DueRelease:
		return c.paymentDue(ctx, row)
	case webhook.DueDelivery:
		return c.tryDue(ctx, row)
	case webhook.DueRemoval:
		return c.removalDue(ctx, row)
	}
	return c.Pending(ctx, *row)
}

// meant tells whether a row is the one written for a time. Stores keep times
// to the millisecond.
func meant(row *payment.Due, at time.Time) bool {
	return row.At.Truncate(time.Millisecond).Equal(at.Truncate(time.Millisecond))
}

func (c *Control) paymentDue(ctx context.Context, row *payment.Due) (Deadline, bool, error) {
	id, _ := payment.ParseID(row.Key)
	p, err := c.Payments.Get(ctx, id)
	if payment.ReasonOf(err) == payment.UnknownPayment {
		return Deadline{}, false, nil
	}
	if err != nil {
		return Deadline{}, false, err
	}
	d := Deadline{At: row.At, MSN: p.MSN, Reference: p.Reference, Phone: p.Phone}
	if row.Kind == payment.DueRelease {
		d.Kind, d.Text = dueRelease, money(p.Sums.Capturable(), p.Amount.Currency)+" that was not captured goes back to the payer."
		return d, p.State == payment.Authorized && p.Sums.Capturable() > 0 && meant(row, p.CaptureBy), nil
	}
	d.Kind, d.Window, d.Text = dueWindow, p.Window, windowName(p.Window)+" ends, and the payment expires."
	if p.Processing() {
		d.Kind, d.Window, d.Text = dueProcessing, "", "The bank decides on the approval."
	}
	return d, !p.Final() && meant(row, p.Ends()), nil
}

func (c *Control) tryDue(ctx context.Context, row *payment.Due) (Deadline, bool, error) {
	found, err := c.Deliveries.Delivery(ctx, row.Key)
	if errors.Is(err, webhook.ErrNotFound) {
		return Deadline{}, false, nil
	}
	if err != nil {
		return Deadline{}, false, err
	}
	hook, err := c.Deliveries.Registration(ctx, found.Registration)
	if err != nil && !errors.Is(err, webhook.ErrNotFound) {
		return Deadline{}, false, err
	}
	return Deadline{
		At: row.At, Kind: dueWebhook, MSN: found.Payment.MSN, Reference: found.Payment.Reference,
		DeliveryID: found.ID, RegistrationID: found.Registration,
		Text: "The webhook " + found.Type + " is tried for the " + ordinal(found.Tries+1) + " time.",
	}, found.Status == webhook.Waiting && !hook.Paused && meant(row, found.NextAt), nil
}

// ordinal is a number as a place: 1st, 2nd.
func ordinal(n int) string {
	ending := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}

func (c *Control) removalDue(ctx context.Context, row *payment.Due) (Deadline, bool, error) {
	all, err := c.Deliveries.Registrations(ctx, "*")
	if err != nil {
		return Deadline{}, false, err
	}
	for i := range all {
		if all[i].ID != row.Key {
			continue
		}
		removal, failing := all[i].Removal()
		return Deadline{
			At: row.At, Kind: dueRemoval, MSN: all[i].MSN, RegistrationID: all[i].ID,
			Text: "The registration of " + all[i].URL + " is removed, since its receiver has accepted nothing for two weeks.",
		}, failing && meant(row, removal.At), nil
	}
	return Deadline{}, false, nil
}
