package stripe_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"

	"liksom/server/servertest"
)

func TestAnIntentIsCreatedConfirmedApprovedAndRefundedThroughStripesOwnClient(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		in, err := sc.V1PaymentIntents.Create(t.Context(), order())
		require.NoError(t, err)
		require.Equal(t, stripe.PaymentIntentStatusRequiresConfirmation, in.Status)

		confirm := &stripe.PaymentIntentConfirmParams{ReturnURL: stripe.String(shopReturn)}
		in, err = sc.V1PaymentIntents.Confirm(t.Context(), in.ID, confirm)
		require.NoError(t, err)
		require.Equal(t, stripe.PaymentIntentStatusRequiresAction, in.Status)
		require.Equal(t, shopReturn, in.NextAction.RedirectToURL.ReturnURL)

		page := call(t, sim, http.MethodGet, pageOf(t, in), "")
		require.Equal(t, http.StatusOK, page.status, page.body)
		require.Contains(t, page.body, "ORDER_123")
		home := press(t, sim, in, "authorize", "works")
		require.Equal(t, "https://shop.example/complete?cart=7&payment_intent="+in.ID+"&payment_intent_client_secret="+in.ClientSecret+
			"&redirect_pm_type=vipps&redirect_status=succeeded#top", home)

		in = intentNow(t, sc, in.ID, "latest_charge")
		require.Equal(t, stripe.PaymentIntentStatusSucceeded, in.Status)
		require.EqualValues(t, 1099, in.AmountReceived)
		require.True(t, in.LatestCharge.Paid)
		require.True(t, in.LatestCharge.Captured)

		for _, refund := range []int64{500, 599} {
			r, err := sc.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: stripe.String(in.ID), Amount: stripe.Int64(refund)})
			require.NoError(t, err)
			require.Equal(t, stripe.RefundStatusSucceeded, r.Status)
		}
		_, err = sc.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: stripe.String(in.ID), Amount: stripe.Int64(1)})
		require.Equal(t, stripe.ErrorCode("charge_already_refunded"), stripeError(t, err).Code)
		require.True(t, intentNow(t, sc, in.ID, "latest_charge").LatestCharge.Refunded)
	})
}
