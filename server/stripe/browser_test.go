package stripe_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/stripe/stripe-go/v85"

	"liksom/server/servertest"
	"liksom/web/browsertest"
)

// pages is a payer's browser on the pages that stand in for Stripe's.
type pages struct {
	t   *testing.T
	sim *servertest.Sim
	sc  *stripe.Client
	tab *browsertest.Tab
}

// look holds a page against the rules of access and of narrow screens, and
// takes pictures where they are wanted.
func (p *pages) look(name string) {
	p.t.Helper()
	for _, f := range p.tab.Findings() {
		p.t.Errorf("%s: %s", name, f)
	}
	p.tab.Picture("stripe-" + name + "-1140")
	p.tab.Resize(390, 844)
	p.tab.Until(`innerWidth === 390`)
	require.LessOrEqual(p.t, browsertest.Eval[int](p.tab, `document.documentElement.scrollWidth`), 390, "%s: no sideways scrolling", name)
	p.tab.Picture("stripe-" + name + "-390")
	p.tab.Shade(true)
	p.tab.Picture("stripe-" + name + "-dark")
	p.tab.Shade(false)
	p.tab.Resize(1140, 844)
}

// dark holds a page against the rules in the dark.
func (p *pages) dark(name string) {
	p.t.Helper()
	p.tab.Shade(true)
	for _, f := range p.tab.Findings() {
		p.t.Errorf("%s in the dark: %s", name, f)
	}
	p.tab.Shade(false)
}

// home is the merchant's page: one of the simulator's own will do.
func (p *pages) home() string { return p.sim.URL + "/healthz?cart=7" }

func (p *pages) intent() *stripe.PaymentIntent {
	return confirmed(p.t, p.sc, func(c *stripe.PaymentIntentCreateParams) { c.Amount = stripe.Int64(35000) })
}

func TestAPayersBrowserOnThePagesThatStandInForStripes(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	sim := start(t, servertest.WithPort())
	p := &pages{t: t, sim: sim, sc: stripeClient(sim), tab: chromium.Tab(t, browsertest.Look{Width: 1140, Height: 844})}
	_, err := sim.Client.SetSpeed(t.Context(), 0.001) // countdowns stand
	require.NoError(t, err)

	in, err := p.sc.V1PaymentIntents.Create(t.Context(), order(func(c *stripe.PaymentIntentCreateParams) {
		c.Amount, c.Confirm, c.ReturnURL = stripe.Int64(35000), stripe.Bool(true), stripe.String(p.home())
	}))
	require.NoError(t, err)
	p.tab.Go(pageOf(t, in))
	p.tab.Wait(browsertest.ID("stripe-test"))
	require.Equal(t, "NOK 350.00", strings.ReplaceAll(p.tab.Text(browsertest.ID("stripe-amount")), "\u00a0", " "))
	p.look("test")
	p.dark("test")
	p.tab.Click(browsertest.ID("stripe-authorize"))
	p.tab.Until(`location.pathname === "/healthz"`)
	at, err := url.Parse(p.tab.Address())
	require.NoError(t, err)
	require.Equal(t, []string{"7", in.ID, in.ClientSecret, "vipps", "succeeded"}, []string{
		at.Query().Get("cart"), at.Query().Get("payment_intent"), at.Query().Get("payment_intent_client_secret"),
		at.Query().Get("redirect_pm_type"), at.Query().Get("redirect_status"),
	})
	p.tab.Go(pageOf(t, in))
	p.tab.Wait(`main[data-state="paid"]`)
	p.look("paid")
	p.tab.Go(intentNow(t, p.sc, in.ID, "latest_charge").LatestCharge.ReceiptURL)
	p.tab.Wait(browsertest.ID("stripe-receipt"))
	p.look("receipt")

	p.checkout()

	other := p.intent()
	press(t, sim, other, "fail", "")
	p.tab.Go(pageOf(t, other))
	p.tab.Wait(`main[data-state="failed"]`)
	p.look("failed")
}

// checkout pays a session, at the second try and with the phone.
func (p *pages) checkout() {
	t, tab := p.t, p.tab
	s := openSession(t, p.sc, func(c *stripe.CheckoutSessionCreateParams) {
		c.SuccessURL = stripe.String(p.home() + "&cs={CHECKOUT_SESSION_ID}")
	})
	tab.Go(s.URL)
	tab.Write(browsertest.ID("checkout-email"), "kari@example.com")
	p.look("checkout")
	tab.Click(browsertest.ID("checkout-pay"))
	tab.Click(browsertest.ID("stripe-phone"))
	tab.Wait(browsertest.ID("landing"))
	tab.Go(s.URL)
	tab.Wait(`main[data-state="waiting"]`)
	p.look("waiting")
	tab.Go(browsertest.Eval[string](tab, `document.querySelector(".pay").href`))
	tab.Click(browsertest.ID("stripe-phone"))
	tab.Click(browsertest.ID("sim-decline"))
	tab.Click(browsertest.ID("landing-return"))
	tab.Wait(browsertest.ID("checkout-error"))
	require.Equal(t, "kari@example.com", browsertest.Eval[string](tab, `document.querySelector("[data-testid=checkout-email]").value`))
	p.look("checkout-failed")
	p.dark("checkout-failed")
	tab.Click(browsertest.ID("checkout-pay"))
	tab.Click(browsertest.ID("stripe-authorize"))
	tab.Until(`location.pathname === "/healthz"`)
	require.Contains(t, tab.Address(), "cs="+s.ID)
	tab.Go(sessionPage(p.sim, s))
	tab.Wait(`main[data-state="complete"]`)
	p.look("complete")
}

func sessionPage(sim *servertest.Sim, s *stripe.CheckoutSession) string {
	return sim.URL + "/stripe/c/pay/" + s.ID
}
