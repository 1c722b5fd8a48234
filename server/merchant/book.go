package merchant

import (
	"slices"
	"time"

	"liksom/server/client"
)

// State is how an order stands, in the shop's own words.
type State string

// The states. Saved, Waiting and Reserved are open: polling looks at them.
const (
	Saved     State = "saved"   // in the book, the payment not made yet
	Waiting   State = "waiting" // for the customer
	Reserved  State = "reserved"
	Paid      State = "paid" // captured
	Cancelled State = "cancelled"
	Declined  State = "declined" // by the customer
	Expired   State = "expired"
	Failed    State = "failed" // no payment could be made, see Why
)

// Order is what a customer wants to pay for, and how that goes. The shop
// fills in what stands below the line.
type Order struct {
	Reference   string // 8 to 64 letters, digits and hyphens
	Amount      client.Amount
	Flow        string // [client.WebRedirect] if empty
	Phone       string // as typed
	Description string
	Receipt     any
	Scope       string // what the customer is asked to share
	Metadata    map[string]string
	ReturnURL   string // the shop's own page if empty
	// Present says that the customer stands in front of the merchant.
	Present bool
	// Later leaves the reserved money for [Shop.Capture].
	Later bool

	// ---

	State       State
	Why         string // of Failed
	CreatedAt   time.Time
	RedirectURL string
	Captured    int64
	Refunded    int64
	// Shipped counts how often the goods were sent: the effect that must
	// happen once.
	Shipped int
	// Shared is what the customer agreed to share; nil before payment.
	Shared *client.Userinfo
}

// Open tells whether something may still come.
func (o Order) Open() bool { return o.State == Saved || o.State == Waiting || o.State == Reserved }

// entry is an order in the book. Its work is done by one at a time, so that a
// webhook and a poll in the same moment capture once.
type entry struct {
	work turn
	// Order is guarded by the shop's lock.
	Order
	psp string
	// keys are the idempotency keys by operation, kept until it is answered
	// for good.
	keys map[string]string
	// refused is the create request that was refused, if one was.
	refused bool
}

func newEntry(o Order) *entry {
	return &entry{work: make(turn, 1), Order: o, keys: map[string]string{}}
}

// turn lets one at a time pass. It is a channel and no mutex because calls
// are awaited within: in a testing/synctest bubble time would stand still.
type turn chan struct{}

// Lock waits for the turn.
func (t turn) Lock() { t <- struct{}{} }

// Unlock gives it to the next.
func (t turn) Unlock() { <-t }

// Order gives an order of the book.
func (s *Shop) Order(reference string) (Order, bool) {
	e := s.find(reference)
	if e == nil {
		return Order{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.Order, true
}

// Orders lists the book, oldest first.
func (s *Shop) Orders() []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Order, len(s.line))
	for i, e := range s.line {
		all[i] = e.Order
	}
	return all
}

// Changed gives a channel that is closed at the next change of an order.
func (s *Shop) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

func (s *Shop) find(reference string) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.orders[reference]
}

// save puts an order into the book, or takes it for the one of that reference
// that failed.
func (s *Shop) save(o Order) *entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.orders[o.Reference]
	if e == nil {
		e = newEntry(Order{})
		s.orders[o.Reference] = e
		s.line = append(s.line, e)
	}
	e.Order = o
	s.tell()
	return e
}

func (s *Shop) change(e *entry, with func(*entry)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	with(e)
	s.tell()
}

// tell rings; the lock is held.
func (s *Shop) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Forget removes the oldest orders that are over until so many are left.
func (s *Shop) Forget(keep int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	over := len(s.line) - keep
	s.line = slices.DeleteFunc(s.line, func(e *entry) bool {
		if over <= 0 || e.Open() {
			return false
		}
		over--
		delete(s.orders, e.Reference)
		return true
	})
}

// key gives the kept key of an operation, or a new one.
func (s *Shop) key(e *entry, operation string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.keys[operation] == "" {
		e.keys[operation] = newKey()
	}
	return e.keys[operation]
}

// answered ends an operation: the next of its kind is another one.
func (s *Shop) answered(e *entry, operation string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(e.keys, operation)
}
