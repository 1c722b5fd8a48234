// Package client talks to a running simulator: to the merchants' API as a
// shop does, and to the control API as a tester does.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Credentials are a sales unit's keys.
type Credentials struct {
	ClientID        string
	ClientSecret    string
	SubscriptionKey string
	// MSN is the sales unit spoken for.
	MSN string
}

// Demo are the keys of the ready-made sales unit 123456.
func Demo() Credentials {
	return Credentials{
		ClientID: "5a1e0000-0000-4000-8000-000000000001", ClientSecret: "liksom-demo-secret",
		SubscriptionKey: "0123456789abcdef0123456789abcdef", MSN: "123456",
	}
}

// Client is safe for use by many goroutines. Refusals by the simulator are a
// [*Problem].
type Client struct {
	base        string
	http        *http.Client
	credentials Credentials

	mu    sync.Mutex
	token *Token
}

// Option sets a client up.
type Option func(*Client)

// WithHTTPClient has requests sent by another HTTP client than the usual one.
func WithHTTPClient(h *http.Client) Option { return func(c *Client) { c.http = h } }

// WithCredentials speaks for another sales unit than the one of [Demo].
func WithCredentials(k Credentials) Option { return func(c *Client) { c.credentials = k } }

// New makes a client of the simulator at a URL, such as
// "http://127.0.0.1:8080".
func New(baseURL string, options ...Option) *Client {
	c := &Client{base: strings.TrimRight(baseURL, "/"), http: http.DefaultClient, credentials: Demo()}
	for _, o := range options {
		o(c)
	}
	return c
}

// BaseURL is where the simulator is.
func (c *Client) BaseURL() string { return c.base }

// MSN is the sales unit spoken for.
func (c *Client) MSN() string { return c.credentials.MSN }

// Problem is a refusal.
type Problem struct {
	Status int    `json:"status"`
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	// Code is the API's own code for it, such as "4150"; "" if it has none.
	Code string `json:"-"`
	// Fields tells what is wrong with which member, for refusals of a body.
	Fields  []Field `json:"extraDetails"`
	TraceID string  `json:"traceId"`
	// Body is the answer as it came, for refusals in another form.
	Body []byte `json:"-"`
}

// Field says what is wrong with a member.
type Field struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", p.Status, p.Title)
	if p.Code != "" {
		b.WriteString(" (" + p.Code + ")")
	}
	if p.Detail != "" {
		b.WriteString(": " + p.Detail)
	}
	return b.String()
}

// ReadProblem reads a refusal that came to a request of somebody else's, such
// as one for a websocket.
func ReadProblem(answer *http.Response) *Problem {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		body = nil // its status will do
	}
	return newProblem(answer.StatusCode, body)
}

func newProblem(status int, body []byte) *Problem {
	p := &Problem{}
	_ = json.Unmarshal(body, p) // what is no problem document has its status and its body
	p.Status, p.Body = status, body
	if p.Title == "" {
		p.Title = http.StatusText(status)
	}
	if p.Detail == "" {
		p.Detail = otherDetail(body)
	}
	if p.Fields == nil {
		var older struct{ InvalidParams []Field }
		_ = json.Unmarshal(body, &older) // as above
		p.Fields = older.InvalidParams
	}
	for _, f := range p.Fields {
		if f.Name == "ErrorCode" {
			p.Code = f.Reason
		}
	}
	return p
}

// otherDetail finds the words in the forms of the gateway and of the token
// endpoint.
func otherDetail(body []byte) string {
	var other struct {
		Message     string `json:"message"`
		Description string `json:"error_description"`
		Result      struct {
			Message string `json:"message"`
		} `json:"result"`
	}
	_ = json.Unmarshal(body, &other) // as above
	return other.Message + other.Description + other.Result.Message
}

type keyKey struct{}

// WithIdempotencyKey has the calls made with this context send this key in
// place of a new one each.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyKey{}, key)
}

func idempotencyKey(ctx context.Context) string {
	if key, given := ctx.Value(keyKey{}).(string); given {
		return key
	}
	return rand.Text()
}

// call sends one request: in, unless nil, as JSON, the answer into out, unless
// nil.
func (c *Client) call(ctx context.Context, method, path string, header http.Header, in, out any) error {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(encoded)
		header = header.Clone()
		if header == nil {
			header = http.Header{}
		}
		header.Set("Content-Type", "application/json")
	}
	return c.send(ctx, method, path, header, body, out)
}

func (c *Client) send(ctx context.Context, method, path string, header http.Header, body io.Reader, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return newProblem(resp.StatusCode, answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("%s %s: the answer cannot be read: %w", method, path, err)
	}
	return nil
}

// query writes the parameters that are not empty.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return ""
	}
	return "?" + v.Encode()
}

func span(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return d.String()
}
