// Package fault says which fault, if any, meets this call, push or delivery.
//
// Faults are data: what they match and what they do (simulator contract,
// section 4, "Faults"). The rooms that meet one carry it out themselves.
package fault

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Target is what sort of thing a fault meets.
type Target string

// The targets.
const (
	Webhook Target = "webhook"
	Push    Target = "push"
)

// possible says in words what can be done now, for whoever asked for more.
const possible = `possible now are {"drop":true} and {"status":200…599} for webhooks and {"drop":true} for pushes`

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
	// Met and Fired count; they are not read from outside.
	Met   int `json:"met"`
	Fired int `json:"fired"`
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
	// Method and Path belong to faults of API calls, which cannot be had yet.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
}

// Do is what a fault does: one of its members is set.
type Do struct {
	// Drop loses a push or a delivery for good.
	Drop bool `json:"drop,omitempty"`
	// Status, unless 0, counts as a webhook receiver's answer; the receiver is
	// not called.
	Status int `json:"status,omitempty"`
}

// UnmarshalJSON reads the one thing to do, and refuses by name what cannot be
// done; the error is an [*Error].
func (d *Do) UnmarshalJSON(body []byte) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return &Error{Field: "do", Reason: "An object with one thing to do is wanted; " + possible + "."}
	}
	read := Do{}
	for _, name := range sorted(members) {
		var err error
		switch name {
		case "drop":
			err = json.Unmarshal(members[name], &read.Drop)
		case "status":
			err = json.Unmarshal(members[name], &read.Status)
		default:
			return &Error{Field: "do." + name, Reason: fmt.Sprintf("A fault cannot do %q; %s.", name, possible)}
		}
		if err != nil {
			return &Error{Field: "do." + name, Reason: "The value is of the wrong kind; " + possible + "."}
		}
	}
	*d = read
	return nil
}

func sorted(members map[string]json.RawMessage) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Error says which member of a fault is wrong, and why.
type Error struct{ Field, Reason string }

func (e *Error) Error() string { return e.Field + ": " + e.Reason }

// check answers an [*Error] for a fault that makes no sense or cannot be
// carried out.
func (f *Fault) check() error {
	switch m := f.Match; {
	case m.Target == "":
		return &Error{"match.target", `Say what the fault meets: "webhook" or "push".`}
	case m.Target != Webhook && m.Target != Push:
		return &Error{"match.target", fmt.Sprintf("Faults cannot meet %q; %s.", m.Target, possible)}
	case m.Method != "":
		return &Error{"match.method", "Only faults of API calls have a method, and those cannot be had; " + possible + "."}
	case m.Path != "":
		return &Error{"match.path", "Only faults of API calls have a path, and those cannot be had; " + possible + "."}
	case m.Target == Push && m.Event != "":
		return &Error{"match.event", "A push has no event type; leave it out."}
	case m.Target == Webhook && m.Phone != "":
		return &Error{"match.phone", "A webhook goes to no phone; leave it out."}
	}
	switch d := f.Do; {
	case d.Drop == (d.Status != 0):
		return &Error{"do", "Name exactly one thing to do; " + possible + "."}
	case d.Status != 0 && f.Match.Target == Push:
		return &Error{"do.status", "A push has no status; " + possible + "."}
	case d.Status != 0 && (d.Status < 200 || d.Status > 599):
		return &Error{"do.status", "The status must be between 200 and 599."}
	case f.Times < 0:
		return &Error{"times", "The number must not be negative."}
	case f.Skip < 0:
		return &Error{"skip", "The number must not be negative."}
	case f.Probability != nil && !(*f.Probability > 0 && *f.Probability <= 1):
		return &Error{"probability", "The probability must be above 0 and at most 1."}
	}
	return nil
}

func (m *Match) meets(o Match) bool {
	same := func(wanted, have string) bool { return wanted == "" || wanted == have }
	return m.Target == o.Target && same(m.Event, o.Event) && same(m.MSN, o.MSN) &&
		same(m.Reference, o.Reference) && same(m.Phone, o.Phone)
}

// Strike is one firing of a fault, for the timeline of the payment it hit.
type Strike struct {
	At    time.Time // simulated
	Fault Fault     // as it was then
	Match Match     // what it met
}

// Text tells of the strike in a sentence.
func (s *Strike) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The fault %s ", s.Fault.ID)
	switch {
	case s.Match.Target == Push:
		fmt.Fprintf(&b, "lost the push to %s.", s.Match.Phone)
	case s.Fault.Do.Drop:
		fmt.Fprintf(&b, "lost the webhook %s for good.", s.Match.Event)
	default:
		fmt.Fprintf(&b, "answered the webhook %s with %d in the receiver's place.", s.Match.Event, s.Fault.Do.Status)
	}
	return b.String()
}
