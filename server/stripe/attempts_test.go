package stripe_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"

	"liksom/server/client"
	"liksom/server/servertest"
)

// setStripe changes settings of the Stripe side.
func setStripe(t *testing.T, sim *servertest.Sim, changes string) {
	t.Helper()
	a := call(t, sim, http.MethodPatch, "/sim/v1/settings", `{"stripe":`+changes+`}`, "Content-Type: application/json")
	require.Equal(t, http.StatusOK, a.status, a.body)
}

// ref is the payment of the core that is an intent's n-th attempt.
func ref(in *stripe.PaymentIntent, n string) string {
	return "234567/" + strings.ReplaceAll(in.ID, "_", "-") + "-" + n
}

// payer acts through the control API.
func payer(t *testing.T, sim *servertest.Sim, payment, deed, body string) answer {
	t.Helper()
	return call(t, sim, http.MethodPost, "/sim/v1/payments/"+payment+"/"+deed, body, "Content-Type: application/json")
}

func TestAnAttemptThatFailsSaysWhyAndLeavesTheIntentPayable(t *testing.T) {
	for name, c := range map[string]struct {
		do                   func(t *testing.T, sim *servertest.Sim, in *stripe.PaymentIntent)
		code, decline, typed string
		events               []string
	}{
		"the payer declines on the phone": {func(t *testing.T, sim *servertest.Sim, in *stripe.PaymentIntent) {
			require.Equal(t, 200, payer(t, sim, ref(in, "1"), "decline", "").status)
		}, "payment_method_customer_decline", "", "invalid_request_error", nil},
		"the test page fails it": {func(t *testing.T, sim *servertest.Sim, in *stripe.PaymentIntent) {
			require.Contains(t, press(t, sim, in, "fail", ""), "redirect_status=failed")
		}, "payment_intent_authentication_failure", "", "invalid_request_error", nil},
		"nobody opens the page": {func(t *testing.T, sim *servertest.Sim, _ *stripe.PaymentIntent) {
			pass(5 * time.Minute)
		}, "payment_intent_payment_attempt_expired", "", "invalid_request_error", nil},
		"nobody approves": {func(t *testing.T, sim *servertest.Sim, in *stripe.PaymentIntent) {
			pass(4 * time.Minute)
			require.Equal(t, 200, call(t, sim, http.MethodGet, pageOf(t, in), "").status)
			pass(4 * time.Minute)
			require.Equal(t, 200, call(t, sim, http.MethodGet, pageOf(t, in), "").status)
			pass(time.Minute)
		}, "payment_intent_payment_attempt_expired", "", "invalid_request_error", nil},
		"the bank declines": {func(t *testing.T, sim *servertest.Sim, in *stripe.PaymentIntent) {
			press(t, sim, in, "authorize", "declined")
		}, "payment_method_provider_decline", "generic_decline", "card_error", []string{"charge.failed"}},
		"the card is empty": {func(t *testing.T, sim *servertest.Sim, in *stripe.PaymentIntent) {
			press(t, sim, in, "authorize", "insufficient_funds")
		}, "payment_method_provider_decline", "insufficient_funds", "card_error", []string{"charge.failed"}},
		"the card has expired": {func(t *testing.T, sim *servertest.Sim, in *stripe.PaymentIntent) {
			press(t, sim, in, "authorize", "expired")
		}, "payment_method_provider_decline", "expired_card", "card_error", []string{"charge.failed"}},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, sim *servertest.Sim) {
				sc := stripeClient(sim)
				hook := listen(t, sim, sc)
				in := confirmed(t, sc)
				paidWith := in.PaymentMethod.ID
				c.do(t, sim, in)
				in = intentNow(t, sc, in.ID)
				require.Equal(t, stripe.PaymentIntentStatusRequiresPaymentMethod, in.Status)
				require.Nil(t, in.PaymentMethod)
				require.Nil(t, in.NextAction)
				e := in.LastPaymentError
				require.Equal(t, []string{c.typed, c.code, c.decline}, []string{string(e.Type), string(e.Code), string(e.DeclineCode)})
				require.Equal(t, paidWith, e.PaymentMethod.ID)
				want := append([]string{"payment_intent.created", "payment_intent.requires_action"}, c.events...)
				require.Equal(t, append(want, "payment_intent.payment_failed"), hook.types())

				again := &stripe.PaymentIntentConfirmParams{ReturnURL: stripe.String(shopReturn)}
				again.AddExtra("payment_method_data[type]", "vipps")
				again.Headers = preview()
				in, err := sc.V1PaymentIntents.Confirm(t.Context(), in.ID, again)
				require.NoError(t, err)
				press(t, sim, in, "authorize", "works")
				require.Equal(t, stripe.PaymentIntentStatusSucceeded, intentNow(t, sc, in.ID).Status)
			})
		})
	}
}

func TestThePageIsOpenFiveMinutesAndApprovalFiveMore(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		in := confirmed(t, sc)
		sim.Advance(t, 5*time.Minute-time.Second)
		require.Equal(t, stripe.PaymentIntentStatusRequiresAction, intentNow(t, sc, in.ID).Status)
		require.Equal(t, 200, call(t, sim, http.MethodHead, pageOf(t, in), "").status, "a link preview opens nothing")
		sim.Advance(t, time.Second)
		require.Equal(t, stripe.PaymentIntentStatusRequiresPaymentMethod, intentNow(t, sc, in.ID).Status)
	})
}

func TestWithOneWindowOpeningThePageGivesNoMoreTime(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		setStripe(t, sim, `{"windows":"one"}`)
		sc := stripeClient(sim)
		in := confirmed(t, sc)
		sim.Advance(t, 4*time.Minute)
		call(t, sim, http.MethodGet, pageOf(t, in), "")
		sim.Advance(t, time.Minute)
		require.Equal(t, stripe.PaymentIntentStatusRequiresPaymentMethod, intentNow(t, sc, in.ID).Status)
	})
}

func TestThePhonePaysAnIntentWhereverItsPageIs(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc, "payment_intent.succeeded")
		in := confirmed(t, sc)
		landing := press(t, sim, in, "phone", "")
		require.Contains(t, landing, "/landing?token=")
		require.Equal(t, 200, payer(t, sim, ref(in, "1"), "open", `{"phoneNumber":"4712345678"}`).status)
		sim.Advance(t, 4*time.Minute)
		requests, err := sim.Client.Requests(t.Context(), "4712345678", 0)
		require.NoError(t, err)
		require.Len(t, requests, 1)
		require.Equal(t, []any{"stripe", "ORDER_123", "Demo Webshop"}, []any{requests[0].Data["source"], requests[0].Data["description"], requests[0].Merchant})
		_, err = sim.Client.ApproveRequest(t.Context(), "4712345678", requests[0].ID, client.Answer{})
		require.NoError(t, err)
		require.Equal(t, []string{"payment_intent.succeeded"}, hook.types(), "no browser came back")
		back := call(t, sim, http.MethodGet, pageOf(t, in)+"/return", "")
		require.Contains(t, back.header.Get("Location"), "redirect_status=succeeded")
	})
}

func TestARefusedCardMayBeRetriedWhereTheWorldSaysSo(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		setStripe(t, sim, `{"on_card_decline":"retry"}`)
		sc := stripeClient(sim)
		hook := listen(t, sim, sc)
		in := confirmed(t, sc)
		require.Contains(t, press(t, sim, in, "authorize", "declined"), "refused=declined")
		require.Equal(t, stripe.PaymentIntentStatusRequiresAction, intentNow(t, sc, in.ID).Status)
		press(t, sim, in, "authorize", "works")
		require.Equal(t, stripe.PaymentIntentStatusSucceeded, intentNow(t, sc, in.ID).Status)
		require.Equal(t, []string{"payment_intent.created", "payment_intent.requires_action", "charge.failed", "charge.succeeded", "payment_intent.succeeded"}, hook.types())
	})
}

func TestProcessingIsADetourForThoseWhoAskForIt(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		setStripe(t, sim, `{"processing_delay":"30s"}`)
		sc := stripeClient(sim)
		hook := listen(t, sim, sc)
		in := confirmed(t, sc)
		require.Contains(t, press(t, sim, in, "authorize", "works"), "redirect_status=pending")
		require.Equal(t, stripe.PaymentIntentStatusProcessing, intentNow(t, sc, in.ID).Status)
		sim.Advance(t, 30*time.Second)
		require.Equal(t, stripe.PaymentIntentStatusSucceeded, intentNow(t, sc, in.ID).Status)
		require.Equal(t, []string{
			"payment_intent.created", "payment_intent.requires_action", "payment_intent.processing", "charge.pending", "charge.succeeded", "payment_intent.succeeded",
		}, hook.types())
	})
}

// manual has the merchant capture.
func manual(p *stripe.PaymentIntentCreateParams) { p.CaptureMethod = stripe.String("manual") }

func TestManualCaptureIsInFullWithinAWeekOrNotAtAll(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc)
		in := confirmed(t, sc, manual)
		press(t, sim, in, "authorize", "works")
		in = intentNow(t, sc, in.ID, "latest_charge")
		require.Equal(t, stripe.PaymentIntentStatusRequiresCapture, in.Status)
		require.EqualValues(t, 1099, in.AmountCapturable)
		require.False(t, in.LatestCharge.Captured)
		_, err := sc.V1PaymentIntents.Capture(t.Context(), in.ID, &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(1000)})
		require.Equal(t, "amount_to_capture", stripeError(t, err).Param)
		in, err = sc.V1PaymentIntents.Capture(t.Context(), in.ID, nil)
		require.NoError(t, err)
		require.Equal(t, []any{stripe.PaymentIntentStatusSucceeded, int64(1099)}, []any{in.Status, in.AmountReceived})

		hook.types() // payments wait for none but their own
		late := confirmed(t, sc, manual)
		press(t, sim, late, "authorize", "works")
		sim.Advance(t, 7*24*time.Hour-time.Second)
		require.Equal(t, stripe.PaymentIntentStatusRequiresCapture, intentNow(t, sc, late.ID).Status)
		sim.Advance(t, time.Second)
		late = intentNow(t, sc, late.ID, "latest_charge")
		require.Equal(t, []any{stripe.PaymentIntentStatusCanceled, stripe.PaymentIntentCancellationReasonAutomatic, true},
			[]any{late.Status, late.CancellationReason, late.LatestCharge.Refunded})
		require.Equal(t, []string{
			"payment_intent.created", "payment_intent.requires_action", "charge.succeeded", "payment_intent.amount_capturable_updated", "charge.captured", "payment_intent.succeeded",
			"payment_intent.created", "payment_intent.requires_action", "charge.succeeded", "payment_intent.amount_capturable_updated", "charge.expired", "payment_intent.canceled",
		}, hook.types())
	})
}

func TestCancelEndsWhatTheIntentHadBegun(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc, "payment_intent.canceled", "charge.refunded", "payment_intent.payment_failed")
		in := confirmed(t, sc)
		in, err := sc.V1PaymentIntents.Cancel(t.Context(), in.ID, &stripe.PaymentIntentCancelParams{CancellationReason: stripe.String("abandoned")})
		require.NoError(t, err)
		require.Equal(t, []any{stripe.PaymentIntentStatusCanceled, stripe.PaymentIntentCancellationReasonAbandoned}, []any{in.Status, in.CancellationReason})
		require.NotZero(t, in.CanceledAt)
		p, err := webshop(sim).GetPayment(t.Context(), strings.TrimPrefix(ref(in, "1"), "234567/"))
		require.NoError(t, err)
		require.EqualValues(t, "TERMINATED", p.State)

		hook.types()
		reserved := confirmed(t, sc, manual)
		press(t, sim, reserved, "authorize", "works")
		reserved, err = sc.V1PaymentIntents.Cancel(t.Context(), reserved.ID, nil)
		require.NoError(t, err)
		require.Equal(t, stripe.PaymentIntentStatusCanceled, reserved.Status)
		require.Equal(t, []string{"payment_intent.canceled", "payment_intent.canceled", "charge.refunded"}, hook.types())
		_, err = sc.V1PaymentIntents.Cancel(t.Context(), reserved.ID, nil)
		require.Equal(t, stripe.ErrorCode("payment_intent_unexpected_state"), stripeError(t, err).Code)
	})
}

func TestANewMethodBeginsAnAttemptAnewWithoutAWord(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc)
		in := confirmed(t, sc)
		hook.types() // attempts wait for none but their own
		first := pageOf(t, in)
		again := &stripe.PaymentIntentConfirmParams{ReturnURL: stripe.String(shopReturn)}
		_, err := sc.V1PaymentIntents.Confirm(t.Context(), in.ID, again)
		require.Equal(t, stripe.ErrorCode("payment_intent_unexpected_state"), stripeError(t, err).Code)
		again.AddExtra("payment_method_data[type]", "vipps")
		again.Headers = preview()
		in, err = sc.V1PaymentIntents.Confirm(t.Context(), in.ID, again)
		require.NoError(t, err)
		require.NotEqual(t, first, pageOf(t, in))
		synctest.Wait()
		require.Contains(t, call(t, sim, http.MethodGet, first, "").body, `data-state="expired"`)
		press(t, sim, in, "authorize", "works")
		require.Equal(t, []string{
			"payment_intent.created", "payment_intent.requires_action", "payment_intent.requires_action", "charge.succeeded", "payment_intent.succeeded",
		}, hook.types())
	})
}

func TestRefundsThatTakeTheirTimeArePendingFirst(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		setStripe(t, sim, `{"refund_delay":"1h"}`)
		sc := stripeClient(sim)
		hook := listen(t, sim, sc, "refund.created", "refund.updated", "charge.refunded", "charge.refund.updated")
		in := confirmed(t, sc)
		press(t, sim, in, "authorize", "works")
		r, err := sc.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: stripe.String(in.ID)})
		require.NoError(t, err)
		require.Equal(t, stripe.RefundStatusPending, r.Status)
		require.Contains(t, call(t, sim, http.MethodGet, "/sim/v1/deadlines", "").body, "The refund "+r.ID+" succeeds.")
		sim.Advance(t, time.Hour)
		r, err = sc.V1Refunds.Retrieve(t.Context(), r.ID, nil)
		require.NoError(t, err)
		require.Equal(t, stripe.RefundStatusSucceeded, r.Status)
		require.Equal(t, []string{"refund.created", "charge.refunded", "refund.updated", "charge.refund.updated"}, hook.types())
	})
}

// webshop speaks for the sales unit through the ePayment API.
func webshop(sim *servertest.Sim) *client.Client {
	k := client.Demo()
	k.MSN, k.ClientID = "234567", "5a1e0000-0000-4000-8000-000000000002"
	return client.New(sim.URL, client.WithHTTPClient(sim.HTTP), client.WithCredentials(k))
}

func TestAWalletThatIsSwitchedOffRefusesAtConfirm(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		require.Equal(t, 200, call(t, sim, http.MethodPatch, "/sim/v1/merchants/234567", `{"switches":{"paymentsAllowed":false}}`, "Content-Type: application/json").status)
		sc := stripeClient(sim)
		in, err := sc.V1PaymentIntents.Create(t.Context(), order())
		require.NoError(t, err)
		_, err = sc.V1PaymentIntents.Confirm(t.Context(), in.ID, &stripe.PaymentIntentConfirmParams{ReturnURL: stripe.String(shopReturn)})
		refused := stripeError(t, err)
		require.Equal(t, []any{400, stripe.ErrorCode("payment_method_not_available"), stripe.ErrorTypeInvalidRequest}, []any{refused.HTTPStatusCode, refused.Code, refused.Type})
		in = intentNow(t, sc, in.ID)
		require.Equal(t, stripe.PaymentIntentStatusRequiresPaymentMethod, in.Status)
		require.Equal(t, stripe.ErrorCode("payment_method_not_available"), in.LastPaymentError.Code)
		require.Nil(t, in.PaymentMethod)
	})
}
