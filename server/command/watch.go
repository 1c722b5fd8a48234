package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/clock"
)

const (
	// mostLines are printed within a real second. A load test must not spend
	// the machine on telling about itself.
	mostLines = 100
	second    = time.Second
	// longestRest is how long at most nothing is told while there is too much
	// of it: short enough that whoever ends a load test sees what comes next.
	longestRest = 4 * second
)

// watch prints one line for each thing that happens in the default world.
type watch struct {
	out  io.Writer
	ink  ink
	json bool
	sim  *client.Client

	names  map[string]string // of the phones' owners, by number
	tries  map[string]int    // told of each delivery
	before client.Clock

	listens chan struct{} // closed once nothing is missed any more
	may     chan struct{} // closed once lines may be printed
	once    sync.Once
}

func (c *serveCmd) newWatch(p *Program, k ink, sim *server.Server) *watch {
	inside := &http.Client{Transport: inProcess{sim}}
	return &watch{
		out: p.Out, ink: k, json: c.LogFormat == "json", sim: client.New("http://simulator", client.WithHTTPClient(inside)),
		tries: map[string]int{}, listens: make(chan struct{}), may: make(chan struct{}),
	}
}

// run tells until the context ends.
func (w *watch) run(ctx context.Context) {
	heard := func() { w.once.Do(func() { close(w.listens) }) }
	defer heard() // whatever happened, nobody waits for it
	w.meet(ctx)
	rest := second
	for ctx.Err() == nil {
		began := clock.Wall()
		busy, err := w.follow(ctx, heard)
		if err != nil {
			return // the simulator stops
		}
		if !busy {
			continue
		}
		if clock.Wall().Sub(began) > second {
			rest = second // it was quiet meanwhile
		}
		w.busy()
		_ = clock.Rest(ctx, rest, nil)
		rest = min(2*rest, longestRest)
	}
}

// meet learns whose phones there are.
func (w *watch) meet(ctx context.Context) {
	w.names = map[string]string{}
	phones, err := w.sim.Phones(ctx)
	if err != nil {
		return // numbers will do
	}
	for i := range phones {
		w.names[phones[i].Number], _, _ = strings.Cut(phones[i].Name, " ")
	}
}

// follow prints what happens until there is too much of it.
func (w *watch) follow(ctx context.Context, heard func()) (busy bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	since, lines := clock.Wall(), 0
	w.before = client.Clock{}
	for e, err := range w.sim.Stream(ctx, client.StreamFilter{Kinds: []string{"clock", "request", "timeline", "delivery", "phone"}}) {
		if err != nil {
			return false, err
		}
		heard() // the first thing told is the clock, at once
		l, told := w.line(&e)
		if !told {
			continue
		}
		if now := clock.Wall(); now.Sub(since) > second {
			since, lines = now, 0
		}
		if lines++; lines > mostLines {
			return true, nil
		}
		select {
		case <-w.may:
			w.print(&l)
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return false, nil
}

func (w *watch) busy() {
	if !w.json {
		_, _ = fmt.Fprintf(w.out, "%s\n", w.ink.in(faint, "          more happens than can be told here; the console has it all"))
	}
}

// line is what is printed of one thing. Good and Bad say how its outcome is
// coloured.
type line struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind"` // a method, push, pay, hook, time, fault
	What      string    `json:"what"`
	Status    int       `json:"status,omitempty"`
	TookMs    float64   `json:"tookMs,omitempty"`
	MSN       string    `json:"msn,omitempty"`
	Reference string    `json:"reference,omitempty"`
	Outcome   string    `json:"outcome,omitempty"`

	good, bad bool
}

// print writes a line in columns, or as an object.
func (w *watch) print(l *line) {
	if w.json {
		text, err := json.Marshal(l)
		if err == nil {
			_, _ = fmt.Fprintf(w.out, "%s\n", text)
		}
		return
	}
	status, took := "   ", "       "
	if l.Status != 0 {
		status = w.ink.in(shade(l.Status < 400, l.Status >= 400), fmt.Sprintf("%3d", l.Status))
	}
	if l.TookMs != 0 {
		took = pad(span(l.TookMs), 7)
	}
	outcome := w.ink.in(shade(l.good, l.bad), l.Outcome)
	text := fmt.Sprintf("%s  %s %s %s %s  %s  %s", w.ink.in(faint, l.At.UTC().Format("15:04:05")),
		pad(l.Kind, 5), pad(l.What, 30), status, took, pad(middle(l.Reference), 12), outcome)
	_, _ = fmt.Fprintln(w.out, strings.TrimRight(text, " "))
}

func shade(isGood, isBad bool) string {
	switch {
	case isBad:
		return bad
	case isGood:
		return good
	}
	return ""
}

// span writes milliseconds so that they are short: 0.4 ms, 12 ms, 2.1 s.
func span(ms float64) string {
	switch {
	case ms >= 1000:
		return fmt.Sprintf("%.1f s", ms/1000)
	case ms >= 10:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f ms", ms)
}

// middle leaves out the middle of a long reference.
func middle(reference string) string {
	if letters := []rune(reference); len(letters) > 12 {
		return string(letters[:8]) + "…" + string(letters[len(letters)-3:])
	}
	return reference
}

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
	case "SHOWN":
		l.Kind, l.Outcome = "push", "shown"
	case "CARD_DECLINED":
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
		delete(w.tries, d.ID) // nothing more will be told of it, and ids are for ever
	}
	l := line{
		At: or2(d.EndedAt, d.FirstTryAt), Kind: "hook", What: host(d.URL) + ", " + event(d.Event), Status: d.Last.Status, TookMs: d.Last.TookMs,
		MSN: d.MSN, Reference: d.Reference, Outcome: fmt.Sprintf("try %d", d.Tries), bad: !d.Last.OK,
	}
	if d.Last.Error != "" {
		l.Outcome += ", " + d.Last.Error
	}
	if !d.NextTryAt.IsZero() {
		l.Outcome += ", again at " + d.NextTryAt.UTC().Format("15:04:05")
	}
	return l, true
}

func or2(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
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
