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
	API     Target = "api"
	Webhook Target = "webhook"
	Push    Target = "push"
)

// possible says in words what can be done now, for whoever asked for more.
const possible = `possible now are {"code":"…"}, {"status":200…599,"body":{}}, {"latency":"2s"}, {"close":"before"|"after"} and {"subDelay":"3s"} for calls of the api, ` +
	`{"drop":true} and {"status":200…599} for webhooks and {"drop":true} for pushes`

// MaxLatency is the longest that a call is held up, and that a payer's sub is
// late.
const MaxLatency = 10 * time.Minute

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
	// Method and Path are those of an API call. A part of the path that is "*"
	// or stands in braces matches any: "/epayment/v1/payments/*/capture".
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
}

// Do is what a fault does: one of its members is set.
type Do struct {
	// Drop loses a push or a delivery for good.
	Drop bool `json:"drop,omitempty"`
	// Status, unless 0, counts as a webhook receiver's answer; the receiver is
	// not called. Of an API call it is the answer, with Body if there is one.
	Status int             `json:"status,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	// Code has an API call end with this coded error of the contract.
	Code string `json:"code,omitempty"`
	// Latency holds an API call up, in real time, and is written as "2s".
	Latency string `json:"latency,omitempty"`
	// Close cuts the connection of an API call "before" or "after" the work
	// is done.
	Close string `json:"close,omitempty"`
	// SubDelay keeps the payer's sub off a payment that is read within this
	// span of simulated time after its approval, as the real service writes
	// it a little later (userinfo contract, section 4). Written as "3s".
	SubDelay string `json:"subDelay,omitempty"`
}

// The values of [Do.Close].
const (
	Before = "before"
	After  = "after"
)

// Held is how long a call is held up.
func (d *Do) Held() time.Duration { return span(d.Latency) }

// span reads a span of time, 0 for what is none.
func span(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
}

// isSpan tells a span that something may take.
func isSpan(text string) bool {
	d := span(text)
	return d > 0 && d <= MaxLatency
}

// things are the names of what a fault is told to do.
func (d *Do) things() []string {
	var named []string
	for name, wanted := range map[string]bool{
		"drop": d.Drop, "status": d.Status != 0, "code": d.Code != "", "latency": d.Latency != "", "close": d.Close != "", "subDelay": d.SubDelay != "",
	} {
		if wanted {
			named = append(named, name)
		}
	}
	slices.Sort(named)
	return named
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
		case "body":
			read.Body = members[name]
		case "code":
			err = json.Unmarshal(members[name], &read.Code)
		case "latency":
			err = json.Unmarshal(members[name], &read.Latency)
		case "close":
			err = json.Unmarshal(members[name], &read.Close)
		case "subDelay":
			err = json.Unmarshal(members[name], &read.SubDelay)
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
		return &Error{"match.target", fmt.Sprintf("Faults cannot meet %q; %s.", m.Target, possible)}
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

// doable is what can be done to each target.
var doable = map[Target][]string{
	API:     {"close", "code", "latency", "status", "subDelay"},
	Webhook: {"drop", "status"},
	Push:    {"drop"},
}

func (d *Do) check(target Target) error {
	things := d.things()
	if len(things) != 1 {
		return &Error{"do", "Name exactly one thing to do; " + possible + "."}
	}
	switch {
	case !slices.Contains(doable[target], things[0]):
		return &Error{"do." + things[0], "This cannot be done to what the fault meets; " + possible + "."}
	case d.Status != 0 && (d.Status < 200 || d.Status > 599):
		return &Error{"do.status", "The status must be between 200 and 599."}
	case d.Body != nil && (target != API || d.Status == 0):
		return &Error{"do.body", "A body belongs to the status that an api call is answered with; leave it out."}
	case d.Close != "" && d.Close != Before && d.Close != After:
		return &Error{"do.close", `The connection is cut "before" or "after" the work is done.`}
	case d.SubDelay != "" && !isSpan(d.SubDelay):
		return &Error{"do.subDelay", `A span of simulated time is wanted, such as "3s", of ten minutes at most.`}
	case d.Latency != "" && !isSpan(d.Latency):
		return &Error{"do.latency", `A span of real time is wanted, such as "2s", of ten minutes at most.`}
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
	return slices.EqualFunc(wanted, have, func(w, h string) bool {
		return w == h || w == "*" || strings.HasPrefix(w, "{") && strings.HasSuffix(w, "}")
	})
}

func parts(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

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
	switch do := &s.Fault.Do; {
	case s.Match.Target == API:
		fmt.Fprintf(&b, "%s %s %s.", did(do), s.Match.Method, s.Match.Path)
	case s.Match.Target == Push:
		fmt.Fprintf(&b, "lost the push to %s.", s.Match.Phone)
	case s.Fault.Do.Drop:
		fmt.Fprintf(&b, "lost the webhook %s for good.", s.Match.Event)
	default:
		fmt.Fprintf(&b, "answered the webhook %s with %d in the receiver's place.", s.Match.Event, s.Fault.Do.Status)
	}
	return b.String()
}

// did says what a fault did to a call, which stands behind it.
func did(do *Do) string {
	switch {
	case do.Code != "":
		return "had the error " + do.Code + " answer"
	case do.Latency != "":
		return "held up for " + do.Latency + " the call"
	case do.SubDelay != "":
		return "kept the sub for " + do.SubDelay + " after the approval off the answer to"
	case do.Close != "":
		return "cut the connection " + do.Close + " the work was done for"
	}
	return fmt.Sprintf("answered %d to", do.Status)
}
