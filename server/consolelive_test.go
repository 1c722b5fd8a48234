package server_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/web/browsertest"
)

// stillTime has a page's timers stand still, but for those that only put
// something behind what is under way: window.pass(ms) lets time pass. It counts
// how often the list of payments is asked for, and its changes on the page.
const stillTime = `(() => {
	const later = setTimeout, ask = fetch;
	let now = 0, last = 0, due = [];
	window.setTimeout = (f, ms = 0, ...with_) => ms < 20 ? later(f, ms, ...with_) : (due.push({ id: --last, at: now + ms, f }), last);
	const clear = window.clearTimeout;
	window.clearTimeout = (id) => id < 0 ? void (due = due.filter((d) => d.id !== id)) : clear(id);
	window.setInterval = () => 0;
	performance.now = () => now;
	window.pass = (ms) => {
		now += ms;
		const ripe = due.filter((d) => d.at <= now).sort((a, b) => a.at - b.at);
		due = due.filter((d) => d.at > now);
		for (const d of ripe) d.f();
	};
	window.asked = window.drawn = window.flying = 0;
	window.fetch = async (url, o) => {
		const streams = String(url).endsWith("/stream");
		if (/\/sim\/v1\/payments\?/.test(url)) window.asked++;
		if (!streams) window.flying++;
		try {
			return await ask(url, o);
		} finally {
			if (!streams) later(() => window.flying--);
		}
	};
	document.addEventListener("DOMContentLoaded", () => new MutationObserver(() => window.drawn++).observe(document.body, { childList: true, subtree: true, characterData: true }));
})()`

// flood makes five hundred payments in a second of the page's time, while the
// page follows the real stream.
func flood(j *journey) {
	require.NoError(j.t, j.Reset(j.t.Context())) // without webhooks
	tab := j.chromium.Tab(j.t, wide())
	tab.Before(stillTime)
	tab.Go(j.BaseURL() + "/")
	tab.Until(ready)
	tab.Wait(`[data-testid="live"][data-state="open"]`)
	quiet := func() { tab.Until(`window.flying === 0`) }
	pass := func(ms int) {
		quiet()
		browsertest.Eval[any](tab, fmt.Sprintf(`window.pass(%d)`, ms))
		quiet()
	}
	for range 5 {
		pass(1000) // what came with the first look is behind
	}
	count := func(what string) int { return browsertest.Eval[int](tab, "window."+what) }
	asked, drawn := count("asked"), count("drawn")

	j.makeMany(0, 1)
	tab.Wait(`[data-testid="payment-row"]`)
	require.Equal(j.t, asked+1, count("asked"), "a change is shown though no time passes")

	const beats, each = 10, 50
	for beat := range beats {
		j.makeMany(1+beat*each, each)
		pass(100)
	}
	quiet()
	require.LessOrEqual(j.t, count("asked")-asked, beats+1, "at most ten times in a second")
	require.Greater(j.t, count("asked")-asked, 2, "but it follows")
	require.Less(j.t, count("drawn")-drawn, 8*(beats+1), "a handful of changes to the page each time")
	tab.Until(`(window.pass(100), document.querySelector("[data-testid=payment-filter-all] b").textContent === "501")`)
	tab.Until(`document.querySelector("[data-testid=payments]").getAttribute("aria-rowcount") === "201"`)
	newest, err := j.Payments(j.t.Context(), client.Filter{Limit: 1})
	require.NoError(j.t, err)
	tab.Until(`(window.pass(100), document.querySelector("[data-testid=payment-row]").dataset.reference === ` + quoted(newest.Payments[0].Reference) + `)`)
}

// makeMany creates payments side by side.
func (j *journey) makeMany(from, n int) {
	j.t.Helper()
	failed := make(chan error, n)
	var working sync.WaitGroup
	for i := range n {
		working.Go(func() {
			p := client.CreatePayment{Amount: client.NOK(35000), Reference: fmt.Sprintf("flood-%06d", from+i)}
			pushed(&p)
			_, err := j.CreatePayment(j.t.Context(), p)
			failed <- err
		})
	}
	working.Wait()
	for range n {
		require.NoError(j.t, <-failed)
	}
}

// hurried has a page's long timers go off twenty times as fast, those of five
// seconds not at all while window.patient is set. Rows that flash are counted.
const hurried = `(() => {
	const real = setTimeout;
	window.setTimeout = (f, ms = 0, ...with_) => window.patient && ms === 5000 && window.shut ? 0 : real(f, ms >= 500 ? ms / 20 : ms, ...with_);
	window.flashed = 0;
	window.states = [];
	const look = (m) => {
		if (m.target.matches(".fresh")) window.flashed++;
		if (m.attributeName === "data-state" && m.target.dataset.testid === "live") window.states.push(m.target.dataset.state + " " + m.target.textContent);
	};
	document.addEventListener("DOMContentLoaded", () => new MutationObserver((all) => all.forEach(look)).observe(document.body, { subtree: true, attributeFilter: ["class", "data-state"] }));
})()`

// goneForAWhile stops the simulator under an open page and starts it again at
// the same address.
func goneForAWhile(j *journey) {
	options := server.Options{Addr: "127.0.0.1:0", Store: storeFile(j.t)}
	first := startAt(j.t, options)
	home, err := url.Parse(first.URL())
	require.NoError(j.t, err)
	sim := client.New(first.URL())
	p := client.CreatePayment{Amount: client.NOK(35000), Reference: "socks-000901"}
	pushed(&p)
	_, err = sim.CreatePayment(j.t.Context(), p)
	require.NoError(j.t, err)

	tab := j.chromium.Tab(j.t, wide())
	tab.Before(hurried)
	tab.Go(first.URL() + "/console/payments/123456/socks-000901")
	tab.Until(ready)
	live := func(state string) string { return `[data-testid="live"][data-state="` + state + `"]` }
	tab.Wait(live("open"))
	tab.Wait(shownIn("CREATED"))

	require.NoError(j.t, first.Stop(context.Background()))
	tab.Wait(live("closed"))
	tab.Until(`window.states.join(", ").endsWith("open Live, connecting Connecting, closed Offline")`)
	tab.Click(browsertest.ID("action-approve"))
	tab.Wait(browsertest.ID("trouble"))
	require.Contains(j.t, tab.Text(browsertest.ID("trouble")), "Not sent. The simulator isn’t answering.")
	tab.Wait(shownIn("CREATED"))
	tab.Wait(`[data-testid="payment-row"][data-reference="socks-000901"]`)
	require.Equal(j.t, 1, browsertest.Eval[int](tab, `document.querySelectorAll(".box").length`), "what is shown stays, and no list complains")
	require.False(j.t, browsertest.Eval[bool](tab, `Boolean(document.querySelector("[data-testid=action-approve][aria-disabled], .grey"))`), "nothing turns grey")

	options.Addr = home.Host
	browsertest.Eval[any](tab, `window.flashed = 0`)
	second := startAt(j.t, options)
	tab.Wait(live("open")) // by itself
	tab.Click(browsertest.ID("action-approve"))
	tab.Wait(shownIn("AUTHORIZED"))
	require.LessOrEqual(j.t, browsertest.Eval[int](tab, `window.flashed`), 2, "the row flashes for what was done, not for the break")

	browsertest.Eval[any](tab, `window.patient = true`)
	require.NoError(j.t, second.Stop(context.Background()))
	tab.Wait(live("closed"))
	browsertest.Eval[any](tab, `window.shut = true`)
	tab.Until(`[...document.querySelectorAll("header button")].some((b) => b.textContent === "Try now")`)
	tab.Resize(320, 640)
	tab.Until(`innerWidth === 320`)
	require.LessOrEqual(j.t, browsertest.Eval[int](tab, `document.documentElement.scrollWidth`), 320, "the bar has room for it")
	startAt(j.t, options)
	browsertest.Eval[any](tab, `[...document.querySelectorAll("header button")].find((b) => b.textContent === "Try now")?.click()`)
	tab.Wait(live("open"))
}
