package stripe_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPayersCanBeLedToTheLandingPageAtOnce(t *testing.T) {
	t.Parallel()
	sim := start(t)
	setStripe(t, sim, `{"redirect":"landing"}`)
	in := confirmed(t, stripeClient(sim))
	a := call(t, sim, http.MethodGet, pageOf(t, in), "")
	require.Equal(t, http.StatusFound, a.status)
	require.Contains(t, a.header.Get("Location"), "/landing?token=")
	require.Equal(t, 200, call(t, sim, http.MethodHead, pageOf(t, in), "").status)
}

func TestTheWalletsCardIsShownWhereTheWorldSaysSo(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sc := stripeClient(sim)
	in := confirmed(t, sc)
	press(t, sim, in, "authorize", "works")
	details := func() map[string]any {
		_, o, _ := api(t, sim, http.MethodGet, "/charges/"+intentNow(t, sc, in.ID).LatestCharge.ID, "")
		return o["payment_method_details"].(map[string]any)["vipps"].(map[string]any)
	}
	require.Empty(t, details())
	setStripe(t, sim, `{"expose_wallet_card":true}`)
	require.Equal(t, "4242", details()["card"].(map[string]any)["last4"])
}

func TestAnAccountWithoutThePreviewCannotAskForIt(t *testing.T) {
	t.Parallel()
	sim := start(t, configured(t, `
stripe:
  preview_gate: "off"
  accounts:
    - {account: acct_1Old00000000000, secret_key: sk_test_old, publishable_key: pk_test_old, msn: 123456, vipps_preview: false, default_api_version: 2024-04-10}
`))
	key := "Authorization: Bearer sk_test_old"
	status, o, header := api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=nok", key)
	require.Equal(t, 200, status, o)
	require.Equal(t, []any{"card"}, o["payment_method_types"])
	require.Equal(t, "2024-04-10", header.Get("Stripe-Version"))
	status, _, _ = api(t, sim, http.MethodPost, "/payment_intents", "amount=1099&currency=nok", key, "Stripe-Version: "+previewVersion)
	require.Equal(t, 400, status)
}

func TestSettingsThatCannotBeAreRefusedByName(t *testing.T) {
	t.Parallel()
	sim := start(t)
	for body, field := range map[string]string{
		`{"windows":"three"}`: "stripe.windows", `{"min_amount":0}`: "stripe.min_amount", `{"refund_delay":"soon"}`: "stripe.refund_delay",
	} {
		a := call(t, sim, http.MethodPatch, "/sim/v1/settings", `{"stripe":`+body+`}`, "Content-Type: application/json")
		require.Equal(t, 400, a.status)
		require.Contains(t, a.body, field)
	}
}
