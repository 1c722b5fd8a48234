package phoneapp

import (
	"context"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// PushState is how far a push has come. That it was shown and that the
// request was opened are events of the payment's own.
type PushState string

// The states of a push.
const (
	// PushSent: it is on its way to the phone's screens.
	PushSent PushState = "sent"
	// PushHeld: the phone is offline, or a fault brings it later.
	PushHeld PushState = "held"
	// PushDropped: it is never shown; the request waits in the inbox.
	PushDropped PushState = "dropped"
)

// PushNews tells what became of the push of a payment.
type PushNews struct {
	Payment payment.ID
	Phone   string
	State   PushState
	At      time.Time
	// Until is when a push that is held back by a fault comes.
	Until time.Time
	// Why tells people why it was not sent.
	Why string
}

// pushNews tells what becomes of a push of a request that reaches its phone
// now.
func (h *Hub) pushNews(p *payment.Payment, phone *directory.Phone, met note) PushNews {
	n := PushNews{Payment: p.ID, Phone: phone.Number, State: PushSent, At: h.Clock.Read().Now}
	switch {
	case met.lost:
		n.State, n.Why = PushDropped, "A fault took it."
	case met.holdsBack():
		n.State, n.Until, n.Why = PushHeld, met.late, "A fault brings it later."
	case !phone.Online:
		n.State, n.Why = PushHeld, "The phone is offline."
	case !phone.PushOn:
		n.State, n.Why = PushDropped, "The phone shows no pushes."
	}
	return n
}

// tellPush tells whoever listens what became of a push.
func (h *Hub) tellPush(ctx context.Context, n PushNews) {
	if h.Pushed != nil && ctx.Err() == nil {
		h.Pushed(n)
	}
}
