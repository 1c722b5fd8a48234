package payment

import (
	"context"
	"time"
)

// Due is a row of what must happen later. A row that has become pointless
// does nothing when its time comes, so nothing needs cancelling.
type Due struct {
	At   time.Time
	Kind string
	Key  string
	// N numbers the rows in the order they were written; set by the store.
	N int64
}

// The kinds of due rows the core itself handles; their key is [ID.String].
const (
	// DueWindow: a waiting payment's time may be over, or its issuer's.
	DueWindow = "window"
	// DueRelease: what is not captured of a reservation is given back.
	DueRelease = "release"
)

// Reply is the kept answer to a request that must not take effect twice.
type Reply struct {
	Print  [32]byte // digest of the request
	Answer []byte
}

// Current is what a step decides on.
type Current struct {
	Payment *Payment // nil when there is none
	Reply   *Reply   // nil when the key is new, or there is no key
}

// Change is what one command wants kept, together or not at all.
type Change struct {
	Payment *Payment // nil when the payment stays as it was
	Events  []Event
	Later   []Due
	Reply   *Reply // kept under the operation's key
	// Done is the number of the due row whose command this was; 0 for none.
	Done int64
}

// Empty tells whether there is nothing to keep.
func (c *Change) Empty() bool {
	return c.Payment == nil && len(c.Events) == 0 && len(c.Later) == 0 && c.Reply == nil && c.Done == 0
}

// Step computes a change from what is stored. It is pure but for ids it may
// draw: a store may run it more than once. An error keeps nothing.
type Step func(Current) (Change, error)

// Op is one step on one payment.
type Op struct {
	ID ID
	// Once names the kept answer to look up and to keep; "" for none.
	Once string
	Step Step
}

// Committed tells what a store kept.
type Committed struct {
	// Seq is the log's position after the change; 0 if no event was written.
	Seq Seq
	// Earliest is the earliest due row written; zero if none was.
	Earliest time.Time
}

// Note adds what another change kept.
func (c *Committed) Note(seq Seq, due time.Time) {
	c.Seq = max(c.Seq, seq)
	if !due.IsZero() && (c.Earliest.IsZero() || due.Before(c.Earliest)) {
		c.Earliest = due
	}
}

// Query selects payments, newest first.
type Query struct {
	MSN   string // "" for all
	State State  // "" for all
	// Phone selects payments whose payer is this number or that it holds open.
	Phone string
	// Text is looked for in reference, description, phone and amount.
	Text string
	// Before is the number below which to go on; 0 for the newest.
	Before Seq
	Limit  int // 0 for no limit
}

// Store keeps one world's payments and the log of what happened to them.
type Store interface {
	// Apply runs the operations in order and keeps their changes, with the
	// events numbered and the deliveries they cause, in one transaction. An
	// error of any step keeps nothing of all of them.
	Apply(ctx context.Context, ops ...Op) (Committed, error)
	// Get answers an [UnknownPayment] error when there is none.
	Get(ctx context.Context, id ID) (Payment, error)
	// Find gets a payment by its code.
	Find(ctx context.Context, code string) (Payment, error)
	List(ctx context.Context, q Query) ([]Payment, error)
	// Count counts the payments that a query selects on all its pages, by
	// state; a state that none is in is left out.
	Count(ctx context.Context, q Query) (map[State]int, error)
	// Events are one payment's, oldest first.
	Events(ctx context.Context, id ID) ([]Event, error)
	// After reads the world's log behind a position, oldest first.
	After(ctx context.Context, pos Seq, limit int) ([]Event, error)
	// Head is the position of the newest event, 0 for an empty log.
	Head(ctx context.Context) (Seq, error)
}
