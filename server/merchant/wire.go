package merchant

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"time"

	"liksom/server/clock"
)

// Call is one call that the shop made, or got.
type Call struct {
	At       time.Time // on the shop's clock
	Incoming bool
	Method   string
	Path     string // with its query; of calls out, from the base URL on
	// Header and Body are the request's. Secrets are told by the names of
	// shell variables: $TOKEN, $KEY, $SECRET.
	Header http.Header
	Body   string
	Status int // 0 when no answer came
	Answer string
	Took   time.Duration
	Err    string
}

// logged is as much of a body as the log keeps.
const logged = 16 << 10

// wired gives a client that tells the log of each call.
func (s *Shop) wired(c *http.Client) *http.Client {
	own := *c
	next := c.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	if s.has(KeepsTokenForADay) {
		next = &stubborn{next: next}
	}
	own.Transport = &wire{shop: s, next: next}
	return &own
}

type wire struct {
	shop *Shop
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.shop.config.Log == nil {
		return w.next.RoundTrip(r)
	}
	call := Call{At: w.shop.config.Now(), Method: r.Method, Path: w.shop.below(r.URL), Header: masked(r.Header)}
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil {
			call.Body = readable(body)
		}
	}
	began := clock.Wall()
	answer, err := w.next.RoundTrip(r)
	call.Took = clock.Wall().Sub(began)
	if err != nil {
		call.Err = err.Error()
		w.shop.config.Log(call)
		return nil, err
	}
	whole, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(whole), failing{err}))
	call.Status, call.Answer = answer.StatusCode, unsecret(cut(whole))
	w.shop.config.Log(call)
	return answer, nil
}

// below is a call's path and query from the base URL on, as documents tell it.
func (s *Shop) below(u *url.URL) string {
	base, err := url.Parse(s.config.BaseURL)
	if err != nil {
		return u.RequestURI()
	}
	return strings.TrimPrefix(u.RequestURI(), strings.TrimRight(base.EscapedPath(), "/"))
}

// failing passes on that an answer broke off.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

func readable(body io.ReadCloser) string {
	defer func() { _ = body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(body, logged)) // a request's own bytes
	return string(text)
}

func cut(body []byte) string { return string(body[:min(len(body), logged)]) }

var (
	secrets = map[string]string{
		"Authorization": "Bearer $TOKEN", "Ocp-Apim-Subscription-Key": "$KEY", "Client_secret": "$SECRET",
	}
	secretMember = regexp.MustCompile(`("(?:access_token|secret)"\s*:\s*")[^"]*"`)
)

// masked copies a header without what must stay secret.
func masked(h http.Header) http.Header {
	out := h.Clone()
	for name := range out {
		if mask, secret := secrets[http.CanonicalHeaderKey(name)]; secret {
			out[name] = []string{mask}
		}
	}
	return out
}

func unsecret(body string) string { return secretMember.ReplaceAllString(body, `${1}…"`) }

// Curl writes a call as a command that anybody could give, for a simulator at
// a URL; "" for calls that came in.
func (c Call) Curl(base string) string {
	if c.Incoming {
		return ""
	}
	var b strings.Builder
	b.WriteString("curl -X " + c.Method + " " + quoted(base+c.Path))
	names := make([]string, 0, len(c.Header))
	for name := range c.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		b.WriteString(" \\\n  -H " + quoted(name+": "+strings.Join(c.Header[name], ", ")))
	}
	if c.Body != "" {
		b.WriteString(" \\\n  -d " + quoted(c.Body))
	}
	return b.String()
}

var variable = regexp.MustCompile(`\$(TOKEN|KEY|SECRET)$`)

// quoted is a word for a shell. What was masked stays a variable.
func quoted(word string) string {
	if variable.MatchString(word) {
		return `"` + word + `"`
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
