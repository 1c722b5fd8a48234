package server_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// inspection gathers what is wrong on all pages, so that a fault they
// share is told once, with the pages that have it.
type inspection struct {
	mu    sync.Mutex
	found map[string][]string
}

func (i *inspection) add(where string, findings []browsertest.Finding) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, f := range findings {
		i.found[f.String()] = append(i.found[f.String()], where)
	}
}

func (i *inspection) say(where string, faults []string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, fault := range faults {
		i.found[fault] = append(i.found[fault], where)
	}
}

func (i *inspection) report(t *testing.T) {
	t.Helper()
	for _, finding := range slices.Sorted(maps.Keys(i.found)) {
		pages := i.found[finding]
		t.Errorf("%s\n    on   %s", finding, strings.Join(pages[:min(len(pages), 6)], ", ")+fmt.Sprintf(" (%d in all)", len(pages)))
	}
}

// look inspects a page as it stands, on a computer and on a phone, in both
// themes.
func (i *inspection) look(name string, tab *browsertest.Tab) {
	for _, width := range []int{1280, 390} {
		tab.Resize(width, 844)
		tab.Until(fmt.Sprintf("innerWidth === %d", width))
		where := fmt.Sprintf("%s at %d", name, width)
		i.add(where, tab.Findings())
	}
	// Another theme changes colours alone.
	tab.Shade(true)
	i.add(name+", dark", tab.FindingsOfContrast())
	tab.Shade(false)
	tab.Resize(1280, 844)
}

// calm looks for what moves, and for what shows no ring.
func (i *inspection) calm(name string, tab *browsertest.Tab) {
	// Rings come last: to show them, everything is given the focus once. The
	// longest pages repeat themselves, so that their beginning is enough.
	i.say(name, browsertest.Eval[[]string](tab, moving))
	tab.Key("\t")
	i.say(name, browsertest.Eval[[]string](tab, ringless))
}

// moving names what moves for a reader who asked for less motion.
const moving = `(() => {
	const slow = (times) => times.split(",").some((t) => parseFloat(t) * (t.trim().endsWith("ms") ? 0.001 : 1) > 0.01);
	const found = new Set(document.getAnimations().filter((a) => a.effect.getComputedTiming().duration > 10).map((a) => "moves: " + (a.animationName || a.transitionProperty)));
	for (const e of [...document.querySelectorAll("*")].slice(0, 1500)) for (const part of [undefined, "::before", "::after"]) {
		const style = getComputedStyle(e, part);
		if (style.animationName !== "none" && slow(style.animationDuration)) found.add("animated: " + e.tagName + "." + e.className);
		if (style.transitionProperty !== "none" && slow(style.transitionDuration)) found.add("passes over slowly: " + e.tagName + "." + e.className);
	}
	return [...found];
})()`

// ringless names what shows no ring when keys have brought the focus there. A
// ring is three pixels wide, on the thing itself or on what it stands in.
const ringless = `(() => {
	const ring = (e) => {
		const style = getComputedStyle(e);
		return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3 || /inset.* 3px|3px.* inset/.test(style.boxShadow);
	};
	const found = new Set();
	const over = [...document.querySelectorAll("dialog[open], [aria-modal=true]")].at(-1) || document;
	for (const e of over.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']").values().take(80)) {
		if (e.disabled || e.tabIndex < 0 || !e.checkVisibility({ visibilityProperty: true }) || !e.getClientRects().length) continue;
		e.focus({ preventScroll: true });
		if (document.activeElement !== e) continue;
		if (![e, e.parentElement, e.parentElement?.parentElement].some((b) => b && ring(b))) found.add("no ring: " + e.tagName + "." + (e.getAttribute("class") || "") + " " + (e.dataset.testid || e.textContent.trim().slice(0, 20)));
	}
	return [...found];
})()`

// sight is a page, and what is done on it before it is looked at.
type sight struct {
	name, path string
	then       func(*browsertest.Tab)
}

// unhurried lets a page that would go home stay, and one that asks before it
// is left go: the pages are many, and one tab shows them all.
const unhurried = `addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true);
	if (location.pathname.startsWith("/landing/storybook")) performance.now = () => 0;`

// settled is a page that needs no script, or whose script has all it needs.
const settled = `document.readyState === "complete" && (!document.querySelector("script[type=module]") || ` + ready + ` || location.pathname.includes("/demo/"))`

// TestNobodyIsKeptOut inspects every page in every state.
func TestNobodyIsKeptOut(t *testing.T) {
	chromium := browsertest.Start(t)
	i := &inspection{found: map[string][]string{}}
	t.Run("pages", func(t *testing.T) {
		tour := func(name string, sights func(*journey) []sight) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				j := begin(t, chromium)
				tab := chromium.Tab(t, wide())
				tab.Front()
				tab.Before(unhurried)
				tab.Before(cannedScenarios)
				for _, s := range sights(j) {
					tab.Go(j.BaseURL() + s.path)
					tab.Until(settled)
					if s.then != nil {
						s.then(tab)
					}
					i.look(s.name, tab)
					if strings.HasPrefix(name, "console") {
						i.calm(s.name, tab)
					}
				}
			})
		}
		for n, part := range storyParts(2) {
			tour(fmt.Sprintf("storybook %d", n), func(*journey) []sight { return part })
		}
		tour("console, with nothing in it", emptySights)
		tour("console, payments", paymentSights)
		tour("console, other pages", consoleSights)
		tour("start, phones, reference and trouble", plainSights)
		tour("demos", demoSights)
	})
	i.report(t)
}

// press presses something and waits for what comes of it.
func press(selector, shows string) func(*browsertest.Tab) {
	return func(tab *browsertest.Tab) {
		tab.Until(`!document.querySelector(".grey")`)
		tab.Click(selector)
		tab.Wait(shows)
	}
}

// shows waits for what a page has fetched.
func shows(selector string) func(*browsertest.Tab) {
	return func(tab *browsertest.Tab) { tab.Wait(selector) }
}

func strike(key, shows string) func(*browsertest.Tab) {
	return func(tab *browsertest.Tab) {
		tab.Key(key)
		tab.Wait(shows)
	}
}

func emptySights(*journey) []sight {
	return []sight{
		{"no payments", "/", shows(browsertest.ID("payments-none"))},
		{"no codes", "/console/qr", shows(".none")},
		{"no stickers", "/console/qr/print", nil},
		{"no deliveries", "/console/webhooks", shows(browsertest.ID("webhook-registration"))},
		{"an unknown payment", "/console/payments/123456/nothing-here", nil},
	}
}

func paymentSights(j *journey) []sight {
	furnishPages(j)
	j.pay("but-20930-b", pushed)
	const detail = "/console/payments/123456/24ab7cd6ef658155992"
	return []sight{
		{"payments", "/", shows(browsertest.ID("payment-row"))},
		{"payment", detail, shows(browsertest.ID("timeline-item"))},
		{"payment under way", "/console/payments/123456/but-20930-b", shows(browsertest.ID("timeline-item"))},
		{"sequence", detail, press("#payment-sequence", browsertest.ID("sequence"))},
		{"calls", detail, press("#payment-calls", ".calls pre")},
		{"receipt", detail, press("#payment-receipt", "[role=tabpanel]")},
		{"menu", detail, press(browsertest.ID("payment-more"), "[role=menu]")},
		{"capture", "/console/payments/123456/pos-11-0093", press(browsertest.ID("action-capture"), browsertest.ID("action-send"))},
		{"palette", "/", press(browsertest.ID("palette-open"), browsertest.ID("palette-item"))},
		{"keys", "/", strike("?", browsertest.ID("key-list"))},
		{"new payment", "/", press(browsertest.ID("payment-new"), browsertest.ID("payment-form"))},
	}
}

func consoleSights(j *journey) []sight {
	furnishPages(j)
	found, err := j.Deliveries(j.t.Context(), client.Filter{Reference: "24ab7cd6ef658155992"})
	require.NoError(j.t, err)
	failed := `[data-testid="request-row"][data-status="400"] a`
	return []sight{
		{"webhooks", "/console/webhooks", shows(browsertest.ID("delivery-row"))},
		{"delivery", "/console/webhooks/" + found.Deliveries[0].ID, shows(browsertest.ID("signature"))},
		{"registration menu", "/console/webhooks", press(browsertest.ID("registration-more"), "[role=menu]")},
		{"tries", "/console/webhooks/" + found.Deliveries[0].ID, press("#delivery-tries", browsertest.ID("webhook-ladder"))},
		{"receivers inside", "/console/webhooks", press(browsertest.ID("sinks-open"), `[data-field="status"]`)},
		{"register", "/console/webhooks", press(browsertest.ID("webhook-new"), browsertest.ID("webhook-form"))},
		{"requests", "/console/requests", shows(browsertest.ID("request-row"))},
		{"refused request", "/console/requests", press(failed, browsertest.ID("request-why"))},
		{"headers of a request", "/console/requests", func(tab *browsertest.Tab) {
			press(failed, browsertest.ID("request-why"))(tab)
			press("#request-headers", ".hdr")(tab)
		}},
		{"codes", "/console/qr", shows(browsertest.ID("qr-card"))},
		{"new code", "/console/qr", press(browsertest.ID("qr-new"), browsertest.ID("qr-form"))},
		{"stickers", "/console/qr/print", shows(browsertest.ID("sticker"))},
		{"merchants", "/console/merchants", shows(browsertest.ID("merchant-card"))},
		{"new merchant", "/console/merchants", press(browsertest.ID("merchant-new"), browsertest.ID("merchant-form"))},
		{"new keys", "/console/merchants", press(browsertest.ID("merchant-rotate"), browsertest.ID("merchant-rotate-yes"))},
		{"clock and faults", "/console/control", shows(browsertest.ID("clock-page"))},
		{"new fault", "/console/control", press(browsertest.ID("fault-new"), browsertest.ID("fault-form"))},
		{"a fault that is on", "/console/control", press(browsertest.ID("fault-slow")+` [role="switch"]`, browsertest.ID("faults-active"))},
		{"settings", "/console/settings", nil},
		{"scenarios", "/console/scenarios", shows(browsertest.ID("scenario-row"))},
		{"scenarios at work", "/console/scenarios", press(browsertest.ID("scenario-run-all"), browsertest.ID("scenario-steps"))},
		// The run is remembered.
		{"a scenario that failed", "/console/scenarios", press(scenario("webhook-twice", "failed"), browsertest.ID("scenario-failure"))},
	}
}

func plainSights(j *journey) []sight {
	furnishPages(j)
	return []sight{
		{"start", "/console/start", nil},
		{"storybook", "/console/storybook", nil},
		{"phones", "/phone", shows(browsertest.ID("wall-phone"))},
		{"request from the wall", "/phone", press(browsertest.ID("request-new"), browsertest.ID("request-form"))},
		{"add a phone", "/phone?add=1", shows("[role=dialog]")},
		{"a phone", "/phone/" + kari, shows(browsertest.ID("phone-controls"))},
		{"a phone that is none", "/phone/4799999999", nil},
		{"a payment that is none", "/landing?token=nothing", nil},
		{"reference", "/docs", shows(".opblock-tag")},
		{"reference of the control API", "/docs/sim", shows(".opblock-tag")},
		{"reference in print", "/docs/sim/print", nil},
		{"reference that is none", "/docs/nothing", nil},
		{"check in", "/qr/cAAAAAAAA", nil},
		{"check in here", "/phone/" + kari, func(tab *browsertest.Tab) {
			tab.Go(browsertest.Eval[string](tab, `fetch("/phone/`+kari+`/desk").then((a) => a.json()).then((d) => d.codes.map((c) => c.content).find((c) => c.includes("/qr/c")))`))
			tab.Wait("form button")
		}},
		{"checked in", "/phone/" + kari, func(tab *browsertest.Tab) {
			tab.Go(browsertest.Eval[string](tab, `fetch("/phone/`+kari+`/desk").then((a) => a.json()).then((d) => d.codes.map((c) => c.content).find((c) => c.includes("/qr/c")))`))
			press("form button", "[role=status]")(tab)
		}},
	}
}

func demoSights(j *journey) []sight {
	taxi := func(state string) string { return `[data-testid="taxi-status"][data-state="` + state + `"]` }
	shop := func(state string) string { return `[data-testid="shop-result"][data-state="` + state + `"]` }
	return []sight{
		{"shop", "/demo/shop", shows(browsertest.ID("shop-checkout"))},
		{"shop that waits", "/demo/shop", func(tab *browsertest.Tab) {
			tab.Wait(browsertest.ID("shop-checkout"))
			press(browsertest.ID("shop-way-push"), browsertest.ID("shop-pay"))(tab)
			press(browsertest.ID("shop-pay"), shop("waiting"))(tab)
		}},
		{"passenger", "/demo/taxi/pay?id=122", nil},
		{"taxi that drives", "/demo/taxi", shows(taxi("driving"))},
		{"taxi that has arrived", "/demo/taxi", press(browsertest.ID("taxi-end"), taxi("scan"))},
		{"taxi that waits for its fare", "/demo/taxi/pay?id=122", func(tab *browsertest.Tab) {
			tab.Wait(browsertest.ID("passenger-pay"))
			tab.Click(browsertest.ID("passenger-pay"))
			tab.Wait(browsertest.ID("landing-phone"))
			tab.Write(browsertest.ID("landing-phone"), "12345678")
			press(browsertest.ID("landing-next"), onPage("waiting"))(tab)
			tab.Go(j.BaseURL() + "/demo/taxi")
			tab.Wait(taxi("waiting"))
		}},
		{"taxi that was paid", "/demo/taxi", func(tab *browsertest.Tab) {
			tab.Wait(taxi("waiting"))
			page, err := j.Payments(j.t.Context(), client.Filter{State: "CREATED"})
			require.NoError(j.t, err)
			_, err = j.Approve(j.t.Context(), page.Payments[0].Reference)
			require.NoError(j.t, err)
			tab.Wait(taxi("paid"))
		}},
	}
}

// storyParts are the storybook's pages in parts of one size.
func storyParts(parts int) [][]sight {
	all := stories()
	out := make([][]sight, parts)
	for n, name := range slices.Sorted(maps.Keys(all)) {
		out[n%parts] = append(out[n%parts], sight{name: name, path: all[name] + "?lang=en"})
		if strings.HasPrefix(name, "landing") || strings.HasPrefix(name, "phone-pay") {
			out[n%parts] = append(out[n%parts], sight{name: name + " mobilepay", path: all[name] + "?lang=en&brand=mobilepay"})
		}
	}
	return out
}
