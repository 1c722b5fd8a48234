package client

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Info is what the simulator says about itself.
type Info struct {
	Version   string `json:"version"`
	PublicURL string `json:"publicUrl"`
	// World is the name of the world that was asked, "default" at the root;
	// BaseURL is what addresses in it begin with, by the door it was asked at.
	World   string `json:"world"`
	BaseURL string `json:"baseUrl"`
	Windows struct {
		Landing  Span `json:"landing"`
		Approval Span `json:"approval"`
	} `json:"windows"`
	Auth  string `json:"auth"`
	Store string `json:"store"`
}

// Span is a span of time, written as "1m30s".
type Span time.Duration

// MarshalText writes the span as Go does.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *Span) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	*s = Span(d)
	return err
}

// Clock is the simulated clock.
type Clock struct {
	Now    time.Time `json:"now"`
	Real   time.Time `json:"real"`
	Speed  float64   `json:"speed"`
	Frozen bool      `json:"frozen"`
}

// Info asks what is running.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var out Info
	err := c.control(ctx, http.MethodGet, "/info", nil, &out)
	return out, err
}

// Clock reads the simulated clock.
func (c *Client) Clock(ctx context.Context) (Clock, error) {
	var out Clock
	err := c.control(ctx, http.MethodGet, "/clock", nil, &out)
	return out, err
}

// Advance moves the clock on; it returns once everything due on the way has
// happened.
func (c *Client) Advance(ctx context.Context, by time.Duration) (Clock, error) {
	return c.turn(ctx, http.MethodPost, "/clock/advance", map[string]string{"by": by.String()})
}

// Freeze stops the clock.
func (c *Client) Freeze(ctx context.Context) (Clock, error) {
	return c.turn(ctx, http.MethodPost, "/clock/freeze", nil)
}

// Resume lets the clock run on.
func (c *Client) Resume(ctx context.Context) (Clock, error) {
	return c.turn(ctx, http.MethodPost, "/clock/resume", nil)
}

// SetSpeed sets how many simulated seconds pass per real one.
func (c *Client) SetSpeed(ctx context.Context, speed float64) (Clock, error) {
	return c.turn(ctx, http.MethodPut, "/clock", map[string]float64{"speed": speed})
}

func (c *Client) turn(ctx context.Context, method, path string, body any) (Clock, error) {
	var out Clock
	err := c.control(ctx, method, path, body, &out)
	return out, err
}

// Filter says which entries of a list are wanted. What is empty is not asked
// for.
type Filter struct {
	MSN   string
	State string
	// Text is looked for in payments, Reference is that of deliveries, calls
	// and deadlines, Path the beginning of a call's.
	Text      string
	Reference string
	Path      string
	Limit     int
	// Cursor goes on where the page before ended.
	Cursor string
	// Wait is how long, in real time, to wait for something that matches.
	Wait time.Duration
}

func (f Filter) limit() string {
	if f.Limit == 0 {
		return ""
	}
	return strconv.Itoa(f.Limit)
}

// Payment is a payment as testers see it.
type Payment struct {
	MSN            string    `json:"msn"`
	Reference      string    `json:"reference"`
	Code           string    `json:"code"`
	PSPReference   string    `json:"pspReference"`
	State          string    `json:"state"`
	Amount         Amount    `json:"amount"`
	Aggregate      Aggregate `json:"aggregate"`
	Flow           string    `json:"flow"`
	Method         string    `json:"method"`
	Source         string    `json:"source"`
	Description    string    `json:"description"`
	MerchantName   string    `json:"merchantName"`
	Brand          string    `json:"brand"`
	Phone          string    `json:"phone"`
	SuggestedPhone string    `json:"suggestedPhone"`
	OpenOn         string    `json:"openOn"`
	Scopes         []string  `json:"scopes"`
	CreatedAt      time.Time `json:"createdAt"`
	// Window and ExpiresAt are there while the payer can still act.
	Window      string    `json:"window"`
	ExpiresAt   time.Time `json:"expiresAt"`
	EndedAt     time.Time `json:"endedAt"`
	CaptureBy   time.Time `json:"captureBy"`
	Card        *Card     `json:"card"`
	Sub         string    `json:"sub"`
	RedirectURL string    `json:"redirectUrl"`
	QRURL       string    `json:"qrUrl"`
	ReturnURL   string    `json:"returnUrl"`
	// Timeline is given for single payments.
	Timeline []TimelineEntry `json:"timeline"`
}

// TimelineEntry is one thing that happened to a payment. Data has all of its
// members, those told here included.
type TimelineEntry struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Name string    `json:"name"`
	Text string    `json:"text"`

	Data map[string]any `json:"-"`
}

// UnmarshalJSON reads an entry with what only its kind has.
func (e *TimelineEntry) UnmarshalJSON(body []byte) error {
	type plain TimelineEntry
	if err := json.Unmarshal(body, (*plain)(e)); err != nil {
		return err
	}
	return json.Unmarshal(body, &e.Data)
}

// PaymentPage is a page of payments, newest first, and where to go on.
type PaymentPage struct {
	Payments []Payment `json:"payments"`
	Cursor   string    `json:"cursor"`
}

// Payments lists payments.
func (c *Client) Payments(ctx context.Context, f Filter) (PaymentPage, error) {
	var out PaymentPage
	err := c.control(ctx, http.MethodGet, "/payments"+query("msn", f.MSN, "state", f.State, "q", f.Text,
		"limit", f.limit(), "cursor", f.Cursor, "wait", span(f.Wait)), nil, &out)
	return out, err
}

// Payment reads a payment of the client's sales unit with its timeline.
func (c *Client) Payment(ctx context.Context, reference string) (Payment, error) {
	var out Payment
	err := c.control(ctx, http.MethodGet, c.paymentPath(reference), nil, &out)
	return out, err
}

// Open does what opening the landing page does; a number, unless empty, is
// entered there.
func (c *Client) Open(ctx context.Context, reference, phone string) (Payment, error) {
	var body any
	if phone != "" {
		body = map[string]string{"phoneNumber": phone}
	}
	return c.act(ctx, reference, "open", body)
}

// Approve says yes for the payer.
func (c *Client) Approve(ctx context.Context, reference string) (Payment, error) {
	return c.act(ctx, reference, "approve", nil)
}

// ApproveWith says yes for the payer with a card of theirs.
func (c *Client) ApproveWith(ctx context.Context, reference, cardID string) (Payment, error) {
	return c.act(ctx, reference, "approve", map[string]string{"cardId": cardID})
}

// Decline says no for the payer.
func (c *Client) Decline(ctx context.Context, reference string) (Payment, error) {
	return c.act(ctx, reference, "decline", nil)
}

// Expire ends the payment as if its time had run out.
func (c *Client) Expire(ctx context.Context, reference string) (Payment, error) {
	return c.act(ctx, reference, "expire", nil)
}

func (c *Client) act(ctx context.Context, reference, how string, body any) (Payment, error) {
	var out Payment
	err := c.control(ctx, http.MethodPost, c.paymentPath(reference)+"/"+how, body, &out)
	return out, err
}

func (c *Client) paymentPath(reference string) string {
	return "/payments/" + url.PathEscape(c.credentials.MSN) + "/" + url.PathEscape(reference)
}

// Reset goes back to the ready-made data.
func (c *Client) Reset(ctx context.Context) error {
	return c.control(ctx, http.MethodPost, "/reset", nil, nil)
}

// ResetUnit removes the payments and webhooks of the client's sales unit.
func (c *Client) ResetUnit(ctx context.Context) error {
	return c.control(ctx, http.MethodPost, "/reset"+query("msn", c.credentials.MSN), nil, nil)
}

func (c *Client) control(ctx context.Context, method, path string, in, out any) error {
	return c.call(ctx, method, "/sim/v1"+path, nil, in, out)
}

func (c *Client) picture(ctx context.Context, path string, png []byte, out any) error {
	header := http.Header{"Content-Type": {"image/png"}}
	return c.send(ctx, http.MethodPost, "/sim/v1"+path, header, bytes.NewReader(png), out)
}
