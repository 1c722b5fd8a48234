package control

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"liksom/server/fault"
	"liksom/server/payment"
	"liksom/server/webhook"
)

// entry is one thing on a payment's timeline. Kind says what sort of thing,
// Name what exactly, Text tells it to people; the rest is there where it
// makes sense.
type entry struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Name string    `json:"name"`
	Text string    `json:"text"`

	Amount         *amountView `json:"amount,omitempty"`
	PSPReference   string      `json:"pspReference,omitempty"`
	IdempotencyKey string      `json:"idempotencyKey,omitempty"`
	Phone          string      `json:"phone,omitempty"`
	By             string      `json:"by,omitempty"`
	Card           *cardView   `json:"card,omitempty"`
	Scopes         []string    `json:"scopes,omitempty"`
	Reason         string      `json:"reason,omitempty"`
	Until          time.Time   `json:"until,omitzero"`

	Method string   `json:"method,omitempty"`
	Path   string   `json:"path,omitempty"`
	URL    string   `json:"url,omitempty"`
	Status int      `json:"status,omitempty"`
	TookMs *float64 `json:"tookMs,omitempty"`
	// Notes say what was odd about a call that was accepted.
	Notes []string `json:"notes,omitempty"`

	DeliveryID string         `json:"deliveryId,omitempty"`
	Delivery   webhook.Status `json:"deliveryState,omitempty"`
	Attempt    int            `json:"attempt,omitempty"`
	Manual     bool           `json:"manual,omitempty"`
	Error      string         `json:"error,omitempty"`
	Fault      string         `json:"fault,omitempty"`
	// SignatureValid tells of a try whether its signature is what the
	// registration's secret makes of it; absent where that is gone.
	SignatureValid *bool `json:"signatureValid,omitempty"`
}

// The kinds of entries.
const (
	kindAPI     = "api"
	kindState   = "state"
	kindLanding = "landing"
	kindPush    = "push"
	kindApp     = "app"
	kindConsent = "consent"
	kindCard    = "card"
	kindWebhook = "webhook"
	kindTimer   = "timer"
	kindFault   = "fault"
)

// timeline tells all that happened to a payment, sorted by time. What
// happened at the same time keeps the order of cause and effect: the call,
// what it changed, who was told.
func (c *Control) timeline(ctx context.Context, p *payment.Payment) ([]entry, error) {
	events, err := c.Payments.Store.Events(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	told, err := c.told(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	entries := []entry{}
	for _, call := range c.about(p.MSN, p.Reference) {
		entries = append(entries, ofCall(call))
	}
	for _, e := range events {
		entries = append(entries, before(p, &e)...)
		entries = append(entries, ofEvent(p, &e))
		entries = append(entries, after(p, &e)...)
		entries = append(entries, told.planned[e.Seq]...)
	}
	for _, strike := range c.Faults.Strikes(p.MSN, p.Reference) {
		entries = append(entries, ofStrike(&strike))
	}
	entries = append(entries, told.attempts...)
	for i := range entries {
		entries[i].At = shown(entries[i].At)
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return a.At.Compare(b.At) })
	return entries, nil
}

// ConsoleSystem is the Vipps-System-Name under which our console calls the
// imitated APIs with a sales unit's own keys.
const ConsoleSystem = "liksom-console"

func ofCall(call Call) entry {
	v := entry{
		At: call.At, Kind: kindAPI, Name: call.Method + " " + call.Path,
		Text:   fmt.Sprintf("The merchant called %s %s and was answered %d.", call.Method, call.Path, call.Status),
		Method: call.Method, Path: call.Path, Status: call.Status, TookMs: milliseconds(call.Took), Notes: call.Notes,
	}
	if call.Header.Get("Vipps-System-Name") == ConsoleSystem {
		v.By = "console"
	}
	return v
}

func milliseconds(d time.Duration) *float64 {
	ms := float64(d.Microseconds()) / 1000
	return &ms
}

// kinds are where the events belong that are no changes of state.
var kinds = map[payment.Kind]string{
	payment.LandingOpened: kindLanding,
	payment.Identified:    kindLanding,
	payment.Shown:         kindPush,
	payment.Opened:        kindApp,
	payment.Released:      kindApp,
	payment.CardDeclined:  kindCard,
	payment.InProgress:    kindCard,
	payment.Warned:        kindAPI,
	payment.Visited:       kindLanding,

	payment.ShippingOffered: kindApp,
	payment.ShippingFailed:  kindApp,
}

func ofEvent(p *payment.Payment, e *payment.Event) entry {
	v := entry{
		At: e.At, Kind: kinds[e.Kind], Name: string(e.Kind), Text: sentence(p, e),
		PSPReference: e.PSP, IdempotencyKey: e.Key, Phone: e.Phone, By: e.By, Reason: e.Note,
	}
	if v.Kind == "" {
		v.Kind = kindState
		v.Amount = &amountView{p.Amount.Currency, e.Amount}
	}
	if e.Kind == payment.PaymentAuthorized && p.Card != nil {
		v.Card = &cardView{p.Card.ID, p.Card.BIN, p.Card.Last4}
	}
	return v
}

func sentence(p *payment.Payment, e *payment.Event) string {
	sum := money(e.Amount, p.Amount.Currency)
	switch e.Kind {
	case payment.PaymentCreated:
		return "A payment of " + sum + " was created."
	case payment.PaymentAuthorized:
		return "The payer approved " + sum + onPhone(e.Phone) + by(e.By) + "."
	case payment.PaymentAborted:
		return "The payer declined" + onPhone(e.Phone) + by(e.By) + "."
	case payment.PaymentExpired:
		if e.At.Before(p.Deadline) {
			return "The payment was made to expire before its time" + by(e.By) + "."
		}
		return "The payment expired unanswered."
	case payment.PaymentTerminated:
		return "The merchant withdrew the payment."
	case payment.PaymentCaptured:
		return sum + " was captured."
	case payment.PaymentCancelled:
		return sum + " of the reservation was given back."
	case payment.PaymentRefunded:
		return sum + " was refunded."
	case payment.LandingOpened:
		return "The landing page was opened."
	case payment.Visited:
		return "The payer's browser came to the page of the payment."
	case payment.Identified:
		if p.Flow == payment.QR {
			return "The code was taken by " + e.Phone + ", whose owner is to pay."
		}
		return "The payer gave the number " + e.Phone + "."
	case payment.Shown:
		return "The push was shown on " + e.Phone + "."
	case payment.Opened:
		return "The payer opened the request on " + e.Phone + "."
	case payment.Released:
		return "The payer put the request away on " + e.Phone + "."
	case payment.CardDeclined:
		return "The card was refused: " + strings.ReplaceAll(e.Note, "_", " ") + "."
	case payment.InProgress:
		return "The payer approved" + onPhone(e.Phone) + by(e.By) + "; the bank has not decided yet."
	case payment.ShippingOffered:
		return "The merchant told what it delivers to the address chosen" + onPhone(e.Phone) + "."
	case payment.ShippingFailed:
		return e.Note
	case payment.Warned:
		return "Accepted, but odd: " + e.Note + "."
	}
	return string(e.Kind)
}

func onPhone(number string) string {
	if number == "" {
		return ""
	}
	return " on " + number
}

func by(who string) string {
	if who == "" {
		return ""
	}
	return ", through the " + who
}

// before tells what led to an event and is an event of its own no more: the
// end of a window, the consent that comes with an approval.
func before(p *payment.Payment, e *payment.Event) []entry {
	switch {
	case e.Kind == payment.PaymentExpired && !e.At.Before(p.Deadline):
		return []entry{{At: e.At, Kind: kindTimer, Name: "window-ended", Text: windowName(p.Window) + " ended."}}
	case e.Kind == payment.PaymentAuthorized && p.Grant != nil:
		return []entry{{
			At: e.At, Kind: kindConsent, Name: "consent-given", Phone: e.Phone, Scopes: p.Grant.Scopes,
			Text: "The payer shares " + strings.Join(p.Grant.Scopes, ", ") + " with the merchant.",
		}}
	}
	return nil
}

// after tells of the time limit that an event set.
func after(p *payment.Payment, e *payment.Event) []entry {
	began := func(w payment.Window) []entry {
		return []entry{{
			At: e.At, Kind: kindTimer, Name: "window-began", Until: shown(e.Until),
			Text: windowName(w) + " began; it ends at " + e.Until.UTC().Format("15:04:05") + " UTC.",
		}}
	}
	switch {
	case e.Kind == payment.PaymentCreated && (p.Window == payment.Fixed || p.Flow == payment.PushMessage):
		return began(p.Window)
	case e.Kind == payment.PaymentCreated:
		return began(payment.Landing)
	case (e.Kind == payment.Identified || e.Kind == payment.Visited) && !e.Until.IsZero():
		return began(payment.Approval)
	case e.Kind == payment.PaymentAuthorized:
		return []entry{{
			At: e.At, Kind: kindTimer, Name: "capture-limit", Until: shown(p.CaptureBy),
			Text: "What is not captured by " + p.CaptureBy.UTC().Format("2006-01-02 15:04") + " UTC goes back to the payer.",
		}}
	}
	return nil
}

func windowName(w payment.Window) string {
	switch w {
	case payment.Landing:
		return "The time to open the payment"
	case payment.Approval:
		return "The time to approve"
	}
	return "The time that the merchant set"
}

func ofStrike(strike *fault.Strike) entry {
	name := "push-dropped"
	switch {
	case strike.Match.Target == fault.API:
		name = "call"
	case strike.Match.Target == fault.Webhook && strike.Fault.Do.Drop:
		name = "webhook-dropped"
	case strike.Match.Target == fault.Webhook:
		name = "webhook-answered"
	}
	return entry{
		At: strike.At, Kind: kindFault, Name: name, Text: strike.Text(), Fault: strike.Fault.ID, Phone: strike.Match.Phone,
	}
}

// deliveriesOf are the entries about the webhooks of one payment.
type deliveriesOf struct {
	planned  map[payment.Seq][]entry // by the event that they tell of
	attempts []entry
}

func (c *Control) told(ctx context.Context, id payment.ID) (deliveriesOf, error) {
	told := deliveriesOf{planned: map[payment.Seq][]entry{}}
	all, err := c.Deliveries.Deliveries(ctx, webhook.Query{MSN: id.MSN, Reference: id.Reference})
	if err != nil || len(all) == 0 {
		return told, err
	}
	known, err := c.receivers(ctx)
	if err != nil {
		return told, err
	}
	slices.Reverse(all) // oldest first
	for i := range all {
		d := &all[i]
		attempts, err := c.Deliveries.Attempts(ctx, d.ID)
		if err != nil {
			return told, err
		}
		url := known.of(d, attempts)
		told.planned[d.Event] = append(told.planned[d.Event], planned(d, url))
		for n := range attempts {
			told.attempts = append(told.attempts, ofAttempt(d, &attempts[n], known))
		}
	}
	return told, nil
}

// planned tells that a webhook was queued.
func planned(d *webhook.Delivery, url string) entry {
	return entry{
		At: d.CreatedAt, Kind: kindWebhook, Name: d.Type, URL: url, DeliveryID: d.ID, Delivery: d.Status, Reason: d.Reason,
		Text: "The webhook " + d.Type + " to " + or(url, "a receiver that is no more") + " was queued.",
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func ofAttempt(d *webhook.Delivery, a *webhook.Attempt, known receivers) entry {
	outcome := fmt.Sprintf("was answered %d", a.Status)
	if a.Status == 0 {
		outcome = "got no answer"
	}
	try := fmt.Sprintf("Try %d", a.N)
	if a.Manual {
		try += ", by hand,"
	}
	return entry{
		At: a.At, Kind: kindWebhook, Name: "attempt", URL: a.URL, DeliveryID: d.ID, Attempt: a.N, Manual: a.Manual,
		Status: a.Status, Error: a.Error, Fault: a.Fault, TookMs: milliseconds(a.Took),
		Text: try + " of " + d.Type + " " + outcome + ".", SignatureValid: known.signed(a, d.Registration),
	}
}
