package server_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
	"liksom/web/browsertest"
)

// demoLook is the size of the brief's pictures of the taxi.
var demoLook = browsertest.Look{Width: 1440, Height: 1016}

func TestDemos_in_a_browser(t *testing.T) {
	chromium := browsertest.Start(t)
	state := func(name string) string { return `[data-testid="shop-result"][data-state="` + name + `"]` }
	taxi := func(name string) string { return `[data-testid="taxi-status"][data-state="` + name + `"]` }
	phone := func(tab *browsertest.Tab, id string) {
		tab.Until(`document.querySelector("iframe").contentDocument.querySelector("[data-testid=` + id + `]") !== null`)
		browsertest.Eval[bool](tab, `document.querySelector("iframe").contentDocument.querySelector("[data-testid=`+id+`]").click() || true`)
	}
	picture := func(t *testing.T, tab *browsertest.Tab, name string) {
		t.Helper()
		tab.Picture("demo-" + name)
	}

	t.Run("socks are bought on the landing page and sent back", func(t *testing.T) {
		t.Parallel()
		sim := start(t, servertest.WithPort())
		shop, hand := chromium.Tab(t, demoLook), chromium.Tab(t, browsertest.Mobile())
		hand.Go(sim.URL + "/phone/4712345678")
		shop.Go(sim.URL + "/demo/shop")
		shop.Wait(browsertest.ID("shop-checkout"))
		picture(t, shop, "shop-desktop")
		shop.Click(browsertest.ID("shop-pay"))
		shop.Wait(browsertest.ID("landing-next"))
		shop.Click(browsertest.ID("landing-next"))
		hand.Wait(browsertest.ID("push-open"))
		hand.Click(browsertest.ID("push-open"))
		hand.Wait(browsertest.ID("pay-confirm"))
		hand.Click(browsertest.ID("pay-confirm"))
		shop.Wait(state("paid"))
		require.Contains(t, shop.Text("h1"), "is paid.")
		picture(t, shop, "shop-paid")
		shop.Click(browsertest.ID("shop-refund"))
		shop.Until(`document.querySelector("[data-testid=shop-result]").textContent.replace(/\s/g, " ").includes("NOK 350.00 was given back.")`)
		require.Contains(t, shop.Text(browsertest.ID("shop-calls")), "/refund")
	})

	t.Run("a request to the phone is cancelled and made again", func(t *testing.T) {
		t.Parallel()
		sim := start(t, servertest.WithPort()).World(t, "demo")
		shop := chromium.Tab(t, browsertest.Mobile())
		shop.Go(sim.URL + "/demo/shop")
		shop.Wait(browsertest.ID("shop-checkout"))
		picture(t, shop, "shop-mobile")
		shop.Click(browsertest.ID("shop-way-push"))
		shop.Click(browsertest.ID("shop-pay"))
		shop.Wait(state("waiting"))
		shop.Click(browsertest.ID("shop-cancel"))
		shop.Wait(state("cancelled"))
		require.Equal(t, "You weren't charged.", shop.Text("h1"))
		shop.Click(browsertest.ID("shop-again"))
		shop.Wait(state("waiting"))
	})

	t.Run("a passenger shares a number, pays, and rides on", func(t *testing.T) {
		t.Parallel()
		sim := start(t, servertest.WithPort())
		cab, seat := chromium.Tab(t, demoLook), chromium.Tab(t, browsertest.Mobile())
		cab.Go(sim.URL + "/demo/taxi")
		cab.Wait(taxi("driving"))
		cab.Click(browsertest.ID("taxi-end"))
		cab.Wait(taxi("scan"))
		cab.Wait(browsertest.ID("taxi-sticker"))
		seat.Go(sim.URL + "/demo/taxi?id=123")
		seat.Until(`document.querySelector("[data-testid=taxi-status]")?.dataset.state === "driving"`) // another taxi, in another tab
		seat.Go(browsertest.Eval[string](cab, `document.querySelector("[data-testid=taxi-sticker]").dataset.says`))
		seat.Wait(browsertest.ID("passenger-pay"))
		seat.Click(browsertest.ID("passenger-pay"))
		seat.Wait(browsertest.ID("landing-phone"))
		seat.Write(browsertest.ID("landing-phone"), "12345678")
		seat.Click(browsertest.ID("landing-next"))
		cab.Wait(taxi("waiting"))
		require.NotContains(t, cab.Text(browsertest.ID("taxi-tablet")), "12345678", "the tablet knows no number before the payment")
		phone(cab, "push-open")
		phone(cab, "consent-allow")
		cab.Until(`document.querySelector("iframe").contentDocument.querySelector("[data-testid=pay-confirm]") !== null`)
		cab.Until(`document.querySelector("[data-testid=taxi-progress]").dataset.step === "4"`)
		picture(t, cab, "taxi-desktop")
		for _, step := range [][2]string{{"pay-card", "cards"}, {"card-9995", "pay"}, {"pay-confirm", "declined"}} {
			phone(cab, step[0])
			cab.Until(`document.querySelector("iframe").contentDocument.querySelector("[data-testid=phone]").dataset.screen === "` + step[1] + `"`)
		}
		cab.Until(`document.querySelector("[data-testid=taxi-status]").textContent.includes("The passenger is trying another card")`)
		cab.Wait(taxi("waiting"))
		phone(cab, "declined-retry")
		cab.Wait(taxi("paid"))
		cab.Until(`document.querySelector("[data-testid=taxi-passenger]").textContent.replace(/\s/g, " ").includes("+47 123 45 678")`)
		picture(t, cab, "taxi-paid-desktop")
		cab.Click(browsertest.ID("taxi-next"))
		cab.Wait(taxi("driving"))
		phone(cab, "success-done")
		cab.Click(browsertest.ID("taxi-end"))
		cab.Wait(taxi("waiting"))
		page, err := sim.Client.Payments(t.Context(), client.Filter{})
		require.NoError(t, err)
		require.Equal(t, client.PushMessage, page.Payments[0].Flow, "who is known is asked straight away")
		cab.Click(browsertest.ID("taxi-cancel"))
		cab.Wait(taxi("cancelled"))
	})

	t.Run("who chooses MobilePay meets it on the landing page, in Danish kroner", func(t *testing.T) {
		t.Parallel()
		sim := start(t, servertest.WithPort())
		shop := chromium.Tab(t, demoLook)
		shop.Go(sim.URL + "/demo/shop")
		shop.Wait(browsertest.ID("shop-checkout"))
		shop.Click(browsertest.ID("shop-way-mobilepay"))
		shop.Until(`document.querySelector("[data-testid=shop-summary]").textContent.replace(/\s/g, " ").includes("DKK 350.00")`)
		shop.Click(browsertest.ID("shop-pay"))
		shop.Wait(browsertest.ID("landing-next"))
		require.Equal(t, "mobilepay", browsertest.Eval[string](shop, `document.documentElement.dataset.brand`))
		shop.Click(browsertest.ID("landing-cancel"))
		shop.Wait(state("declined"))
		require.Contains(t, shop.Address(), "order=sokker-")
	})

	t.Run("clock and ring follow the simulator's clock, and cash is taken in the end", func(t *testing.T) {
		t.Parallel()
		sim := start(t, servertest.WithPort())
		cab, seat := chromium.Tab(t, demoLook), chromium.Tab(t, browsertest.Mobile())
		cab.Go(sim.URL + "/demo/taxi")
		cab.Wait(taxi("driving"))
		cab.Click(browsertest.ID("taxi-end"))
		cab.Wait(taxi("scan"))
		seat.Go(sim.URL + "/demo/taxi/pay?id=122")
		seat.Wait(browsertest.ID("passenger-pay"))
		seat.Click(browsertest.ID("passenger-pay"))
		cab.Wait(browsertest.ID("taxi-ring"))
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		cab.Until(`document.querySelector("[data-testid=clock-now]").textContent.includes("frozen")`)
		left := `(([m, s]) => 60 * m + Number(s))(document.querySelector("[data-testid=taxi-ring]").textContent.split(":"))`
		before := browsertest.Eval[int](cab, left)
		_, err = sim.Client.Advance(t.Context(), minute)
		require.NoError(t, err)
		cab.Until(left + ` === ` + strconv.Itoa(before-60))
		_, err = sim.Client.Advance(t.Context(), 5*minute)
		require.NoError(t, err)
		cab.Wait(taxi("expired"))
		cab.Until(`document.querySelector("[data-testid=taxi-panes]").dataset.pane === "tablet" && document.querySelector("[data-testid=taxi-progress]").dataset.step === "4"`)
		require.Contains(t, cab.Text(browsertest.ID("taxi-status")), "Not paid")
		cab.Click(browsertest.ID("taxi-ask"))
		cab.Wait(taxi("waiting"))
		cab.Click(browsertest.ID("taxi-cash"))
		cab.Wait(taxi("cash"))
		bars := `["header.tb", "[data-testid=taxi-calls]"].every((s) => getComputedStyle(document.querySelector(s)).display === "none")`
		require.False(t, browsertest.Eval[bool](cab, bars))
		cab.Key("f")
		cab.Until(bars)
		cab.Key(kb.Escape)
		cab.Until("!" + bars)
		cab.Key("?")
		cab.Wait(browsertest.ID("key-list"))
		require.Contains(t, cab.Text(browsertest.ID("key-list")), "Full screen, for a projector")
	})

	t.Run("the ride plays by itself on a small screen", func(t *testing.T) {
		t.Parallel()
		sim := start(t, servertest.WithPort())
		cab := chromium.Tab(t, browsertest.Mobile())
		// The panes take turns, so the tablet is there without being seen.
		told := func(state string) {
			t.Helper()
			cab.Until(`document.querySelector("[data-testid=taxi-status]")?.dataset.state === "` + state + `"`)
		}
		cab.Go(sim.URL + "/demo/taxi?id=7")
		told("driving")
		shown := func(pane string) string {
			return `document.querySelector("[data-testid=taxi-panes]").dataset.pane === "` + pane + `"`
		}
		pass := func(d time.Duration) {
			t.Helper()
			_, err := sim.Client.Advance(t.Context(), d)
			require.NoError(t, err)
		}
		// The clock stands, so that nothing is played but what time passes for.
		_, err := sim.Client.Freeze(t.Context())
		require.NoError(t, err)
		pressed := func(pressed bool) {
			t.Helper()
			cab.Until(fmt.Sprintf(`document.querySelector("[data-testid=taxi-auto]").getAttribute("aria-pressed") === "%t"`, pressed))
		}
		meter := func() string { return cab.Text(`[data-testid="taxi-meter"] b`) }
		pass(minute)
		cab.Until(`document.querySelector("[data-testid=taxi-meter] b").textContent !== "79,00"`)
		cab.Click(browsertest.ID("taxi-auto"))
		cab.Until(`document.querySelector("[data-testid=taxi-meter] b").textContent === "79,00"`)
		pass(2 * time.Second)
		cab.Until(`document.querySelector("[data-testid=taxi-meter] b").textContent === "79,50"`)
		require.Equal(t, "79,50", meter(), "ten øre for each 0.4 s, by the simulator's clock")
		pass(2 * time.Second)
		told("scan")
		cab.Until(shown("phone"))
		cab.Click("h1")
		pressed(false)
		told("scan")

		cab.Click(browsertest.ID("taxi-auto"))
		told("driving")
		cab.Until(shown("seat"))
		pass(15 * time.Second)
		cab.Wait(browsertest.ID("taxi-tap"))
		cab.Until(`document.querySelector("[data-testid=taxi-progress]").dataset.step === "4"`)
		picture(t, cab, "taxi-mobile")
		pass(10 * time.Second)
		told("paid")
		cab.Until(shown("tablet"))
		pressed(false)
		cab.Click(`[role="radio"][aria-checked="true"]`)
		cab.Key(kb.ArrowLeft)
		cab.Until(shown("phone"))
		require.Equal(t, "Phone", browsertest.Eval[string](cab, `document.activeElement.textContent`))
		cab.Click(browsertest.ID("taxi-restart"))
		told("driving")
		require.True(t, browsertest.Eval[bool](cab, shown("phone")), "who has chosen what to look at goes on looking at it")
	})

	t.Run("who gets no answer is told so and keeps the cart", func(t *testing.T) {
		t.Parallel()
		sim := start(t, servertest.WithPort())
		shop := chromium.Tab(t, demoLook)
		shop.Before(deaf)
		shop.Go(sim.URL + "/demo/shop")
		shop.Wait(browsertest.ID("demo-silent"))
		require.Contains(t, shop.Text(browsertest.ID("demo-silent")), "The simulator isn’t answering")
		shop.Click(browsertest.ID("shop-pay"))
		shop.Wait(`[data-testid="shop-checkout"] [role="alert"]`)
		require.Contains(t, shop.Text(`[data-testid="shop-checkout"] [role="alert"]`), "The wallet isn’t answering. Your cart is safe.")
		browsertest.Eval[any](shop, `hears() && null`)
		shop.Click(`[data-testid="demo-silent"] button`)
		shop.Until(`!document.querySelector("[data-testid=demo-silent]")`)
		for range 2 {
			shop.Click(`.it button[aria-pressed="true"]`)
		}
		shop.Wait(`[data-testid="shop-pay"][aria-disabled="true"][title*="add a pair"]`)
		shop.Go(sim.URL + "/demo/taxi")
		shop.Wait(`[data-testid="live"][data-state="closed"]`)
		shop.Wait(browsertest.ID("demo-silent"))
	})
}

// deaf lets a page of the demos hear nothing until hears is called, and does
// not take long over it.
const deaf = `(() => {
	const real = { EventSource, fetch, setTimeout };
	const { setTimeout: later } = window;
	window.EventSource = class { constructor() { later(() => this.onerror?.(), 0); } close() {} };
	window.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
	window.setTimeout = (work, ms, ...given) => later(work, ms / 20, ...given);
	window.hears = () => Object.assign(window, real);
})()`

func TestDemosStartOnTheFirstVisitAndDisturbNobody(t *testing.T) {
	t.Parallel()
	sim := start(t)
	mine, err := sim.Client.RegisterWebhook(t.Context(), "http://mine.test/hook", "epayments.payment.created.v1")
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL+"/demo/taxi/pay?id=122", nil)
	require.NoError(t, err)
	answer, err := sim.HTTP.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	all, err := sim.Client.ListWebhooks(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, mine.ID, all[0].ID)
	require.Equal(t, sim.URL+"/demo/taxi/webhook", all[1].URL)
}
