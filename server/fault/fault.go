// Package fault says which fault, if any, meets this call, push or delivery.
//
// Faults are data: what they match and what they do (simulator contract,
// section 4, "Faults"). The rooms that meet one carry it out themselves.
package fault

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"liksom/server/problem"
)

// Target is what sort of thing a fault meets.
type Target string

// The targets.
const (
	API     Target = "api"
	Webhook Target = "webhook"
	Push    Target = "push"
)

const (
	// MaxLatency is the longest that a call or a try is held up, in real time.
	MaxLatency = 10 * time.Minute
	// MaxDelay is the longest that a push or a delivery is put off, in
	// simulated time.
	MaxDelay = 60 * 24 * time.Hour
)

// ErrExists tells that the id of a fault to add is taken.
var ErrExists = errors.New("exists already")

// Fault is one fault with what became of it so far.
type Fault struct {
	ID    string `json:"id"`
	Match Match  `json:"match"`
	Do    Do     `json:"do"`
	// Times is how often it fires at most; 0 for no limit.
	Times int `json:"times,omitempty"`
	// Skip is how many matches it lets pass first.
	Skip int `json:"skip,omitempty"`
	// Probability of firing when met, above 0 and at most 1; nil for always.
	Probability *float64 `json:"probability,omitempty"`
	// Met, Fired and Skipped count what it matched, and of that what it struck
	// and what it let pass; they are not read from outside.
	Met     int `json:"met"`
	Fired   int `json:"fired"`
	Skipped int `json:"skipped"`

	// chance decides where there is a probability. It is the fault's own, so
	// that what others meet in between changes nothing.
	chance *rand.Rand
}

// Match says what a fault meets. What is empty matches everything.
type Match struct {
	Target Target `json:"target"`
	// Event is a webhook's event type, such as
	// "epayments.payment.captured.v1".
	Event     string `json:"event,omitempty"`
	MSN       string `json:"msn,omitempty"`
	Reference string `json:"reference,omitempty"`
	// Phone is the number a push goes to.
	Phone string `json:"phone,omitempty"`
	// Method and Path are those of an API call. A part of the path that is "*"
	// or stands in braces matches any: "/epayment/v1/payments/*/capture". A
	// last part "**" matches all that follows: "/epayment/**".
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
}

// Error says which member of a fault is wrong, and why.
type Error struct{ Field, Reason string }

func (e *Error) Error() string { return e.Field + ": " + e.Reason }

// check answers an [*Error] for a fault that makes no sense or cannot be
// carried out.
func (f *Fault) check() error {
	if err := f.Match.check(); err != nil {
		return err
	}
	if err := f.Do.check(f.Match.Target); err != nil {
		return err
	}
	switch {
	case f.Times < 0:
		return &Error{"times", "The number must not be negative."}
	case f.Skip < 0:
		return &Error{"skip", "The number must not be negative."}
	case f.Probability != nil && !(*f.Probability > 0 && *f.Probability <= 1):
		return &Error{"probability", "The probability must be above 0 and at most 1."}
	}
	return nil
}

func (m *Match) check() error {
	switch {
	case m.Target == "":
		return &Error{"match.target", `Say what the fault meets: "api", "webhook" or "push".`}
	case m.Target != API && m.Target != Webhook && m.Target != Push:
		return &Error{"match.target", fmt.Sprintf("Faults cannot meet %q. %s", m.Target, problem.Instead(string(m.Target), []string{"api", "webhook", "push"}))}
	case m.Target != API && m.Method != "":
		return &Error{"match.method", "Only calls of the api have a method; leave it out."}
	case m.Target != API && m.Path != "":
		return &Error{"match.path", "Only calls of the api have a path; leave it out."}
	case m.Path != "" && m.Path[0] != '/':
		return &Error{"match.path", "The path begins with a slash, such as /epayment/v1/payments/*/capture."}
	case m.Target != Webhook && m.Event != "":
		return &Error{"match.event", "Only webhooks have an event type; leave it out."}
	case m.Target != Push && m.Phone != "":
		return &Error{"match.phone", "Only pushes go to a phone; leave it out."}
	}
	return nil
}

func (m *Match) meets(o Match) bool {
	same := func(wanted, have string) bool { return wanted == "" || wanted == have }
	return m.Target == o.Target && same(m.Event, o.Event) && same(m.MSN, o.MSN) &&
		same(m.Reference, o.Reference) && same(m.Phone, o.Phone) &&
		same(strings.ToUpper(m.Method), o.Method) && (m.Path == "" || leads(m.Path, o.Path))
}

// leads tells whether a path is the one that a pattern describes. A slash at
// the end makes no difference.
func leads(pattern, path string) bool {
	wanted, have := parts(pattern), parts(path)
	if last := len(wanted) - 1; wanted[last] == "**" && len(have) >= last {
		wanted, have = wanted[:last], have[:last]
	}
	return slices.EqualFunc(wanted, have, func(w, h string) bool {
		return w == h || w == "*" || strings.HasPrefix(w, "{") && strings.HasSuffix(w, "}")
	})
}

func parts(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }
