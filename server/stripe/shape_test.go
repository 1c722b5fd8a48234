package stripe_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What differs from run to run: ids, times, and what clients draw.
var (
	ids   = regexp.MustCompile(`\b(pi|pm|py|pyr|evt|we|cus|cs_test|li|price|prod|ctoken|cuss_secret|pa_nonce|req)_[A-Za-z0-9]+(_secret_[A-Za-z0-9]+)?`)
	times = regexp.MustCompile(`\b1[78]\d{8}\b`)
	words = regexp.MustCompile(`("(?:invoice_prefix|idempotency_key)": )"\w+"`)
)

// Members that are null are sent as null: who leaves one out breaks a client
// that looks for it. The files hold what each object has.
func TestObjectsHaveTheShapesOfTheContract(t *testing.T) {
	t.Parallel()
	sim := start(t)
	sc := stripeClient(sim)
	cu, err := sc.V1Customers.Create(t.Context(), &stripe.CustomerCreateParams{Email: stripe.String("kari@example.com")})
	require.NoError(t, err)
	open := openSession(t, sc)
	waiting := confirmed(t, sc)
	paid := confirmed(t, sc, func(p *stripe.PaymentIntentCreateParams) {
		p.Customer, p.Metadata = stripe.String(cu.ID), map[string]string{"order": "6735"}
	})
	press(t, sim, paid, "authorize", "works")
	r, err := sc.V1Refunds.Create(t.Context(), &stripe.RefundCreateParams{PaymentIntent: stripe.String(paid.ID), Amount: stripe.Int64(500)})
	require.NoError(t, err)
	refused := confirmed(t, sc)
	press(t, sim, refused, "authorize", "declined")
	cs, err := sc.V1CustomerSessions.Create(t.Context(), &stripe.CustomerSessionCreateParams{Customer: stripe.String(cu.ID), Components: &stripe.CustomerSessionCreateComponentsParams{
		PaymentElement: &stripe.CustomerSessionCreateComponentsPaymentElementParams{Enabled: stripe.Bool(true)},
	}})
	require.NoError(t, err)
	tp := &stripe.TestHelpersConfirmationTokenCreateParams{ReturnURL: stripe.String(shopReturn)}
	tp.AddExtra("payment_method_data[type]", "vipps")
	tp.Headers = preview()
	token, err := sc.V1TestHelpersConfirmationTokens.Create(t.Context(), tp)
	require.NoError(t, err)

	for name, path := range map[string]string{
		"payment_intent_waiting": "/payment_intents/" + waiting.ID,
		"payment_intent_paid":    "/payment_intents/" + paid.ID + "?expand[]=latest_charge.refunds&expand[]=payment_method&expand[]=customer",
		"payment_intent_refused": "/payment_intents/" + refused.ID + "?expand[]=latest_charge",
		"refund":                 "/refunds/" + r.ID,
		"session":                "/checkout/sessions/" + open.ID + "?expand[]=line_items.data.price.product",
		"events":                 "/events?type=refund.*",
		"confirmation_token":     "/confirmation_tokens/" + token.ID,
	} {
		a := call(t, sim, http.MethodGet, "/v1"+path, "", "Authorization: Bearer sk_test_liksom", "Stripe-Version: 2026-03-25.dahlia")
		require.Equal(t, 200, a.status, a.body)
		golden(t, name, []byte(a.body))
	}
	body, err := json.MarshalIndent(json.RawMessage(cs.LastResponse.RawJSON), "", "  ")
	require.NoError(t, err)
	golden(t, "customer_session", body)
}

func golden(t *testing.T, name string, body []byte) {
	t.Helper()
	body = times.ReplaceAll(ids.ReplaceAll(body, []byte("${1}_0")), []byte("1700000000"))
	body = append(words.ReplaceAll(body, []byte(`$1"*"`)), '\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, body, 0o644)) //nolint:gosec // not secret
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(body), name)
}
