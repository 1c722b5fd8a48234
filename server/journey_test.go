package server_test

import (
	"bytes"
	"image/png"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/web/browsertest"
)

// What people see, from create to the way home, in a real browser against a
// whole simulator on a real port.
func TestJourneys(t *testing.T) {
	t.Parallel()
	chromium := browsertest.Start(t)
	for name, walk := range map[string]func(*journey){
		"a number on the landing page, a click on the phone, home with the webhook before": approveByClick,
		"a no on the phone leads home too":                                                 declineOnPhone,
		"a cancel on the landing page clears the phone":                                    cancelOnLanding,
		"nobody answers and both tabs say that time ran out":                               nobodyAnswers,
		"the keyboard alone":                                      keyboardAlone,
		"without scripts, over plain http on the network":         withoutScripts,
		"a code is photographed and leads to the landing page":    photographedCode,
		"a scanned code comes up on the phone":                    scannedCode,
		"a stranger's page can do nothing, our own everywhere":    strangersPage,
		"what merchants and phone owners write is only ever text": hostileTexts,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(begin(t, chromium))
		})
	}
	t.Run("a restart while the phone's page is open", func(t *testing.T) {
		t.Parallel()
		restart(t, chromium)
	})
}

func approveByClick(j *journey) {
	redirect := j.pay("socks-000001", nil)
	page := j.open(redirect)
	page.Wait(onPage("enter"))
	phone := j.openPhone(desk())
	page.Write(browsertest.ID("landing-phone"), "123 45 678")
	page.Click(browsertest.ID("landing-next"))
	page.Wait(onPage("waiting"))

	phone.Wait(`[data-testid="push"][data-reference="socks-000001"]`)
	require.Contains(j.t, phone.Text(browsertest.ID("push")), "350,00\u00a0kr")
	page.Wait(`[data-step="delivered"][data-state="done"]`)
	phone.Click(browsertest.ID("push-open"))
	phone.Wait(onScreen("pay"))
	page.Wait(`[data-step="opened"][data-state="done"]`)
	phone.Click(browsertest.ID("pay-confirm"))
	phone.Wait(onScreen("success"))
	page.Wait(onPage("paid"))
	j.isHome(page)
	require.Equal(j.t, []string{"webhook AUTHORIZED socks-000001", homeAsSeen}, j.shop.story(j.t))
	require.Equal(j.t, "AUTHORIZED", j.state("socks-000001"))

	// Who comes back by the browser's button is not sent off again.
	page.Back()
	page.Wait(browsertest.ID("landing-result"))
	page.Until(ready)
	require.False(j.t, browsertest.Eval[bool](page, `Boolean(document.querySelector("[data-return]:not([hidden])"))`))
	require.Len(j.t, j.shop.story(j.t), 2, "the payer came home once")
}

func declineOnPhone(j *journey) {
	redirect := j.pay("socks-000002", func(p *client.CreatePayment) { p.Customer = &client.Customer{PhoneNumber: kari} })
	phone := j.openPhone(browsertest.Mobile())
	page := j.open(redirect)
	page.Click(browsertest.ID("landing-next"))
	phone.Click(browsertest.ID("push-open"))
	phone.Click(browsertest.ID("pay-cancel"))
	phone.Wait(onScreen("cancelled"))
	page.Wait(onPage("cancelled"))
	require.Contains(j.t, page.Text(".card"), "You said no in the app.")
	page.Hurry()
	j.isHome(page)
	require.Equal(j.t, []string{"webhook ABORTED socks-000002", homeAsSeen}, j.shop.story(j.t))
}

func cancelOnLanding(j *journey) {
	redirect := j.pay("socks-000003", func(p *client.CreatePayment) { p.Customer = &client.Customer{PhoneNumber: kari} })
	phone := j.openPhone(desk())
	page := j.open(redirect)
	page.Click(browsertest.ID("landing-next"))
	phone.Click(browsertest.ID("push-open"))
	phone.Wait(onScreen("pay"))
	page.Wait(`[data-step="opened"][data-state="done"]`) // and is drawn anew for the last time
	page.Click(browsertest.ID("landing-cancel"))
	page.Wait(onPage("cancelled"))
	require.Contains(j.t, page.Text(".card"), "You cancelled on this page.")
	phone.Wait(onScreen("cancelled"))
	page.Hurry()
	j.isHome(page)
	require.Equal(j.t, []string{"webhook ABORTED socks-000003", homeAsSeen}, j.shop.story(j.t))
}

func nobodyAnswers(j *journey) {
	redirect := j.pay("socks-000004", func(p *client.CreatePayment) { p.Customer = &client.Customer{PhoneNumber: kari} })
	phone := j.openPhone(desk())
	page := j.open(redirect)
	page.Click(browsertest.ID("landing-next"))
	phone.Click(browsertest.ID("push-open"))
	phone.Wait(onScreen("pay"))
	_, err := j.Freeze(j.t.Context())
	require.NoError(j.t, err)
	_, err = j.Advance(j.t.Context(), 4*time.Minute)
	require.NoError(j.t, err)
	require.Equal(j.t, "CREATED", j.state("socks-000004"), "a minute is left")
	_, err = j.Advance(j.t.Context(), time.Minute)
	require.NoError(j.t, err)
	phone.Wait(onScreen("expired"))
	page.Wait(onPage("expired"))
	require.Contains(j.t, page.Text(".card"), "It was not approved within five minutes.")
	page.Hurry()
	j.isHome(page)
	require.Equal(j.t, []string{"webhook EXPIRED socks-000004", homeAsSeen}, j.shop.story(j.t))
}

func keyboardAlone(j *journey) {
	redirect := j.pay("socks-000005", func(p *client.CreatePayment) { p.Profile = &client.Profile{Scope: "name phoneNumber"} })
	phone := j.openPhone(desk())
	page := j.open(redirect)
	require.Equal(j.t, "landing-phone", focused(page), "an empty number is where one begins")
	for _, digit := range "12345678" {
		page.Key(string(digit))
	}
	page.Key("\r")
	page.Wait(onPage("waiting"))
	phone.Wait(browsertest.ID("push"))
	phone.Key("\r")
	phone.Wait(onScreen("consent"))
	phone.Key("\r")
	phone.Wait(onScreen("pay"))
	phone.Key("\r")
	phone.Wait(onScreen("success"))
	phone.Key("\r")
	phone.Wait(onScreen("home"))
	page.Wait(onPage("paid"))
	page.Key("\t") // from the heading to the link home
	require.Equal(j.t, "landing-return", focused(page))
	page.Key("\r")
	j.isHome(page)
	require.Equal(j.t, []string{"webhook AUTHORIZED socks-000005", homeAsSeen}, j.shop.story(j.t))
}

func focused(tab *browsertest.Tab) string {
	return browsertest.Eval[string](tab, `document.activeElement.dataset.testid || document.activeElement.tagName`)
}

func withoutScripts(j *journey) {
	// A browser tells less of itself to a host that it does not trust.
	redirect := strings.Replace(j.pay("socks-000006", nil), "127.0.0.1", "liksom.test", 1)
	look := browsertest.Mobile()
	look.NoScript = true
	page := j.chromium.Tab(j.t, look)
	page.Go(redirect)
	page.Wait(onPage("enter"))
	page.Write(browsertest.ID("landing-phone"), "99999999")
	page.Click(browsertest.ID("landing-next"))
	page.Wait(browsertest.ID("landing-phone-error"))
	page.Write(browsertest.ID("landing-phone"), "12345678")
	page.Click(browsertest.ID("landing-next"))
	page.Wait(onPage("waiting"))
	requests, err := j.Requests(j.t.Context(), kari, 10*time.Second)
	require.NoError(j.t, err)
	require.Len(j.t, requests, 1)
	_, err = j.ApproveRequest(j.t.Context(), kari, requests[0].ID, client.Answer{})
	require.NoError(j.t, err)
	page.Wait(onPage("paid")) // it loads itself anew every three seconds
	j.isHome(page)
	require.Equal(j.t, []string{"webhook AUTHORIZED socks-000006", homeAsSeen}, j.shop.story(j.t))
}

func photographedCode(j *journey) {
	picture := j.pay("socks-000007", func(p *client.CreatePayment) {
		p.UserFlow, p.QRFormat = client.QR, &client.QRFormat{Format: "IMAGE/PNG", Size: 512}
	})
	page := j.open(readPicture(j.t, picture))
	page.Wait(onPage("enter"))
	require.Contains(j.t, page.Address(), "/landing?token=")
	phone := j.openPhone(desk())
	page.Write(browsertest.ID("landing-phone"), "12345678")
	page.Click(browsertest.ID("landing-next"))
	phone.Wait(`[data-testid="push"][data-reference="socks-000007"]`)
}

func scannedCode(j *journey) {
	picture := j.pay("socks-000008", func(p *client.CreatePayment) {
		p.UserFlow, p.QRFormat = client.QR, &client.QRFormat{Format: "IMAGE/PNG"}
	})
	phone := j.openPhone(desk())
	scanned, err := j.Scan(j.t.Context(), kari, readPicture(j.t, picture))
	require.NoError(j.t, err)
	require.Equal(j.t, "socks-000008", scanned.Request.Reference)
	phone.Key("h")
	phone.Click(`[data-testid="pending-item"][data-reference="socks-000008"]`)
	phone.Wait(onScreen("pay"))
	phone.Click(browsertest.ID("pay-confirm"))
	phone.Wait(onScreen("success"))
	require.Equal(j.t, "AUTHORIZED", j.state("socks-000008"))
}

// readPicture fetches a QR code's picture and reads it as a camera would.
func readPicture(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, "image/png", answer.Header.Get("Content-Type"))
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(body))
	require.NoError(t, err)
	bits, err := gozxing.NewBinaryBitmapFromImage(img)
	require.NoError(t, err)
	// As a phone's camera does, which looks at a code more than once.
	read, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	require.NoError(t, err)
	return read.GetText()
}

// hostile would run, if anything took it for markup, a template or a script.
const hostile = `"'></script><script>pwned=1</script><img src=x onerror=pwned=1>{{.}}${pwned=1}`

func hostileTexts(j *journey) {
	_, err := j.CreatePayment(j.t.Context(), client.CreatePayment{Amount: client.NOK(100), Reference: hostile, UserFlow: client.WebRedirect, ReturnURL: "https://shop.example/"})
	require.Error(j.t, err, "a reference is letters, digits and hyphens")
	_, err = j.AddPhone(j.t.Context(), "4799999999", hostile)
	require.NoError(j.t, err)
	redirect := j.pay("socks-000009", func(p *client.CreatePayment) {
		p.PaymentDescription = hostile
		p.ReturnURL = j.shop.url + `/home?x="><script>pwned=1</script>`
		p.Receipt = map[string]any{
			"orderLines": []map[string]any{{
				"name": hostile, "id": "1", "totalAmount": 35000, "totalAmountExcludingTax": 28000, "totalTaxAmount": 7000, "taxRate": 2500,
			}},
			"bottomLine": map[string]any{"currency": "NOK", "receiptNumber": hostile[:30]},
		}
	})
	safe := func(tab *browsertest.Tab) {
		j.t.Helper()
		require.False(j.t, browsertest.Eval[bool](tab, `"pwned" in window || Boolean(document.querySelector('img[src="x"]'))`))
	}
	phone := j.chromium.Tab(j.t, desk())
	phone.Go(j.BaseURL() + "/phone/4799999999")
	phone.Until(ready)
	require.Contains(j.t, phone.Text(browsertest.ID("phone-controls")), hostile)
	page := j.open(redirect)
	require.Contains(j.t, page.Text(browsertest.ID("landing-description")), `<script>pwned=1</script>`)
	page.Write(browsertest.ID("landing-phone"), "99999999")
	page.Click(browsertest.ID("landing-next"))
	page.Wait(onPage("waiting"))
	safe(page)
	phone.Click(browsertest.ID("push-open"))
	phone.Wait(onScreen("pay"))
	require.Contains(j.t, phone.Text(browsertest.ID("pay-orderlines")), hostile)
	phone.Click(browsertest.ID("pay-confirm"))
	phone.Wait(onScreen("success"))
	safe(phone)
	page.Wait(onPage("paid"))
	safe(page)
	page.Hurry()
	page.Wait("#shop")
	require.Contains(j.t, j.shop.story(j.t), `home /home?x=%22%3E%3Cscript%3Epwned=1%3C/script%3E`)
	start := j.chromium.Tab(j.t, browsertest.Desktop())
	start.Go(j.BaseURL() + "/console/start")
	require.Contains(j.t, start.Text(`[data-reference="socks-000009"]`), `<script>`)
	safe(start)
	start.Go(j.BaseURL() + "/console/payments/123456/socks-000009")
	start.Wait(browsertest.ID("payment-shown"))
	require.Contains(j.t, start.Text(browsertest.ID("payment-shown")), `<script>`)
	safe(start)
	start.Go(j.BaseURL() + "/phone")
	require.Contains(j.t, start.Text(`[data-msisdn="4799999999"]`), `<script>`)
	safe(start)
}

func restart(t *testing.T, chromium *browsertest.Browser) {
	options := server.Options{Addr: "127.0.0.1:0", Store: "sqlite:" + filepath.Join(t.TempDir(), "liksom.db")}
	first := startAt(t, options)
	j := &journey{t: t, chromium: chromium, sim: first, Client: client.New(first.URL())}
	j.openShop()
	push := func(p *client.CreatePayment) {
		p.UserFlow, p.Customer = client.PushMessage, &client.Customer{PhoneNumber: kari}
	}
	phone := j.openPhone(desk())
	j.pay("socks-000010", push)
	phone.Click(browsertest.ID("push-open"))
	phone.Wait(onScreen("pay"))

	options.Addr = strings.TrimPrefix(first.URL(), "http://")
	require.NoError(t, first.Stop(t.Context()))
	phone.Wait(`[data-testid="live"]:not([data-state="open"])`)
	startAt(t, options)
	phone.Wait(`[data-testid="live"][data-state="open"]`)
	phone.Wait(onScreen("pay"))
	phone.Click(browsertest.ID("pay-confirm"))
	phone.Wait(onScreen("success"))
	require.Equal(t, "AUTHORIZED", j.state("socks-000010"))
	phone.Click(browsertest.ID("success-done"))

	j.ForgetToken() // the new process has not issued it
	j.pay("socks-000011", push)
	phone.Wait(`[data-testid="push"][data-reference="socks-000011"]`)
}
