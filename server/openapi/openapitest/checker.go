package openapitest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// Checker fails a test when what passes through it is not as our documents
// say. It is safe for use by many goroutines.
type Checker struct {
	t testing.TB

	mu      sync.Mutex
	lenient bool
	except  []func(*Exchange) bool
}

// New makes a checker for a test.
func New(t testing.TB) *Checker { return &Checker{t: t} }

// Lenient lets requests be as they are from now on, for the reason given: what
// is taken although no document says so. Answers are checked on.
func (c *Checker) Lenient(why string) {
	c.t.Helper()
	c.t.Logf("openapi: requests may be as they are: %s", why)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lenient = true
}

// Except lets pass the exchanges that are named, for the reason given: what no
// document can tell, such as the answer that a fault was told to make.
func (c *Checker) Except(why string, which func(*Exchange) bool) {
	c.t.Helper()
	c.t.Logf("openapi: not held against the documents: %s", why)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.except = append(c.except, which)
}

// Off ends all checking, for the reason given. [Checker.Except] is better
// wherever the exchanges can be named.
func (c *Checker) Off(why string) {
	c.t.Helper()
	c.Except(why, func(*Exchange) bool { return true })
}

func (c *Checker) check(x *Exchange) {
	c.mu.Lock()
	lenient, except := c.lenient, c.except
	c.mu.Unlock()
	for _, excepted := range except {
		if excepted(x) {
			return
		}
	}
	if err := Check(x, lenient); err != nil {
		c.t.Errorf("openapi: %s", err)
	}
}

// Handler checks all that a handler is asked and answers, in whatever world,
// without changing any of it. A connection that became a socket or was cut off
// has no answer to check, nor has a call that its maker gave up. In a benchmark or fuzz test, whose requests come by
// the million, everything passes unread.
func (c *Checker) Handler(next http.Handler) http.Handler {
	if _, bench := c.t.(*testing.B); bench {
		return next
	}
	if _, fuzz := c.t.(*testing.F); fuzz {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &Exchange{Request: inWorld(r.Clone(r.Context()))}
		asked := &reading{ReadCloser: r.Body, left: r.ContentLength}
		if r.Body != nil {
			r.Body = asked
		}
		told := &telling{ResponseWriter: w}
		next.ServeHTTP(told, r)
		if told.hijacked || told.status == 0 && r.Context().Err() != nil {
			return
		}
		x.Body, x.Unread = asked.read(), !asked.whole()
		x.Status, x.Header, x.Answer = told.status, told.header, told.body.Bytes()
		if x.Status == 0 {
			x.Status, x.Header = http.StatusOK, w.Header()
		}
		c.check(x)
	})
}

// Transport checks all that goes through a transport, for what is asked of
// another process.
func (c *Checker) Transport(next http.RoundTripper) http.RoundTripper {
	return transport{c, next}
}

type transport struct {
	*Checker
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if endless(r) {
		return t.next.RoundTrip(r)
	}
	asked := r.Clone(r.Context())
	var body []byte
	if r.Body != nil && r.Body != http.NoBody {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(io.MultiReader(bytes.NewReader(got), broken{orEOF(err)}))
	if err == nil {
		t.check(&Exchange{Request: inWorld(asked), Body: body, Status: answer.StatusCode, Header: answer.Header, Answer: got})
	}
	return answer, nil
}

// broken is a body that ends with an error.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func orEOF(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}

// inWorld takes the world off a request's path.
func inWorld(r *http.Request) *http.Request {
	rest, found := strings.CutPrefix(r.URL.Path, "/w/")
	if !found {
		return r
	}
	_, path, _ := strings.Cut(rest, "/")
	r.URL.Path, r.URL.RawPath = "/"+path, ""
	return r
}

// endless tells of a socket or a stream, which has no whole answer.
func endless(r *http.Request) bool {
	return r.Header.Get("Upgrade") != "" || strings.HasSuffix(r.URL.Path, "/ws") || strings.HasSuffix(r.URL.Path, "/stream")
}
