package server_test

import (
	"bytes"
	"image"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/qr"
	"liksom/server"
	"liksom/server/client"
	"liksom/server/directory"
	"liksom/web/browsertest"
)

// insurance is an example as public guides print it: with commas that JSON
// does not allow, and more behind them.
const insurance = `{
  "amount": { "value": 300000, "currency": "NOK" },
  "paymentMethod": { "type": "WALLET" },
  "profile": { "scope": "phoneNumber" },
  "receipt": {
    "orderLines": [
      {
        "name": "Accident insurance",
        "id": "12345",
        "totalAmount": 150000,
        "totalAmountExcludingTax": 112500,
        "totalTaxAmount": 37500,
        "taxPercentage": 25,
      },
      {
        "name": "Travel insurance",
        "id": "12346",
        "totalAmount": 150000,
        "totalAmountExcludingTax": 112500,
        "totalTaxAmount": 37500,
        "taxPercentage": 25,
      },
    ],
    "bottomLine": {
      "currency": "NOK",
      "receiptNumber": "1512202"
    }
  },
  "reference": 248679167965815592292,
  "userFlow": "PUSH_MESSAGE"
}`

// call sends a body as it stands to an API, as a merchant's server would, and
// gives the answer's status.
func (j *journey) call(method, path, body string) int {
	j.t.Helper()
	token, err := j.Token(j.t.Context())
	require.NoError(j.t, err)
	r, err := http.NewRequestWithContext(j.t.Context(), method, j.BaseURL()+path, strings.NewReader(body))
	require.NoError(j.t, err)
	for name, value := range map[string]string{
		"Authorization": "Bearer " + token.AccessToken, "Ocp-Apim-Subscription-Key": directory.DemoSubscriptionKey,
		"Merchant-Serial-Number": directory.DemoMSN, "Idempotency-Key": "once", "Content-Type": "application/json",
	} {
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(j.t, err)
	require.NoError(j.t, answer.Body.Close())
	return answer.StatusCode
}

// sticker makes a redirect code of a sales unit.
func (j *journey) sticker(client *client.Client, id, target string) {
	j.t.Helper()
	_, err := client.CreateRedirectCode(j.t.Context(), newRedirect(id, target), "")
	require.NoError(j.t, err)
}

func newRedirect(id, target string) client.NewRedirectCode {
	return client.NewRedirectCode{ID: id, RedirectURL: target}
}

// of is a client for another of the ready-made sales units; n counts them.
func (j *journey) of(msn, n string) *client.Client {
	keys := client.Demo()
	keys.MSN, keys.ClientID = msn, keys.ClientID[:len(keys.ClientID)-1]+n
	return client.New(j.BaseURL(), client.WithCredentials(keys))
}

func TestConsolePages(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	for name, walk := range map[string]func(*journey){
		"a refused request tells the cause, its line and what comes next":  readRefusal,
		"requests come by themselves, are held, narrowed and run again":    followRequests,
		"codes are made, scanned, counted and chosen for stickers":         useCodes,
		"a code for one payment turns pale when it has been paid":          payCode,
		"stickers decode from what a scanner of 150 dpi sees, on one page": printStickers,
		"settings are changed in their words and refused where they err":   changeSettings,
		"theme and keys are remembered by the browser":                     rememberLook,
		"customers’ pages speak the language of the settings":              keepLanguage,
		"a webhook is tried, held back, given up and registered again":     climbLadder,
		"a filter finds deliveries older than those of the list":           findFailed,
		"receivers inside answer as they are told":                         tellSinks,
		"a seed has the faults begin anew":                                 reseedFaults,
		"merchants tell what the day brought":                              countToday,
		"a snapshot that is none is refused, and a reset asks first":       resetAll,
		"trouble is told where it is, and trying again helps":              troubled,
		"what the command line has fixed is not changed in the settings":   fixedSettings,
		"scenarios teach where there are none":                             noScenarios,
		"scenarios run, are watched, stopped and copied":                   runScenarios,
		"scenarios run in this simulator, written ones too":                runReal,
		"a failed scenario shows the step, and leads to its payment":       failReal,
		"a shop that is not there fails a scenario":                        failShop,
		"a scenario that hangs is stopped":                                 stopReal,
		"hostile names are shown as they are, on every page":               hostilePages,
		"each page works behind a world's door":                            otherWorld,
		"single keys lead to the pages":                                    keysToPages,
		"a payment through Stripe shows its intent beside the wallet’s":    seeIntent,
		"an intent that is tried again leads from one try to the next":     retryIntent,
		"the keys with Stripe stand hidden with their sales unit":          stripeKeys,
		"the Stripe side is set in its own words":                          stripeSettings,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(begin(t, chromium))
		})
	}
}

func row(status string) string {
	return `[data-testid="request-row"][data-status="` + status + `"]`
}

func readRefusal(j *journey) {
	require.Equal(j.t, http.StatusBadRequest, j.call("POST", "/epayment/v1/payments", insurance))
	tab := j.consoleAt("/console/requests", wide())
	tab.Click(row("400") + " a")
	tab.Wait(browsertest.ID("request-why"))
	require.Contains(j.t, tab.Text(browsertest.ID("request-why")), "Line 13, column 28")
	require.Equal(j.t, "13", browsertest.Eval[string](tab, `document.querySelector("[data-marked=bad]").dataset.line`))
	require.True(j.t, browsertest.Eval[bool](tab, `Boolean(document.querySelector("[data-testid=request-why]").compareDocumentPosition(document.querySelector(".lines")) & Node.DOCUMENT_POSITION_FOLLOWING)`), "the cause stands above the body")
	more := tab.Text(browsertest.ID("request-more"))
	require.Contains(j.t, more, "Line 30: PUSH_MESSAGE needs customer.phoneNumber")
	require.Contains(j.t, more, "Line 29: reference is a bare number")
	require.Contains(j.t, more, "Line 12: 375.00 is not 25 % of 1,125.00")

	require.Equal(j.t, http.StatusBadRequest, j.call("POST", "/epayment/v1/payments", "{\n \"amount\": {\"value\": 100,\n  \"currency\": \"XXX\"},\n \"paymentMethod\": {\"type\": \"WALLET\"}, \"reference\": \"order-0001\",\n \"userFlow\": \"WEB_REDIRECT\", \"returnUrl\": \"https://shop.example\"\n}"))
	tab.Until(`document.querySelectorAll('[data-testid="request-row"][data-status="400"]').length === 2`)
	tab.Click(row("400") + " a")
	tab.Until(`document.querySelector("[data-marked=bad]")?.dataset.line === "3"`)
	require.Contains(j.t, tab.Text(browsertest.ID("request-why")), "amount.currency")
}

func followRequests(j *journey) {
	tab := j.consoleAt("/console/requests", wide())
	tab.Wait(browsertest.ID("requests"))
	rows := browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=request-row]").length`)
	j.pay("socks-000201", nil)
	created := `[data-testid="request-row"][data-reference="socks-000201"]`
	tab.Wait(created)
	require.Greater(j.t, browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=request-row]").length`), rows)

	tab.Click(browsertest.ID("request-pause"))
	j.pay("socks-000202", nil)
	tab.Until(`document.querySelector("[data-testid=request-pause]").textContent.includes("1 new")`)
	require.False(j.t, browsertest.Eval[bool](tab, `Boolean(document.querySelector('[data-reference="socks-000202"]'))`))
	tab.Click(browsertest.ID("request-pause"))
	tab.Wait(`[data-testid="request-row"][data-reference="socks-000202"]`)

	tab.Click(browsertest.ID("request-filter-webhooks"))
	tab.Until(`[...document.querySelectorAll("[data-testid=request-row] .mono")].every((e) => e.textContent.startsWith("/webhooks"))`)
	tab.Click(browsertest.ID("request-filter-failed"))
	tab.Until(`document.querySelector(".none p")?.textContent === "No request fits."`)
	tab.Click(browsertest.ID("request-filter-all"))

	tab.Click(created + " a")
	tab.Wait(browsertest.ID("request-curl"))
	tab.Click("#request-headers")
	tab.Until(`document.querySelector(".hdr")?.textContent.includes("***")`)
	require.NotContains(j.t, tab.Text(browsertest.ID("request-detail")), directory.DemoSubscriptionKey, "secrets are masked until they are asked for")
	tab.Click(browsertest.ID("request-secrets"))
	tab.Until(`document.querySelector(".hdr")?.textContent.includes("` + directory.DemoSubscriptionKey + `")`)
	line := browsertest.Eval[string](tab, `new Promise((go) => { navigator.clipboard.writeText = (text) => (go(text), Promise.resolve()); document.querySelector("[data-testid=request-curl-line]").click(); })`)
	require.Regexp(j.t, `^curl -X 'POST' .*`+directory.DemoSubscriptionKey+`.*--data-raw '[^\n]*'$`, line, "real keys, on one line")
	before := browsertest.Eval[string](tab, `document.querySelector("[data-testid=request-shown]").dataset.n`)
	tab.Click(browsertest.ID("request-again"))
	tab.Until(`document.querySelector("[data-testid=request-shown]")?.dataset.n > "` + before + `"`)
	require.Equal(j.t, "201", browsertest.Eval[string](tab, `document.querySelector("[data-testid=request-shown]").dataset.status`), "a call with its key answers what it answered before")
}

func useCodes(j *journey) {
	tab := j.consoleAt("/console/qr", wide())
	tab.Until(`document.querySelector(".none")?.textContent.includes("No codes yet")`)
	require.Contains(j.t, tab.Text(browsertest.ID("qr-reach")), "real phones can’t reach")
	tab.Click(browsertest.ID("qr-new"))
	fill(tab, `[name="id"]`, "not an id")
	tab.Click(browsertest.ID("qr-create"))
	tab.Until(`document.querySelector("#qr-fault")?.textContent.startsWith("An id has")`)
	fill(tab, `[name="id"]`, "taxi_122_qr")
	fill(tab, `[name="target"]`, "https://taxi.example/pay/122")
	tab.Click(browsertest.ID("qr-create"))
	card := `[data-testid="qr-card"][data-kind="redirect"]`
	tab.Wait(card)
	require.Contains(j.t, tab.Text(card), "Taxi 122")
	require.Contains(j.t, tab.Text(card), "to taxi.example/pay/122, never scanned")
	tab.Until(`document.querySelector("[data-testid=qr-card] img")?.complete`)
	browsertest.Eval[any](tab, `document.querySelector("[data-testid=qr-card] img").dispatchEvent(new Event("error"))`)
	tab.Wait(browsertest.ID("qr-undrawn"))
	require.Equal(j.t, "Couldn’t draw this code: the link is too long", tab.Text(browsertest.ID("qr-undrawn")))
	tab.Click(card + " " + browsertest.ID("qr-scan-with"))
	tab.Until(`document.querySelector("[data-testid=qr-scanned] a")?.href === "https://taxi.example/pay/122"`)
	tab.Until(`document.querySelector("[data-testid=qr-card] .two").textContent.endsWith("1 scan")`)
	picture := browsertest.Eval[string](tab, `document.querySelector("[data-testid=qr-png]").href`)
	answer, err := http.Get(picture) //nolint:noctx // a test's own server
	require.NoError(j.t, err)
	var body bytes.Buffer
	_, err = body.ReadFrom(answer.Body)
	require.NoError(j.t, err)
	require.NoError(j.t, answer.Body.Close())
	says, err := qr.Decode(body.Bytes())
	require.NoError(j.t, err)
	require.Contains(j.t, says, "/qr/r")

	require.NoError(j.t, j.PutCallbackCode(j.t.Context(), "kasse1", "Kasse 1"))
	tab.Wait(`[data-testid="qr-card"][data-kind="callback"]`)
	tab.Click(card + ` input[type="checkbox"]`)
	tab.Until(`document.querySelector("[data-testid=qr-print]").textContent.includes("Print 1 sticker")`)
	tab.Click(browsertest.ID("qr-print"))
	tab.Wait(browsertest.ID("sticker"))
	require.Equal(j.t, 1, browsertest.Eval[int](tab, `document.querySelectorAll("[data-testid=sticker]").length`))
}

func payCode(j *journey) {
	j.pay("pos-11-0094", func(p *client.CreatePayment) { p.UserFlow = client.QR })
	tab := j.consoleAt("/console/qr", wide())
	card := `[data-testid="qr-card"][data-kind="one-time"]`
	tab.Wait(card + `[data-state="live"]`)
	require.Contains(j.t, tab.Text(card), "left to pay")
	tab.Click(card + " " + browsertest.ID("qr-scan-with"))
	tab.Wait(browsertest.ID("qr-scanned"))
	require.Contains(j.t, tab.Text(browsertest.ID("qr-scanned")), "to pay")
	_, err := j.Approve(j.t.Context(), "pos-11-0094")
	require.NoError(j.t, err)
	tab.Wait(card + `[data-state="used"]`)
	require.Contains(j.t, tab.Text(card), "Used")
}

// scanner is paper as a scanner of 150 dpi sees it: a page of the browser has
// 96 pixels to the inch.
func scanner() browsertest.Look {
	return browsertest.Look{Width: 794, Height: 1123, Scale: 150.0 / 96, Print: true}
}

func printStickers(j *journey) {
	j.sticker(j.Client, "taxi_122_qr", "https://taxi.example/pay/122")
	j.sticker(j.Client, "taxi_123_qr", "https://taxi.example/pay/123")
	j.sticker(j.of("456789", "4"), "taxa_7_qr", "https://taxi.example/pay/7")
	j.sticker(j.of("567890", "5"), "taksi_31_qr", "https://taxi.example/pay/31")
	for sheet, pages := range map[string]int{"a4-4": 1, "a4-6": 1, "a6-1": 4} {
		tab := j.chromium.Tab(j.t, scanner())
		tab.Go(j.BaseURL() + "/console/qr/print?sheet=" + sheet)
		tab.Until(ready + ` && [...document.images].every((i) => i.complete && i.naturalWidth)`)
		// Complete is not painted yet: a busy machine decodes later.
		browsertest.Eval[any](tab, `Promise.all([...document.images].map((i) => i.decode())).then(() => null)`)
		require.Equal(j.t, pages, bytes.Count(tab.Paper(), []byte("/Type /Page\n")), sheet)
		measured(j, tab, sheet)
		scan, err := png.Decode(bytes.NewReader(tab.Shot()))
		require.NoError(j.t, err)
		found := browsertest.Eval[[]struct {
			Content               string
			Left, Top, Wide, High float64
		}](tab, `[...document.querySelectorAll("[data-testid=sticker]")].map((s) => { const r = s.getBoundingClientRect(); return { content: s.dataset.content, left: r.left + scrollX, top: r.top + scrollY, wide: r.width, high: r.height }; })`)
		require.Len(j.t, found, 4)
		for _, s := range found {
			k := 150.0 / 96
			area := image.Rect(int(s.Left*k), int(s.Top*k), int((s.Left+s.Wide)*k), int((s.Top+s.High)*k))
			one := image.NewRGBA(image.Rect(0, 0, area.Dx(), area.Dy()))
			draw.Draw(one, one.Bounds(), scan, area.Min, draw.Src)
			var body bytes.Buffer
			require.NoError(j.t, png.Encode(&body, one))
			says, err := qr.Decode(body.Bytes())
			require.NoError(j.t, err, "%s %s", sheet, s.Content)
			require.Equal(j.t, s.Content, says)
		}
	}
	tab := j.chromium.Tab(j.t, browsertest.Desktop())
	tab.Go(j.BaseURL() + "/console/qr/print")
	tab.Until(ready)
	said := tab.Text(browsertest.ID("sticker-sheet"))
	for _, words := range []string{"Betal med Vipps", "Betal med MobilePay", "Maksa MobilePaylla", "Simulaattori. Ei oikea maksu.", "Taksi 31"} {
		require.Contains(j.t, said, words)
	}
	require.Contains(j.t, tab.Text(".reach"), "Phones can’t reach localhost")
	tab.Go(j.BaseURL() + "/console/qr/print?ids=r00000000")
	tab.Until(ready)
	require.Contains(j.t, tab.Text(browsertest.ID("sticker-sheet")), "None of the codes")
}

// fill types over what stands in a field that a script draws.
func fill(tab *browsertest.Tab, selector, text string) {
	tab.Click(selector)
	browsertest.Eval[any](tab, "document.activeElement.select()")
	tab.Key(text)
}

func setting(name string) string { return `[data-testid="setting"][data-name="` + name + `"]` }

func changeSettings(j *journey) {
	tab := j.consoleAt("/console/settings", wide())
	tab.Click(setting("strictBodies") + ` [role="switch"]`)
	tab.Wait(setting("strictBodies") + `[data-value="true"]`)
	tab.Click(setting("mobilePayCaptureDays") + ` [role="radio"]:last-child`)
	tab.Wait(setting("mobilePayCaptureDays") + `[data-value="7"]`)
	fill(tab, setting("brand.vipps.label")+" input", "Vipps MobilePay")
	tab.Key("\r")
	tab.Wait(setting("brand.vipps.label") + `[data-value="Vipps MobilePay"]`)
	fill(tab, setting("landingWindow")+" input", "soon")
	tab.Key("\r")
	tab.Until(`document.getElementById("why-landingWindow")?.textContent.length > 10`)
	require.Equal(j.t, "true", browsertest.Eval[string](tab, `document.querySelector("[data-name=landingWindow] input").getAttribute("aria-invalid")`))
	fill(tab, setting("landingWindow")+" input", "90s")
	tab.Key("\r")
	tab.Wait(setting("landingWindow") + `[data-value="1m30s"]`)
	fill(tab, setting("returnAfter")+" input", "0")
	tab.Key("\r")
	tab.Wait(setting("returnAfter") + `[data-value="0s"]`)
	require.Contains(j.t, tab.Text(setting("returnAfter")), "Return to the shop after")
	tab.Until(`document.querySelector("[data-name=landingWindow] input").value === "1:30"`)
	fill(tab, setting("approvalWindow")+" input", "7:05")
	tab.Key("\r")
	tab.Wait(setting("approvalWindow") + `[data-value="7m5s"]`)
	require.Contains(j.t, tab.Text(browsertest.ID("about")), "Version")
}

func rememberLook(j *journey) {
	tab := j.consoleAt("/console/settings", wide())
	tab.Click(browsertest.ID("theme") + ` [role="radio"]:last-child`)
	tab.Until(`document.documentElement.dataset.theme === "dark" && getComputedStyle(document.body).backgroundColor === "rgb(18, 18, 21)"`)
	tab.Click(browsertest.ID("single-keys"))
	tab.Wait(browsertest.ID("single-keys") + `[aria-checked="false"]`)
	tab.Go(j.BaseURL() + "/console/requests")
	tab.Until(ready + ` && document.documentElement.dataset.theme === "dark"`)
	tab.Key("g")
	tab.Key("q")
	tab.Click(`nav [href="/console/settings"]`)
	tab.Until(`location.pathname === "/console/settings"`)
	tab.Click(browsertest.ID("theme") + ` [role="radio"]:first-child`)
	tab.Until(`!("theme" in document.documentElement.dataset)`)
}

func resetAll(j *journey) {
	j.pay("socks-000301", nil)
	tab := j.chromium.Tab(j.t, wide())
	tab.Before(cannedSnapshot)
	tab.Go(j.BaseURL() + "/console/settings")
	tab.Wait(browsertest.ID("reset"))
	tab.Click(browsertest.ID("snapshot-save"))
	tab.Until(`window.saved?.href.startsWith("blob:")`)
	require.Regexp(j.t, `^liksom-[0-9-]+T[0-9]+\.json$`, browsertest.Eval[string](tab, `window.saved.name`))
	browsertest.Eval[any](tab, `(() => { const f = document.querySelector("[data-testid=snapshot-restore]"); const d = new DataTransfer(); d.items.add(new File(['{"payments":[7]}'], "right.json")); f.files = d.files; f.dispatchEvent(new Event("change", { bubbles: true })); })()`)
	tab.Click(browsertest.ID("restore-yes"))
	tab.Until(`window.restored === '{"payments":[7]}'`)
	tab.Until(`!document.querySelector("[data-testid=restore-ask]")`)
	browsertest.Eval[any](tab, `(() => { const f = document.querySelector("[data-testid=snapshot-restore]"); const d = new DataTransfer(); d.items.add(new File(["not json"], "wrong.json")); f.files = d.files; f.dispatchEvent(new Event("change", { bubbles: true })); })()`)
	tab.Until(`document.querySelector("[data-testid=toast]")?.textContent.includes("wrong.json is no snapshot")`)
	tab.Click(browsertest.ID("reset"))
	tab.Click(browsertest.ID("reset-yes"))
	tab.Until(`document.querySelector("[data-testid=toast]")?.textContent.includes("first day")`)
	page, err := j.Payments(j.t.Context(), client.Filter{})
	require.NoError(j.t, err)
	require.Empty(j.t, page.Payments)
}

// cannedSnapshot answers for the snapshots, and remembers what was saved as a
// file.
const cannedSnapshot = `(() => {
	const real = window.fetch;
	window.fetch = (url, options = {}) => {
		if (!String(url).endsWith("/sim/v1/snapshot")) return real(url, options);
		if (options.method === "PUT") return (window.restored = options.body, Promise.resolve(new Response(null, { status: 204 })));
		return Promise.resolve(new Response('{"payments":[]}', { headers: { "Content-Type": "application/json" } }));
	};
	HTMLAnchorElement.prototype.click = function () { window.saved = { href: this.href, name: this.download }; };
})()`

// troubled shows each page while the control API fails, and again when it is
// back.
func troubled(j *journey) {
	for path, asks := range map[string]string{"/console/requests": "/requests", "/console/qr": "/qr", "/console/settings": "/settings", "/console/scenarios": "/scenarios"} {
		tab := j.chromium.Tab(j.t, wide())
		tab.Before(`window.broken = true; (() => { const real = fetch; window.fetch = (url, o) => (window.broken && String(url).includes("/sim/v1` + asks + `") ? Promise.resolve(new Response('{"detail":"The disk is full. Make room and try again."}', { status: 500, headers: { "Content-Type": "application/problem+json" } })) : real(url, o)); })()`)
		tab.Go(j.BaseURL() + path)
		tab.Until(ready)
		tab.Wait(".box")
		require.Contains(j.t, tab.Text(".box"), "The disk is full. Make room and try again.", path)
		require.Contains(j.t, tab.Text(".box"), "/sim/v1"+asks, "it tells what was asked for")
		require.False(j.t, browsertest.Eval[bool](tab, `Boolean(document.querySelector(".grey"))`), path)
		// In one go: once it could, the page might ask again by itself.
		browsertest.Eval[any](tab, `(() => { window.broken = false; document.querySelector(".box button").click(); })()`)
		tab.Until(`!document.querySelector(".box")`)
	}
}

// fixedSettings shows what the command line has said as not to be changed.
func fixedSettings(j *journey) {
	sim := startAt(j.t, server.Options{Addr: "127.0.0.1:0", StrictBodies: server.On, PublicURL: "https://pay.shop.example"})
	tab := j.chromium.Tab(j.t, wide())
	tab.Go(sim.URL() + "/console/settings")
	tab.Wait(setting("strictBodies"))
	require.Contains(j.t, tab.Text(setting("strictBodies")), "Fixed by --strict-bodies")
	require.False(j.t, browsertest.Eval[bool](tab, `Boolean(document.querySelector('[data-name="strictBodies"] [role="switch"]'))`))
	require.Contains(j.t, tab.Text(browsertest.ID("store")), "Fixed by --store")
	require.Contains(j.t, tab.Text(browsertest.ID("address")), "https://pay.shop.example")
	require.Contains(j.t, tab.Text(browsertest.ID("address")), "Fixed by --public-url")
	require.Equal(j.t, []string{"https://pay.shop.example", sim.URL()}, browsertest.Eval[[]string](tab, `[...document.querySelectorAll("[data-testid=address] .mono")].map((e) => e.textContent)`))
}

func hostilePages(j *journey) {
	const hostile = `<img src=x onerror=alert(1)>"'&`
	_, err := j.AddMerchant(j.t.Context(), client.Merchant{MSN: "999888", Name: hostile, Company: hostile, Market: "NO"})
	require.NoError(j.t, err)
	require.NoError(j.t, j.PutCallbackCode(j.t.Context(), "kasse1", `<b onclick=x>"'&</b>`))
	j.call("POST", "/epayment/v1/payments", `{"reference": "<script>alert(1)</script>", "x": "`+"\u2028"+`<img src=x onerror=alert(1)>"}`)
	for _, path := range []string{"/console/requests", "/console/qr", "/console/qr/print", "/console/settings"} {
		tab := j.consoleAt(path, wide())
		require.Zero(j.t, browsertest.Eval[int](tab, `document.querySelectorAll("main img[src=x], main script, main [onclick], main [onerror]").length`), path)
	}
	tab := j.consoleAt("/console/requests", wide())
	tab.Click(row("400") + " a")
	tab.Wait(".lines")
	require.Contains(j.t, tab.Text(".lines"), "<script>alert(1)</script>")
	tab.Go(j.BaseURL() + "/console/qr")
	tab.Until(`document.querySelector("[data-testid=qr-card] h2")?.textContent.startsWith("<b onclick")`)
}

func otherWorld(j *journey) {
	_, err := j.sim.World(j.t.Context(), "ci-42")
	require.NoError(j.t, err)
	inside := *j
	inside.Client = client.New(j.BaseURL() + "/w/ci-42")
	inside.sticker(inside.Client, "taxi_9_qr", "https://taxi.example/pay/9")
	for path, want := range map[string]string{"/console/requests": "requests", "/console/qr": "qr-card", "/console/settings": "settings", "/console/scenarios": "scenario-row", "/console/qr/print": "sticker"} {
		tab := inside.consoleAt(path, wide())
		tab.Wait(browsertest.ID(want))
		require.Empty(j.t, browsertest.Eval[[]string](tab, `[...document.querySelectorAll("a[href^='/'], img[src^='/']")].map((e) => e.getAttribute("href") || e.getAttribute("src")).filter((a) => !a.startsWith("/w/ci-42/"))`), path)
	}
	tab := inside.consoleAt("/console/qr", wide())
	tab.Until(`[...document.images].every((i) => i.complete && i.naturalWidth)`)
	require.Contains(j.t, browsertest.Eval[string](tab, `document.querySelector("[data-testid=qr-card] img").alt`), "/w/ci-42/qr/")
}

func keysToPages(j *journey) {
	tab := j.consoleAt("/", wide())
	for key, path := range map[string]string{"r": "requests", "q": "qr", "s": "scenarios"} {
		tab.Key("g")
		tab.Key(key)
		tab.Until(`location.pathname === "/console/` + path + `"`)
	}
}
