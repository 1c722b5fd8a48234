package server_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// clerk is a receiver that answers each event as it is told to, and writes
// down what arrived.
type clerk struct {
	mu       sync.Mutex
	statuses map[string]int // by event name; 200 unless told
	got      []string
}

func (s *clerk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct{ Name string }
	_ = json.NewDecoder(r.Body).Decode(&event)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, event.Name)
	if status := s.statuses[event.Name]; status != 0 {
		w.WriteHeader(status)
	}
}

func (s *clerk) answer(event string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.statuses == nil {
		s.statuses = map[string]int{}
	}
	s.statuses[event] = status
}

func (s *clerk) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.got...)
}

func subscribe(t *testing.T, sim *servertest.Sim, url string, events ...string) {
	t.Helper()
	if events == nil {
		events = client.PaymentEvents()
	}
	_, err := sim.Client.RegisterWebhook(t.Context(), url, events...)
	require.NoError(t, err)
}

// ladder is every try after the first one (webhooks contract, section 7).
func ladder() []time.Duration {
	var at time.Duration
	tries := []time.Duration{0}
	add := func(n int, wait time.Duration) {
		for range n {
			at += wait
			tries = append(tries, at)
		}
	}
	add(3, 2*time.Second)
	add(1, time.Minute)
	add(1, 2*time.Minute)
	add(23, time.Hour)
	add(6, 24*time.Hour)
	return tries
}

func TestTheWholeLadderToDaySevenInOneJump(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		receiver := &clerk{}
		receiver.answer("AUTHORIZED", http.StatusServiceUnavailable)
		subscribe(t, sim, sim.Receiver(t, receiver), "epayments.payment.authorized.v1", "epayments.payment.captured.v1")
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		sim.CreatePayment(t, ride, 24900)
		sim.Approve(t, ride)
		_, err = sim.Client.Capture(t.Context(), ride, client.NOK(24900))
		require.NoError(t, err)
		sim.Advance(t, 7*24*time.Hour)

		found := deliveries(t, sim, ride)
		require.Len(t, found, 2)
		authorized, captured := found[0], found[1]
		require.Equal(t, "dropped", authorized.State)
		var tries []time.Duration
		for _, a := range authorized.Attempts {
			tries = append(tries, a.At.Sub(authorized.CreatedAt))
			require.Equal(t, http.StatusServiceUnavailable, a.Response.Status)
		}
		require.Equal(t, ladder(), tries)
		require.Len(t, tries, 35)
		require.Equal(t, "delivered", captured.State)
		require.Len(t, captured.Attempts, 1)
		require.Equal(t, authorized.Attempts[34].At, captured.Attempts[0].At, "it waited until the one before was given up")
		require.Equal(t, strings.Fields(strings.Repeat("AUTHORIZED ", 35)+"CAPTURED"), receiver.seen())
	})
}

func TestWhatWasHeldFollowsAsSoonAsTheOneBeforeIsTaken(t *testing.T) {
	inEveryBubble(t, func(t *testing.T, sim *servertest.Sim) {
		receiver := &clerk{}
		receiver.answer("AUTHORIZED", http.StatusInternalServerError)
		subscribe(t, sim, sim.Receiver(t, receiver), "epayments.payment.authorized.v1", "epayments.payment.captured.v1")
		sim.CreatePayment(t, ride, 24900)
		sim.Approve(t, ride)
		_, err := sim.Client.Capture(t.Context(), ride, client.NOK(24900))
		require.NoError(t, err)
		pass(3 * time.Second)
		receiver.answer("AUTHORIZED", http.StatusNoContent)
		pass(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"AUTHORIZED", "AUTHORIZED", "AUTHORIZED", "CAPTURED"}, receiver.seen())
	})
}

func TestASinkThatFailsFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		require.NoError(t, sim.Client.PutSink(t.Context(), "shop", client.Sink{FailFirst: 3}))
		subscribe(t, sim, sim.Client.SinkURL("shop")+"hooks?tenant=1", "epayments.payment.created.v1")
		sim.CreatePayment(t, ride, 100)
		sim.Advance(t, minute)
		got, err := sim.Client.SinkRequests(t.Context(), "shop", 0, 0)
		require.NoError(t, err)
		var statuses []int
		for _, request := range got {
			statuses = append(statuses, request.Status)
			require.True(t, request.Verified, request.Reason)
			require.Equal(t, "/sink/shop/hooks?tenant=1", request.Path)
		}
		require.Equal(t, []int{500, 500, 500, 200}, statuses)
	})
}

// misbehave serves connections in a way that is not HTTP's.
func misbehave(t *testing.T, sim *servertest.Sim, how func(net.Conn)) string {
	t.Helper()
	listener := sim.Listen(t)
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer func() { _ = conn.Close() }()
				how(conn)
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		conns.Wait()
	})
	return "http://" + strings.TrimSuffix(listener.Addr().String(), ":80")
}

func TestATargetInTroubleHoldsUpNothingElse(t *testing.T) {
	request := func(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) }
	troubles := map[string]struct {
		target func(t *testing.T, sim *servertest.Sim) string
		is     string // what the attempt says
	}{
		"that hangs": {func(t *testing.T, sim *servertest.Sim) string {
			return sim.Receiver(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		}, "10s"},
		"that takes the connection and never reads": {func(t *testing.T, sim *servertest.Sim) string {
			return misbehave(t, sim, func(conn net.Conn) { pass(15 * time.Second) })
		}, "10s"},
		"that resets": {func(t *testing.T, sim *servertest.Sim) string {
			return misbehave(t, sim, func(net.Conn) {})
		}, "closed"},
		"that resets once it has read": {func(t *testing.T, sim *servertest.Sim) string {
			return misbehave(t, sim, request)
		}, "closed"},
		"that answers garbage": {func(t *testing.T, sim *servertest.Sim) string {
			return misbehave(t, sim, func(conn net.Conn) {
				request(conn)
				_, _ = io.WriteString(conn, "220 mail.example ESMTP\r\n\r\n")
			})
		}, "malformed"},
		"that answers drop by drop without an end": {func(t *testing.T, sim *servertest.Sim) string {
			return misbehave(t, sim, func(conn net.Conn) {
				request(conn)
				for {
					if _, err := io.WriteString(conn, "H"); err != nil {
						return
					}
					pass(time.Second)
				}
			})
		}, "10s"},
		"that redirects": {func(t *testing.T, sim *servertest.Sim) string {
			return sim.Receiver(t, http.RedirectHandler("http://elsewhere.test/", http.StatusFound))
		}, "302"},
		"that is not there": {func(t *testing.T, sim *servertest.Sim) string { return "http://nobody.test" }, "refused"},
	}
	for name, trouble := range troubles {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, sim *servertest.Sim) {
				subscribe(t, sim, trouble.target(t, sim), "epayments.payment.created.v1")
				hooks := sim.Webhooks(t)
				began := time.Now()
				for i := range 5 {
					reference := fmt.Sprintf("taxi-ride-%06d", i)
					sim.CreatePayment(t, reference, 100)
					sim.Approve(t, reference)
					hooks.Wait(t, reference, "AUTHORIZED")
				}
				require.Zero(t, time.Since(began), "nobody waited")

				pass(30 * time.Second)
				sim.Advance(t, minute) // waits for a try under way
				var bad client.Delivery
				for _, d := range deliveries(t, sim, "taxi-ride-000000") {
					if d.State != "delivered" {
						bad = d
					}
				}
				require.Equal(t, "waiting", bad.State)
				require.GreaterOrEqual(t, len(bad.Attempts), 3, "it is tried again")
				first := bad.Attempts[0]
				told := first.Error
				if first.Response != nil {
					told = fmt.Sprint(first.Response.Status)
				}
				require.Contains(t, told, trouble.is)
			})
		})
	}
}
