package stripe_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"

	"liksom/server/servertest"
)

func jsonOf(text string, into any) error { return json.Unmarshal([]byte(text), into) }

func TestAnIdempotencyKeyTakesEffectOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		key := "Idempotency-Key: order-7"
		_, first, header := api(t, sim, http.MethodPost, "/customers", "name=Kari&metadata[a]=1", key)
		require.Empty(t, header.Get("Idempotent-Replayed"))
		_, again, header := api(t, sim, http.MethodPost, "/customers", "metadata%5Ba%5D=1&name=Kari", key)
		require.Equal(t, first, again)
		require.Equal(t, "true", header.Get("Idempotent-Replayed"))
		status, o, _ := api(t, sim, http.MethodPost, "/customers", "name=Ola", key)
		require.Equal(t, []any{400, "idempotency_error"}, []any{status, o["error"].(map[string]any)["type"]})
		_, o, _ = api(t, sim, http.MethodGet, "/customers", "")
		require.Len(t, o["data"], 1)

		sim.Advance(t, 24*time.Hour)
		_, later, _ := api(t, sim, http.MethodPost, "/customers", "name=Kari&metadata[a]=1", key)
		require.NotEqual(t, first["id"], later["id"], "keys are forgotten after a day")
	})
}

func TestWhatIsRefusedBeforeItBeganIsNotKeptForAKey(t *testing.T) {
	t.Parallel()
	sim := start(t)
	flag, key := "Stripe-Version: "+previewVersion, "Idempotency-Key: k"
	status, _, _ := api(t, sim, http.MethodPost, "/payment_intents", "amount=1&currency=nok"+vipps, flag, key)
	require.Equal(t, 400, status)
	status, _, _ = api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=nok"+vipps, flag, key)
	require.Equal(t, 200, status)
}

func TestEqualRequestsAtOnceMakeOneObject(t *testing.T) {
	t.Parallel()
	sim := start(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			a := call(t, sim, http.MethodPost, "/v1/customers", "name=Kari", "Authorization: Bearer sk_test_liksom", "Content-Type: application/x-www-form-urlencoded", "Idempotency-Key: once")
			if a.status != 200 && a.status != 409 {
				t.Errorf("%d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
	_, o, _ := api(t, sim, http.MethodGet, "/customers", "")
	require.Len(t, o["data"], 1)
}

func TestListsArePagedBothWaysAndExpanded(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sc := stripeClient(sim)
	var made []string
	for range 25 {
		in, err := sc.V1PaymentIntents.Create(t.Context(), order())
		require.NoError(t, err)
		made = append(made, in.ID)
	}
	slices.Reverse(made)
	p := &stripe.PaymentIntentListParams{}
	p.Limit = stripe.Int64(10)
	p.AddExpand("data.payment_method")
	var got []string
	for in, err := range sc.V1PaymentIntents.List(t.Context(), p).All(t.Context()) {
		require.NoError(t, err)
		require.EqualValues(t, "vipps", in.PaymentMethod.Type)
		got = append(got, in.ID)
	}
	require.Equal(t, made, got)
	_, o, _ := api(t, sim, http.MethodGet, "/payment_intents?limit=10&ending_before="+made[20], "")
	require.Equal(t, true, o["has_more"])
	require.Equal(t, made[10], o["data"].([]any)[0].(map[string]any)["id"])
	require.Equal(t, made[19], o["data"].([]any)[9].(map[string]any)["id"])
}

func TestAConfirmationTokenConfirmsInOneCallOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		token := func() string {
			tp := &stripe.TestHelpersConfirmationTokenCreateParams{ReturnURL: stripe.String(shopReturn)}
			tp.AddExtra("payment_method_data[type]", "vipps")
			tp.Headers = preview()
			made, err := sc.V1TestHelpersConfirmationTokens.Create(t.Context(), tp)
			require.NoError(t, err)
			require.Equal(t, made.Created+43200, made.ExpiresAt)
			return made.ID
		}
		confirm := func(id string) (*stripe.PaymentIntent, error) {
			p := &stripe.PaymentIntentCreateParams{
				Amount: stripe.Int64(1099), Currency: stripe.String("nok"), Confirm: stripe.Bool(true), ConfirmationToken: stripe.String(id),
				AutomaticPaymentMethods: &stripe.PaymentIntentCreateAutomaticPaymentMethodsParams{Enabled: stripe.Bool(true)},
			}
			p.Headers = preview()
			return sc.V1PaymentIntents.Create(t.Context(), p)
		}
		id := token()
		in, err := confirm(id)
		require.NoError(t, err)
		require.Equal(t, []any{stripe.PaymentIntentStatusRequiresAction, shopReturn}, []any{in.Status, in.NextAction.RedirectToURL.ReturnURL})
		used, err := sc.V1ConfirmationTokens.Retrieve(t.Context(), id, nil)
		require.NoError(t, err)
		require.Equal(t, in.ID, used.PaymentIntent)
		_, err = confirm(id)
		require.Equal(t, stripe.ErrorCode("token_already_used"), stripeError(t, err).Code)
		late := token()
		sim.Advance(t, 12*time.Hour+time.Second)
		_, err = confirm(late)
		require.Equal(t, "confirmation_token", stripeError(t, err).Param)
	})
}

func TestCardsAnswerAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc)
		pay := func(pm string) (*stripe.PaymentIntent, error) {
			return sc.V1PaymentIntents.Create(t.Context(), &stripe.PaymentIntentCreateParams{
				Amount: stripe.Int64(1099), Currency: stripe.String("nok"), Confirm: stripe.Bool(true), PaymentMethod: stripe.String(pm), ReturnURL: stripe.String(shopReturn),
			})
		}
		in, err := pay("pm_card_visa")
		require.NoError(t, err)
		require.Equal(t, stripe.PaymentIntentStatusSucceeded, in.Status)
		require.True(t, strings.HasPrefix(in.LatestCharge.ID, "ch_"))
		hook.types() // payments wait for none but their own
		_, err = pay("pm_card_chargeDeclined")
		e := stripeError(t, err)
		require.Equal(t, []any{402, stripe.ErrorTypeCard, stripe.ErrorCodeCardDeclined, stripe.DeclineCodeGenericDecline}, []any{e.HTTPStatusCode, e.Type, e.Code, e.DeclineCode})
		require.Equal(t, stripe.PaymentIntentStatusRequiresPaymentMethod, e.PaymentIntent.Status)
		require.Equal(t, []string{
			"payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "payment_intent.created", "charge.failed", "payment_intent.payment_failed",
		}, hook.types())

		pm, err := sc.V1PaymentMethods.Create(t.Context(), &stripe.PaymentMethodCreateParams{Type: stripe.String("card"), Card: &stripe.PaymentMethodCreateCardParams{
			Number: stripe.String("4000002760003184"), ExpMonth: stripe.Int64(12), ExpYear: stripe.Int64(2040), CVC: stripe.String("123"),
		}})
		require.NoError(t, err)
		in, err = pay(pm.ID)
		require.NoError(t, err)
		require.Equal(t, stripe.PaymentIntentStatusRequiresAction, in.Status)
		require.Contains(t, press(t, sim, in, "authorize", ""), "redirect_pm_type=card&redirect_status=succeeded")
		require.Equal(t, stripe.PaymentIntentStatusSucceeded, intentNow(t, sc, in.ID).Status)
		r, err := sc.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: stripe.String(in.ID)})
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(r.ID, "re_"))
	})
}

func TestACustomersCardsAreAttachedAndDetached(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sc := stripeClient(sim)
	cu, err := sc.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{Email: stripe.String("kari@example.com"), Metadata: map[string]string{"a": "1", "b": "2"}})
	require.NoError(t, err)
	pm, err := sc.V1PaymentMethods.Attach(t.Context(), "pm_card_visa", &stripe.PaymentMethodAttachParams{Customer: stripe.String(cu.ID)})
	require.NoError(t, err)
	require.Equal(t, []any{"4242", cu.ID}, []any{pm.Card.Last4, pm.Customer.ID})
	_, o, _ := api(t, sim, http.MethodGet, "/customers/"+cu.ID+"/payment_methods?type=card", "")
	require.Len(t, o["data"], 1)
	cu, err = sc.V1Customers.Update(t.Context(), cu.ID, &stripe.CustomerUpdateParams{Metadata: map[string]string{"a": "", "c": "3"}})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"b": "2", "c": "3"}, cu.Metadata)
	session, err := sc.V1CustomerSessions.Create(t.Context(), &stripe.CustomerSessionCreateParams{Customer: stripe.String(cu.ID), Components: &stripe.CustomerSessionCreateComponentsParams{
		PaymentElement: &stripe.CustomerSessionCreateComponentsPaymentElementParams{Enabled: stripe.Bool(true), Features: &stripe.CustomerSessionCreateComponentsPaymentElementFeaturesParams{PaymentMethodRemove: stripe.String("enabled")}},
	}})
	require.NoError(t, err)
	key := "Authorization: Bearer pk_test_liksom"
	status, _, _ := api(t, sim, http.MethodPost, "/payment_methods/"+pm.ID+"/detach", "customer_session_client_secret="+session.ClientSecret, key)
	require.Equal(t, 200, status)
	gone, err := sc.V1Customers.Delete(t.Context(), cu.ID, nil)
	require.NoError(t, err)
	require.True(t, gone.Deleted)
}

func TestEventsFollowTheVersionOfWhoeverAsks(t *testing.T) {
	t.Parallel()
	sim := start(t)
	versions := func() string {
		_, o, _ := api(t, sim, http.MethodGet, "/events?limit=1", "", "Stripe-Version: 2026-03-25.dahlia")
		return o["data"].([]any)[0].(map[string]any)["api_version"].(string)
	}
	api(t, sim, http.MethodPost, "/customers", "name=a", "Stripe-Version: 2025-09-30.clover")
	require.Equal(t, "2025-09-30.clover", versions())
	api(t, sim, http.MethodPost, "/customers", "name=b", "Stripe-Version: "+previewVersion, "User-Agent: Stripe/v1 GoBindings/76.25.0")
	require.Equal(t, "2023-10-16", versions())
}

func TestAllIsThereAgainAfterARestart(t *testing.T) {
	t.Parallel()
	file := "sqlite:" + t.TempDir() + "/liksom.db"
	sim := start(t, servertest.WithStore(file))
	in := confirmed(t, stripeClient(sim))
	sim.Stop(t)
	sim = start(t, servertest.WithStore(file), servertest.WithNetwork(sim.Network))
	sc := stripeClient(sim)
	press(t, sim, in, "authorize", "works")
	require.Equal(t, stripe.PaymentIntentStatusSucceeded, intentNow(t, sc, in.ID).Status)
	list := sc.V1Events.List(t.Context(), &stripe.EventListParams{})
	n := 0
	for _, err := range list.All(t.Context()) {
		require.NoError(t, err)
		n++
	}
	require.Equal(t, 4, n)
}

func TestAResetTakesTheStripeSideAlong(t *testing.T) {
	t.Parallel()
	sim := start(t)
	in := confirmed(t, stripeClient(sim))
	require.Less(t, call(t, sim, http.MethodPost, "/sim/v1/reset", "").status, 300)
	status, _, _ := api(t, sim, http.MethodGet, "/payment_intents/"+in.ID, "")
	require.Equal(t, 404, status)
	require.Equal(t, 404, call(t, sim, http.MethodGet, pageOf(t, in), "").status)
	confirmed(t, stripeClient(sim))
}

func TestCallsStandInTheLogWithoutWhatNobodyMayKeep(t *testing.T) {
	t.Parallel()
	sim := start(t)
	in := confirmed(t, stripeClient(sim))
	api(t, sim, http.MethodPost, "/payment_methods", "type=card&card[number]=4242424242424242&card[cvc]=9876543&card[exp_month]=1&card[exp_year]=40")
	api(t, sim, http.MethodGet, "/events?key=pk_live_secret", "", "Authorization: Bearer sk_live_secret")
	a := call(t, sim, http.MethodGet, "/sim/v1/requests?secrets=show&msn=234567&reference="+strings.TrimPrefix(ref(in, "1"), "234567/"), "")
	require.Equal(t, 200, a.status, a.body)
	require.Contains(t, a.body, "/v1/payment_intents")
	all := call(t, sim, http.MethodGet, "/sim/v1/requests?secrets=show", "").body
	require.Contains(t, all, "/v1/payment_methods")
	for _, secret := range []string{"4242424242424242", "9876543", "live_secret"} {
		require.NotContains(t, all, secret)
	}
}

func TestASnapshotHoldsTheStripeSide(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sc := stripeClient(sim)
	in := confirmed(t, sc)
	snapshot := call(t, sim, http.MethodGet, "/sim/v1/snapshot", "")
	require.Equal(t, 200, snapshot.status)
	press(t, sim, in, "fail", "")
	a := call(t, sim, http.MethodPut, "/sim/v1/snapshot", snapshot.body, "Content-Type: application/json")
	require.Less(t, a.status, 300, a.body)
	require.Equal(t, stripe.PaymentIntentStatusRequiresAction, intentNow(t, sc, in.ID).Status)
	press(t, sim, in, "authorize", "works")
	require.Equal(t, stripe.PaymentIntentStatusSucceeded, intentNow(t, sc, in.ID).Status)
}

func TestWhatIsNotSimulatedSaysSoInStripesForm(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for _, path := range []string{"/v3/", "/basil/stripe.js", "/stripe.js"} {
		a := call(t, sim, http.MethodGet, path, "")
		require.Equal(t, 404, a.status)
		require.Contains(t, errorOf(t, a)["message"], "not simulated yet")
	}
	status, o, _ := api(t, sim, http.MethodGet, "/elements/sessions?type=deferred_intent", "")
	require.Equal(t, []any{404, "invalid_request_error"}, []any{status, o["error"].(map[string]any)["type"]})
}
