package openapitest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// Checker fails a test when what passes through it is not as our documents
// say. It is safe for use by many goroutines.
type Checker struct {
	t            testing.TB
	lenient, off atomic.Bool
}

// New makes a checker for a test.
func New(t testing.TB) *Checker { return &Checker{t: t} }

// Lenient lets requests be as they are from now on: for tests of what is
// taken although no document says so. Answers are checked on.
func (c *Checker) Lenient() { c.lenient.Store(true) }

// Off ends all checking: for tests of what no document tells, such as answers
// made by a fault.
func (c *Checker) Off() { c.off.Store(true) }

func (c *Checker) check(x *Exchange) {
	if c.off.Load() {
		return
	}
	if err := Check(x, c.lenient.Load()); err != nil {
		c.t.Errorf("openapi: %s", err)
	}
}

// Handler checks all that a handler is asked and answers. Streams and sockets
// pass unread, and so does everything in a benchmark or fuzz test, whose
// requests come by the million.
func (c *Checker) Handler(next http.Handler) http.Handler {
	if _, test := c.t.(*testing.T); !test {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if endless(r) {
			next.ServeHTTP(w, r)
			return
		}
		var body []byte
		if r.Body != nil {
			var err error
			if body, err = io.ReadAll(r.Body); err != nil {
				r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{err}))
				next.ServeHTTP(w, r)
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		kept := httptest.NewRecorder()
		asked := r.Clone(r.Context())
		next.ServeHTTP(kept, r)
		answer := kept.Body.Bytes()
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(answer)
		c.check(&Exchange{Request: asked, Body: body, Status: kept.Code, Header: kept.Header(), Answer: answer})
	})
}

// broken is a body that ends with an error.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// Transport checks all that goes through a transport.
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

// CloseIdleConnections does so in the transport behind.
func (t transport) CloseIdleConnections() {
	if next, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		next.CloseIdleConnections()
	}
}
