package command

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"liksom/server/client"
)

// line makes a line of one thing that happened; false for what needs none.
func (w *watch) line(e *client.StreamEvent) (line, bool) {
	switch e.Kind {
	case "request":
		return ofCall(e.Data)
	case "timeline":
		return w.ofEntry(e.Data)
	case "delivery":
		return w.ofDelivery(e.Data)
	case "clock":
		return w.ofClock(e.Data)
	case "phone":
		w.rename(e.Data)
	}
	return line{}, false
}

// outcomes are what the merchants' calls lead to.
var outcomes = map[string]string{"create": "created", "capture": "captured", "refund": "refunded", "cancel": "cancelled"}

func ofCall(data json.RawMessage) (line, bool) {
	var call client.Call
	if json.Unmarshal(data, &call) != nil {
		return line{}, false
	}
	l := line{
		At: call.At, Kind: call.Method, What: call.Path, Status: call.Status, TookMs: call.TookMs,
		MSN: call.MSN, Reference: call.Reference,
	}
	if call.Status < 400 {
		l.Outcome = outcomes[call.Operation]
	}
	return l, true
}

// ofEntry tells what the payer does, and time.
func (w *watch) ofEntry(data json.RawMessage) (line, bool) {
	var stood struct {
		MSN, Reference string
		Entry          client.TimelineEntry
	}
	if json.Unmarshal(data, &stood) != nil {
		return line{}, false
	}
	e := &stood.Entry
	l := line{At: e.At, What: w.who(e), MSN: stood.MSN, Reference: stood.Reference}
	switch e.Name {
	case "shown":
		l.Kind, l.Outcome = "push", "shown"
	case "card_declined":
		l.Kind, l.bad = "pay", true
		l.Outcome = "declined, " + strings.ReplaceAll(text(e, "reason"), "_", " ")
	case "AUTHORIZED":
		l.Kind, l.Outcome, l.good = "pay", "authorized", true
	case "ABORTED":
		l.Kind, l.Outcome, l.bad = "pay", "aborted", true
	case "EXPIRED":
		l.Kind, l.Outcome, l.bad, l.What = "time", "expired", true, ""
	default:
		if e.Kind != "fault" {
			return line{}, false
		}
		l.Kind, l.What, l.Outcome = "fault", e.Name, e.Text
	}
	return l, true
}

// who names the payer and the card.
func (w *watch) who(e *client.TimelineEntry) string {
	number := text(e, "phone")
	name := or(w.names[number], number)
	card, _ := e.Data["card"].(map[string]any)
	if last, _ := card["last4"].(string); last != "" {
		return name + ", card " + last
	}
	return name
}

func text(e *client.TimelineEntry, member string) string {
	s, _ := e.Data[member].(string)
	return s
}

// ofDelivery tells each try of a webhook once.
func (w *watch) ofDelivery(data json.RawMessage) (line, bool) {
	var d client.Delivery
	if json.Unmarshal(data, &d) != nil || d.Last == nil || d.Tries <= w.tries[d.ID] {
		return line{}, false
	}
	w.tries[d.ID] = d.Tries
	if d.NextTryAt.IsZero() {
		w.forget(d.ID)
	}
	l := line{
		At: d.Last.At, Kind: "hook", What: host(d.URL) + ", " + event(d.Event), Status: d.Last.Status, TookMs: d.Last.TookMs,
		MSN: d.MSN, Reference: d.Reference, Outcome: fmt.Sprintf("try %d", d.Tries), bad: !d.Last.OK,
	}
	if d.Last.Error != "" {
		l.Outcome += ", " + d.Last.Error
	}
	if !d.NextTryAt.IsZero() {
		l.Outcome += ", again in " + wait(d.NextTryAt.Sub(l.At))
	}
	return l, true
}

// forget lets go of the delivery that ended longest ago in place of one that
// ends now: there is no end of them.
func (w *watch) forget(id string) {
	if w.ended = append(w.ended, id); len(w.ended) > mostEnded {
		delete(w.tries, w.ended[0])
		w.ended = w.ended[1:]
	}
}

// wait writes how long until the next try: 2 s, 2 min, 1 h.
func wait(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}

// host is where a webhook goes, in short.
func host(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return target
	}
	return u.Host
}

// event is an event's own word: "captured" of epayments.payment.captured.v1.
func event(name string) string {
	parts := strings.Split(name, ".")
	return parts[max(len(parts)-2, 0)]
}

// ofClock tells of jumps and of another pace.
func (w *watch) ofClock(data json.RawMessage) (line, bool) {
	var now client.Clock
	if json.Unmarshal(data, &now) != nil {
		return line{}, false
	}
	before := w.before
	w.before = now
	if before.Now.IsZero() {
		return line{}, false
	}
	l := line{At: now.Now, Kind: "time"}
	switch passed := now.Real.Sub(before.Real); {
	case now.Frozen != before.Frozen && now.Frozen:
		l.Outcome = "frozen"
	case now.Frozen != before.Frozen:
		l.Outcome = "goes on"
	case now.Speed != before.Speed:
		l.Outcome = fmt.Sprintf("×%g", now.Speed)
	default:
		if !before.Frozen {
			passed = time.Duration(float64(passed) * before.Speed)
		} else {
			passed = 0
		}
		jump := now.Now.Sub(before.Now) - passed
		if jump < second/2 {
			return line{}, false
		}
		l.Outcome = "jumped " + jump.Round(second/10).String()
	}
	return l, true
}

func (w *watch) rename(data json.RawMessage) {
	var phone client.Phone
	if json.Unmarshal(data, &phone) == nil {
		w.names[phone.Number], _, _ = strings.Cut(phone.Name, " ")
	}
}
