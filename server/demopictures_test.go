package server_test

import (
	"testing"

	"liksom/server/servertest"
	"liksom/web/browsertest"
)

// stood waits until the page and the phone in it have been drawn.
const stood = `Promise.all([window, document.querySelector("iframe")?.contentWindow].filter(Boolean).map((w) =>
	new Promise((drawn) => w.requestAnimationFrame(() => w.requestAnimationFrame(() => w.requestAnimationFrame(drawn))))))`

// TestScreenshotsOfDemos takes a picture of the demos in each step, and sees
// that nothing reaches over the side.
func TestScreenshotsOfDemos(t *testing.T) {
	browsertest.WantPictures(t)
	chromium := browsertest.Start(t)
	for name, take := range map[string]func(*browsertest.Tab, *servertest.Sim, func(string)){"shop": shopPictures, "taxi": taxiPictures} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := start(t, servertest.WithPort())
			tab := chromium.Tab(t, browsertest.Look{Width: demoSheets[0].width, Height: demoSheets[0].height})
			take(tab, sim, func(name string) {
				t.Helper()
				for _, s := range demoSheets {
					s.lay(tab)
					browsertest.Eval[any](tab, stood)
					s.take(t, tab, "demo-"+name)
				}
				demoSheets[0].lay(tab)
			})
		})
	}
}

func shopPictures(tab *browsertest.Tab, sim *servertest.Sim, picture func(string)) {
	base := sim.URL
	tab.Go(base + "/demo")
	picture("index")
	tab.Go(base + "/demo/shop")
	tab.Until(ready)
	picture("shop")
	tab.Click(browsertest.ID("shop-way-mobilepay"))
	picture("shop-mobilepay")
	tab.Click(browsertest.ID("shop-way-push"))
	tab.Click(browsertest.ID("shop-pay"))
	tab.Wait(`[data-testid="shop-result"][data-state="waiting"]`)
	picture("shop-waiting")
	tab.Click(browsertest.ID("shop-cancel"))
	tab.Wait(`[data-testid="shop-result"][data-state="cancelled"]`)
	picture("shop-cancelled")
	tab.Click(browsertest.ID("shop-again"))
	tab.Wait(`[data-testid="shop-result"][data-state="waiting"]`)
	_ = browsertest.Eval[int](tab, `fetch("/sim/v1/payments/234567/" + new URLSearchParams(location.search).get("order") + "/approve", { method: "POST" }).then((a) => a.status)`)
	tab.Wait(`[data-testid="shop-result"][data-state="paid"]`)
	picture("shop-paid")
	tab.Go(base + "/demo/shop")
	tab.Until(ready)
	for range 2 {
		tab.Click(`.it button[aria-pressed="true"]`)
	}
	picture("shop-empty")
	tab.Go(base + "/demo/shop?order=socks-aaaaaaaa")
	tab.Wait(`[data-testid="shop-result"][data-state="unknown"]`)
	picture("shop-unknown")
}

func taxiPictures(tab *browsertest.Tab, sim *servertest.Sim, picture func(string)) {
	base := sim.URL
	tab.Go(base + "/demo/taxi")
	tab.Until(ready)
	tab.Until(`document.querySelector("iframe").contentDocument.documentElement.dataset.ready === "true"`)
	tab.Until(`document.querySelector("[data-testid=taxi-sticker] img")?.complete`)
	picture("taxi-drive")
	tab.Until(`document.querySelector("[data-testid=taxi-end]").click() || true`)
	tapped := func(id string) {
		tab.Until(`(() => { const phone = document.querySelector("iframe").contentDocument;
			const inner = phone.querySelector("[data-testid=phone-browser]")?.contentDocument;
			const found = phone.querySelector("[data-testid=` + id + `]") || inner?.querySelector("[data-testid=` + id + `]");
			found?.click(); return Boolean(found); })()`)
	}
	shows := func(screen string) {
		tab.Until(`document.querySelector("iframe").contentDocument.querySelector("[data-testid=phone]").dataset.screen === "` + screen + `"`)
	}
	shows("scan")
	picture("taxi-scan")
	tapped("scan-desk-item")
	shows("web")
	tapped("passenger-pay")
	shows("consent")
	picture("taxi-share")
	tapped("consent-allow")
	shows("pay")
	tab.Until(`document.querySelector("[data-testid=taxi-progress]").dataset.step === "4"`)
	picture("taxi-pay")
	for _, step := range [][2]string{{"pay-card", "cards"}, {"card-9995", "pay"}, {"pay-confirm", "declined"}} {
		tapped(step[0])
		shows(step[1])
	}
	tab.Until(`document.querySelector("[data-testid=taxi-status]").textContent.includes("another card")`)
	picture("taxi-retrying")
	tapped("declined-retry")
	tab.Until(`document.querySelector("[data-testid=taxi-status]").dataset.state === "paid"`)
	picture("taxi-paid")
	pressed := func(id, state string) {
		tab.Until(`(() => { const found = document.querySelector("[data-testid=` + id + `]"); found?.click(); return Boolean(found); })()`)
		tab.Until(`document.querySelector("[data-testid=taxi-status]").dataset.state === "` + state + `"`)
	}
	pressed("taxi-next", "driving")
	pressed("taxi-end", "waiting")
	pressed("taxi-cancel", "cancelled")
	picture("taxi-cancelled")
	pressed("taxi-cash", "cash")
	picture("taxi-cash")
	tab.Go(base + "/demo/taxi/pay?id=122")
	picture("taxi-passenger")
}
