package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// throughStripe begins a payment through Stripe and gives the intent's id and
// its payment's reference.
func (j *journey) throughStripe() (id, reference string) {
	j.t.Helper()
	made, err := j.Stripe(j.t.Context(), http.MethodPost, "/payment_intents", url.Values{
		"amount": {"35000"}, "currency": {"nok"}, "payment_method_types[]": {"vipps"}, "payment_method_data[type]": {"vipps"},
		"confirm": {"true"}, "return_url": {j.shop.home()}, "description": {"Two pairs of wool socks"},
	})
	require.NoError(j.t, err)
	return made["id"].(string), strings.ReplaceAll(made["id"].(string), "_", "-") + "-1"
}

// stripeShop is a client for the sales unit that Stripe's ready-made account
// is bound to.
func (j *journey) stripeShop() *client.Client { return j.of(client.StripeMSN, "2") }

var stripeSheets = []sheet{{1440, 960, "light dark"}, {390, 844, "light dark"}}

func seeIntent(j *journey) {
	id, reference := j.throughStripe()
	tab := j.consoleAt("/console/payments/"+client.StripeMSN+"/"+reference, wide())
	tab.Click("#payment-intent")
	shown := `[data-testid="payment-intent"][data-id="` + id + `"]`
	tab.Wait(shown + `[data-status="requires_action"]`)
	require.Contains(j.t, tab.Text(shown), "the payer’s page")
	require.Contains(j.t, tab.Text(shown), `"client_secret": "***"`)
	_, err := j.stripeShop().Approve(j.t.Context(), reference)
	require.NoError(j.t, err)
	tab.Wait(shown + `[data-status="succeeded"][data-wallet="AUTHORIZED"]`)
	require.Contains(j.t, tab.Text(shown), "Latest charge")
	require.Contains(j.t, tab.Text(shown), `"amount_received": 35000`)
	require.Empty(j.t, tab.Findings())

	j.pay("socks-000301", nil)
	tab.Go(j.BaseURL() + "/console/payments/123456/socks-000301")
	tab.Wait("#payment-receipt")
	require.False(j.t, browsertest.Eval[bool](tab, `Boolean(document.querySelector("#payment-intent"))`), "a payment of the wallet's own has no intent")
}

func retryIntent(j *journey) {
	id, reference := j.throughStripe()
	_, err := j.stripeShop().Open(j.t.Context(), reference, kari)
	require.NoError(j.t, err)
	_, err = j.stripeShop().ApproveWith(j.t.Context(), reference, "card-9995")
	require.Error(j.t, err)
	tab := j.consoleAt("/console/payments/"+client.StripeMSN+"/"+reference, wide())
	tab.Click("#payment-intent")
	shown := browsertest.ID("payment-intent")
	tab.Wait(shown + `[data-status="requires_payment_method"][data-wallet="ABORTED"]`)
	require.Contains(j.t, tab.Text(shown), "payment_method_provider_decline, insufficient_funds")
	require.Contains(j.t, tab.Text(".dh"), "Card declined")
	takeAll(j.t, tab, "console-payment-intent-failed", stripeSheets)
	_, err = j.Stripe(j.t.Context(), http.MethodPost, "/payment_intents/"+id+"/confirm", url.Values{"payment_method_data[type]": {"vipps"}, "return_url": {j.shop.home()}})
	require.NoError(j.t, err)
	tab.Wait(shown + `[data-status="requires_action"] .attempts a`)
	takeAll(j.t, tab, "console-payment-intent", stripeSheets)
	tab.Click(shown + ` .attempts a`)
	tab.Wait(`[data-testid="payment-shown"][data-reference="` + strings.TrimSuffix(reference, "1") + `2"]`)
}

func stripeKeys(j *journey) {
	const card = `[data-testid="merchant-card"][data-msn="234567"] [data-testid="merchant-stripe"]`
	tab := j.consoleAt("/console/merchants", wide())
	tab.Wait(card)
	require.Equal(j.t, 1, browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=merchant-stripe]").length`), "only the unit that an account is bound to")
	require.NotContains(j.t, tab.Text(card), "sk_test_liksom")
	require.Contains(j.t, tab.Text(card), "pk_test_liksom")
	tab.Click(card + ` [aria-label="Show Secret key of Demo Webshop"]`)
	tab.Until(`document.querySelector('` + card + `').textContent.includes("sk_test_liksom")`)

	hook, err := j.Stripe(j.t.Context(), http.MethodPost, "/webhook_endpoints", url.Values{"url": {j.shop.url + "/stripe"}, "enabled_events[]": {"*"}})
	require.NoError(j.t, err)
	show := card + ` [aria-label="Show Webhook secret of ` + j.shop.url + `/stripe"]`
	tab.Wait(show)
	require.NotContains(j.t, tab.Text(card), hook["secret"])
	tab.Click(show)
	tab.Until(`document.querySelector('` + card + `').textContent.includes("` + hook["secret"].(string) + `")`)
	require.Empty(j.t, tab.Findings())
	takeAll(j.t, tab, "console-merchants-stripe", stripeSheets)
}

func stripeSettings(j *journey) {
	tab := j.consoleAt("/console/settings", wide())
	for _, s := range []struct {
		name, to string
		kept     func(*client.StripeSettings) string
	}{
		{"on_card_decline", "retry", func(s *client.StripeSettings) string { return s.OnCardDecline }},
		{"windows", "one", func(s *client.StripeSettings) string { return s.Windows }},
		{"redirect", "landing", func(s *client.StripeSettings) string { return s.Redirect }},
	} {
		row := setting("stripe." + s.name)
		tab.Click(row + ` [role="radio"]:last-child`)
		tab.Wait(row + `[data-value="` + s.to + `"]`)
		set, err := j.Settings(j.t.Context())
		require.NoError(j.t, err)
		require.Equal(j.t, s.to, s.kept(set.Stripe))
	}
}

// refusedForGood pays through Stripe with a card that the bank refuses.
func refusedForGood(t *testing.T, j *journey) {
	_, reference := j.throughStripe()
	_, err := j.stripeShop().Open(t.Context(), reference, kari)
	require.NoError(t, err)
	tab := j.openPhone(desk())
	tab.Click(browsertest.ID("push-open"))
	tab.Click(browsertest.ID("pay-card"))
	tab.Click(browsertest.ID("card-9995"))
	tab.Click(browsertest.ID("pay-confirm"))
	tab.Wait(onScreen("declined"))
	tab.Wait(browsertest.ID("expired-back"))
	require.Equal(t, "Back to the shop", tab.Text(browsertest.ID("expired-back")))
	require.Contains(t, tab.Text(browsertest.ID("declined-reason")), "money")
	require.False(t, browsertest.Eval[bool](tab, `Boolean(document.querySelector("[data-testid=declined-retry]"))`), "there is no second try")
	tab.Picture("phone-declined-for-good")
	paid, err := j.stripeShop().Payment(t.Context(), reference)
	require.NoError(t, err)
	require.Contains(t, browsertest.Eval[string](tab, "fetch("+quoted(paid.RedirectURL)+").then((a) => a.text())"), `data-state="failed"`, "the landing page says so, too")
}
