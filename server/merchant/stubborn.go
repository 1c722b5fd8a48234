package merchant

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"liksom/server/clock"
)

// stubborn is the cache of [KeepsTokenForADay]: it gives the first token it
// got to whoever asks for another.
type stubborn struct {
	next http.RoundTripper

	mu   sync.Mutex
	body []byte
	at   time.Time
}

// RoundTrip implements [http.RoundTripper].
func (k *stubborn) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.Contains(r.URL.Path, "/accesstoken/") {
		return k.next.RoundTrip(r)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.body != nil && clock.Wall().Sub(k.at) < 24*time.Hour {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(k.body)), Request: r}, nil
	}
	answer, err := k.next.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return nil, err
	}
	k.body, k.at = body, clock.Wall()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}
