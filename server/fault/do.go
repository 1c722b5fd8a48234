package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"liksom/server/problem"
)

// Do is what a fault does: one thing, and what belongs to it.
type Do struct {
	// Latency holds an API call or a try of a delivery up, in real time, and
	// is written as "2s".
	Latency string `json:"latency,omitempty"`
	// Status answers an API call in the API's place, with Body if there is
	// one. Of a delivery it counts as the receiver's answer; the receiver is
	// not called.
	Status int             `json:"status,omitempty"`
	Body   json.RawMessage `json:"body,omitempty"`
	// Code has an API call end with this coded error of the contract.
	Code string `json:"code,omitempty"`
	// Close cuts the connection of an API call "before" or "after" the work
	// is done.
	Close string `json:"close,omitempty"`
	// Truncate cuts the connection in the middle of the answer's body.
	Truncate bool `json:"truncate,omitempty"`
	// Drop loses a push or a delivery for good.
	Drop bool `json:"drop,omitempty"`
	// Delay puts a push or a delivery off, in simulated time. From a call that
	// reads a payment it keeps the payer's sub for so long after the approval
	// (userinfo contract, section 4).
	Delay string `json:"delay,omitempty"`
	// Duplicate sends a delivery so many times, at once. By, beside it, dates
	// the copies, as a replay.
	Duplicate int `json:"duplicate,omitempty"`
	// Reorder has the next event of the payment overtake this one.
	Reorder bool `json:"reorder,omitempty"`
	// Corrupt makes a delivery wrong: one of the constants below.
	Corrupt string `json:"corrupt,omitempty"`
	// StripHeader takes a header out of a delivery after it was signed.
	StripHeader string `json:"stripHeader,omitempty"`
	// Success, false, has a delivery tell of an operation that failed.
	Success *bool `json:"success,omitempty"`
	// From sends a delivery from another loopback address of this machine.
	From string `json:"from,omitempty"`

	// By is how far off a date is: "-301s" lies in the past. For corrupt
	// "date", and for the copies of a duplicate.
	By string `json:"by,omitempty"`
	// Secret and Registration say what corrupt "key" signs with: a text, or
	// the secret of the registration of this id. Without either it is a secret
	// that nobody has.
	Secret       string `json:"secret,omitempty"`
	Registration string `json:"registration,omitempty"`
	// Host is the Host header of corrupt "host".
	Host string `json:"host,omitempty"`
	// Resign signs what corrupt "body" or "reserialise" made of the body, so
	// that it verifies as it arrives.
	Resign bool `json:"resign,omitempty"`
}

// The values of [Do.Close].
const (
	Before = "before"
	After  = "after"
)

// The values of [Do.Corrupt].
const (
	// Signature breaks the signature alone.
	Signature = "signature"
	// Key signs with another secret.
	Key = "key"
	// Decoded signs with the bytes behind the secret, as if it were base64.
	Decoded = "decoded"
	// Host signs for the registered host and delivers with another.
	Host = "host"
	// Date signs with a date that is off.
	Date = "date"
	// Body changes the body after it was signed.
	Body = "body"
	// Reserialise writes the body anew, with other spacing and order, after it
	// was signed.
	Reserialise = "reserialise"
)

func corruptions() []string { return []string{Signature, Key, Decoded, Host, Date, Body, Reserialise} }

// deed is one thing that can be done: to what, and which members may stand
// beside it.
type deed struct {
	name   string
	to     []Target
	beside []string
}

// deeds are all things that can be done, in the order of the contract.
func deeds() []deed {
	return []deed{
		{"latency", []Target{API, Webhook}, nil},
		{"status", []Target{API, Webhook}, []string{"body"}},
		{"code", []Target{API}, nil},
		{"close", []Target{API}, nil},
		{"truncate", []Target{API}, nil},
		{"drop", []Target{Webhook, Push}, nil},
		{"duplicate", []Target{Webhook}, []string{"by"}},
		{"delay", []Target{API, Webhook, Push}, nil},
		{"reorder", []Target{Webhook}, nil},
		{"corrupt", []Target{Webhook}, []string{"by", "secret", "registration", "host", "resign"}},
		{"stripHeader", []Target{Webhook}, nil},
		{"success", []Target{Webhook}, nil},
		{"from", []Target{Webhook}, nil},
	}
}

// named are the members that are set.
func (d *Do) named() map[string]bool {
	all := map[string]bool{
		"latency": d.Latency != "", "status": d.Status != 0, "code": d.Code != "", "close": d.Close != "", "truncate": d.Truncate,
		"drop": d.Drop, "duplicate": d.Duplicate != 0, "delay": d.Delay != "", "reorder": d.Reorder, "corrupt": d.Corrupt != "",
		"stripHeader": d.StripHeader != "", "success": d.Success != nil, "from": d.From != "",
		"body": d.Body != nil, "by": d.By != "", "secret": d.Secret != "", "registration": d.Registration != "", "host": d.Host != "",
		"resign": d.Resign,
	}
	for name, set := range all {
		if !set {
			delete(all, name)
		}
	}
	return all
}

// members are the names of all members.
func members() []string {
	names := []string{"body", "by", "secret", "registration", "host", "resign"}
	for _, d := range deeds() {
		names = append(names, d.name)
	}
	return names
}

// words are the targets as people say them.
var words = map[Target]string{API: "calls of the api", Webhook: "webhooks", Push: "pushes"}

// possible says what can be done to a target.
func possible(to Target) string {
	var names []string
	for _, d := range deeds() {
		if slices.Contains(d.to, to) {
			names = append(names, d.name)
		}
	}
	return "Possible for " + words[to] + ": " + strings.Join(names, ", ") + "."
}

// UnmarshalJSON reads what to do, and refuses by name what cannot be done;
// the error is an [*Error].
func (d *Do) UnmarshalJSON(body []byte) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(body, &given); err != nil || given == nil {
		return &Error{Field: "do", Reason: `An object with one thing to do is wanted, such as {"drop":true}.`}
	}
	type plain Do
	read := plain{}
	for _, name := range sorted(given) {
		if !slices.Contains(members(), name) {
			return &Error{Field: "do." + name, Reason: fmt.Sprintf("A fault cannot do %q. %s", name, problem.Instead(name, members()))}
		}
		one := slices.Concat([]byte(`{"`+name+`":`), bytes.TrimSpace(given[name]), []byte("}"))
		if err := json.Unmarshal(one, &read); err != nil {
			return &Error{Field: "do." + name, Reason: "The value is of the wrong kind; " + example(name) + " is one that will do."}
		}
	}
	*d = Do(read)
	return nil
}

// example shows a member as it may be.
func example(name string) string {
	values := map[string]string{
		"latency": `"2s"`, "status": "503", "code": `"6260"`, "close": `"before"`, "duplicate": "2", "delay": `"30s"`,
		"corrupt": `"signature"`, "stripHeader": `"Authorization"`, "success": "false", "from": `"127.0.0.2"`,
		"by": `"-301s"`, "secret": `"a secret"`, "registration": `"an id"`, "host": `"shop.internal"`,
	}
	value, known := values[name]
	if !known {
		value = "true"
	}
	return `{"` + name + `":` + value + `}`
}

func sorted(given map[string]json.RawMessage) []string {
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// check answers an [*Error] for what cannot be done to the target.
func (d *Do) check(target Target) error {
	named := d.named()
	var doing []deed
	for _, known := range deeds() {
		if named[known.name] {
			doing = append(doing, known)
		}
	}
	if len(doing) != 1 {
		return &Error{"do", "Name exactly one thing to do. " + possible(target)}
	}
	one := doing[0]
	if !slices.Contains(one.to, target) {
		return &Error{"do." + one.name, fmt.Sprintf("This can be done to %s, not to %s. %s", listed(one.to), words[target], possible(target))}
	}
	delete(named, one.name)
	for _, name := range members() {
		if named[name] && !slices.Contains(one.beside, name) {
			return &Error{"do." + name, "This says nothing beside " + one.name + "; leave it out."}
		}
	}
	return d.checkValues(target)
}

func listed(targets []Target) string {
	var all []string
	for _, t := range targets {
		all = append(all, words[t])
	}
	return strings.Join(all, " and ")
}

func (d *Do) checkValues(target Target) error {
	switch {
	case d.Status != 0 && (d.Status < 200 || d.Status > 599):
		return &Error{"do.status", "The status must be between 200 and 599."}
	case d.Body != nil && target != API:
		return &Error{"do.body", "A body belongs to the status that an api call is answered with; leave it out."}
	case d.Close != "" && d.Close != Before && d.Close != After:
		return &Error{"do.close", `The connection is cut "before" or "after" the work is done.`}
	case d.Latency != "" && !within(d.Latency, MaxLatency):
		return &Error{"do.latency", `A span of real time is wanted, such as "2s", of ten minutes at most.`}
	case d.Delay != "" && !within(d.Delay, MaxDelay):
		return &Error{"do.delay", `A span of simulated time is wanted, such as "30s", of 60 days at most.`}
	case d.Duplicate != 0 && (d.Duplicate < 2 || d.Duplicate > 20):
		return &Error{"do.duplicate", "This is how many times it is sent: 2 to 20."}
	case d.Success != nil && *d.Success:
		return &Error{"do.success", "Webhooks tell of success anyhow; only false changes something."}
	case d.StripHeader != "" && !mayStrip(d.StripHeader):
		return &Error{"do.stripHeader", "Name a header of a webhook, such as Authorization; Host and Content-Length cannot be left out."}
	case d.From != "" && !loopback(d.From):
		return &Error{"do.from", `An address of this machine is wanted, such as "127.0.0.2".`}
	}
	return d.checkCorrupt()
}

func (d *Do) checkCorrupt() error {
	if d.Corrupt != "" && !slices.Contains(corruptions(), d.Corrupt) {
		return &Error{"do.corrupt", fmt.Sprintf("%q cannot be corrupted. %s", d.Corrupt, problem.Instead(d.Corrupt, corruptions()))}
	}
	if _, err := time.ParseDuration(d.By); d.By != "" && err != nil {
		return &Error{"do.by", `A span of time is wanted, such as "-301s" for a date in the past.`}
	}
	for _, belongs := range []struct {
		name string
		set  bool
		to   []string
	}{
		{"by", d.By != "" && d.Duplicate == 0, []string{Date}},
		{"secret", d.Secret != "", []string{Key}},
		{"registration", d.Registration != "", []string{Key}},
		{"host", d.Host != "", []string{Host}},
		{"resign", d.Resign, []string{Body, Reserialise}},
	} {
		if belongs.set && !slices.Contains(belongs.to, d.Corrupt) {
			return &Error{"do." + belongs.name, "This belongs to corrupt " + strings.Join(belongs.to, " and ") + "; leave it out."}
		}
	}
	switch {
	case d.Secret != "" && d.Registration != "":
		return &Error{"do.secret", "Sign with a text or with the secret of a registration, not with both."}
	case strings.ContainsAny(d.Host, " \t\r\n/\\?#@"):
		return &Error{"do.host", "A host is wanted, with a port if need be: shop.internal:8443."}
	}
	return nil
}

// within tells whether a text is a span above nothing and up to a length.
func within(text string, most time.Duration) bool {
	d, err := time.ParseDuration(text)
	return err == nil && d > 0 && d <= most
}

func mayStrip(header string) bool {
	token := func(r rune) bool {
		return r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return !strings.EqualFold(header, "Host") && !strings.EqualFold(header, "Content-Length") &&
		strings.IndexFunc(header, func(r rune) bool { return !token(r) }) < 0
}

func loopback(text string) bool {
	ip, err := netip.ParseAddr(text)
	return err == nil && ip.IsLoopback()
}

// span reads a text that [Do.check] has let pass; 0 where there is none.
func span(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
}

// Held is how long a call or a try is held up, in real time.
func (d *Do) Held() time.Duration { return span(d.Latency) }

// PutOff is how long a push or a delivery is put off, in simulated time.
func (d *Do) PutOff() time.Duration { return span(d.Delay) }

// stale is how old a date is made that nobody says the age of: just past what
// receivers allow.
const stale = -301 * time.Second

// Off is how far off the date of a delivery is made, and of a duplicate's
// copies.
func (d *Do) Off() time.Duration {
	if d.By == "" && d.Corrupt == Date {
		return stale
	}
	return span(d.By)
}
