package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// measured holds the stickers of a sheet against a ruler: a page has 96 pixels
// to the inch.
func measured(j *journey, tab *browsertest.Tab, sheet string) {
	j.t.Helper()
	type sticker struct {
		Wide, High, Code, Line, Corner float64
		Strip                          string
		Fits                           bool
	}
	for _, s := range browsertest.Eval[[]sticker](tab, `[...document.querySelectorAll("[data-testid=sticker]")].map((s) => {
		const mm = (px) => px * 25.4 / 96;
		const box = s.getBoundingClientRect();
		const look = getComputedStyle(s);
		const parts = [...s.children].map((e) => e.getBoundingClientRect());
		const words = [...s.querySelectorAll(".n b, .n span, .h span")];
		return {
			wide: mm(box.width), high: mm(box.height), code: mm(s.querySelector("img").getBoundingClientRect().width), line: mm(parseFloat(look.borderTopWidth)), corner: mm(parseFloat(look.borderTopLeftRadius)),
			strip: s.querySelector(".s").textContent,
			fits: parts.every((r, i) => r.bottom <= box.bottom + 0.5 && (!i || r.top >= parts[i - 1].bottom - 0.5)) && words.every((e) => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().bottom <= s.querySelector(".s").getBoundingClientRect().top + 0.5),
		};
	})`) {
		high := 130.0
		if sheet == "a4-6" {
			high = 86
		}
		require.InDelta(j.t, 90, s.Wide, 0.1, sheet)
		require.InDelta(j.t, high, s.High, 0.1, sheet)
		require.InDelta(j.t, 58, s.Code, 0.1, sheet)
		require.InDelta(j.t, 0.35, s.Line, 0.1, sheet)
		require.InDelta(j.t, 6, s.Corner, 0.1, sheet)
		require.Contains(j.t, s.Strip, "Simula")
		require.True(j.t, s.Fits, "%s: band, code, name, id and strip stand one below the other inside the line", sheet)
	}
}

func keepLanguage(j *journey) {
	tab := j.consoleAt("/console/settings", wide())
	choose := func(lang string) {
		browsertest.Eval[any](tab, `(() => { const s = document.querySelector("[data-testid=language]"); s.value = "`+lang+`"; s.dispatchEvent(new Event("change", { bubbles: true })); })()`)
		tab.Until(`document.querySelector("[data-testid=toast]")?.textContent.includes("Saved in this browser")`)
	}
	choose("da")
	tab.Go(j.pay("socks-000901", nil))
	tab.Until(`document.documentElement.lang === "da"`)
	tab.Go(j.BaseURL() + "/console/settings")
	tab.Until(`document.querySelector("[data-testid=language]")?.value === "da"`)
	choose("")
	tab.Go(j.pay("socks-000902", nil))
	tab.Until(`document.documentElement.lang === "en"`)

	answer, err := http.Post(j.BaseURL()+"/console/language", "application/x-www-form-urlencoded", strings.NewReader("lang=xx")) //nolint:noctx // a test's own server
	require.NoError(j.t, err)
	require.NoError(j.t, answer.Body.Close())
	require.Equal(j.t, http.StatusBadRequest, answer.StatusCode)
}

// climbLadder follows a webhook to a receiver that is not there: from the form
// that says so to its removal after two weeks.
func climbLadder(j *journey) {
	_, err := j.Freeze(j.t.Context())
	require.NoError(j.t, err)
	hooks, err := j.ListWebhooks(j.t.Context())
	require.NoError(j.t, err)
	for _, h := range hooks {
		require.NoError(j.t, j.DeleteWebhook(j.t.Context(), h.ID))
	}
	tab := j.consoleAt("/console/webhooks", wide())
	tab.Click(browsertest.ID("webhook-new"))
	fill(tab, `[name="url"]`, j.BaseURL()+"/sink/mine")
	tab.Wait(browsertest.ID("webhook-reach") + `[data-state="ok"]`)
	require.Contains(j.t, tab.Text(browsertest.ID("webhook-reach")), "The real service would refuse it: The URL must use HTTPS.")
	const dead = "http://127.0.0.1:1/hook"
	fill(tab, `[name="url"]`, dead)
	tab.Wait(browsertest.ID("webhook-reach") + `[data-state="warn"]`)
	require.Contains(j.t, tab.Text(browsertest.ID("webhook-reach")), "connection refused")
	tab.Click(browsertest.ID("webhook-register"))
	tab.Until(`document.querySelector("dialog")?.textContent.includes("Keep the secret")`)
	browsertest.Eval[any](tab, `document.querySelector("dialog .btn.primary").click()`)

	j.pay("socks-000911", pushed)
	_, err = j.Approve(j.t.Context(), "socks-000911")
	require.NoError(j.t, err)
	held := `[data-testid="delivery-row"][data-state="held"]`
	tab.Wait(held)
	require.Contains(j.t, tab.Text(held), "Held back")
	require.Contains(j.t, tab.Text(held), "by Created")
	tab.Wait(`[data-testid="delivery-row"][data-state="waiting"]`)
	tab.Click(`[data-testid="delivery-row"][data-state="waiting"] a`)
	tab.Wait("#delivery-tries")
	tab.Click("#delivery-tries")
	tab.Wait(browsertest.ID("webhook-ladder"))
	rungs := func(kind string) string {
		return `document.querySelectorAll("[data-testid=webhook-ladder] i` + kind + `").length`
	}
	require.Equal(j.t, 35, browsertest.Eval[int](tab, rungs("")))
	tab.Until(rungs(".b") + ` === 1 && ` + rungs(".w") + ` === 1`)
	tab.Click(browsertest.ID("webhook-try-now"))
	tab.Until(rungs(".b") + ` === 2`)

	_, err = j.Advance(j.t.Context(), 7*24*time.Hour)
	require.NoError(j.t, err)
	tab.Until(`[...document.querySelectorAll("[data-testid=delivery-row]")].some((r) => r.textContent.includes("Dropped after 7 days"))`)
	_, err = j.Advance(j.t.Context(), 8*24*time.Hour)
	require.NoError(j.t, err)
	tab.Go(j.BaseURL() + "/console/webhooks")
	gone := browsertest.ID("webhook-removed")
	tab.Wait(gone)
	require.Contains(j.t, tab.Text(gone), "Removed, as the real service does")
	require.Empty(j.t, tab.Findings())
	tab.Click(browsertest.ID("webhook-again"))
	tab.Until(`document.querySelector('[name="url"]')?.value === "` + dead + `"`)
	tab.Key("\x1b")
	tab.Until(`!document.querySelector("dialog")`)
	tab.Click(browsertest.ID("webhook-forget"))
	tab.Until(`!document.querySelector("[data-testid=webhook-removed]")`)
}

func findFailed(j *journey) {
	_, err := j.AddFault(j.t.Context(), client.Fault{Match: client.FaultMatch{Target: "webhook"}, Do: client.FaultDo{Drop: true}, Times: 1})
	require.NoError(j.t, err)
	for i := range 202 {
		j.pay(fmt.Sprintf("socks-%06d", 1000+i), nil)
	}
	tab := j.consoleAt("/console/webhooks", wide())
	tab.Wait(browsertest.ID("delivery-row"))
	lost := `[data-testid="delivery-row"][data-reference="socks-001000"]`
	require.False(j.t, browsertest.Eval[bool](tab, fmt.Sprintf(`Boolean(document.querySelector(%q))`, lost)), "it is not among the newest")
	browsertest.Eval[any](tab, `[...document.querySelectorAll(".lst .fchip")].find((b) => b.textContent === "Failed").click()`)
	tab.Wait(lost)
	require.Contains(j.t, tab.Text(lost), "Dropped by a fault")

	require.Equal(j.t, http.StatusBadRequest, j.call("POST", "/epayment/v1/payments", "{"))
	for i := range 102 {
		j.pay(fmt.Sprintf("socks-%06d", 2000+i), nil)
	}
	tab.Go(j.BaseURL() + "/console/requests")
	tab.Wait(browsertest.ID("request-row"))
	require.False(j.t, browsertest.Eval[bool](tab, fmt.Sprintf(`Boolean(document.querySelector(%q))`, row("400"))))
	tab.Click(browsertest.ID("request-filter-failed"))
	tab.Wait(row("400"))

	_, err = j.AddFault(j.t.Context(), client.Fault{Match: client.FaultMatch{Target: "webhook"}, Do: client.FaultDo{Duplicate: 2}, Times: 1})
	require.NoError(j.t, err)
	j.pay("socks-003000", nil)
	tab.Go(j.BaseURL() + "/console/webhooks")
	struck := `[data-testid="delivery-row"][data-reference="socks-003000"]`
	browsertest.Eval[any](tab, `[...document.querySelectorAll(".lst .fchip")].find((b) => b.textContent === "All").click()`)
	tab.Wait(struck + ` .badge.fault`)
}

func tellSinks(j *journey) {
	tab := j.consoleAt("/console/webhooks", wide())
	tab.Click(browsertest.ID("sinks-open"))
	tab.Wait(`[data-testid="sinks"] [data-field="failFirst"]`)
	fill(tab, `[data-field="failFirst"]`, "2")
	tab.Click(browsertest.ID("sink-save"))
	tab.Until(`document.querySelector("[data-testid=sink-own]")?.textContent === "500 to the first 2, then 200"`)
	fill(tab, `[data-field="status"]`, "99")
	tab.Click(browsertest.ID("sink-save"))
	tab.Until(`document.getElementById("sink-error")?.textContent.includes("between 200 and 599")`)

	fill(tab, browsertest.ID("sink-name"), "shop")
	tab.Key("\r")
	tab.Wait(`[data-sink="shop"][aria-pressed="true"]`)
	_, err := j.RegisterWebhook(j.t.Context(), j.BaseURL()+"/sink/shop", "epayments.payment.created.v1")
	require.NoError(j.t, err)
	j.pay("socks-000921", nil)
	tab.Wait(browsertest.ID("sink-got"))
	require.Contains(j.t, tab.Text(browsertest.ID("sink-got")), "Verified")
	require.Contains(j.t, tab.Text(browsertest.ID("sink-got")), "Created")
	tab.Until(`document.querySelector('[data-sink="shop"] b').textContent === "1"`)
}

func reseedFaults(j *journey) {
	_, err := j.AddFault(j.t.Context(), client.Fault{Match: client.FaultMatch{Target: "push"}, Do: client.FaultDo{Drop: true}})
	require.NoError(j.t, err)
	j.pay("socks-000931", pushed)
	tab := j.consoleAt("/console/control", wide())
	tab.Until(`document.querySelector("[data-testid=faults-active]")?.textContent.includes("struck 1 of 1")`)
	begun, err := j.FaultSeed(j.t.Context())
	require.NoError(j.t, err)
	tab.Wait(browsertest.ID("fault-seed") + `[data-seed="` + begun + `"]`)
	fill(tab, "#seed", "20251121")
	tab.Click(browsertest.ID("fault-reseed"))
	tab.Wait(browsertest.ID("fault-seed") + `[data-seed="20251121"]`)
	tab.Until(`document.querySelector("[data-testid=faults-active]")?.textContent.includes("struck 0 of 0")`)
	fill(tab, "#seed", " ")
	tab.Click(browsertest.ID("fault-reseed"))
	tab.Until(`document.getElementById("seed-error")?.textContent.includes("1 to 64")`)
}

func countToday(j *journey) {
	j.pay("socks-000941", nil)
	j.pay("socks-000942", nil)
	tab := j.consoleAt("/console/merchants", wide())
	tab.Until(`document.querySelector('[data-msn="123456"] [data-testid="merchant-today"]')?.textContent.startsWith("2 payments today, 1 webhook")`)
}
