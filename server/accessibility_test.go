package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
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
	// ids are the test ids that were seen.
	ids map[string]bool
}

func (i *inspection) know(ids []string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, id := range ids {
		i.ids[id] = true
	}
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

// look inspects a page as it stands: on a computer in the light theme, on a
// phone in the dark one, and at the widths that zooming leaves. Each rule is
// asked where it can be broken, and not again where it cannot.
func (i *inspection) look(name string, tab *browsertest.Tab) {
	i.add(name+" at 1280", tab.Findings())
	tab.Resize(390, 844)
	tab.Shade(true)
	i.say(name+" at 390", browsertest.Eval[[]string](tab, at(390, small, tiny, outside)))
	i.add(name+" at 390, dark", tab.Findings())
	// A window of 1280 that is zoomed to twice its size is 640 wide.
	for _, width := range []int{320, 640} {
		tab.Resize(width, 844)
		i.say(fmt.Sprintf("%s at %d", name, width), browsertest.Eval[[]string](tab, at(width, sideways)))
	}
	tab.Plain(true)
	i.say(name, browsertest.Eval[[]string](tab, plain))
	tab.Resize(1280, 844)
	tab.Plain(false)
	// Rings come last: to show them, everything is given the focus once. The
	// longest pages repeat themselves, so that their beginning is enough.
	tab.Key("\t")
	i.say(name, browsertest.Eval[[]string](tab, at(1280, moving, ringless)))
}

// at waits until the page has a width, and gathers what rules find on it.
func at(width int, rules ...string) string {
	return fmt.Sprintf(`(async () => {
	while (innerWidth !== %d) await new Promise(requestAnimationFrame);
	return [...await (%s)];
})()`, width, strings.Join(rules, "), ...await ("))
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

// ringless names what shows no ring when keys have brought the focus there, or
// one that something cuts off. A ring is three pixels wide and of its own
// colour, on the thing itself or on what it stands in.
const ringless = `(() => {
	const probe = document.body.appendChild(document.createElement("i"));
	const known = new Map();
	const rgb = (colour) => {
		if (!known.has(colour)) {
			probe.style.color = colour;
			known.set(colour, getComputedStyle(probe).color);
		}
		return known.get(colour);
	};
	const ring = (e) => {
		const style = getComputedStyle(e);
		return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3 || /inset.* 3px|3px.* inset/.test(style.boxShadow);
	};
	// cut tells whether a box around shows less than the whole ring.
	const cut = (e) => {
		const style = getComputedStyle(e);
		const by = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
		if (style.outlineStyle === "none" || by <= 0) return false;
		const box = e.getBoundingClientRect();
		for (let p = e.parentElement; p; p = p.parentElement) {
			const around = getComputedStyle(p);
			// The body hands what it hides to the window.
			if (p === document.body || p !== document.documentElement && around.overflowX === "visible" && around.overflowY === "visible") continue;
			const at = p.getBoundingClientRect(), scale = p.offsetWidth ? at.width / p.offsetWidth : 1;
			const edge = p === document.documentElement ? { left: -scrollX, top: -scrollY } : { left: at.left + (p.clientLeft - p.scrollLeft) * scale, top: at.top + (p.clientTop - p.scrollTop) * scale };
			const right = edge.left + Math.max(p.scrollWidth, p.clientWidth) * scale, bottom = edge.top + Math.max(p.scrollHeight, p.clientHeight) * scale;
			const out = Math.max(edge.left - (box.left - by * scale), edge.top - (box.top - by * scale), box.right + by * scale - right, box.bottom + by * scale - bottom);
			if (out > 1) return (p.dataset.testid || p.tagName + "." + p.className) + " by " + Math.round(out);
			if (around.position === "fixed") return false;
		}
		return false;
	};
	const found = new Set();
	const over = [...document.querySelectorAll("dialog[open], [aria-modal=true]")].at(-1) || document;
	for (const e of over.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']").values().take(80)) {
		if (e.disabled || e.tabIndex < 0 || !e.checkVisibility({ visibilityProperty: true }) || !e.getClientRects().length || e.closest(".vh")) continue;
		e.focus({ preventScroll: true });
		if (document.activeElement !== e) continue;
		e.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
		const name = e.tagName + "." + (e.getAttribute("class") || "") + " " + (e.dataset.testid || e.textContent.trim().slice(0, 20));
		const on = [e, e.parentElement, e.parentElement?.parentElement].find((b) => b && ring(b));
		if (!on) {
			found.add("no ring: " + name);
			continue;
		}
		const style = getComputedStyle(on);
		if (style.outlineStyle !== "none" && style.outlineColor !== rgb(style.getPropertyValue("--focus").trim())) found.add("ring of another colour, " + style.outlineColor + ": " + name);
		const by = cut(on);
		if (by) found.add("ring cut off by " + by + ": " + name);
	}
	probe.remove();
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
	if (location.pathname.startsWith("/landing")) performance.now = () => 0;`

// settled is a page that needs no script, or whose script has all it needs.
const settled = `document.readyState === "complete" && (!document.querySelector("script[type=module]") || ` + ready + `)`

// TestNobodyIsKeptOut inspects every page in every state.
func TestNobodyIsKeptOut(t *testing.T) {
	chromium := browsertest.Start(t)
	i := &inspection{found: map[string][]string{}, ids: map[string]bool{}}
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
					i.know(browsertest.Eval[[]string](tab, ids)) // before what stays a moment goes
					i.look(s.name, tab)
				}
			})
		}
		for n, part := range storyParts(4) {
			tour(fmt.Sprintf("storybook %d", n), func(*journey) []sight { return part })
		}
		tour("console, with nothing in it", emptySights)
		tour("console, payments", paymentSights)
		tour("console, other pages", consoleSights)
		tour("start, phones, reference and trouble", plainSights)
		tour("demos", demoSights)
	})
	i.report(t)
	t.Run("every test id of the brief is on a page", func(t *testing.T) { i.lacks(t) })
}

// lacks tells of test ids that are on no page in any state.
func (i *inspection) lacks(t *testing.T) {
	t.Helper()
	raw, err := os.ReadFile("testdata/testids.json")
	require.NoError(t, err)
	var promised map[string][]string
	require.NoError(t, json.Unmarshal(raw, &promised))
	for _, page := range slices.Sorted(maps.Keys(promised)) {
		for _, id := range promised[page] {
			if !i.shows(id) {
				t.Errorf("%s: no page has shown %s", page, id)
			}
		}
	}
}

// shows tells whether an id was seen; one with a part in braces stands for many.
func (i *inspection) shows(id string) bool {
	head, rest, many := strings.Cut(id, "{")
	if !many {
		return i.ids[id]
	}
	_, tail, _ := strings.Cut(rest, "}")
	for seen := range i.ids {
		if len(seen) > len(head+tail) && strings.HasPrefix(seen, head) && strings.HasSuffix(seen, tail) {
			return true
		}
	}
	return false
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
		{"settings, changed", "/console/settings", press(browsertest.ID("single-keys"), browsertest.ID("toast"))},
		{"reset, asked", "/console/settings", press(browsertest.ID("reset"), browsertest.ID("reset-yes"))},
		{"scenarios", "/console/scenarios", shows(browsertest.ID("scenario-row"))},
		{"a scenario that was not run", "/console/scenarios/says-no", shows(browsertest.ID("scenario-run"))},
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
		{"a way home", strings.TrimPrefix(j.pay("socks-000777", nil), j.BaseURL()), func(tab *browsertest.Tab) {
			_, err := j.Approve(j.t.Context(), "socks-000777")
			require.NoError(j.t, err)
			tab.Wait(browsertest.ID("landing-return-in"))
		}},
		{"demos", "/demo", nil},
		{"catalogue", "/docs/scenarios", nil},
		{"scenario", "/docs/scenarios/retry-ladder", nil},
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
	// approve says yes to the newest request of a merchant.
	approve := func(of *client.Client) {
		page, err := of.Payments(j.t.Context(), client.Filter{State: "CREATED", MSN: of.MSN()})
		require.NoError(j.t, err)
		_, err = of.Approve(j.t.Context(), page.Payments[0].Reference)
		require.NoError(j.t, err)
	}
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
			approve(j.Client)
			tab.Wait(taxi("paid"))
		}},
		{"taxi whose request was taken back", "/demo/taxi", func(tab *browsertest.Tab) {
			press(browsertest.ID("taxi-next"), browsertest.ID("taxi-end"))(tab)
			press(browsertest.ID("taxi-end"), browsertest.ID("taxi-cancel"))(tab)
			press(browsertest.ID("taxi-cancel"), taxi("cancelled"))(tab)
		}},
		{"keys of the taxi", "/demo/taxi", strike("?", browsertest.ID("key-list"))},
		{"shop that was paid", "/demo/shop", func(tab *browsertest.Tab) {
			press(browsertest.ID("shop-way-push"), browsertest.ID("shop-pay"))(tab)
			press(browsertest.ID("shop-pay"), shop("waiting"))(tab)
			approve(j.of("234567", "2"))
			tab.Wait(shop("paid"))
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
