package stripe_test

import (
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"liksom/server/servertest"
	ours "liksom/server/stripe"
)

// inbox is a merchant's webhook handler, which verifies with Stripe's own code.
type inbox struct {
	t      *testing.T
	sim    *servertest.Sim
	ID     string
	secret string

	mu     sync.Mutex
	got    []stripe.Event
	at     []time.Duration // since the first
	first  time.Time
	header http.Header
	// answer gives the status for the n-th try, from 0; nil for 200.
	answer func(n int) int
	// forged tells that the event to come is not rightly signed; refused counts
	// those that were not.
	forged  bool
	refused int
}

// listen registers a handler through the SDK.
func listen(t *testing.T, sim *servertest.Sim, sc *stripe.Client, events ...string) *inbox {
	t.Helper()
	if len(events) == 0 {
		events = []string{"*"}
	}
	in := &inbox{t: t, sim: sim}
	h, err := sc.V1WebhookEndpoints.Create(t.Context(), &stripe.WebhookEndpointCreateParams{
		URL: stripe.String(sim.Receiver(t, in) + "/stripe"), EnabledEvents: stripe.StringSlice(events), APIVersion: stripe.String(stripe.APIVersion),
	})
	require.NoError(t, err)
	require.Regexp(t, `^whsec_\w{32}$`, h.Secret)
	in.mu.Lock()
	defer in.mu.Unlock()
	in.secret, in.ID = h.Secret, h.ID
	return in
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	e, err := webhook.ConstructEvent(body, r.Header.Get("Stripe-Signature"), in.secret)
	if err != nil && in.forged {
		in.refused, in.forged = in.refused+1, false
		return
	}
	if err != nil {
		in.t.Errorf("Stripe's own code refuses the event: %v\n%s", err, body)
	}
	if in.first.IsZero() {
		in.first = in.sim.Now()
	}
	in.header = r.Header
	in.got, in.at = append(in.got, e), append(in.at, in.sim.Now().Sub(in.first))
	if in.answer != nil {
		w.WriteHeader(in.answer(len(in.got) - 1))
	}
}

// types are the events that came so far, in their order.
func (in *inbox) types() []string {
	synctest.Wait()
	in.mu.Lock()
	defer in.mu.Unlock()
	var names []string
	for _, e := range in.got {
		names = append(names, string(e.Type))
	}
	return names
}

func TestEventsAreSignedAndToldInOrder(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc)
		in := confirmed(t, sc)
		press(t, sim, in, "authorize", "works")
		_, err := sc.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: stripe.String(in.ID), Amount: stripe.Int64(500)})
		require.NoError(t, err)
		require.Equal(t, []string{
			"payment_intent.created", "payment_intent.requires_action", "charge.succeeded", "payment_intent.succeeded", "refund.created", "charge.refunded",
		}, hook.types())
		require.Equal(t, "application/json; charset=utf-8", hook.header.Get("Content-Type"))
		require.Equal(t, []any{"nok", float64(1099)}, []any{hook.got[3].Data.Object["currency"], hook.got[3].Data.Object["amount_received"]})
		require.Empty(t, hook.got[3].Request.IdempotencyKey, "the payer did it, no request")
		require.NotEmpty(t, hook.got[0].Request.ID)
		e, err := sc.V1Events.Retrieve(t.Context(), hook.got[3].ID, nil)
		require.NoError(t, err)
		require.Zero(t, e.PendingWebhooks)
		require.Equal(t, hook.got[3].Data.Raw, e.Data.Raw)
	})
}

func TestAnEndpointThatFailsIsTriedAgainAndDelaysNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		bad, good := listen(t, sim, sc, "payment_intent.succeeded"), listen(t, sim, sc, "payment_intent.succeeded")
		bad.answer = func(int) int { return http.StatusInternalServerError }
		in := confirmed(t, sc)
		press(t, sim, in, "authorize", "works")
		require.Equal(t, []string{"payment_intent.succeeded"}, good.types())
		e, err := sc.V1Events.Retrieve(t.Context(), good.got[0].ID, nil)
		require.NoError(t, err)
		require.EqualValues(t, 1, e.PendingWebhooks)

		pass(100 * time.Hour)
		require.Len(t, good.types(), 1)
		require.Len(t, bad.types(), 4)
		require.Equal(t, []time.Duration{0, time.Minute, 30 * time.Minute, 2 * time.Hour}, bad.at)
		e, err = sc.V1Events.Retrieve(t.Context(), good.got[0].ID, nil)
		require.NoError(t, err)
		require.Zero(t, e.PendingWebhooks)
	})
}

func TestADisabledOrDeletedEndpointIsSentNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc, "payment_intent.created")
		_, err := sc.V1WebhookEndpoints.Update(t.Context(), hook.ID, &stripe.WebhookEndpointUpdateParams{Disabled: stripe.Bool(true)})
		require.NoError(t, err)
		confirmed(t, sc)
		require.Empty(t, hook.types())
		h, err := sc.V1WebhookEndpoints.Update(t.Context(), hook.ID, &stripe.WebhookEndpointUpdateParams{Disabled: stripe.Bool(false)})
		require.NoError(t, err)
		require.Empty(t, h.Secret, "it was shown once")
		confirmed(t, sc)
		require.Len(t, hook.types(), 1)
		gone, err := sc.V1WebhookEndpoints.Delete(t.Context(), hook.ID, nil)
		require.NoError(t, err)
		require.True(t, gone.Deleted)
		confirmed(t, sc)
		require.Len(t, hook.types(), 1)
	})
}

func TestTheSignatureIsTheOneOfTheContract(t *testing.T) {
	t.Parallel()
	const secret, body = "whsec_liksom000000000000000000000", `{"id":"evt_test","object":"event","api_version":"2026-03-25.dahlia","created":1767225660,"data":{"object":{"id":"pi_x","object":"payment_intent"}},"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":null},"type":"payment_intent.succeeded"}`
	header, _ := ours.Family{}.Header(secret, nil, []byte(body), time.Unix(1767225660, 0))
	require.Equal(t, "t=1767225660,v1=a40f8c713a9c5bd5e4f5a3489ae94f2ff1f64b9ab0e5849e506836f2aa20b709", header.Get("Stripe-Signature"))
	_, err := webhook.ConstructEventIgnoringTolerance([]byte(body), header.Get("Stripe-Signature"), secret)
	require.NoError(t, err)
}

func TestLiveRetriesGoOnForThreeDays(t *testing.T) {
	t.Parallel()
	start := time.Unix(0, 0)
	for live, want := range map[bool][]time.Duration{
		false: {time.Minute, 30 * time.Minute, 2 * time.Hour},
		true:  {time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 24 * time.Hour, 48 * time.Hour, 72 * time.Hour},
	} {
		f := ours.Family{Live: func() bool { return live }}
		var got []time.Duration
		for tries := 1; ; tries++ {
			next, again := f.Next(tries, start, start)
			if !again {
				break
			}
			got = append(got, next.Sub(start))
		}
		require.Equal(t, want, got)
	}
}

func TestTheWebhooksAPIHearsOfStripesPaymentsOnlyWhereItIsToldTo(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		confirmed(t, sc)
		hook := listen(t, sim, sc)
		require.Empty(t, hook.types())
		names := []string{}
		sim.Client = webshop(sim)
		box := sim.Webhooks(t)
		first := confirmed(t, sc)
		press(t, sim, first, "authorize", "works")
		synctest.Wait()
		require.Empty(t, box.All())
		setStripe(t, sim, `{"also_epayment_events":true}`)
		second := confirmed(t, sc)
		press(t, sim, second, "authorize", "works")
		synctest.Wait()
		for _, w := range box.All() {
			names = append(names, w.Name)
		}
		slices.Sort(names)
		require.Equal(t, []string{"AUTHORIZED", "CAPTURED", "CREATED"}, names)
	})
}

func TestASinkChecksSignaturesOfStripes(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		h, err := sc.V1WebhookEndpoints.Create(t.Context(), &stripe.WebhookEndpointCreateParams{
			URL: stripe.String(sim.URL + "/sink/shop"), EnabledEvents: stripe.StringSlice([]string{"customer.created"}),
		})
		require.NoError(t, err)
		look := func(n int) string {
			_, err = sc.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{})
			require.NoError(t, err)
			synctest.Wait()
			var got struct {
				Requests []struct {
					Event, WebhookID, Step string
					Verified               bool
				}
			}
			require.NoError(t, jsonOf(call(t, sim, http.MethodGet, "/sim/v1/sinks/shop/requests", "").body, &got))
			require.Len(t, got.Requests, n)
			last := got.Requests[n-1]
			require.Equal(t, "customer.created", last.Event)
			if last.Verified {
				return last.WebhookID
			}
			return last.Step
		}
		require.Equal(t, h.ID, look(1))
		fault(t, sim, `{"match":{"target":"webhook"},"do":{"corrupt":"body"},"times":1}`)
		require.Equal(t, "signature", look(2))
		fault(t, sim, `{"match":{"target":"webhook"},"do":{"corrupt":"date"},"times":1}`)
		require.Equal(t, "date", look(3))
	})
}
