package payment

import "time"

// Seq is a position in a world's log. Positions only grow; the first is 1.
type Seq int64

// Kind is what an event tells of.
type Kind string

// The kinds of events that merchants hear of.
const (
	PaymentCreated    Kind = "CREATED"
	PaymentAuthorized Kind = "AUTHORIZED"
	PaymentAborted    Kind = "ABORTED"
	PaymentExpired    Kind = "EXPIRED"
	PaymentTerminated Kind = "TERMINATED"
	PaymentCaptured   Kind = "CAPTURED"
	PaymentCancelled  Kind = "CANCELLED"
	PaymentRefunded   Kind = "REFUNDED"
)

// The kinds of events that stay inside the simulator: they move phones and
// pages and stand on the timeline, and no merchant is told.
const (
	// LandingOpened: the landing page was opened for the first time.
	LandingOpened Kind = "landing_opened"
	// Visited: the payer's browser came to a page in front of the landing page.
	Visited Kind = "visited"
	// Identified: somebody gave a number, or scanned; the push goes out.
	Identified Kind = "identified"
	// Shown: a phone's screen showed the push.
	Shown Kind = "shown"
	// Opened: the payer looks at the request.
	Opened Kind = "opened"
	// Released: the payer put the request away.
	Released Kind = "released"
	// CardDeclined: the issuer refused a card; another may be tried.
	CardDeclined Kind = "card_declined"
	// InProgress: an approval waits for the issuer's decision.
	InProgress Kind = "processing"
	// ShippingOffered: the merchant told what it delivers to an address.
	ShippingOffered Kind = "shipping_offered"
	// ShippingFailed: the merchant did not; the note says why.
	ShippingFailed Kind = "shipping_failed"
	// Warned: something about the payment is odd; the note says what.
	Warned Kind = "warning"
)

// Public tells whether merchants hear of events of this kind.
func (k Kind) Public() bool {
	switch k {
	case PaymentCreated, PaymentAuthorized, PaymentAborted, PaymentExpired,
		PaymentTerminated, PaymentCaptured, PaymentCancelled, PaymentRefunded:
		return true
	}
	return false
}

// Event is one thing that happened to a payment. Events are never changed.
type Event struct {
	Seq  Seq // set by the store
	ID   ID
	Kind Kind
	At   time.Time
	// Amount is the event's own: what was captured, released or given back,
	// else the payment's.
	Amount int64
	// PSP is the operator's reference of the event.
	PSP string
	// Key is the idempotency key of the request behind the event, if any.
	Key string
	// Phone is the phone that acted or is to be told.
	Phone string
	// Note is a word more for the timeline, such as a card's refusal.
	Note string
	// By names who acted when it was not the one expected: "console".
	By string
	// Until is when the time limit that began with the event ends, as it was
	// meant to; zero where none began.
	Until time.Time
}
