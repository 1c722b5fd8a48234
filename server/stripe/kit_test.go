package stripe_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"

	"liksom/server/servertest"
)

// previewVersion asks for Vipps as Stripe's guide does.
const previewVersion = "2026-03-25.preview; vipps_preview=v1"

// stripeClient is the real client of Stripe's, pointed at a simulator.
func stripeClient(sim *servertest.Sim) *stripe.Client {
	backends := stripe.NewBackendsWithConfig(&stripe.BackendConfig{
		URL: stripe.String(sim.URL), HTTPClient: sim.HTTP, LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
		MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false),
	})
	return stripe.NewClient("sk_test_liksom", stripe.WithBackends(backends))
}

func preview() http.Header { return http.Header{"Stripe-Version": {previewVersion}} }

// order is an intent to be paid with Vipps, not confirmed yet.
func order(changes ...func(*stripe.PaymentIntentCreateParams)) *stripe.PaymentIntentCreateParams {
	p := &stripe.PaymentIntentCreateParams{
		Amount: stripe.Int64(1099), Currency: stripe.String("nok"), PaymentMethodTypes: []*string{stripe.String("vipps")},
	}
	p.AddExtra("payment_method_data[type]", "vipps")
	p.AddExtra("payment_method_options[vipps][reference]", "ORDER_123")
	p.Headers = preview()
	for _, change := range changes {
		change(p)
	}
	return p
}

const shopReturn = "https://shop.example/complete?cart=7#top"

// confirmed is an order whose payer is about to be led away.
func confirmed(t *testing.T, sc *stripe.Client, changes ...func(*stripe.PaymentIntentCreateParams)) *stripe.PaymentIntent {
	t.Helper()
	in, err := sc.V1PaymentIntents.Create(t.Context(), order(append(changes, func(p *stripe.PaymentIntentCreateParams) {
		p.Confirm, p.ReturnURL = stripe.Bool(true), stripe.String(shopReturn)
	})...))
	require.NoError(t, err)
	require.Equal(t, stripe.PaymentIntentStatusRequiresAction, in.Status)
	return in
}

// pageOf is the address that the payer is led to.
func pageOf(t *testing.T, in *stripe.PaymentIntent) string {
	t.Helper()
	require.NotNil(t, in.NextAction)
	return in.NextAction.RedirectToURL.URL
}

// submit sends a form of one of our pages and gives where it leads.
func submit(t *testing.T, sim *servertest.Sim, address string, form url.Values) string {
	t.Helper()
	a := call(t, sim, http.MethodPost, address, form.Encode(), "Content-Type: application/x-www-form-urlencoded")
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	return a.header.Get("Location")
}

// test presses a button of the test payment page, and gives where the browser
// is led in the end.
func press(t *testing.T, sim *servertest.Sim, in *stripe.PaymentIntent, button, card string) string {
	t.Helper()
	to := submit(t, sim, pageOf(t, in)+"/"+button, url.Values{"card": {card}})
	if !strings.HasSuffix(to, "/return") {
		return to
	}
	a := call(t, sim, http.MethodGet, to, "")
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	return a.header.Get("Location")
}

func intentNow(t *testing.T, sc *stripe.Client, id string, expand ...string) *stripe.PaymentIntent {
	t.Helper()
	p := &stripe.PaymentIntentRetrieveParams{}
	for _, e := range expand {
		p.AddExpand(e)
	}
	in, err := sc.V1PaymentIntents.Retrieve(t.Context(), id, p)
	require.NoError(t, err)
	return in
}

// stripeError is what the real client makes of a refusal.
func stripeError(t *testing.T, err error) *stripe.Error {
	t.Helper()
	var e *stripe.Error
	require.ErrorAs(t, err, &e)
	return e
}

// inBubble tells a story in a bubble of its own, where time passes when
// everybody waits, with each store.
func inBubble(t *testing.T, story func(t *testing.T, sim *servertest.Sim), options ...servertest.Option) {
	t.Helper()
	t.Parallel()
	for _, store := range []string{"memory", "sqlite"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			kept := store
			if store == "sqlite" {
				kept = "sqlite:" + filepath.Join(t.TempDir(), "liksom.db")
			}
			synctest.Test(t, func(t *testing.T) {
				story(t, servertest.Start(t, append(options, servertest.WithStore(kept))...))
			})
		})
	}
}

// answer is what came back for a plain request.
type answer struct {
	status int
	header http.Header
	body   string
}

// call sends a request with nothing but these headers.
func call(t *testing.T, sim *servertest.Sim, method, url, body string, headers ...string) answer {
	t.Helper()
	response, content := sim.Call(t, method, url, body, headers...)
	return answer{response.StatusCode, response.Header, content}
}

// pass lets time go by, inside a bubble.
func pass(d time.Duration) { <-time.After(d) }

// api calls the imitated API as a plain program does.
func api(t *testing.T, sim *servertest.Sim, method, path, form string, headers ...string) (int, map[string]any, http.Header) {
	t.Helper()
	all := append([]string{"Authorization: Bearer sk_test_liksom"}, headers...)
	if method == http.MethodPost {
		all = append(all, "Content-Type: application/x-www-form-urlencoded")
	}
	a := call(t, sim, method, "/v1"+path, form, all...)
	var o map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &o), a.body)
	return a.status, o, a.header
}

// start runs a simulator until the test ends.
func start(t *testing.T, options ...servertest.Option) *servertest.Sim {
	t.Helper()
	return servertest.Start(t, options...)
}
