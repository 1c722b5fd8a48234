package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/fault"
	"liksom/server/payment"
	"liksom/server/webhook"
)

func TestADeliveryArrivesSigned(t *testing.T) {
	t.Parallel()
	h := build(t)
	got := make(chan *http.Request, 1)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		got <- r
		w.Header().Set("X-Answer", "yes")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "thanks")
	})
	h.register("497f6eca-6276-4993-bfeb-53cbbbba6f08", server.URL+"/hooks/vipps?tenant=1&x=%C3%A5")
	h.create("ride-0001")
	h.tryDue()

	r := <-got
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.Equal(t, "POST", r.Method)
	require.Equal(t, "HTTP/1.1", r.Proto)
	require.Equal(t, "/hooks/vipps?tenant=1&x=%C3%A5", r.RequestURI)
	require.Equal(t, strings.TrimPrefix(server.URL, "http://"), r.Host)
	names := []string{}
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	require.Equal(t, []string{
		"Authorization", "Content-Length", "Content-Type", "User-Agent", "Webhook-Id", "X-Ms-Content-Sha256", "X-Ms-Date", "X-Vipps-Authorization",
	}, names)
	require.Equal(t, "Vipps MobilePay/1.0 Webhooks/1.0", r.Header.Get("User-Agent"))
	require.Equal(t, "application/json; charset=utf-8", r.Header.Get("Content-Type"))
	require.Equal(t, "497f6eca-6276-4993-bfeb-53cbbbba6f08", r.Header.Get("Webhook-Id"))
	require.Equal(t, r.Header.Get("Authorization"), r.Header.Get("X-Vipps-Authorization"))
	require.NoError(t, webhook.Verify(secretB, r.Method, r.RequestURI, r.Host, r.Header, body))
	require.NoError(t, webhook.Fresh(r.Header, time.Now(), time.Minute), "dated in real time though the world is in 2031")

	d, a := h.one("ride-0001")
	require.Equal(t, webhook.Delivered, d.Status)
	require.Equal(t, []time.Time{start, start, {}}, []time.Time{d.FirstAt, d.DoneAt, d.NextAt})
	require.Equal(t, 1, d.Tries)
	require.Equal(t, d.Body, body)
	require.True(t, a.OK())
	require.Equal(t, webhook.Attempt{
		Delivery: d.ID, N: 1, At: start, Real: a.Real, Took: a.Took, URL: server.URL + "/hooks/vipps?tenant=1&x=%C3%A5",
		Header: a.Header, Body: d.Body,
		Signed: "POST\n/hooks/vipps?tenant=1&x=%C3%A5\n" + r.Header.Get("X-Ms-Date") + ";" + r.Host + ";" + r.Header.Get("X-Ms-Content-Sha256"),
		Status: 202, AnswerHeader: a.AnswerHeader, Answer: []byte("thanks"),
	}, a)
	require.Equal(t, []string{"yes"}, a.AnswerHeader["X-Answer"])
	require.Equal(t, []string{r.Host}, a.Header["Host"])
	require.Positive(t, a.Took)
}

func TestTheLadderIsClimbedToItsEnd(t *testing.T) {
	t.Parallel()
	h := build(t)
	server := answering(t, always(500))
	h.register("w", server.URL)
	h.create("ride-0001")
	h.run(start.Add(time.Hour))
	h.decline("ride-0001")
	require.Equal(t, []webhook.Status{webhook.Waiting, webhook.Held}, h.statuses("ride-0001"))
	h.run(start.AddDate(0, 0, 7))

	got := h.deliveries("ride-0001")
	attempts := h.attempts(got[0])
	require.Len(t, attempts, 35)
	at, ok := start, true
	for i, a := range attempts {
		require.True(t, ok)
		require.Equal(t, at, a.At, "try %d", i+1)
		require.Equal(t, i+1, a.N)
		at, ok = webhook.Next(i+1, start, at)
	}
	require.False(t, ok)
	require.Equal(t, webhook.Dropped, got[0].Status)
	require.Equal(t, "It was not accepted in 35 tries over seven days.", got[0].Reason)
	last := start.Add(167*time.Hour + 3*time.Minute + 6*time.Second)
	require.Equal(t, last, got[0].DoneAt)
	require.Equal(t, webhook.Waiting, got[1].Status, "the next of the queue goes once the head is dropped")
	require.Equal(t, last, got[1].FirstAt)
}

func TestEachTryIsSignedAnew(t *testing.T) {
	t.Parallel()
	var dates []string
	h := build(t)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if webhook.Verify(secretB, r.Method, r.RequestURI, r.Host, r.Header, body) != nil {
			t.Error("not rightly signed")
		}
		dates = append(dates, r.Header.Get("X-Ms-Date"))
		w.WriteHeader(500)
	})
	h.register("w", server.URL)
	h.create("ride-0001")
	h.run(start.Add(2 * time.Hour))
	require.Len(t, dates, 7)
	for _, a := range h.attempts(h.deliveries("ride-0001")[0]) {
		require.Contains(t, a.Signed, a.Header["X-Ms-Date"][0])
		require.Equal(t, a.Real.UTC().Format(http.TimeFormat), a.Header["X-Ms-Date"][0])
	}
}

func TestOrderIsKeptPerPaymentAndRegistration(t *testing.T) {
	t.Parallel()
	var open atomic.Bool
	var mu sync.Mutex
	var heard []string
	h := build(t)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/bad" && !open.Load() && strings.Contains(string(body), "ride-0001") {
			w.WriteHeader(500)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, name := range []string{"CREATED", "ABORTED"} {
			for _, reference := range []string{"ride-0001", "ride-0002"} {
				if strings.Contains(string(body), name) && strings.Contains(string(body), reference) {
					heard = append(heard, r.URL.Path+" "+reference+" "+name)
				}
			}
		}
	})
	h.register("bad", server.URL+"/bad")
	h.register("good", server.URL+"/good")
	h.create("ride-0001")
	h.tryDue()
	h.decline("ride-0001")
	h.create("ride-0002")
	h.decline("ride-0002")
	h.tryDue()
	require.Equal(t, []string{
		"/good ride-0001 CREATED", "/good ride-0001 ABORTED", "/bad ride-0002 CREATED", "/good ride-0002 CREATED",
		"/bad ride-0002 ABORTED", "/good ride-0002 ABORTED",
	}, heard)
	heard = nil
	open.Store(true)
	h.run(start.Add(2 * time.Second))
	require.Equal(t, []string{"/bad ride-0001 CREATED", "/bad ride-0001 ABORTED"}, heard)
}

func TestADeliveryThatDoesNotWaitIsLeftAlone(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	h := build(t)
	server := answering(t, func() int { calls.Add(1); return 200 })
	h.register("w", server.URL)
	h.create("ride-0001")
	rows := h.due()
	require.NoError(t, h.sender.Try(t.Context(), rows[0]))
	require.NoError(t, h.sender.Try(t.Context(), rows[0]), "a row that has become pointless")
	require.NoError(t, h.sender.Try(t.Context(), payment.Due{At: start, Kind: webhook.DueDelivery, Key: "of a world before its reset"}))
	h.create("ride-0002")
	rows = h.due()
	require.NoError(t, h.store.Unregister(t.Context(), "w", start))
	require.NoError(t, h.sender.Try(t.Context(), rows[0]))
	require.EqualValues(t, 1, calls.Load())
}

func TestResending(t *testing.T) {
	t.Parallel()
	var status atomic.Int32
	h := build(t)
	server := answering(t, func() int { return int(status.Load()) })
	h.register("w", server.URL)
	h.create("ride-0001")
	h.decline("ride-0001")
	status.Store(500)
	h.tryDue()
	before := h.deliveries("ride-0001")

	h.setTime(start.Add(time.Second))
	d, a, err := h.sender.Resend(t.Context(), before[0].ID)
	require.NoError(t, err)
	require.True(t, a.Manual)
	require.Equal(t, 500, a.Status)
	require.Equal(t, start.Add(time.Second), a.At)
	require.Equal(t, before, h.deliveries("ride-0001"), "a refusal changes nothing")
	require.Equal(t, before[0].NextAt, d.NextAt)
	require.Len(t, h.attempts(d), 2)

	status.Store(204)
	d, a, err = h.sender.Resend(t.Context(), before[0].ID)
	require.NoError(t, err)
	require.True(t, a.OK())
	require.Equal(t, webhook.Delivered, d.Status)
	require.Equal(t, []webhook.Status{webhook.Delivered, webhook.Waiting}, h.statuses("ride-0001"))
	h.tryDue()
	require.Equal(t, []webhook.Status{webhook.Delivered, webhook.Delivered}, h.statuses("ride-0001"))
	h.run(start.Add(time.Hour))
	require.Len(t, h.attempts(before[0]), 3, "the try of the ladder that was planned does nothing")

	_, a, err = h.sender.Resend(t.Context(), before[0].ID)
	require.NoError(t, err)
	require.True(t, a.OK())
	require.Len(t, h.attempts(before[0]), 4, "one that was delivered can be sent again")
	require.Equal(t, start.Add(time.Second), h.deliveries("ride-0001")[0].DoneAt)
}

func TestResendingWhatIsGone(t *testing.T) {
	t.Parallel()
	h := build(t)
	_, _, err := h.sender.Resend(t.Context(), "none")
	require.ErrorIs(t, err, webhook.ErrNotFound)
	h.register("w", answering(t, always(500)).URL)
	h.create("ride-0001")
	require.NoError(t, h.store.Unregister(t.Context(), "w", start))
	_, _, err = h.sender.Resend(t.Context(), h.deliveries("ride-0001")[0].ID)
	require.ErrorIs(t, err, webhook.ErrEnded)
}

func TestAResendWaitsForTheTryUnderWay(t *testing.T) {
	t.Parallel()
	arrived, answer := make(chan struct{}, 2), make(chan int)
	h := build(t)
	server := answering(t, func() int { arrived <- struct{}{}; return <-answer })
	h.register("w", server.URL)
	h.create("ride-0001")
	row := h.due()[0]
	done := make(chan error, 2)
	go func() { done <- h.sender.Try(t.Context(), row) }()
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _, err := h.sender.Resend(ctx, row.Key)
		done <- err
	}()
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	answer <- 200
	require.NoError(t, <-done)
	require.Len(t, h.attempts(h.deliveries("ride-0001")[0]), 1)
}

// faults is one effect on everything.
type faults struct{ fault.Fault }

func (faults) Any() bool { return true }

func (f faults) Webhook(event, msn, reference string, _ bool) (fault.Fault, bool) {
	return f.Fault, msn == "123456" && reference == "ride-0001" && event == "epayments.payment.created.v1"
}

func TestAFaultAnswersForTheReceiver(t *testing.T) {
	t.Parallel()
	h := build(t, func(o *webhook.Options) { o.Faults = faults{fault.Fault{ID: "f1", Do: fault.Do{Status: 503}}} })
	h.register("w", answering(t, func() int { t.Error("called"); return 200 }).URL)
	h.create("ride-0001")
	h.tryDue()
	d, a := h.one("ride-0001")
	require.Equal(t, webhook.Waiting, d.Status)
	require.Equal(t, start.Add(2*time.Second), d.NextAt)
	require.Equal(t, 503, a.Status)
	require.Equal(t, "f1", a.Fault)
	require.NotEmpty(t, a.Signed)
}

func TestAFaultLosesADelivery(t *testing.T) {
	t.Parallel()
	h := build(t, func(o *webhook.Options) { o.Faults = faults{fault.Fault{ID: "f1", Do: fault.Do{Drop: true}}} })
	h.register("w", answering(t, always(200)).URL)
	h.create("ride-0001")
	h.decline("ride-0001")
	h.tryDue()
	got := h.deliveries("ride-0001")
	require.Equal(t, webhook.Dropped, got[0].Status)
	require.Equal(t, "The fault f1 lost it.", got[0].Reason)
	require.Equal(t, webhook.Delivered, got[1].Status, "the queue goes on")
}

func TestATryThatIsCutShortIsNotTheReceiversFault(t *testing.T) {
	t.Parallel()
	arrived, answer := make(chan struct{}), make(chan int)
	h := build(t)
	h.register("w", answering(t, func() int { close(arrived); return <-answer }).URL)
	t.Cleanup(func() { close(answer) })
	h.create("ride-0001")
	ctx, cancel := context.WithCancel(t.Context())
	row, done := h.due()[0], make(chan error)
	go func() { done <- h.sender.Try(ctx, row) }()
	<-arrived
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	d := h.deliveries("ride-0001")[0]
	require.Empty(t, h.attempts(d))
	require.Equal(t, webhook.Waiting, d.Status)
	require.Zero(t, d.Tries)
}

func TestATroubledStoreIsToldToTheTimer(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the disk is full")
	h := build(t, func(o *webhook.Options) { o.Store = brokenStore{o.Store, trouble} })
	h.register("w", answering(t, always(200)).URL)
	h.create("ride-0001")
	require.ErrorIs(t, h.sender.Try(t.Context(), h.due()[0]), trouble)
}

func TestWhatATryWroteIsTold(t *testing.T) {
	t.Parallel()
	var told []payment.Committed
	h := build(t, func(o *webhook.Options) { o.Committed = func(c payment.Committed) { told = append(told, c) } })
	h.register("w", answering(t, always(500)).URL)
	h.create("ride-0001")
	h.tryDue()
	require.Equal(t, []payment.Committed{{Earliest: start.Add(2 * time.Second)}}, told)
}

func TestNextTryIsNeverLaterThanTheLadders(t *testing.T) {
	t.Parallel()
	h := build(t)
	bound := h.sender.NextTry(payment.Due{At: start})
	require.True(t, bound.After(start))
	for n := 1; n < 35; n++ {
		next, _ := webhook.Next(n, start, start)
		require.False(t, bound.After(next))
	}
}

func TestManyWorkersDeliverEachOnce(t *testing.T) {
	t.Parallel()
	const payments = 300
	var calls atomic.Int32
	h := build(t)
	h.register("w", answering(t, func() int { calls.Add(1); return 200 }).URL)
	for i := range payments {
		h.create(fmt.Sprintf("ride-%04d", i))
		h.decline(fmt.Sprintf("ride-%04d", i))
	}
	for rows := h.due(); len(rows) > 0; rows = h.due() {
		var workers sync.WaitGroup
		next := make(chan payment.Due, len(rows))
		for _, row := range rows {
			next <- row
		}
		close(next)
		for range 64 {
			workers.Go(func() {
				for row := range next {
					if err := h.sender.Try(t.Context(), row); err != nil {
						t.Error(err)
					}
				}
			})
		}
		workers.Wait()
	}
	require.EqualValues(t, 2*payments, calls.Load())
	all, err := h.store.Deliveries(t.Context(), webhook.Query{Status: webhook.Delivered})
	require.NoError(t, err)
	require.Len(t, all, 2*payments)
}
