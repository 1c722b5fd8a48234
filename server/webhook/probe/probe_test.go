package probe_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/clock"
	"liksom/server/webhook"
	"liksom/server/webhook/probe"
)

const secret = "8f0c2c4e-secret"

// shop is a webhook handler, sound unless told otherwise.
type shop struct {
	// skip names a check that it leaves out.
	skip string

	mu     sync.Mutex
	seen   map[string]bool
	booked int
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		s.mu.Lock()
		defer s.mu.Unlock()
		_, _ = fmt.Fprintf(w, "%d booked", s.booked)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(s.take(r, body))
}

func (s *shop) take(r *http.Request, body []byte) int {
	if s.skip == "copy" && r.Header.Get(webhook.HeaderAuthorization) == "" {
		return http.StatusUnauthorized
	}
	if s.skip != "signature" && webhook.Verify(secret, r.Method, r.RequestURI, r.Host, r.Header, body) != nil {
		return http.StatusUnauthorized
	}
	if s.skip != "date" && webhook.Fresh(r.Header, clock.Wall(), 5*time.Minute) != nil {
		return http.StatusUnauthorized
	}
	var event struct{ Reference, Name, PSPReference string }
	if json.Unmarshal(body, &event) != nil {
		return map[bool]int{true: http.StatusInternalServerError, false: http.StatusBadRequest}[s.skip == "care"]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := event.Reference + event.Name
	if !s.seen[key] || s.skip == "once" {
		s.booked++
	}
	s.seen[key] = true
	return http.StatusOK
}

// wrong tries all cases and names those that were judged wrong.
func wrong(t *testing.T, skip string) []string {
	t.Helper()
	s := &shop{skip: skip, seen: map[string]bool{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL + "/hooks?shop=7")
	require.NoError(t, err)
	n := 0
	p := &probe.Probe{
		URL: target, Secret: secret, MSN: "123456", HTTP: server.Client(), Count: target,
		Reference: func(context.Context) (string, error) { n++; return fmt.Sprintf("order-%08d", n), nil },
	}
	names := []string{}
	for v, err := range p.Run(t.Context()) {
		require.NoError(t, err)
		require.NotEmpty(t, v.Did, v.Case)
		if !v.OK {
			require.NotEmpty(t, v.Risk, v.Case)
			names = append(names, v.Case)
		}
	}
	return names
}

func TestWhatIsFoundWrongWithAHandler(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, skip string
		wrong      []string
	}{
		{"nothing with a sound one", "", []string{}},
		{"one that knows nothing of the copy", "copy", []string{"Authorization lost on the way"}},
		{"one that never looks at the date", "date", []string{"stale date, 10 minutes old", "dated 301 seconds ahead"}},
		{"one that never looks at the signature", "signature", []string{
			"changed body", "changed body with its own hash", "signed with another secret", "signed for another path", "not signed",
		}},
		{"one that books all it gets", "once", []string{"sent twice", "sent twice at once"}},
		{"one that breaks on what is no event", "care", []string{"no body"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.wrong, wrong(t, c.skip))
		})
	}
}

func TestAHandlerThatIsNotThereEndsTheProbe(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	target, err := url.Parse(server.URL)
	require.NoError(t, err)
	server.Close()
	p := &probe.Probe{URL: target, HTTP: http.DefaultClient, Reference: func(context.Context) (string, error) { return "order-1", nil }}
	cases := 0
	for _, err := range p.Run(t.Context()) {
		cases++
		require.ErrorContains(t, err, "cannot be reached")
	}
	require.Equal(t, 1, cases)
}
