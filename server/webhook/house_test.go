package webhook_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/ident"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/server/webhook"
)

var start = time.Date(2031, 1, 19, 16, 0, 0, 0, time.UTC)

// house is a store with a sender, and a clock that the test moves.
type house struct {
	t       *testing.T
	store   *memory.Store
	service *payment.Service
	sender  *webhook.Sender

	mu  sync.Mutex
	now time.Time
}

func build(t *testing.T, change ...func(*webhook.Options)) *house {
	ids := ident.Seeded(t.Name())
	h := &house{t: t, now: start, store: memory.New(webhook.NewPlan(ids))}
	h.service = &payment.Service{
		Store: h.store, IDs: ids, Now: h.time,
		Windows: func() payment.Windows {
			return payment.Windows{Landing: 5 * time.Minute, Approval: 5 * time.Minute}
		},
	}
	o := webhook.Options{Store: h.store, Now: h.time, Later: h.store.Add}
	for _, c := range change {
		c(&o)
	}
	h.sender = webhook.NewSender(o)
	t.Cleanup(h.sender.Close)
	return h
}

func (h *house) time() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) setTime(to time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = to
}

// register has a URL hear of the events, all eight when none are named.
func (h *house) register(id, url string, events ...string) {
	if events == nil {
		events = webhook.Types()
	}
	require.NoError(h.t, h.store.Register(h.t.Context(), webhook.Registration{
		ID: id, MSN: "123456", URL: url, Events: events, Secret: secretB, CreatedAt: h.time(),
	}, nil))
}

func (h *house) do(reference string, command payment.Command) {
	_, err := h.service.Do(h.t.Context(), payment.ID{MSN: "123456", Reference: reference}, command, nil)
	require.NoError(h.t, err)
}

// create makes a payment that nobody will let expire during the test.
func (h *house) create(reference string) {
	h.do(reference, payment.Create{
		Source: "epayment", Amount: payment.Amount{Currency: "NOK", Value: 24900}, Flow: payment.WebRedirect,
		Method: "WALLET", Key: "key-1", Deadline: h.time().AddDate(1, 0, 0),
	})
}

func (h *house) decline(reference string) { h.do(reference, payment.Decline{}) }

// due claims the deliveries that are due now.
func (h *house) due() []payment.Due {
	rows, err := h.store.Claim(h.t.Context(), h.time(), 1000)
	require.NoError(h.t, err)
	for _, row := range rows {
		require.Equal(h.t, webhook.DueDelivery, row.Kind)
	}
	return rows
}

// tryDue tries what is due now, and what becomes due by that.
func (h *house) tryDue() {
	for rows := h.due(); len(rows) > 0; rows = h.due() {
		for _, row := range rows {
			require.NoError(h.t, h.sender.Try(h.t.Context(), row))
		}
	}
}

// run tries all that falls due until a time, the clock standing at each.
func (h *house) run(until time.Time) {
	for {
		at, ok, err := h.store.Next(h.t.Context())
		require.NoError(h.t, err)
		if !ok || at.After(until) {
			h.setTime(until)
			return
		}
		if at.After(h.time()) {
			h.setTime(at)
		}
		h.tryDue()
	}
}

// deliveries gives those of a payment, oldest first.
func (h *house) deliveries(reference string) []webhook.Delivery {
	found, err := h.store.Deliveries(h.t.Context(), webhook.Query{MSN: "123456", Reference: reference})
	require.NoError(h.t, err)
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found
}

func (h *house) attempts(d webhook.Delivery) []webhook.Attempt {
	found, err := h.store.Attempts(h.t.Context(), d.ID)
	require.NoError(h.t, err)
	return found
}

// one gives the only attempt at the only delivery of a payment.
func (h *house) one(reference string) (webhook.Delivery, webhook.Attempt) {
	deliveries := h.deliveries(reference)
	require.Len(h.t, deliveries, 1)
	attempts := h.attempts(deliveries[0])
	require.Len(h.t, attempts, 1)
	return deliveries[0], attempts[0]
}

func (h *house) statuses(reference string) []webhook.Status {
	var got []webhook.Status
	for _, d := range h.deliveries(reference) {
		got = append(got, d.Status)
	}
	return got
}

// serve starts a receiver on a free port of this machine.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

func answering(t *testing.T, status func() int) *httptest.Server {
	return serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status()) })
}

func always(status int) func() int { return func() int { return status } }

// brokenStore fails to keep what became of a delivery.
type brokenStore struct {
	webhook.Store
	err error
}

func (s brokenStore) Settle(context.Context, webhook.Delivery, *webhook.Attempt, int64, time.Time) (payment.Committed, error) {
	return payment.Committed{}, s.err
}
