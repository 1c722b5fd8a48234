package server_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/landing"
	"liksom/server/pages"
	"liksom/web/browsertest"
)

// stories are the addresses of the storybook's pages, by name.
func stories() map[string]string {
	all := map[string]string{}
	for _, name := range pages.WallStories() {
		all[name] = "/console/storybook/" + name
	}
	for _, name := range landing.Stories() {
		all["landing-"+name] = "/landing/storybook/" + name
	}
	for _, name := range pages.PhoneStories() {
		all["phone-"+name] = "/console/storybook/phone/" + name
	}
	return all
}

// overflows names what is wider than the box it stands in, or than the page.
// What scrolls by itself or ends in an ellipsis may be.
const overflows = `(() => {
	const wide = [];
	if (document.documentElement.scrollWidth > innerWidth) wide.push("page " + document.documentElement.scrollWidth + " > " + innerWidth);
	const cut = (e) => [e, ...(function* () { for (let p = e.parentElement; p; p = p.parentElement) yield p; })()].some((p) => getComputedStyle(p).textOverflow === "ellipsis" || ["auto", "scroll"].includes(getComputedStyle(p).overflowX) && p !== document.documentElement);
	for (const e of document.querySelectorAll("button, a.btn, .badge, h1, h2, h3, label, .pill, .cap, .seg, .kv, .notice, .simbox, .foot2, .ntf, .req, .r, .act, .auto, .sum, .tile, .tab button, .how, .acts, .lead, .pamt, .amt")) {
		if (!e.getClientRects().length || e.closest(".vh") || e.classList.contains("vh")) continue;
		if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && !cut(e)) wide.push((e.dataset.testid || e.className || e.tagName) + " " + e.scrollWidth + " > " + e.clientWidth + ": " + e.textContent.trim().slice(0, 40));
	}
	return wide.join("\n");
})()`

// TestStorybook shows every page in every state in a language that is 40 %
// longer than English, at all widths: nothing is wider than its box.
func TestStorybook(t *testing.T) {
	chromium := browsertest.Start(t)
	sim := startAt(t, server.Options{Addr: "127.0.0.1:0"})
	for name, path := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := chromium.Tab(t, browsertest.Look{Width: 1200, Height: 860})
			tab.Go(sim.URL() + path + "?lang=pseudo")
			tab.Until(ready)
			for _, width := range []int{1200, 860, 390, 320} {
				tab.Resize(width, 844)
				tab.Until(`innerWidth === ` + strconv.Itoa(width))
				// The page hears of its new size before it is painted again.
				browsertest.Eval[any](tab, `new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(() => painted(null))))`)
				require.Empty(t, browsertest.Eval[string](tab, overflows), "at %d", width)
			}
		})
	}
}

// TestStorybookScreenshots takes a picture of every story, in both themes, on
// a computer and on a phone. `make screenshots` runs it.
func TestStorybookScreenshots(t *testing.T) {
	browsertest.WantPictures(t)
	chromium := browsertest.Start(t)
	sim := startAt(t, server.Options{Addr: "127.0.0.1:0"})
	for name, path := range stories() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := chromium.Tab(t, browsertest.Desktop())
			tab.Go(sim.URL() + path + "?lang=en")
			tab.Until(ready)
			takeAll(t, tab, "story-"+name, payersSheets)
		})
	}
}
