package server_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// TestConsolePagesScreenshots takes a picture of the requests, codes,
// scenarios, settings and stickers in their states.
func TestConsolePagesScreenshots(t *testing.T) {
	browsertest.WantPictures(t)
	chromium := browsertest.Start(t)
	j := begin(t, chromium)
	canned := func(script string) *browsertest.Tab {
		tab := chromium.Tab(t, wide())
		tab.Before(script)
		return tab
	}
	tab := canned(`(() => { const real = fetch; window.fetch = (url, o) => (String(url).includes("/sim/v1/requests") ? Promise.resolve(new Response('{"requests":[]}', { headers: { "Content-Type": "application/json" } })) : real(url, o)); })()`)
	for name, path := range map[string]string{"qr": "/console/qr", "stickers": "/console/qr/print", "scenarios": "/console/scenarios", "requests": "/console/requests"} {
		tab.Go(j.BaseURL() + path)
		tab.Until(ready)
		takeAll(t, tab, "console-empty-"+name, payersSheets)
	}
	furnishPages(j)
	tab = canned(cannedScenarios)
	for _, s := range consoleSheets {
		s.lay(tab)
		take := func(name string) {
			t.Helper()
			s.take(t, tab, "console-"+name)
		}
		show := func(name, path string) {
			t.Helper()
			tab.Go(j.BaseURL() + path)
			tab.Until(ready)
			tab.Until(`!document.querySelector(".grey") && [...document.images].every((i) => i.loading === "lazy" || i.complete)`)
			take(name)
		}
		show("requests", "/console/requests")
		failed := browsertest.Eval[string](tab, `document.querySelector('[data-testid="request-row"][data-status="400"]').dataset.n`)
		show("request", "/console/requests/"+failed)
		show("qr", "/console/qr")
		tab.Click(browsertest.ID("qr-new"))
		tab.Wait(browsertest.ID("qr-form"))
		take("qr-new")
		show("settings", "/console/settings")
		show("stickers", "/console/qr/print")
		tab.Go(j.BaseURL() + "/console/scenarios")
		tab.Click(browsertest.ID("scenario-run-all"))
		tab.Wait(browsertest.ID("scenario-steps"))
		take("scenarios")
		tab.Click(scenario("webhook-twice", "failed"))
		tab.Wait(browsertest.ID("scenario-failure"))
		take("scenario-failed")
		browsertest.Eval[any](tab, `sessionStorage.clear()`) // the tab remembers its run
	}
	for _, sheet := range []string{"a4-4", "a4-6", "a6-1"} {
		tab := chromium.Tab(t, browsertest.Look{Width: 1000, Height: 1200})
		tab.Go(j.BaseURL() + "/console/qr/print?sheet=" + sheet)
		tab.Until(ready)
		tab.Picture("stickers-" + sheet)
	}
}

// furnishPages makes codes, calls and their refusals to look at.
func furnishPages(j *journey) {
	j.t.Helper()
	_, err := j.SetSpeed(j.t.Context(), 0.001)
	require.NoError(j.t, err)
	pass := func(d time.Duration) {
		_, err := j.Advance(j.t.Context(), d)
		require.NoError(j.t, err)
	}
	j.sticker(j.Client, "taxi_122_qr", "https://taxi.example/pay/122")
	j.sticker(j.Client, "taxi_123_qr", "https://taxi.example/pay/123")
	j.sticker(j.of("456789", "4"), "taxa_7_qr", "https://taxi.example/pay/7")
	j.sticker(j.of("567890", "5"), "taksi_31_qr", "https://taxi.example/pay/31")
	require.NoError(j.t, j.PutCallbackCode(j.t.Context(), "kasse1", "Kasse 1"))
	j.pay("pos-11-0093", func(p *client.CreatePayment) { p.UserFlow = client.QR })
	_, err = j.Approve(j.t.Context(), "pos-11-0093")
	require.NoError(j.t, err)
	pass(40 * time.Second)
	j.pay("pos-11-0094", func(p *client.CreatePayment) { p.UserFlow, p.Amount = client.QR, client.NOK(42924) })
	pass(20 * time.Second)
	j.pay("24ab7cd6ef658155992", func(p *client.CreatePayment) { p.Customer = &client.Customer{PhoneNumber: kari} })
	pass(5 * time.Second)
	_, err = j.Approve(j.t.Context(), "24ab7cd6ef658155992")
	require.NoError(j.t, err)
	j.call("POST", "/epayment/v1/payments", insurance)
	pass(14 * time.Second)
	_, err = j.Client.Capture(j.t.Context(), "24ab7cd6ef658155992", client.NOK(35000))
	require.NoError(j.t, err)
	j.call("GET", "/epayment/v1/payments/nothing-here", "")
}
