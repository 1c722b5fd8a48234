package stripe_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"

	"liksom/server/servertest"
)

// lookedAt asks the control API.
func lookedAt(t *testing.T, sim *servertest.Sim, path string) map[string]any {
	t.Helper()
	a := call(t, sim, http.MethodGet, "/sim/v1"+path, "")
	require.Equal(t, http.StatusOK, a.status, a.body)
	var told map[string]any
	require.NoError(t, jsonOf(a.body, &told))
	return told
}

func TestAPaymentTellsTheIntentItWasMadeFor(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		sc := stripeClient(sim)
		in := confirmed(t, sc)
		press(t, sim, in, "fail", "")
		again := &stripe.PaymentIntentConfirmParams{ReturnURL: stripe.String(shopReturn)}
		again.AddExtra("payment_method_data[type]", "vipps")
		again.Headers = preview()
		in, err := sc.V1PaymentIntents.Confirm(t.Context(), in.ID, again)
		require.NoError(t, err)
		press(t, sim, in, "authorize", "works")

		name := strings.TrimSuffix(strings.TrimPrefix(ref(in, "1"), "234567/"), "1")
		path := "/payments/" + ref(in, "1")
		told := lookedAt(t, sim, path)["stripe"].(map[string]any)
		require.Equal(t, "acct_1Liksom000000000", told["account"])
		require.Equal(t, []any{
			map[string]any{"reference": name + "1", "outcome": "failed", "code": "payment_intent_authentication_failure"},
			map[string]any{"reference": name + "2", "outcome": "succeeded"},
		}, told["attempts"])
		seen := told["intent"].(map[string]any)
		require.Equal(t, []any{in.ID, "succeeded", "***"}, []any{seen["id"], seen["status"], seen["client_secret"]})
		require.Equal(t, "succeeded", seen["latest_charge"].(map[string]any)["status"])
	})
}

func TestAUnitTellsTheAccountsBoundToIt(t *testing.T) {
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		hook, err := stripeClient(sim).V1WebhookEndpoints.Create(t.Context(), &stripe.WebhookEndpointCreateParams{URL: stripe.String("https://shop.example/hook"), EnabledEvents: []*string{stripe.String("*")}})
		require.NoError(t, err)
		of := func(path string) map[string]any { return lookedAt(t, sim, path)["stripe"].([]any)[0].(map[string]any) }
		endpoint := map[string]any{"id": hook.ID, "url": "https://shop.example/hook", "secret": "***"}
		require.Equal(t, map[string]any{"account": "acct_1Liksom000000000", "secretKey": "***", "publishableKey": "pk_test_liksom", "endpoints": []any{endpoint}}, of("/merchants/234567"))
		shown := of("/merchants/234567?secrets=show")
		require.Equal(t, "sk_test_liksom", shown["secretKey"])
		require.Equal(t, hook.Secret, shown["endpoints"].([]any)[0].(map[string]any)["secret"])
		require.NotContains(t, lookedAt(t, sim, "/merchants/123456"), "stripe", "no account is bound to it")
		require.Equal(t, "sk_test_taxi", of("/merchants/456789?secrets=show")["secretKey"], "an account of the file's")
	}, configured(t, `
stripe:
  accounts:
    - {account: acct_1Taxi0000000000, secret_key: sk_test_taxi, publishable_key: pk_test_taxi, msn: 456789}
`))
}
