package openapitest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"sync"
)

// reading is a request's body that keeps what was read of it. Some read on
// while they answer already.
type reading struct {
	io.ReadCloser
	left int64 // -1 where only the end tells how much there is

	mu    sync.Mutex
	kept  bytes.Buffer
	ended bool
}

// Read implements [io.Reader].
func (b *reading) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept.Write(p[:n])
	b.ended = b.ended || err == io.EOF //nolint:errorlint // as readers promise
	return n, err
}

func (b *reading) read() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.kept.Bytes())
}

// whole tells whether all of the body was read.
func (b *reading) whole() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ReadCloser == nil || b.ended || int64(b.kept.Len()) == b.left
}

// telling passes an answer on and keeps it.
type telling struct {
	http.ResponseWriter
	status   int
	header   http.Header // as it was when it went out
	body     bytes.Buffer
	hijacked bool
}

// WriteHeader implements [http.ResponseWriter].
func (w *telling) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status, w.header = status, w.Header().Clone()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *telling) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status, w.header = http.StatusOK, w.Header().Clone()
	}
	w.body.Write(p)
	return w.ResponseWriter.Write(p)
}

// Flush implements [http.Flusher].
func (w *telling) Flush() {
	if w.status == 0 {
		w.status, w.header = http.StatusOK, w.Header().Clone()
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack implements [http.Hijacker].
func (w *telling) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.hijacked = true
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// Unwrap serves [http.ResponseController].
func (w *telling) Unwrap() http.ResponseWriter { return w.ResponseWriter }
