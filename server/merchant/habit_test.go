package merchant_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/merchant"
	"liksom/server/webhook"
)

// harm is a story told of the same trouble twice: of the sound shop and of
// one with the habit.
type harm struct {
	story         func(*testing.T, *town) string
	sound, harmed string
}

// stands tells an order in a word and a number.
func (w *town) stands(t *testing.T) string {
	t.Helper()
	o := w.order(t)
	return fmt.Sprintf("%s, shipped %d", o.State, o.Shipped)
}

// paid is the ordinary story: the customer approves, webhooks tell.
func paid(t *testing.T, w *town) string {
	t.Helper()
	w.open(t)
	w.checkout(t)
	w.Approve(t, socks)
	return w.stands(t)
}

// delivered hands over one webhook, signed by the test.
func delivered(h hand) func(*testing.T, *town) string {
	return func(t *testing.T, w *town) string {
		t.Helper()
		w.open(t)
		if h.body == "" {
			h.body = event("AUTHORIZED", "")
		}
		h := h
		return fmt.Sprint(w.deliver(t, h))
	}
}

const (
	well    = "paid, shipped 1"
	hanging = "waiting, shipped 0"
)

func harms() map[merchant.Habit]harm {
	return map[merchant.Habit]harm{
		merchant.DecodesSecret:    {delivered(hand{}), "200", "401"},
		merchant.ReserialisesBody: {delivered(hand{}), "200", "401"},
		merchant.RewritesPath:     {delivered(hand{}), "200", "401"},
		merchant.DropsPrefix:      {delivered(hand{}), "200", "401"},
		merchant.ChecksHostHeader: {delivered(hand{change: func(r *http.Request) { r.Host = "10.0.0.7:8080" }}), "200", "401"},
		merchant.IgnoresCopy: {delivered(hand{change: func(r *http.Request) {
			r.Header.Del(webhook.HeaderAuthorization)
		}}), "200", "401"},
		merchant.IgnoresDate:          {delivered(hand{age: 301 * time.Second}), "401", "200"},
		merchant.SkipsSignature:       {delivered(hand{secret: randomSecret()}), "401", "200"},
		merchant.AllowsFixedAddresses: {delivered(hand{change: func(r *http.Request) { r.RemoteAddr = "127.0.0.2:4711" }}), "200", "401"},
		merchant.NeedsIdempotencyKey:  {delivered(hand{body: `{"reference":"` + socks + `","name":"CANCELLED","pspReference":"p","success":true}`}), "200", "400"},
		merchant.RegistersPerPayment: {func(t *testing.T, w *town) string {
			w.open(t)
			w.checkout(t)
			all, err := w.Client.ListWebhooks(t.Context())
			require.NoError(t, err)
			return fmt.Sprint(len(all))
		}, "1", "2"},
		merchant.RegistersOnce: {func(t *testing.T, w *town) string {
			w.open(t)
			require.NoError(t, w.shop.Leave(t.Context()))
			require.NoError(t, w.shop.Start(t.Context()))
			all, err := w.Client.ListWebhooks(t.Context())
			require.NoError(t, err)
			return fmt.Sprint(len(all))
		}, "1", "0"},
		merchant.RegistersSingular: {func(t *testing.T, w *town) string {
			if err := w.shop.Start(t.Context()); err != nil {
				return strings.Split(err.Error(), ":")[0]
			}
			return "registered"
		}, "registered", "400 Bad Request"},
		merchant.ReadsState:      {paid, well, hanging},
		merchant.ChokesOnCreated: {paid, well, hanging},
		merchant.SavesOrderLate: {func(t *testing.T, w *town) string {
			w.open(t)
			creating := client.FaultMatch{Target: "api", Method: "POST", Path: "/epayment/v1/payments"}
			w.fault(t, client.Fault{Match: creating, Do: client.FaultDo{Close: "after"}, Times: 1})
			w.fault(t, client.Fault{Match: creating, Do: client.FaultDo{Latency: client.Span(time.Second)}})
			w.checkout(t)
			synctest.Wait()
			return fmt.Sprint(w.answers(http.MethodPost, "/hook/")[0])
		}, "200", "404"},
		merchant.ComparesPSPReference: {func(t *testing.T, w *town) string {
			paid(t, w)
			got := w.answers(http.MethodPost, "/hook/")
			return fmt.Sprint(got[2]) // CAPTURED has its own
		}, "200", "400"},
		merchant.IgnoresSuccess: {func(t *testing.T, w *town) string {
			w.open(t)
			w.checkout(t)
			w.deliver(t, hand{body: `{"reference":"` + socks + `","name":"AUTHORIZED","pspReference":"p","idempotencyKey":"k","success":false}`})
			return fmt.Sprint(w.order(t).Shipped)
		}, "0", "1"},
		merchant.ShipsOnEveryEvent: {func(t *testing.T, w *town) string {
			paid(t, w)
			again := event("AUTHORIZED", "")
			w.deliver(t, hand{body: again})
			w.deliver(t, hand{body: again})
			return w.stands(t)
		}, well, "paid, shipped 3"},
		merchant.WorksBeforeAnswering: {func(t *testing.T, w *town) string {
			w.open(t)
			w.checkout(t)
			synctest.Wait()
			w.fault(t, client.Fault{Match: client.FaultMatch{Target: "api", Path: "/epayment/v1/payments/*/capture"}, Do: client.FaultDo{Latency: client.Span(11 * time.Second)}})
			w.Approve(t, socks)
			<-time.After(time.Minute)
			page, err := w.Client.Deliveries(t.Context(), client.Filter{Reference: socks})
			require.NoError(t, err)
			for _, d := range page.Deliveries {
				if strings.Contains(d.Event, "authorized") {
					return fmt.Sprintf("%d tries", d.Tries)
				}
			}
			return "none"
		}, "1 tries", "2 tries"},
		merchant.TrustsWebhooksAlone: {func(t *testing.T, w *town) string {
			w.checkout(t) // no webhook was registered
			w.Approve(t, socks)
			require.NoError(t, w.shop.Poll(t.Context()))
			return w.stands(t)
		}, well, hanging},
		merchant.TrustsRedirect: {func(t *testing.T, w *town) string {
			w.open(t)
			w.checkout(t)
			w.order(t)
			w.visit(t, socks)
			w.visit(t, socks)
			return w.stands(t)
		}, hanging, "paid, shipped 2"},
		merchant.NeedsCookie: {func(t *testing.T, w *town) string {
			w.checkout(t)
			code, _ := w.visit(t, socks)
			return fmt.Sprint(code)
		}, "200", "403"},
		merchant.RetriesWithNewKey: {func(t *testing.T, w *town) string {
			w.fault(t, client.Fault{Match: client.FaultMatch{Target: "api", Method: "POST", Path: "/epayment/v1/payments"}, Do: client.FaultDo{Close: "after"}, Times: 2})
			o, _ := w.shop.Checkout(t.Context(), order())
			return string(o.State)
		}, "waiting", "failed"},
		merchant.KeepsKeyAfterRefusal: {func(t *testing.T, w *town) string {
			o := order()
			o.Amount.Value = 1 // less than there may be
			_, err := w.shop.Checkout(t.Context(), o)
			require.Error(t, err)
			o.Amount.Value = 35000
			o, _ = w.shop.Checkout(t.Context(), o)
			return string(o.State)
		}, "waiting", "failed"},
		merchant.ReusesReference: {func(t *testing.T, w *town) string {
			w.open(t)
			w.checkout(t)
			w.Decline(t, socks)
			w.order(t)
			o, _ := w.shop.Again(t.Context(), socks)
			return string(o.State)
		}, "waiting", "failed"},
		merchant.KeepsTokenForADay: {func(t *testing.T, w *town) string {
			w.open(t)
			w.checkout(t)
			synctest.Wait()
			require.NoError(t, w.Client.ExpireTokens(t.Context()))
			w.Approve(t, socks)
			return w.stands(t)
		}, well, hanging},
		merchant.GivesUpAtFiveMinutes: {func(t *testing.T, w *town) string {
			w.open(t)
			w.checkout(t)
			<-time.After(4 * time.Minute)
			_, err := w.Client.Open(t.Context(), socks, "4712345678") // five more to approve
			require.NoError(t, err)
			<-time.After(time.Minute)
			require.NoError(t, w.shop.Poll(t.Context()))
			<-time.After(4*time.Minute - time.Second)
			w.Approve(t, socks)
			return w.stands(t)
		}, well, "expired, shipped 0"},
		merchant.CancelsWithoutLooking: {func(t *testing.T, w *town) string {
			w.checkout(t)
			w.Approve(t, socks)
			_ = w.shop.Cancel(t.Context(), socks)
			return w.stands(t)
		}, well, "cancelled, shipped 0"},
		merchant.ReadsStateForCapture: {func(t *testing.T, w *town) string {
			got := paid(t, w)
			if len(w.answers(http.MethodPost, "/capture")) > 1 {
				got += ", captured again"
			}
			return got
		}, well, "failed, shipped 0, captured again"},
		merchant.GivesUpWhenRefused: {func(t *testing.T, w *town) string {
			w.open(t)
			w.fault(t, client.Fault{Match: client.FaultMatch{Target: "api", Path: "/epayment/v1/payments/*/capture"}, Do: client.FaultDo{Status: 423}, Times: 1})
			w.checkout(t)
			w.Approve(t, socks)
			synctest.Wait()
			require.NoError(t, w.shop.Poll(t.Context()))
			return w.stands(t)
		}, well, "failed, shipped 0"},
		merchant.SendsPhoneAsTyped: {func(t *testing.T, w *town) string {
			o := order()
			o.Flow = client.PushMessage
			o, _ = w.shop.Checkout(t.Context(), o)
			return string(o.State)
		}, "waiting", "failed"},
		merchant.MatchesTitle: {func(t *testing.T, w *town) string {
			w.fault(t, client.Fault{
				Match: client.FaultMatch{Target: "api", Method: "POST", Path: "/epayment/v1/payments"}, Times: 1,
				Do: client.FaultDo{Status: 403, Body: map[string]any{
					"title": "Reworded since", "status": 403, "extraDetails": []map[string]string{{"name": "ErrorCode", "reason": "5080"}},
				}},
			})
			o := order()
			o.Flow = client.PushMessage
			o, _ = w.shop.Checkout(t.Context(), o)
			return string(o.State)
		}, "waiting", "failed"},
		merchant.CountsInFloats: {func(t *testing.T, w *town) string {
			o := order()
			o.Amount.Value = 1999
			_, err := w.shop.Checkout(t.Context(), o)
			require.NoError(t, err)
			return fmt.Sprint(w.Payment(t, socks).Amount.Value)
		}, "1999", "1998"},
		merchant.PollsInBursts: {func(t *testing.T, w *town) string {
			yes := true
			_, err := w.Client.ChangeSettings(t.Context(), client.Settings{RateLimit: &yes})
			require.NoError(t, err)
			w.checkout(t)
			_ = w.shop.Poll(t.Context())
			for _, status := range w.answers(http.MethodGet, "/epayment/v1/payments/") {
				if status == http.StatusTooManyRequests {
					return "slowed down"
				}
			}
			return "answered"
		}, "answered", "slowed down"},
	}
}

func TestEachHabitDoesItsHarmAndTheSoundShopDoesNot(t *testing.T) {
	t.Parallel()
	all := harms()
	for _, h := range merchant.Habits() {
		require.NotEmpty(t, h.Does, h.Habit)
		c, told := all[h.Habit]
		require.True(t, told, "%s has no story", h.Habit)
		t.Run(string(h.Habit), func(t *testing.T) {
			t.Parallel()
			inTown(t, nil, func(t *testing.T, w *town) { require.Equal(t, c.sound, c.story(t, w), "a sound shop") })
			inTown(t, []merchant.Habit{h.Habit}, func(t *testing.T, w *town) { require.Equal(t, c.harmed, c.story(t, w), "a shop with the habit") })
		})
	}
}

func TestHalfABodyAndWhatIsNoJSONAreNotTaken(t *testing.T) {
	t.Parallel()
	inTown(t, nil, func(t *testing.T, w *town) {
		w.open(t)
		require.Equal(t, 400, w.deliver(t, hand{body: `{"reference":`}))
		require.Equal(t, 401, w.deliver(t, hand{body: "{}", change: func(r *http.Request) { r.Header.Set(webhook.HeaderHash, "x") }}))
		rec := httptest.NewRecorder()
		w.shop.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodDelete, "/return/"+socks, nil))
		require.Equal(t, 405, rec.Code)
		code, _ := w.visit(t, "no-such-order")
		require.Equal(t, 404, code)
	})
}
