package landing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/web/browsertest"
)

func TestPage_in_a_browser(t *testing.T) {
	chromium := browsertest.Start(t)
	// begin serves a world with one payment whose shop is on the same server.
	begin := func(t *testing.T, change func(*payment.Create)) (*world, payment.Payment, string, string) {
		g := newGround(t, chromium, change)
		return g.world, g.p, g.page, g.shop
	}
	for name, check := range map[string]func(*testing.T, *browsertest.Browser){
		"reads a number as it is pasted and typed":           pastesNumbers,
		"remembers a number, and forgets it":                 remembersNumbers,
		"keeps a number that the unit has fixed":             keepsFixedNumbers,
		"makes no phone by the key that means Next":          entersCorrectedNumbers,
		"speaks of the time and of what came of it":          speaks,
		"moves in whole seconds for who wants less motion":   steps,
		"says when contact is lost, and finds it again":      losesContact,
		"says that its payment is gone after a reset":        losesPayment,
		"stays when touched, but not by the keys that leave": staysWhenTouched,
		"goes home at once where the settings say so":        goesAtOnce,
		"changes its language and skin, and nothing else":    changesLook,
		"shows its rings and words in forced colours":        keepsForcedColours,
		"copies what it shows, or lets it be copied":         copies,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, chromium)
		})
	}
	home := func(t *testing.T, tab *browsertest.Tab, shop string) {
		tab.Wait("#shop")
		require.Equal(t, shop, tab.Address())
	}

	t.Run("follows a payment live from number to shop", func(t *testing.T) {
		t.Parallel()
		w, p, page, shop := begin(t, nil)
		tab := chromium.Tab(t, browsertest.Desktop())
		tab.Go(page)
		tab.Wait(state("enter"))
		tab.Until(`document.documentElement.dataset.ready === "true"`)
		second := chromium.Tab(t, browsertest.Mobile())
		second.Go(page)
		second.Wait(state("enter"))
		second.Until(ready)
		tab.Click(browsertest.ID("landing-next"))
		tab.Wait(state("waiting"))
		second.Wait(state("waiting"))
		w.pass(time.Second)
		w.do(p.ID, payment.Show{Phone: "4712345678"})
		w.pass(13 * time.Second)
		w.do(p.ID, payment.Open{Phone: "4712345678"})
		for _, each := range []*browsertest.Tab{tab, second} {
			each.Wait(`[data-step="opened"][data-state="done"]`)
		}
		w.pass(27 * time.Second)
		tab.Until(`document.querySelector("[data-digits]").textContent === "4:19"`)
		require.NoError(t, payer{w}.Approve(t.Context(), p.ID))
		tab.Wait(state("paid"))
		require.True(t, browsertest.Eval[bool](tab, `document.activeElement === document.querySelector("h1")`), "focus goes to what happened")
		require.Equal(t, "Paid – Vipps simulator", browsertest.Eval[string](tab, `document.title`))
		second.Wait(state("paid"))
		require.Contains(t, second.Address(), "seen=1", "loading it again shows the same")
		tab.Hurry()
		home(t, tab, shop)
	})

	t.Run("stays when asked to", func(t *testing.T) {
		t.Parallel()
		_, _, page, _ := begin(t, nil)
		tab := chromium.Tab(t, browsertest.Desktop())
		tab.Go(page)
		tab.Click(browsertest.ID("sim-expire"))
		tab.Wait(state("expired"))
		tab.Click(browsertest.ID("landing-stay"))
		tab.Hurry()
		// The way home looks at its watch ten times a second.
		browsertest.Eval[any](tab, `new Promise((done) => setTimeout(done, 350))`)
		tab.Wait(state("expired"))
	})

	t.Run("tells of a declined card and goes on", func(t *testing.T) {
		t.Parallel()
		w, p, page, _ := begin(t, nil)
		tab := chromium.Tab(t, browsertest.Mobile())
		tab.Go(page + "&lang=da&brand=mobilepay")
		tab.Click(browsertest.ID("landing-next"))
		tab.Wait(state("waiting"))
		w.pass(192 * time.Second)
		require.Error(t, payer{w}.FailCard(t.Context(), p.ID))
		tab.Wait(browsertest.ID("landing-notice"))
		tab.Until(`document.querySelector("[data-digits]").textContent === "1:48"`)
	})

	t.Run("cancels when the payer goes back", func(t *testing.T) {
		t.Parallel()
		_, _, page, shop := begin(t, nil)
		tab := chromium.Tab(t, browsertest.Desktop())
		tab.Go(page)
		tab.Click(browsertest.ID("landing-next"))
		tab.Wait(state("waiting"))
		tab.Until(`history.state?.waiting === true`)
		tab.Back()
		tab.Wait(state("cancelled"))
		tab.Hurry()
		home(t, tab, shop)
	})

	t.Run("opens the app where this browser has one, unless told not to", func(t *testing.T) {
		t.Parallel()
		_, p, page, _ := begin(t, nil)
		look := browsertest.Mobile()
		look.Touch = true
		tab := chromium.Tab(t, look)
		tab.Go(page)
		tab.Wait(state("enter"))
		browsertest.Eval[any](tab, `localStorage.setItem("liksom.phone", "4712345678")`)
		tab.Go(page + "&lang=en")
		tab.Wait(state("app-switch"))
		tab.Picture("landing-app-switch")
		require.Equal(t, "Opening Vipps on this phone", tab.Text("h1"))
		tab.Until(`location.pathname === "/phone/4712345678" && new URLSearchParams(location.search).get("link").endsWith("/landing?token=` + p.Token + `")`)
		tab.Go(page)
		tab.Wait(state("enter"))

		_, _, other, _ := begin(t, nil)
		tab.Go(other)
		tab.Wait(state("enter"))
		browsertest.Eval[any](tab, `localStorage.setItem("liksom.phone", "4712345678")`)
		browsertest.Eval[any](tab, `sessionStorage.clear()`)
		tab.Go(other)
		tab.Click("[data-switch-other]")
		tab.Wait(state("enter"))
		require.True(t, browsertest.Eval[bool](tab, `document.activeElement.id === "number"`))
	})

	t.Run("warns who leaves only while a push is out", func(t *testing.T) {
		t.Parallel()
		_, _, page, _ := begin(t, nil)
		tab := chromium.Tab(t, browsertest.Desktop())
		warns := func() bool {
			return browsertest.Eval[bool](tab, `!dispatchEvent(new Event("beforeunload", { cancelable: true }))`)
		}
		tab.Go(page)
		tab.Until(`document.documentElement.dataset.ready === "true"`)
		require.False(t, warns())
		tab.Click(browsertest.ID("landing-next"))
		tab.Wait(state("waiting"))
		tab.Until(`document.documentElement.dataset.ready === "true"`)
		require.True(t, warns())
		tab.Click(browsertest.ID("landing-cancel"))
		tab.Wait(state("cancelled"))
		require.False(t, warns())
	})

	t.Run("a shop's dialog that closes takes the payment back", func(t *testing.T) {
		t.Parallel()
		w, p, page, shop := begin(t, nil)
		tab := chromium.Tab(t, browsertest.Desktop())
		tab.Go(shop)
		browsertest.Eval[any](tab, `new Promise((done) => {
			const dialog = document.body.appendChild(document.createElement("iframe"));
			dialog.addEventListener("load", () => setTimeout(done, 300));
			dialog.src = "`+page+`";
		})`)
		require.True(t, browsertest.Eval[bool](tab, `getComputedStyle(document.querySelector("iframe").contentDocument.querySelector("footer")).display === "none"`))
		browsertest.Eval[any](tab, `document.querySelector("iframe").remove()`)
		for e, err := range w.feed.Follow(t.Context(), 0) {
			require.NoError(t, err)
			if e.ID == p.ID && e.Kind == payment.PaymentAborted {
				return
			}
		}
	})

	t.Run("works without scripts", func(t *testing.T) {
		t.Parallel()
		w, p, page, shop := begin(t, nil)
		w.returnAfter(time.Second)
		look := browsertest.Mobile()
		look.NoScript = true
		tab := chromium.Tab(t, look)
		tab.Go(page)
		require.Contains(t, tab.Text(browsertest.ID("landing-countdown")), "at 14:37:07", "a time where nothing counts down")
		tab.Click("summary")
		tab.Click(`[hreflang="da"]`)
		tab.Wait(`html[lang="da"]`)
		tab.Click(browsertest.ID("landing-next"))
		tab.Wait(state("waiting"))
		tab.Click(browsertest.ID("sim-cardfail"))
		tab.Wait(browsertest.ID("landing-notice"))
		require.NoError(t, payer{w}.Approve(t.Context(), p.ID))
		tab.Wait(state("paid"))
		home(t, tab, shop)
	})

	t.Run("fits every size and theme", func(t *testing.T) {
		t.Parallel()
		for name, look := range map[string]browsertest.Look{
			"mobile": browsertest.Mobile(), "dark": {Width: 1200, Height: 860, Dark: true}, "narrow": {Width: 320, Height: 640}, "tablet": {Width: 860, Height: 1000},
		} {
			_, _, page, _ := begin(t, nil)
			tab := chromium.Tab(t, look)
			tab.Go(page)
			tab.Wait(state("enter"))
			require.LessOrEqual(t, browsertest.Eval[int](tab, `document.documentElement.scrollWidth`), look.Width, "no sideways scrolling")
			if name == "mobile" {
				require.LessOrEqual(t, browsertest.Eval[float64](tab, `document.querySelector("[data-testid=landing-next]").getBoundingClientRect().bottom`), 844.0)
			}
		}
	})
}
