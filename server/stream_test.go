package server_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

const first, second = "ride-one", "ride-two"

// listener reads a stream in the background.
type listener struct {
	t      *testing.T
	events chan client.StreamEvent
	ended  chan error
	stop   context.CancelFunc
}

func listen(t *testing.T, sim *servertest.Sim, f client.StreamFilter) *listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &listener{t, make(chan client.StreamEvent, 1000), make(chan error, 1), cancel}
	t.Cleanup(cancel)
	go func() {
		for e, err := range sim.Client.Stream(ctx, f) {
			if err != nil {
				l.ended <- err
				return
			}
			l.events <- e
		}
	}()
	synctest.Wait()
	return l
}

// heard gives what came so far, as "kind" or "kind detail".
func (l *listener) heard() []string {
	l.t.Helper()
	synctest.Wait()
	var lines []string
	for {
		select {
		case e := <-l.events:
			lines = append(lines, line(l.t, e))
		default:
			return lines
		}
	}
}

// line tells an event in short.
func line(t *testing.T, e client.StreamEvent) string {
	t.Helper()
	var d struct {
		Kind, Reference, State, Number, Path, Change, ID string
		Removed                                          bool
		Status                                           int
		Entry                                            struct{ Name string }
		Payment                                          struct{ Reference, State string }
		Online                                           *bool
	}
	require.NoError(t, json.Unmarshal(e.Data, &d), "%s", e.Data)
	switch e.Kind {
	case "payment":
		return "payment " + d.Kind + " " + d.Payment.Reference
	case "timeline":
		return "timeline " + d.Entry.Name
	case "delivery":
		return "delivery " + d.State
	case "phone":
		return "phone " + d.Number
	case "request":
		return "request " + d.Path
	case "fault":
		return "fault " + d.Change
	case "push":
		return "push " + d.State + " " + d.Reference
	}
	return e.Kind
}

func TestAStreamTellsOfAPaymentWithItsTimelineCallsAndWebhooks(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hooks := sim.Webhooks(t)
		l := listen(t, sim, client.StreamFilter{})
		require.Equal(t, "clock", l.heard()[0])
		sim.CreatePayment(t, ride, 100)
		hooks.Wait(t, ride, "CREATED")
		heard := l.heard()
		for _, want := range []string{
			"payment CREATED " + ride, "timeline CREATED", "timeline window-began", "timeline epayments.payment.created.v1",
			"delivery delivered", "timeline attempt", "request /epayment/v1/payments", "timeline POST /epayment/v1/payments",
		} {
			require.Contains(t, heard, want)
		}
	})
}

func TestAStreamTellsOfTheClockPhonesFaultsAndSettings(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		l := listen(t, sim, client.StreamFilter{Kinds: []string{"clock", "phone", "fault", "settings", "merchant", "registration", "reset"}})
		l.heard()
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"clock"}, l.heard())
		pass(time.Second)
		off := false
		_, err = sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &off})
		require.NoError(t, err)
		require.Equal(t, []string{"phone " + kari}, l.heard())
		f, err := sim.Client.AddFault(t.Context(), client.Fault{Match: client.FaultMatch{Target: "api", Path: "/epayment/v1/payments/*"}, Do: client.FaultDo{Status: 503}, Times: 1})
		require.NoError(t, err)
		require.Equal(t, http.StatusServiceUnavailable, merchant(t, sim, "GET", "/epayment/v1/payments/"+ride, "").status)
		require.NoError(t, sim.Client.RemoveFault(t.Context(), f.ID))
		require.Equal(t, []string{"fault set", "fault struck", "fault removed"}, l.heard())
		require.Equal(t, 200, call(t, sim, "PATCH", "/sim/v1/settings", `{"rateLimit":true}`).status)
		require.Equal(t, 200, call(t, sim, "PATCH", "/sim/v1/merchants/123456", `{"name":"Cab"}`).status)
		_, err = sim.Client.RegisterWebhook(t.Context(), sim.URL+"/sink/x", "epayments.payment.created.v1")
		require.NoError(t, err)
		require.Equal(t, []string{"settings", "merchant", "registration"}, l.heard())
		require.NoError(t, sim.Client.Reset(t.Context()))
		require.Contains(t, l.heard(), "reset")
	}, described(t, told(503, byFault)))
}

func TestAStreamThatBrokeOffGoesOnFromItsPosition(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		payments := client.StreamFilter{Kinds: []string{"payment"}}
		l := listen(t, sim, payments)
		sim.CreatePayment(t, first, 100)
		synctest.Wait()
		last := <-l.events
		l.stop()
		sim.CreatePayment(t, second, 100)
		for range 300 { // more than is read at once
			sim.CreatePayment(t, ident(t), 100)
		}
		payments.After = last.ID
		again := listen(t, sim, payments).heard()
		require.Equal(t, "payment CREATED "+second, again[0])
		require.Len(t, again, 301)
	})
}

// ident is a reference nobody has used.
func ident(t *testing.T) string {
	t.Helper()
	return "r-" + strings.ToLower(rand.Text())
}

func TestAStreamIsNarrowedToAUnitAPaymentOrAPhone(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		kinds := []string{"payment", "phone", "request"}
		unit := listen(t, sim, client.StreamFilter{MSN: "123456", Kinds: kinds})
		one := listen(t, sim, client.StreamFilter{Reference: first, Kinds: kinds})
		hers := listen(t, sim, client.StreamFilter{Phone: kari, Kinds: kinds})
		_, err := webshop(sim).CreatePayment(t.Context(), order("ride-elsewhere"))
		require.NoError(t, err)
		push(t, sim, first, kari)
		push(t, sim, second, "4787654321")
		off := false
		_, err = sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &off})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"payment CREATED " + first, "payment CREATED " + second, "request /epayment/v1/payments", "request /epayment/v1/payments"}, unit.heard())
		require.ElementsMatch(t, []string{"payment CREATED " + first, "request /epayment/v1/payments"}, one.heard())
		require.Equal(t, []string{"payment CREATED " + first, "phone " + kari}, hers.heard())
	})
}

func TestAJumpTellsOfEveryWindowThatEnds(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		l := listen(t, sim, client.StreamFilter{Kinds: []string{"payment", "clock"}})
		sim.CreatePayment(t, ride, 100)
		l.heard()
		sim.Advance(t, 5*minute)
		pass(time.Second)
		heard := l.heard()
		require.Contains(t, heard, "payment EXPIRED "+ride)
		require.Contains(t, heard, "clock")
	})
}

func TestAStreamEndsWhenTheSimulatorStops(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		l := listen(t, sim, client.StreamFilter{})
		require.NoError(t, sim.Server.Stop(t.Context()))
		require.ErrorIs(t, <-l.ended, io.EOF)
	})
}

func TestASilentStreamIsKeptAliveByComments(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, sim.URL+"/sim/v1/stream", nil)
		require.NoError(t, err)
		resp, err := sim.HTTP.Do(req)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body) // it ends with the context
		require.Equal(t, 2, strings.Count(string(body), "\n: alive\n"), "%s", body)
	})
}

func TestWhoReadsNothingHoldsUpNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL+"/sim/v1/stream", nil)
		require.NoError(t, err)
		resp, err := sim.HTTP.Do(req)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }() // and never read
		before := time.Now()
		for range 100 {
			sim.CreatePayment(t, ident(t), 100)
		}
		require.Equal(t, before, time.Now(), "no time passes in the bubble for anybody who waits for the reader")
	})
}

func TestWhatAStreamCannotTellIsRefused(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		for _, query := range []string{"kinds=payments", "after=x", "unit=1"} {
			require.Equal(t, 400, call(t, sim, "GET", "/sim/v1/stream?"+query, "").status, query)
		}
		require.Equal(t, 200, call(t, sim, "HEAD", "/sim/v1/stream", "").status)
	})
}

func TestAStreamTellsWhatBecameOfPushes(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		l := listen(t, sim, client.StreamFilter{Kinds: []string{"push"}})
		require.Empty(t, l.heard())
		push := func(reference string) {
			_, err := sim.Client.CreatePayment(t.Context(), client.CreatePayment{
				Reference: reference, Amount: client.Amount{Currency: "NOK", Value: 100}, PaymentMethod: client.PaymentMethod{Type: "WALLET"},
				UserFlow: client.PushMessage, Customer: &client.Customer{PhoneNumber: kari}, PaymentDescription: "A ride",
			})
			require.NoError(t, err)
		}
		push("sent-0000")
		require.Equal(t, []string{"push sent sent-0000"}, l.heard())
		off := false
		_, err := sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &off})
		require.NoError(t, err)
		push("held-0000")
		require.Equal(t, []string{"push held held-0000"}, l.heard())
		on := true
		_, err = sim.Client.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &on})
		require.NoError(t, err)
		l.heard()
		_, err = sim.Client.AddFault(t.Context(), client.Fault{Match: client.FaultMatch{Target: "push"}, Do: client.FaultDo{Drop: true}, Times: 1})
		require.NoError(t, err)
		push("lost-0000")
		require.Equal(t, []string{"push dropped lost-0000"}, l.heard())
		requests, err := sim.Client.Requests(t.Context(), kari, 0)
		require.NoError(t, err)
		_, err = sim.Client.ApproveRequest(t.Context(), kari, requests[0].ID, client.Answer{})
		require.NoError(t, err)
	})
}
