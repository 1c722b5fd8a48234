package merchant_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/server/client"
	"liksom/server/clock"
	"liksom/server/merchant"
	"liksom/server/openapi/openapitest"
	"liksom/server/servertest"
	"liksom/server/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const socks = "order-1512202"

// town is a simulator with one shop in it.
type town struct {
	*servertest.Sim
	shop *merchant.Shop
	mu   sync.Mutex
	log  []merchant.Call
}

// described holds what shops do against our OpenAPI documents.
func described(t *testing.T) servertest.Option {
	documents := openapitest.New(t)
	documents.Except("a fault words a refusal anew", func(x *openapitest.Exchange) bool { return x.Status == http.StatusForbidden })
	documents.Except("a shop gave up on the call before it was answered", func(x *openapitest.Exchange) bool { return x.Request.Context().Err() != nil })
	return servertest.WithAround(documents.Handler)
}

// inTown runs a test in a bubble of its own.
func inTown(t *testing.T, habits []merchant.Habit, test func(*testing.T, *town)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sim := servertest.Start(t, described(t))
		keys := client.Demo()
		var handler lateHandler
		w := &town{Sim: sim}
		shop, err := merchant.New(merchant.Config{
			BaseURL: sim.URL, ClientID: keys.ClientID, ClientSecret: keys.ClientSecret, SubscriptionKey: keys.SubscriptionKey, MSN: keys.MSN,
			HTTP: sim.HTTP, PublicURL: sim.Receiver(t, &handler), Hook: "/hook/?shop=1", Now: sim.Now, Habits: habits,
			Log: func(c merchant.Call) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.log = append(w.log, c)
			},
		})
		require.NoError(t, err)
		handler.Handler, w.shop = shop, shop
		t.Cleanup(shop.Close)
		test(t, w)
	})
}

// lateHandler is a handler that needs its own address to be made.
type lateHandler struct{ http.Handler }

func (w *town) calls() []merchant.Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]merchant.Call(nil), w.log...)
}

// answers lists what a kind of call was answered.
func (w *town) answers(method, path string) []int {
	got := []int{}
	for _, c := range w.calls() {
		if c.Method == method && strings.Contains(c.Path, path) {
			got = append(got, c.Status)
		}
	}
	return got
}

func (w *town) open(t *testing.T) {
	t.Helper()
	require.NoError(t, w.shop.Start(t.Context()))
}

func order() merchant.Order {
	return merchant.Order{Reference: socks, Amount: client.NOK(35000), Phone: "+47 123 45 678", Description: "Two pairs of socks"}
}

func (w *town) checkout(t *testing.T) merchant.Order {
	t.Helper()
	o, err := w.shop.Checkout(t.Context(), order())
	require.NoError(t, err)
	return o
}

func (w *town) order(t *testing.T) merchant.Order {
	t.Helper()
	synctest.Wait()
	o, found := w.shop.Order(socks)
	require.True(t, found)
	return o
}

// visit has a customer come back without cookies.
func (w *town) visit(t *testing.T, reference string) (int, string) {
	t.Helper()
	rec := httptest.NewRecorder()
	w.shop.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/return/"+reference, nil))
	return rec.Code, rec.Body.String()
}

// hand is a delivery that a test signs by itself.
type hand struct {
	body   string
	secret string
	age    time.Duration
	change func(*http.Request)
}

func (w *town) deliver(t *testing.T, h hand) int {
	t.Helper()
	if h.secret == "" {
		h.secret = w.shop.Secret()
	}
	u, err := url.Parse(w.shop.HookURL())
	require.NoError(t, err)
	s := webhook.Sign(h.secret, u, []byte(h.body), clock.Wall().Add(-h.age))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, u.String(), strings.NewReader(h.body))
	r.Header.Set(webhook.HeaderDate, s.Date)
	r.Header.Set(webhook.HeaderHash, s.Hash)
	r.Header.Set(webhook.HeaderAuthorization, s.Authorization)
	r.Header.Set(webhook.HeaderCopy, s.Authorization)
	if h.change != nil {
		h.change(r)
	}
	rec := httptest.NewRecorder()
	w.shop.ServeHTTP(rec, r)
	return rec.Code
}

func event(name string, more string) string {
	return `{"msn":"123456", "reference":"` + socks + `", "name":"` + name + `","pspReference":"` + rand.Text() + `","idempotencyKey":"k","success":true` + more + `}`
}

func (w *town) fault(t *testing.T, f client.Fault) {
	t.Helper()
	_, err := w.Client.AddFault(t.Context(), f)
	require.NoError(t, err)
}

func background() context.Context { return context.Background() }

func randomSecret() string {
	var b [64]byte
	_, _ = rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}
