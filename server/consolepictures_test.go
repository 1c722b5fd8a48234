package server_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/web/browsertest"
)

// TestConsoleScreenshots takes a picture of every page of the console, at the
// widths and in the themes of the design's own pictures.
func TestConsoleScreenshots(t *testing.T) {
	browsertest.WantPictures(t)
	chromium := browsertest.Start(t)
	j := begin(t, chromium)
	tab := j.consoleAt("/", wide())
	tab.Wait(browsertest.ID("payments-none"))
	takeAll(t, tab, "console-empty", payersSheets)
	_, err := j.SetSpeed(t.Context(), 0.001)
	require.NoError(t, err)
	pass := func(d time.Duration) {
		_, err := j.Advance(t.Context(), d)
		require.NoError(t, err)
	}
	j.pay("ORDER-123-01", nil)
	pass(6 * time.Minute)
	j.pay("24ab7cd6ef658155992", func(p *client.CreatePayment) { p.Customer = &client.Customer{PhoneNumber: kari} })
	pass(9900 * time.Millisecond)
	_, err = j.Approve(t.Context(), "24ab7cd6ef658155992")
	require.NoError(t, err)
	pass(4 * time.Second)
	_, err = j.Client.Capture(t.Context(), "24ab7cd6ef658155992", client.NOK(35000))
	require.NoError(t, err)
	pass(2 * time.Minute)
	j.pay("but-20930-b", pushed)
	_, err = j.Decline(t.Context(), "but-20930-b")
	require.NoError(t, err)
	pass(20 * time.Second)
	j.pay("acme-000000000000202", pushed)
	pass(3 * time.Minute)
	j.pay("2486791ab679592", nil)
	found, err := j.Deliveries(t.Context(), client.Filter{Reference: "24ab7cd6ef658155992"})
	require.NoError(t, err)
	for _, s := range consoleSheets {
		s.lay(tab)
		for name, path := range map[string]string{
			"payments": "/", "payment": "/console/payments/123456/24ab7cd6ef658155992", "webhooks": "/console/webhooks", "webhook": "/console/webhooks/" + found.Deliveries[0].ID,
			"merchants": "/console/merchants", "control": "/console/control",
		} {
			tab.Go(j.BaseURL() + path)
			tab.Until(ready)
			tab.Until(`!document.querySelector(".grey")`)
			s.take(t, tab, "console-"+name)
		}
	}
	for _, s := range []sheet{consoleSheets[0], {390, 844, "light"}} {
		s.lay(tab)
		j.pictureOver(tab, s)
	}
}

// pictureOver takes pictures of what opens over the pages and inside them.
func (j *journey) pictureOver(tab *browsertest.Tab, s sheet) {
	const detail = "/console/payments/123456/24ab7cd6ef658155992"
	press := func(selector string) string { return fmt.Sprintf(`document.querySelector(%q).click()`, selector) }
	for name, at := range map[string][3]string{
		"palette":     {detail, `dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }))`, browsertest.ID("palette-item")},
		"sequence":    {detail, press("#payment-sequence"), browsertest.ID("sequence")},
		"calls":       {detail, press("#payment-calls"), ".calls pre"},
		"receipt":     {detail, press("#payment-receipt"), ".rcpt"},
		"more":        {detail, press(browsertest.ID("payment-more")), "[role=menu]"},
		"new-payment": {"/", press(browsertest.ID("payment-new")), browsertest.ID("payment-form")},
		"register":    {"/console/webhooks", press(browsertest.ID("webhook-new")), browsertest.ID("webhook-form")},
		"receivers":   {"/console/webhooks", press(browsertest.ID("sinks-open")), browsertest.ID("sinks")},
		"tries":       {"/console/webhooks", press("[data-testid=delivery-row] a") + `; setTimeout(() => document.querySelector("#delivery-tries").click(), 500)`, browsertest.ID("webhook-ladder")},
		"merchant":    {"/console/merchants", press(browsertest.ID("merchant-new")), browsertest.ID("merchant-form")},
		"fault":       {"/console/control", press(browsertest.ID("fault-new")), browsertest.ID("fault-form")},
		"keys":        {"/", `document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }))`, browsertest.ID("key-list")},
	} {
		tab.Go(j.BaseURL() + at[0])
		tab.Until(ready)
		tab.Until(`!document.querySelector(".grey")`)
		browsertest.Eval[any](tab, at[1])
		tab.Wait(at[2])
		s.take(j.t, tab, "console-"+name)
	}
}
