package servertest

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"liksom/server/client"
	"liksom/server/clock"
	"liksom/server/webhook"
)

// Receiver serves a handler at a host of its own on the simulator's network
// until the test ends, and gives its URL, to be registered as a webhook.
func (s *Sim) Receiver(t testing.TB, handler http.Handler) (url string) {
	t.Helper()
	listener := s.Listen(t)
	ctx, cancel := context.WithCancel(t.Context())
	var serving sync.WaitGroup
	receiver := &http.Server{
		BaseContext: func(net.Listener) context.Context { return ctx },
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			serving.Add(1) // while Serve runs, or a connection of its
			defer serving.Done()
			handler.ServeHTTP(w, r)
		}),
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0), // a test cuts connections on purpose
	}
	serving.Go(func() { _ = receiver.Serve(listener) }) // always ends with the listener
	t.Cleanup(func() {
		cancel() // a handler may wait for its request to end
		_ = receiver.Close()
		serving.Wait()
	})
	return "http://" + strings.TrimSuffix(listener.Addr().String(), ":80")
}

// Listen takes a host of its own on the simulator's network until the test
// ends, for receivers that do not speak HTTP as they should.
func (s *Sim) Listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := s.Network.Listen(t.Context(), "receiver-"+strconv.FormatInt(s.Network.receivers.Add(1), 10)+".test:80")
	if err != nil {
		t.Fatalf("no receiver can be made: %v", err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

// patience is the real time that [Inbox.Wait] waits at most.
const patience = 10 * time.Second

// Webhook is a delivery that arrived and was rightly signed.
type Webhook struct {
	MSN            string        `json:"msn"`
	Reference      string        `json:"reference"`
	PSPReference   string        `json:"pspReference"`
	Name           string        `json:"name"` // "AUTHORIZED"
	Amount         client.Amount `json:"amount"`
	Timestamp      time.Time     `json:"timestamp"`
	IdempotencyKey string        `json:"idempotencyKey"`
	Success        bool          `json:"success"`

	Header http.Header `json:"-"`
	Body   []byte      `json:"-"`
	// At is the simulated time of its arrival.
	At time.Time `json:"-"`
}

// Inbox collects the webhooks of one registration.
type Inbox struct {
	// URL and Secret are those of the registration.
	URL    string
	Secret string

	t       testing.TB
	now     func() time.Time
	mu      sync.Mutex
	got     []Webhook
	arrived chan struct{} // closed at the next arrival
}

// Webhooks registers a receiver of its own for these events of the sales
// unit, all of payments if none is named, and collects what arrives. A
// delivery that is not rightly signed fails the test.
func (s *Sim) Webhooks(t testing.TB, events ...string) *Inbox {
	t.Helper()
	if len(events) == 0 {
		events = client.PaymentEvents()
	}
	in := &Inbox{t: t, now: s.Now, arrived: make(chan struct{})}
	in.URL = s.Receiver(t, in) + "/hook"
	registered, err := s.Client.RegisterWebhook(t.Context(), in.URL, events...)
	if err != nil {
		t.Fatalf("the webhooks cannot be registered: %v", err)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.Secret = registered.Secret
	return in
}

// ServeHTTP takes a delivery as a merchant should: it verifies the raw body,
// then the date, before it believes anything.
func (in *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut off by whoever sent it
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if err := webhook.Verify(in.Secret, r.Method, r.RequestURI, r.Host, r.Header, body); err != nil {
		in.t.Errorf("a webhook is not rightly signed: %v\n%s", err, body)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if err := webhook.Fresh(r.Header, clock.Wall(), 5*time.Minute); err != nil {
		in.t.Errorf("a webhook is stale: %v", err)
	}
	got := Webhook{Header: r.Header.Clone(), Body: body, At: in.now()}
	if err := json.Unmarshal(body, &got); err != nil {
		in.t.Errorf("a webhook cannot be read: %v\n%s", err, body)
		return
	}
	in.got = append(in.got, got)
	close(in.arrived)
	in.arrived = make(chan struct{})
}

// All gives what has arrived, in the order of arrival.
func (in *Inbox) All() []Webhook {
	in.mu.Lock()
	defer in.mu.Unlock()
	return append([]Webhook(nil), in.got...)
}

// Names gives the names of what has arrived for a payment, in that order.
func (in *Inbox) Names(reference string) []string {
	names := []string{}
	for _, hook := range in.All() {
		if hook.Reference == reference {
			names = append(names, hook.Name)
		}
	}
	return names
}

// Wait gives the first webhook of that name for a payment, waiting for it if
// it has not arrived yet. After ten seconds of real time the test fails.
func (in *Inbox) Wait(t testing.TB, reference, name string) Webhook {
	t.Helper()
	waiting, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		in.mu.Lock()
		arrived := in.arrived
		in.mu.Unlock()
		for _, hook := range in.All() {
			if hook.Reference == reference && hook.Name == name {
				return hook
			}
		}
		select {
		case <-arrived:
		case <-waiting.Done():
			t.Fatalf("no webhook %s of %s arrived; there were: %s", name, reference, strings.Join(in.Names(reference), ", "))
		}
	}
}
