package landing_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/web/browsertest"
)

// said waits for what is spoken in the page's live region.
func said(tab *browsertest.Tab, words string) {
	tab.Until(`document.querySelector("[data-testid=live-region]").textContent === ` + strconv.Quote(words))
}

func speaks(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, nil)
	tab := g.open(t, browsertest.Desktop())
	said(tab, "5:00 to continue.")
	g.pass(4*time.Minute + 10*time.Second)
	said(tab, "One minute left.")
	g.pass(42 * time.Second)
	said(tab, "Ten seconds left.")
	g.pass(8 * time.Second)
	said(tab, "The time is up.")
	require.Equal(t, "0:00", tab.Text("[data-digits]"))
	require.Equal(t, "enter", browsertest.Eval[string](tab, `document.querySelector("main").dataset.state`), "the server says when it has expired")
	_, err := g.service.Get(t.Context(), g.p.ID)
	require.NoError(t, err)
	tab.Wait(state("expired"))
	said(tab, "This link is too old. A payment link must be opened within five minutes. This one ran out at 14:37:07.")

	g = newGround(t, chromium, nil)
	tab = g.open(t, browsertest.Desktop())
	g.do(g.p.ID, payment.Identify{Phone: "4712345678"})
	said(tab, "5:00 left to approve.")
	require.NoError(t, payer{g.world}.Approve(t.Context(), g.p.ID))
	said(tab, "Paid. NOK\u00a0350.00. to Demo Webshop")
}

func steps(t *testing.T, chromium *browsertest.Browser) {
	for moving, share := range map[bool]float64{false: 299.0 / 300, true: 298.5 / 300} {
		g := newGround(t, chromium, nil)
		look := browsertest.Desktop()
		look.Moving = moving
		tab := g.open(t, look)
		g.pass(1500 * time.Millisecond)
		tab.Until(`document.querySelector("[data-digits]").textContent === "4:59"`)
		tab.Until(`(() => {
			const ring = document.querySelector(".ring .val");
			const round = 2 * Math.PI * ring.r.baseVal.value;
			return ring.getAttribute("stroke-dasharray") === (round * ` + strconv.FormatFloat(share, 'f', -1, 64) + `).toFixed(1) + " " + round.toFixed(1);
		})()`)
	}
}

func losesContact(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, nil)
	tab := chromium.Tab(t, browsertest.Desktop())
	tab.Before(`(() => { const later = setTimeout; window.setTimeout = (act, wait) => later(act, wait / 10); })()`) // what it waits for takes seconds
	tab.Go(g.page + "&lang=en")
	tab.Wait(state("enter"))
	tab.Click(browsertest.ID("landing-next"))
	tab.Wait(state("waiting"))
	tab.Until(ready)
	g.clock.Resume()
	tab.Until(`document.querySelector("[data-digits]").textContent !== "5:00"`)
	g.trouble.Store(1)
	g.server.CloseClientConnections()
	tab.Wait("[data-lost]")
	require.Equal(t, "We lost contact with the simulator. Trying again.", tab.Text("[data-lost]"))
	before := tab.Text("[data-digits]")
	tab.Until(`document.querySelector("[data-digits]").textContent !== "` + before + `"`)
	tab.Click(browsertest.ID("landing-cancel"))
	tab.Wait("[data-notsent]")
	said(tab, "Not sent. The simulator isn’t answering.")

	// Somebody answers again, but not yet with what was asked for.
	g.trouble.Store(500)
	<-g.asked
	require.NoError(t, payer{g.world}.Approve(t.Context(), g.p.ID))
	require.Equal(t, "waiting", browsertest.Eval[string](tab, `document.querySelector("main").dataset.state`), "what was there stays there")
	g.trouble.Store(0)
	tab.Wait(state("paid"))
}

func losesPayment(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, nil)
	tab := g.open(t, browsertest.Desktop())
	require.NoError(t, g.store.Wipe(t.Context(), ""))
	g.clock.Reset()
	tab.Wait(state("unknown"))
	require.Equal(t, "We can’t find this payment – Vipps simulator", browsertest.Eval[string](tab, `document.title`))
	require.Equal(t, g.p.Token, browsertest.Eval[string](tab, `document.querySelector("[data-copy]").dataset.copy`))
}

func staysWhenTouched(t *testing.T, chromium *browsertest.Browser) {
	leaving := `!document.querySelector("[data-return]").hidden`
	for name, touch := range map[string]func(*browsertest.Tab){
		"a key":   func(tab *browsertest.Tab) { tab.Key("x") },
		"a click": func(tab *browsertest.Tab) { tab.Click(browsertest.ID("landing-amount")) },
	} {
		g := newGround(t, chromium, nil)
		tab := g.open(t, browsertest.Desktop())
		tab.Front()
		tab.Click(browsertest.ID("sim-approve"))
		tab.Wait(state("paid"))
		tab.Until(ready)
		browsertest.Eval[any](tab, `document.querySelector("h1").focus()`)
		tab.Key("\t")
		tab.Until(`document.activeElement.dataset.testid === "landing-return"`)
		require.True(t, browsertest.Eval[bool](tab, leaving), "Tab goes through the page, and from none")
		touch(tab)
		require.False(t, browsertest.Eval[bool](tab, leaving), name)
		tab.Hurry()
		// The way home looks at its watch ten times a second.
		browsertest.Eval[any](tab, `new Promise((done) => setTimeout(done, 350))`)
		tab.Wait(state("paid"))
	}
}

func goesAtOnce(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, nil)
	g.returnAfter(0)
	tab := g.open(t, browsertest.Desktop())
	tab.Click(browsertest.ID("sim-decline"))
	tab.Wait("#shop")
	require.Equal(t, g.shop, tab.Address())
}

func changesLook(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, nil)
	tab := g.open(t, browsertest.Desktop())
	is := func(attribute, value string) {
		tab.Until(`document.documentElement.getAttribute("` + attribute + `") === "` + value + `" && ` + ready)
	}
	speak := func(lang string) {
		tab.Click("summary")
		tab.Click(`[hreflang="` + lang + `"]`)
		is("lang", lang)
	}
	speak("nb")
	require.Equal(t, "350,00\u00a0kr", tab.Text(browsertest.ID("landing-amount")))
	tab.Click(browsertest.ID("brand-mobilepay"))
	is("data-brand", "mobilepay")
	require.Contains(t, tab.Text(".wallet"), "MobilePay")
	tab.Click(browsertest.ID("landing-next"))
	tab.Wait(state("waiting"))
	is("data-brand", "mobilepay")
	is("lang", "nb")
	speak("sv")
	tab.Wait(state("waiting"))
	tab.Click(browsertest.ID("brand-vipps"))
	is("data-brand", "vipps")
	tab.Wait(state("waiting"))
	p, err := g.store.Get(t.Context(), g.p.ID)
	require.NoError(t, err)
	require.Equal(t, payment.Created, p.State, "looking at it in another way cancels nothing")
}

func keepsForcedColours(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, nil)
	look := browsertest.Desktop()
	look.Plain = true
	tab := g.open(t, look)
	require.Empty(t, browsertest.Eval[[]string](tab, `(() => {
		const wrong = [];
		if (!matchMedia("(forced-colors: active)").matches) wrong.push("colours are not forced");
		const of = (selector) => getComputedStyle(document.querySelector(selector));
		const own = document.body.appendChild(document.createElement("i"));
		own.style.color = "CanvasText";
		if (of(".ring .val").stroke !== getComputedStyle(own).color) wrong.push("the ring is " + of(".ring .val").stroke);
		if (of(".ring .trk").stroke === of(".ring .val").stroke) wrong.push("what is left of the ring cannot be told from what is gone");
		for (const box of [".stripe", ".btn.brand", ".btn.quiet", "#number", ".simbox"]) if (parseFloat(of(box).borderTopWidth) < 1) wrong.push(box + " has no border");
		if (of(".stripe").color === of(".stripe").backgroundColor) wrong.push("the stripe's text is gone");
		return wrong;
	})()`))
}

func copies(t *testing.T, chromium *browsertest.Browser) {
	g := newGround(t, chromium, nil)
	tab := chromium.Tab(t, browsertest.Desktop())
	tab.Go(g.server.URL + "/landing/storybook/broken?lang=en")
	tab.Until(ready)
	browsertest.Eval[any](tab, `navigator.clipboard.writeText = async (text) => { window.taken = text; }`)
	tab.Click("[data-copy]")
	said(tab, "Copied")
	require.Equal(t, "q3Zk0bVxL8aT", browsertest.Eval[string](tab, `window.taken`))
	require.Equal(t, "Copied", tab.Text("[data-copy]"))
	tab.Until(`!("done" in document.querySelector("[data-copy]").dataset)`)
	require.Equal(t, "Copy", tab.Text("[data-copy]"))
	browsertest.Eval[any](tab, `navigator.clipboard.writeText = async () => { throw new Error("not here"); }`)
	tab.Click("[data-copy]")
	tab.Until(`getSelection().toString() === "q3Zk0bVxL8aT"`)
}
