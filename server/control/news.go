package control

import (
	"sync"
	"time"

	"liksom/server/directory"
	"liksom/server/fault"
	"liksom/server/webhook"
)

// newsKept is how many of the newest items are remembered. Whoever falls
// further behind is told that some were missed.
const newsKept = 2048

// News is what happens in a world and stands in no log: tries of webhooks,
// changes of phones, faults, settings. Telling never waits for a reader; it
// costs no more than remembering the item. It is safe for use by many
// goroutines.
type News struct {
	bell *Bell

	mu   sync.Mutex
	ring []item // full once it has newsKept items; item n is at n modulo its length
	last int64
}

// NewNews makes news that ring a bell at each item.
func NewNews(bell *Bell) *News { return &News{bell: bell} }

// item is one thing that happened: what of, and what it concerns. An item for
// everybody passes every filter.
type item struct {
	msn, reference, phone string
	everybody             bool
	what                  any
}

// The things that items tell of, beside those of other packages.
type (
	triedNews struct {
		delivery string
		attempt  *webhook.Attempt // nil when none was made
	}
	registrationNews struct {
		registration webhook.Registration
		removed      bool
	}
	phoneNews struct {
		phone   directory.Phone
		removed bool
	}
	merchantNews struct {
		msn     string
		removed bool
	}
	faultNews struct {
		change string // "set", "removed"
		fault  fault.Fault
	}
	settingsNews struct{}
	codeNews     struct {
		code    QRCode
		removed bool
	}
	resetNews struct{ msn string }
)

// Push is what became of the push of a payment: "sent", "held" by a phone that
// is offline or a fault that brings it later, or "dropped". Streams tell of
// "shown" and "opened", too, which the log holds.
type Push struct {
	MSN       string    `json:"msn"`
	Reference string    `json:"reference"`
	Phone     string    `json:"phone"`
	State     string    `json:"state"`
	At        time.Time `json:"at"`
	// Until is when a push comes that a fault holds back.
	Until time.Time `json:"until,omitzero"`
	// Why tells people why it was not sent.
	Why string `json:"why,omitempty"`
}

// Tried tells of a delivery that has changed, and of the try that changed it
// if there was one.
func (n *News) Tried(d *webhook.Delivery, a *webhook.Attempt) {
	n.tell(item{msn: d.Payment.MSN, reference: d.Payment.Reference, what: triedNews{d.ID, a}})
}

// Registered tells of a registration that was made, changed or removed.
func (n *News) Registered(r webhook.Registration, removed bool) {
	n.tell(item{msn: r.MSN, everybody: r.MSN == "", what: registrationNews{r, removed}})
}

// Phone tells that a phone's settings are others now.
func (n *News) Phone(p directory.Phone) {
	n.tell(item{phone: p.Number, what: phoneNews{phone: p}})
}

// Code tells that a merchant's QR code was made, changed, scanned or removed.
func (n *News) Code(code QRCode, removed bool) {
	n.tell(item{msn: code.MSN, what: codeNews{code, removed}})
}

// Pushed tells what became of a push.
func (n *News) Pushed(p Push) {
	n.tell(item{msn: p.MSN, reference: p.Reference, phone: p.Phone, what: p})
}

// Struck tells that a fault has fired.
func (n *News) Struck(s fault.Strike) {
	n.tell(item{msn: s.Match.MSN, reference: s.Match.Reference, phone: s.Match.Phone, what: s})
}

// Wiped tells that a sales unit's payments and webhooks are gone, or with ""
// everything that was.
func (n *News) Wiped(msn string) {
	n.tell(item{msn: msn, everybody: msn == "", what: resetNews{msn}})
}

func (n *News) faultChanged(change string, f fault.Fault) {
	m := f.Match
	n.tell(item{
		msn: m.MSN, reference: m.Reference, phone: m.Phone, everybody: m.MSN == "" && m.Reference == "" && m.Phone == "",
		what: faultNews{change, f},
	})
}

func (n *News) tell(i item) {
	n.mu.Lock()
	if len(n.ring) < newsKept {
		n.ring = append(n.ring, i)
	} else {
		n.ring[n.last%newsKept] = i
	}
	n.last++
	n.mu.Unlock()
	n.bell.Ring()
}

// head is how many items there were.
func (n *News) head() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.last
}

// between gives the items behind a position up to another one, oldest first;
// missed tells that some of them are forgotten.
func (n *News) between(after, upTo int64) (items []item, missed bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	first := n.last - int64(len(n.ring))
	missed = after < first
	for at := max(after, first); at < upTo; at++ {
		items = append(items, n.ring[at%newsKept])
	}
	return items, missed
}
