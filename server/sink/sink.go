// Package sink is a webhook receiver inside the simulator: it keeps what it
// gets, checks signatures, and answers as told.
package sink

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"liksom/server/directory"
	"liksom/server/webhook"
)

// What one sink keeps at most; the oldest requests go first.
const (
	maxRequests = 1000
	maxBytes    = 16 << 20
	maxBody     = 1 << 20
)

// Registrations finds the registration a delivery says it is for; a
// [webhook.Store] is one.
type Registrations interface {
	// Registration answers [webhook.ErrNotFound] when there is none.
	Registration(ctx context.Context, id string) (webhook.Registration, error)
	// Registrations gives all for "*".
	Registrations(ctx context.Context, msn string) ([]webhook.Registration, error)
}

// Duration is a time span, written as "1.5s" in JSON.
type Duration = directory.Duration

// Config is how a sink answers.
type Config struct {
	// Status is the answer's; 0 means 200.
	Status int `json:"status"`
	// Delay is waited before answering, in real time.
	Delay Duration `json:"delay"`
	// FailFirst requests, counted from when the configuration was put, are
	// answered with 500.
	FailFirst int `json:"failFirst"`
}

// maxDelay keeps a sink from holding connections for ever.
const maxDelay = 10 * time.Minute

func (c *Config) check() error {
	switch {
	case c.Status != 0 && (c.Status < 200 || c.Status > 599):
		return errors.New("status must be between 200 and 599")
	case c.Delay < 0 || time.Duration(c.Delay) > maxDelay:
		return fmt.Errorf("delay must be between 0s and %s", maxDelay)
	case c.FailFirst < 0:
		return errors.New("failFirst must not be negative")
	}
	return nil
}

// Request is one request that a sink got.
type Request struct {
	N       int                 `json:"n"` // from 1, in the order of arrival
	Method  string              `json:"method"`
	Path    string              `json:"path"` // with its query, as it arrived
	Headers map[string][]string `json:"headers"`
	Body    string              `json:"body"`
	// At is simulated, Real is wall time, both of the arrival.
	At   time.Time `json:"at"`
	Real time.Time `json:"real"`
	// Status is what the sink answers.
	Status int `json:"status"`
	// From is the address it came from, where it has one.
	From string `json:"from,omitempty"`
	// Verified tells whether a careful receiver would take it: the signature
	// is right and its date is fresh. Else Step is the first that fails, and
	// Reason says why.
	Verified bool         `json:"verified"`
	Step     webhook.Step `json:"step,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	// Event is the body's name, WebhookID the registration's id, if there.
	Event     string `json:"event,omitempty"`
	WebhookID string `json:"webhookId,omitempty"`
}

// Room holds a world's sinks. A sink begins with its first request or
// configuration. It is safe for use by many goroutines.
type Room struct {
	// Others checks deliveries of other families than the Webhooks API's: it
	// tells whether one is, of which registration, of what event, and what is
	// wrong with it. To be set at wiring; nil for none.
	Others func(req *http.Request, body []byte) (is bool, registration, event string, wrong error)

	registrations Registrations
	now           func() time.Time

	mu    sync.Mutex
	sinks map[string]*sink
}

type sink struct {
	config   Config
	failed   int // of the config's FailFirst
	last     int // number of the newest request
	bytes    int
	requests []Request
	bell     chan struct{} // closed at the next request; nil while nobody waits
}

// New makes a room; now is the world's simulated time.
func New(registrations Registrations, now func() time.Time) *Room {
	return &Room{registrations: registrations, now: now, sinks: map[string]*sink{}}
}

// Get is how a sink answers.
func (r *Room) Get(name string) Config {
	r.mu.Lock()
	defer r.mu.Unlock()
	config := Config{}
	if s := r.sinks[name]; s != nil {
		config = s.config
	}
	if config.Status == 0 {
		config.Status = 200
	}
	return config
}

// Put says how a sink shall answer from now on. An error says what cannot be.
func (r *Room) Put(name string, c Config) error {
	if err := c.check(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.sink(name)
	s.config, s.failed = c, 0
	return nil
}

// Delete forgets a sink's configuration and requests. Whoever waits at it
// goes on waiting for the next request.
func (r *Room) Delete(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.sinks[name]; s != nil {
		*s = sink{bell: s.bell}
	}
}

// Reset forgets all sinks' configurations and requests.
func (r *Room) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.sinks {
		*s = sink{bell: s.bell}
	}
}

// Requests are those that a sink got and still has, newest last.
func (r *Room) Requests(name string) []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.sinks[name]; s != nil {
		return s.after(0)
	}
	return []Request{}
}

// Wait gives the requests numbered above after as soon as there are any, or
// none when the context ends first.
func (r *Room) Wait(ctx context.Context, name string, after int) []Request {
	for {
		found, bell := r.look(name, after)
		if len(found) > 0 {
			return found
		}
		select {
		case <-bell:
		case <-ctx.Done():
			return []Request{}
		}
	}
}

func (r *Room) look(name string, after int) ([]Request, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.sink(name)
	if s.bell == nil {
		s.bell = make(chan struct{})
	}
	return s.after(after), s.bell
}

// sink gives a sink, begun if there was none; under the lock.
func (r *Room) sink(name string) *sink {
	s := r.sinks[name]
	if s == nil {
		s = &sink{}
		r.sinks[name] = s
	}
	return s
}

// after copies the requests numbered above n.
func (s *sink) after(n int) []Request {
	first := s.last - len(s.requests) // number of the newest one forgotten
	skip := min(max(n-first, 0), len(s.requests))
	return append([]Request{}, s.requests[skip:]...)
}

// keep numbers a request, decides its answer, and forgets old ones.
func (s *sink) keep(q *Request) {
	s.last++
	q.N = s.last
	q.Status = s.config.Status
	if q.Status == 0 {
		q.Status = 200
	}
	if s.failed < s.config.FailFirst {
		s.failed++
		q.Status = 500
	}
	s.requests = append(s.requests, *q)
	s.bytes += q.size()
	for len(s.requests) > maxRequests || s.bytes > maxBytes && len(s.requests) > 1 {
		s.bytes -= s.requests[0].size()
		s.requests[0] = Request{} // let its body go before the slice does
		s.requests = s.requests[1:]
	}
	if s.bell != nil {
		close(s.bell)
		s.bell = nil
	}
}

// size is about what a request takes: headers are small beside bodies, but
// not nothing.
func (q *Request) size() int { return len(q.Body) + len(q.Path) + 1024 }
