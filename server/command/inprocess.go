package command

import (
	"context"
	"io"
	"net/http"
	"sync"
)

// inProcess sends requests to a handler of this process, without a network
// between: whatever address and certificate it listens with. Answers are
// streamed.
type inProcess struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper].
func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	served := r.Clone(r.Context())
	served.RequestURI = r.URL.RequestURI()
	if served.Host == "" {
		served.Host = r.URL.Host
	}
	if served.Body == nil {
		served.Body = http.NoBody
	}
	out, in := io.Pipe()
	// A reader that has gone must not leave the handler writing to it.
	context.AfterFunc(r.Context(), func() { _ = out.CloseWithError(r.Context().Err()) })
	w := &piped{header: http.Header{}, body: in, began: make(chan struct{})}
	go func() {
		defer func() { _ = in.Close() }()
		t.handler.ServeHTTP(w, served)
		w.WriteHeader(http.StatusOK) // does nothing after the handler's own
	}()
	select {
	case <-w.began:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: out, ContentLength: -1, Request: r,
	}, nil
}

// piped is an answer whose body somebody reads while it is written.
type piped struct {
	header http.Header
	body   *io.PipeWriter
	once   sync.Once
	began  chan struct{}
	status int
	sent   http.Header
}

func (p *piped) Header() http.Header { return p.header }

func (p *piped) WriteHeader(status int) {
	p.once.Do(func() {
		p.status, p.sent = status, p.header.Clone()
		close(p.began)
	})
}

func (p *piped) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(b)
}

// Flush implements [http.Flusher]: nothing is held back.
func (p *piped) Flush() { p.WriteHeader(http.StatusOK) }
