package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Delivery is one webhook delivery. Body and Attempts are given for single
// ones.
type Delivery struct {
	ID             string    `json:"id"`
	MSN            string    `json:"msn"`
	Reference      string    `json:"reference"`
	Event          string    `json:"event"`
	State          string    `json:"state"`
	RegistrationID string    `json:"registrationId"`
	URL            string    `json:"url"`
	Tries          int       `json:"tries"`
	Reason         string    `json:"reason"`
	CreatedAt      time.Time `json:"createdAt"`
	FirstTryAt     time.Time `json:"firstTryAt"`
	NextTryAt      time.Time `json:"nextTryAt"`
	EndedAt        time.Time `json:"endedAt"`
	// Last is what came of the newest try; nil before the first.
	Last     *Outcome  `json:"last"`
	Body     string    `json:"body"`
	Attempts []Attempt `json:"attempts"`
}

// Outcome is the short form of a try. Status is 0 where no answer came.
type Outcome struct {
	At     time.Time `json:"at"`
	OK     bool      `json:"ok"`
	Status int       `json:"status"`
	Error  string    `json:"error"`
	Fault  string    `json:"fault"`
	TookMs float64   `json:"tookMs"`
}

// Attempt is one try of a delivery.
type Attempt struct {
	N            int       `json:"n"`
	OK           bool      `json:"ok"`
	Manual       bool      `json:"manual"`
	At           time.Time `json:"at"`
	Real         time.Time `json:"real"`
	TookMs       float64   `json:"tookMs"`
	SignedString string    `json:"signedString"`
	Error        string    `json:"error"`
	Fault        string    `json:"fault"`
	Request      struct {
		Method string      `json:"method"`
		URL    string      `json:"url"`
		Header http.Header `json:"header"`
		Body   string      `json:"body"`
	} `json:"request"`
	// Response is nil when none came.
	Response *struct {
		Status int         `json:"status"`
		Header http.Header `json:"header"`
		Body   string      `json:"body"`
	} `json:"response"`
}

// DeliveryPage is a page of deliveries, newest first, and where to go on.
type DeliveryPage struct {
	Deliveries []Delivery `json:"deliveries"`
	Cursor     string     `json:"cursor"`
}

// Deliveries lists webhook deliveries.
func (c *Client) Deliveries(ctx context.Context, f Filter) (DeliveryPage, error) {
	var out DeliveryPage
	err := c.control(ctx, http.MethodGet, "/deliveries"+query("msn", f.MSN, "reference", f.Reference, "state", f.State,
		"limit", f.limit(), "cursor", f.Cursor, "wait", span(f.Wait)), nil, &out)
	return out, err
}

// Delivery reads a delivery with its attempts.
func (c *Client) Delivery(ctx context.Context, id string) (Delivery, error) {
	var out Delivery
	err := c.control(ctx, http.MethodGet, "/deliveries/"+url.PathEscape(id), nil, &out)
	return out, err
}

// Resend sends a delivery again now, and gives it with that attempt.
func (c *Client) Resend(ctx context.Context, id string) (Delivery, error) {
	var out Delivery
	err := c.control(ctx, http.MethodPost, "/deliveries/"+url.PathEscape(id)+"/resend", nil, &out)
	return out, err
}

// Sink is how a built-in receiver answers. A zero Status means 200.
type Sink struct {
	Status int `json:"status"`
	// Delay is in real time.
	Delay Span `json:"delay"`
	// FailFirst is how many requests are answered with 500 first.
	FailFirst int `json:"failFirst"`
}

// SinkRequest is what a built-in receiver got.
type SinkRequest struct {
	N       int         `json:"n"`
	Method  string      `json:"method"`
	Path    string      `json:"path"`
	Headers http.Header `json:"headers"`
	Body    string      `json:"body"`
	At      time.Time   `json:"at"`
	Real    time.Time   `json:"real"`
	Status  int         `json:"status"`
	// From is the address it came from.
	From     string `json:"from"`
	Verified bool   `json:"verified"`
	// Step is the first step of the check that fails: "registration",
	// "headers", "body", "signature" or "date". Reason says why.
	Step      string `json:"step"`
	Reason    string `json:"reason"`
	Event     string `json:"event"`
	WebhookID string `json:"webhookId"`
}

// SinkURL is where a built-in receiver takes webhooks.
func (c *Client) SinkURL(name string) string { return c.base + "/sink/" + url.PathEscape(name) + "/" }

// Sink tells how a built-in receiver answers.
func (c *Client) Sink(ctx context.Context, name string) (Sink, error) {
	var out Sink
	err := c.control(ctx, http.MethodGet, sinkPath(name), nil, &out)
	return out, err
}

// PutSink says how a built-in receiver shall answer.
func (c *Client) PutSink(ctx context.Context, name string, s Sink) error {
	if s.Status == 0 {
		s.Status = http.StatusOK
	}
	return c.control(ctx, http.MethodPut, sinkPath(name), s, nil)
}

// DeleteSink forgets how a built-in receiver answers and what it got.
func (c *Client) DeleteSink(ctx context.Context, name string) error {
	return c.control(ctx, http.MethodDelete, sinkPath(name), nil, nil)
}

// SinkRequests gives what a built-in receiver got, oldest first, numbered
// above after. With a wait above zero it returns as soon as there is any, or
// with nothing when that real time is up.
func (c *Client) SinkRequests(ctx context.Context, name string, after int, wait time.Duration) ([]SinkRequest, error) {
	var out struct {
		Requests []SinkRequest `json:"requests"`
	}
	last := ""
	if after > 0 {
		last = strconv.Itoa(after)
	}
	err := c.control(ctx, http.MethodGet, sinkPath(name)+"/requests"+query("after", last, "wait", span(wait)), nil, &out)
	return out.Requests, err
}

func sinkPath(name string) string { return "/sinks/" + url.PathEscape(name) }

// Fault is an injected fault. Probability 0 means always, Times 0 without
// limit.
type Fault struct {
	ID          string     `json:"id,omitempty"`
	Match       FaultMatch `json:"match"`
	Do          FaultDo    `json:"do"`
	Times       int        `json:"times,omitempty"`
	Skip        int        `json:"skip,omitempty"`
	Probability float64    `json:"probability,omitempty"`
	// Met, Fired and Skipped count: what matched, and of that what was struck
	// and what was let pass. They are told only.
	Met     int `json:"met,omitempty"`
	Fired   int `json:"fired,omitempty"`
	Skipped int `json:"skipped,omitempty"`
}

// FaultMatch says what a fault meets; Target is "api", "webhook" or "push".
type FaultMatch struct {
	// Method and Path are those of an API call; "*" in a path is any part.
	Method    string `json:"method,omitempty"`
	Path      string `json:"path,omitempty"`
	Target    string `json:"target"`
	Event     string `json:"event,omitempty"`
	MSN       string `json:"msn,omitempty"`
	Reference string `json:"reference,omitempty"`
	Phone     string `json:"phone,omitempty"`
}

// FaultDo is what a fault does: one thing, and what belongs to it. Which thing
// can be done to which target is said by the simulator's README.
type FaultDo struct {
	// Drop loses a push or a webhook.
	Drop bool `json:"drop,omitempty"`
	// Status answers a call, with Body if wanted, or in a webhook receiver's
	// place.
	Status int `json:"status,omitempty"`
	Body   any `json:"body,omitempty"`
	// Code is a coded error of the API, such as "6260".
	Code string `json:"code,omitempty"`
	// Latency, in real time, holds a call or a webhook up.
	Latency Span `json:"latency,omitzero"`
	// Close is "before" or "after"; Truncate cuts the answer in half.
	Close    string `json:"close,omitempty"`
	Truncate bool   `json:"truncate,omitempty"`
	// Delay, in simulated time, puts a webhook or a push off.
	Delay Span `json:"delay,omitzero"`
	// Duplicate sends a webhook so many times at once, Reorder lets the next
	// event of the payment overtake it.
	Duplicate int  `json:"duplicate,omitempty"`
	Reorder   bool `json:"reorder,omitempty"`
	// Corrupt is "signature", "key", "decoded", "host", "date", "body" or "reserialise".
	Corrupt     string `json:"corrupt,omitempty"`
	StripHeader string `json:"stripHeader,omitempty"`
	// Success, false, has a webhook tell of a failed operation.
	Success *bool `json:"success,omitempty"`
	// From is a loopback address to send from.
	From string `json:"from,omitempty"`

	// By is how far off the date is of Corrupt "date" and of the copies of
	// Duplicate; below zero lies in the past.
	By Span `json:"by,omitzero"`
	// Secret or Registration say what Corrupt "key" signs with.
	Secret       string `json:"secret,omitempty"`
	Registration string `json:"registration,omitempty"`
	// Host is that of Corrupt "host".
	Host string `json:"host,omitempty"`
	// Resign signs what Corrupt "body" or "reserialise" made.
	Resign bool `json:"resign,omitempty"`
}

// Faults lists the faults in force.
func (c *Client) Faults(ctx context.Context) ([]Fault, error) {
	var out struct {
		Faults []Fault `json:"faults"`
	}
	err := c.control(ctx, http.MethodGet, "/faults", nil, &out)
	return out.Faults, err
}

// AddFault puts a fault in force.
func (c *Client) AddFault(ctx context.Context, f Fault) (Fault, error) {
	var out Fault
	err := c.control(ctx, http.MethodPost, "/faults", f, &out)
	return out, err
}

// RemoveFault takes a fault out.
func (c *Client) RemoveFault(ctx context.Context, id string) error {
	return c.control(ctx, http.MethodDelete, "/faults/"+url.PathEscape(id), nil, nil)
}

// ClearFaults takes all faults out.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.control(ctx, http.MethodDelete, "/faults", nil, nil)
}

// FaultSeed is what decides where faults have a probability.
func (c *Client) FaultSeed(ctx context.Context) (string, error) {
	var out struct {
		Seed string `json:"seed"`
	}
	err := c.control(ctx, http.MethodGet, "/faults", nil, &out)
	return out.Seed, err
}

// SetFaultSeed has all faults begin anew with a seed: the same seed strikes
// the same of what they meet.
func (c *Client) SetFaultSeed(ctx context.Context, seed string) error {
	return c.control(ctx, http.MethodPut, "/faults", map[string]string{"seed": seed}, nil)
}
