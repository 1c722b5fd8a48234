package webhook

import (
	"context"
	"time"

	"liksom/server/payment"
)

// DueDelivery is the kind of due row that asks for a try; its key is the
// delivery's id.
const DueDelivery = "delivery"

// Registration is one address that wants to hear of events.
type Registration struct {
	ID string
	// MSN is the sales unit whose events it gets; "" for a partner's
	// registration, which gets those of all its units.
	MSN string
	// Client is the API client that made it.
	Client string
	URL    string
	Events []string
	Secret string
	// CreatedAt is in simulated time.
	CreatedAt time.Time
	// Paused keeps its deliveries waiting until it goes on.
	Paused bool
	// FailingSince is the simulated time of the first try in vain since one
	// was accepted; zero while the receiver accepts. The store sets it.
	FailingSince time.Time
	// Number orders registrations by age; the store sets it.
	Number int64
}

// Wants tells whether the registration asked for an event type.
func (r *Registration) Wants(eventType string) bool {
	for _, e := range r.Events {
		if e == eventType {
			return true
		}
	}
	return false
}

// Status is where a delivery stands.
type Status string

// The statuses of a delivery.
const (
	// Waiting: a due row says when it is tried next.
	Waiting Status = "waiting"
	// Held: an earlier event of the same payment and registration has not
	// been accepted yet.
	Held Status = "held"
	// Delivered: the receiver accepted it.
	Delivered Status = "delivered"
	// Dropped: the ladder is at its end, or a fault lost it.
	Dropped Status = "dropped"
	// Ended: its registration was deleted.
	Ended Status = "ended"
)

// Open tells whether the delivery still holds its place in the queue.
func (s Status) Open() bool { return s == Waiting || s == Held }

// Delivery is one event on its way to one registration.
type Delivery struct {
	ID           string
	Registration string // the registration's id
	Payment      payment.ID
	Event        payment.Seq
	Type         string // such as "epayments.payment.authorized.v1"
	Body         []byte // what is signed and sent
	Status       Status
	// CreatedAt, FirstAt, NextAt and DoneAt are in simulated time: when the
	// event happened, when it was first tried, when it will be tried, when it
	// ended. Zero where that is not so.
	CreatedAt time.Time
	FirstAt   time.Time
	NextAt    time.Time
	DoneAt    time.Time
	// Tries counts the tries of the ladder, not those asked for by hand.
	Tries int
	// Reason says why a delivery was dropped, or for what it waits beside its
	// turn.
	Reason string
	// Number orders deliveries by age; the store sets it.
	Number int64
}

// Attempt is one try with all that was sent and what came back.
type Attempt struct {
	Delivery string
	N        int       // 1 is the first
	Manual   bool      // asked for by hand
	At       time.Time // simulated
	Real     time.Time // wall
	Took     time.Duration
	URL      string
	// Header and Body are what was sent.
	Header map[string][]string
	Body   []byte
	// Signed is the string that was signed.
	Signed string
	// Status is the answer's, 0 when none came; Error says why.
	Status       int
	AnswerHeader map[string][]string
	Answer       []byte // the first few kilobytes
	Error        string
	// Fault is what the simulator did to this try on purpose.
	Fault string
}

// OK tells whether the receiver accepted the try.
func (a *Attempt) OK() bool { return a.Status >= 200 && a.Status < 300 && a.Error == "" }

// Query selects deliveries, newest first.
type Query struct {
	MSN          string
	Reference    string
	Registration string
	Status       Status
	Before       int64 // the number below which to go on; 0 for the newest
	Limit        int
}

// Plan says which deliveries an event causes, given the registrations of its
// sales unit. It is pure but for the ids it draws; a store calls it inside
// the transaction that writes the event. The store fills in Number, and
// decides Waiting or Held.
type Plan func(p payment.Payment, e payment.Event, registrations []Registration) []Delivery

// Store keeps registrations and deliveries. It is the same store that keeps
// the payments, so that an event and its deliveries stand or fall together:
// for each delivery planned it writes a due row at the event's time, unless
// an earlier one of the same registration and payment is open, in which case
// the new one is held.
type Store interface {
	// Register keeps a registration; allowed is asked about those of the same
	// unit (or the same client, where MSN is "") inside the transaction.
	Register(ctx context.Context, r Registration, allowed func(existing []Registration) error) error
	// Registrations lists a unit's, oldest first, or all for "*". "" lists
	// those of partners.
	Registrations(ctx context.Context, msn string) ([]Registration, error)
	// Registration answers [ErrNotFound] when there is none.
	Registration(ctx context.Context, id string) (Registration, error)
	// ChangeRegistration changes a registration's URL, events and pause, and
	// gives it as it is then. An error of change leaves it as it is;
	// [ErrNotFound] when there is none.
	ChangeRegistration(ctx context.Context, id string, change func(*Registration) error) (Registration, error)
	// Unregister removes a registration and ends its open deliveries.
	Unregister(ctx context.Context, id string, at time.Time) error

	// Delivery answers [ErrNotFound] when there is none.
	Delivery(ctx context.Context, id string) (Delivery, error)
	Deliveries(ctx context.Context, q Query) ([]Delivery, error)
	// Attempts are one delivery's, oldest first.
	Attempts(ctx context.Context, delivery string) ([]Attempt, error)
	// Record keeps a delivery that no event planned and that has ended
	// already, with its only attempt. Its registration becomes what
	// [Registration.After] says, as with Settle.
	Record(ctx context.Context, d Delivery, a *Attempt) error
	// Settle keeps an attempt and what became of its delivery, in one
	// transaction: done is the claimed due row it was for, removed (0 for a
	// try by hand); no attempt, nil, when a delivery was only put off; a
	// delivery left [Waiting] is due at its NextAt unless
	// only a try by hand was recorded; one that stops being open lets the
	// next held one of its queue go, due at now. A delivery that has ended
	// meanwhile stays as it is and only the attempt is kept. Its registration
	// becomes what [Registration.After] says, with the row of
	// [Registration.Removal] when its receiver begins to fail. Earliest of the
	// answer tells of the rows written.
	Settle(ctx context.Context, d Delivery, a *Attempt, done int64, now time.Time) (payment.Committed, error)
}
