package demo

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"liksom/server/merchant"
)

// tailed is how many calls a demo shows.
const tailed = 40

// tail is the end of a merchant's log.
type tail struct {
	mu    sync.Mutex
	calls []merchant.Call
	told  chan struct{}
}

func (t *tail) add(c merchant.Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, c)
	t.calls = t.calls[max(0, len(t.calls)-tailed):]
	if t.told != nil {
		close(t.told)
		t.told = nil
	}
}

// changed gives a channel that is closed at the next call.
func (t *tail) changed() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.told == nil {
		t.told = make(chan struct{})
	}
	return t.told
}

// line is a call as the page shows it.
type line struct {
	At     time.Time `json:"at"`
	What   string    `json:"what"`
	Status int       `json:"status"`
	Curl   string    `json:"curl,omitempty"`
	In     bool      `json:"in,omitempty"`
	// Times is how often in a row the call was made, at At for the last time.
	Times int `json:"times"`
}

func (t *tail) lines(base string) []line {
	t.mu.Lock()
	calls := slices.Clone(t.calls)
	t.mu.Unlock()
	out := make([]line, 0, len(calls))
	for _, c := range calls {
		now := line{At: c.At, What: c.Method + " " + c.Path, Status: c.Status, Curl: c.Curl(base), In: c.Incoming, Times: 1}
		if c.Incoming {
			now.What = "webhook " + strings.ToLower(named(c.Body))
		}
		if last := len(out) - 1; last >= 0 && c.Method == http.MethodGet && out[last].What == now.What && out[last].Status == now.Status {
			now.Times += out[last].Times
			out = out[:last]
		}
		out = append(out, now)
	}
	return out
}

// named reads the event's name off a webhook.
func named(body string) string {
	_, rest, _ := strings.Cut(body, `"name":"`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}

// ring tells the pages that something else changed.
func (t *tail) ring() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.told != nil {
		close(t.told)
		t.told = nil
	}
}
