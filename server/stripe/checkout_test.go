package stripe_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"

	"liksom/server/servertest"
)

// basket is a session for two pairs of socks.
func basket(changes ...func(*stripe.CheckoutSessionCreateParams)) *stripe.CheckoutSessionCreateParams {
	sock := func(name string) *stripe.CheckoutSessionCreateLineItemParams {
		return &stripe.CheckoutSessionCreateLineItemParams{Quantity: stripe.Int64(1), PriceData: &stripe.CheckoutSessionCreateLineItemPriceDataParams{
			Currency: stripe.String("nok"), UnitAmount: stripe.Int64(17500), ProductData: &stripe.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: stripe.String(name)},
		}}
	}
	p := &stripe.CheckoutSessionCreateParams{
		Mode: stripe.String("payment"), LineItems: []*stripe.CheckoutSessionCreateLineItemParams{sock("Wool socks, rust"), sock("Wool socks, fjord")},
		SuccessURL: stripe.String("https://shop.example/thanks?cs={CHECKOUT_SESSION_ID}"), CancelURL: stripe.String("https://shop.example/cart"),
		PaymentMethodTypes: stripe.StringSlice([]string{"card", "vipps"}), Metadata: map[string]string{"cart": "7"},
	}
	p.Headers = preview()
	for _, change := range changes {
		change(p)
	}
	return p
}

func openSession(t *testing.T, sc *stripe.Client, changes ...func(*stripe.CheckoutSessionCreateParams)) *stripe.CheckoutSession {
	t.Helper()
	s, err := sc.V1CheckoutSessions.Create(t.Context(), basket(changes...))
	require.NoError(t, err)
	require.Equal(t, stripe.CheckoutSessionStatusOpen, s.Status)
	return s
}

// follow goes where one of our pages leads until it is a page, or the shop.
func follow(t *testing.T, sim *servertest.Sim, to string) (address string, page answer) {
	t.Helper()
	for range 5 {
		if strings.HasPrefix(to, "https://shop.example") {
			return to, answer{}
		}
		page = call(t, sim, http.MethodGet, to, "")
		if page.status != http.StatusSeeOther {
			return to, page
		}
		to = page.header.Get("Location")
	}
	require.Fail(t, "the way has no end")
	return "", page
}

var vippsByMail = url.Values{"email": {"kari@example.com"}, "method": {"vipps"}}

func TestCheckoutIsPaidWithVipps(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc)
		s := openSession(t, sc)
		require.Nil(t, s.PaymentIntent)
		require.EqualValues(t, 35000, s.AmountTotal)
		page := call(t, sim, http.MethodGet, s.URL, "")
		require.Contains(t, page.body, "Wool socks, fjord")

		attempt := submit(t, sim, s.URL, vippsByMail)
		waiting := call(t, sim, http.MethodGet, s.URL, "")
		require.Contains(t, waiting.body, `data-state="waiting"`)
		back := submit(t, sim, attempt+"/authorize", url.Values{"card": {"works"}})
		to, _ := follow(t, sim, back)
		require.Equal(t, "https://shop.example/thanks?cs="+s.ID, to)

		p := &stripe.CheckoutSessionRetrieveParams{}
		p.AddExpand("line_items")
		p.AddExpand("payment_intent.latest_charge")
		s, err := sc.V1CheckoutSessions.Retrieve(t.Context(), s.ID, p)
		require.NoError(t, err)
		require.Equal(t, []any{stripe.CheckoutSessionStatusComplete, stripe.CheckoutSessionPaymentStatusPaid, "kari@example.com", ""},
			[]any{s.Status, s.PaymentStatus, s.CustomerDetails.Email, s.URL})
		require.Len(t, s.LineItems.Data, 2)
		require.True(t, s.PaymentIntent.LatestCharge.Paid)
		require.Equal(t, []string{
			"payment_intent.created", "payment_intent.requires_action", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed",
		}, hook.types())
		require.Contains(t, call(t, sim, http.MethodGet, "/stripe/c/pay/"+s.ID, "").body, `data-state="complete"`)
		receipt := call(t, sim, http.MethodGet, s.PaymentIntent.LatestCharge.ReceiptURL, "")
		require.Equal(t, 200, receipt.status)
		require.Contains(t, receipt.body, "Demo Webshop")
	})
}

func TestCheckoutStaysOpenAfterAFailureAndSaysWhy(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		s := openSession(t, sc)
		attempt := submit(t, sim, s.URL, vippsByMail)
		to, page := follow(t, sim, submit(t, sim, attempt+"/fail", nil))
		require.True(t, strings.HasSuffix(to, s.ID), to)
		require.Contains(t, page.body, `data-testid="checkout-error"`)
		require.Contains(t, page.body, `value="kari@example.com"`)
		declined := submit(t, sim, s.URL, url.Values{"email": {"kari@example.com"}, "method": {"card"}, "card": {"insufficient_funds"}})
		_, page = follow(t, sim, declined)
		require.Contains(t, page.body, "enough money")
		to, _ = follow(t, sim, submit(t, sim, s.URL, url.Values{"email": {"kari@example.com"}, "method": {"card"}, "card": {"works"}}))
		require.Contains(t, to, "https://shop.example/thanks")
	})
}

func TestCheckoutSaysWhyWhereTheWalletIsSwitchedOff(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		s := openSession(t, stripeClient(sim))
		require.Equal(t, 200, call(t, sim, http.MethodPatch, "/sim/v1/merchants/234567", `{"switches":{"paymentsAllowed":false}}`, "Content-Type: application/json").status)
		to, page := follow(t, sim, submit(t, sim, s.URL, vippsByMail))
		require.True(t, strings.HasSuffix(to, s.ID), to)
		require.Contains(t, page.body, `data-testid="checkout-error"`)
	})
}

func TestCheckoutWantsAnAddressForTheReceipt(t *testing.T) {
	t.Parallel()
	sim := start(t)
	s := openSession(t, stripeClient(sim))
	a := call(t, sim, http.MethodPost, s.URL, "email=kari&method=vipps", "Content-Type: application/x-www-form-urlencoded")
	require.Equal(t, http.StatusUnprocessableEntity, a.status)
	require.Contains(t, a.body, "email-error")
	fixed := openSession(t, stripeClient(sim), func(p *stripe.CheckoutSessionCreateParams) { p.CustomerEmail = stripe.String("ola@example.com") })
	require.Contains(t, call(t, sim, http.MethodGet, fixed.URL, "").body, `value="ola@example.com" data-testid="checkout-email" readonly`)
}

func TestCheckoutExpiresByItselfOrWhenAsked(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		hook := listen(t, sim, sc, "checkout.session.expired", "payment_intent.canceled")
		s := openSession(t, sc)
		submit(t, sim, s.URL, vippsByMail)
		s, err := sc.V1CheckoutSessions.Expire(t.Context(), s.ID, nil)
		require.NoError(t, err)
		require.Equal(t, stripe.CheckoutSessionStatusExpired, s.Status)
		require.Equal(t, stripe.PaymentIntentCancellationReason("expired"), intentNow(t, sc, s.PaymentIntent.ID).CancellationReason)
		_, err = sc.V1CheckoutSessions.Expire(t.Context(), s.ID, nil)
		require.Equal(t, 400, stripeError(t, err).HTTPStatusCode)
		hook.types()

		second := openSession(t, sc)
		sim.Advance(t, 24*time.Hour)
		require.Equal(t, []string{"payment_intent.canceled", "checkout.session.expired", "checkout.session.expired"}, hook.types())
		require.Contains(t, call(t, sim, http.MethodGet, second.URL, "").body, `data-state="expired"`)
	})
}

func TestCheckoutTellsALateResultOfProcessing(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		setStripe(t, sim, `{"processing_delay":"1m"}`)
		sc := stripeClient(sim)
		hook := listen(t, sim, sc, "checkout.session.completed", "checkout.session.async_payment_succeeded")
		s := openSession(t, sc)
		submit(t, sim, submit(t, sim, s.URL, vippsByMail)+"/authorize", url.Values{"card": {"works"}})
		s, err := sc.V1CheckoutSessions.Retrieve(t.Context(), s.ID, nil)
		require.NoError(t, err)
		require.Equal(t, []any{stripe.CheckoutSessionStatusComplete, stripe.CheckoutSessionPaymentStatusUnpaid}, []any{s.Status, s.PaymentStatus})
		sim.Advance(t, time.Minute)
		require.Equal(t, []string{"checkout.session.completed", "checkout.session.async_payment_succeeded"}, hook.types())
	})
}

func TestPricesMayBeMadeBeforehand(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sc := stripeClient(sim)
	price, err := sc.V1Prices.Create(t.Context(), &stripe.PriceCreateParams{
		Currency: stripe.String("nok"), UnitAmount: stripe.Int64(2000), ProductData: &stripe.PriceCreateProductDataParams{Name: stripe.String("T-shirt")},
	})
	require.NoError(t, err)
	s := openSession(t, sc, func(p *stripe.CheckoutSessionCreateParams) {
		p.LineItems = []*stripe.CheckoutSessionCreateLineItemParams{{Price: stripe.String(price.ID), Quantity: stripe.Int64(2)}}
	})
	require.EqualValues(t, 4000, s.AmountTotal)
	list := sc.V1CheckoutSessions.ListLineItems(t.Context(), &stripe.CheckoutSessionListLineItemsParams{Session: stripe.String(s.ID)})
	for item, err := range list.All(t.Context()) {
		require.NoError(t, err)
		require.Equal(t, []any{"T-shirt", int64(2), 2000.0}, []any{item.Description, item.Quantity, float64(item.Price.UnitAmountDecimal)})
	}
}
