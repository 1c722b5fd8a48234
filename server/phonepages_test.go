package server_test

import (
	"encoding/base64"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/qr"
	"liksom/server/client"
	"liksom/web/browsertest"
)

func TestPhonePages(t *testing.T) {
	chromium := browsertest.Start(t)
	computer := browsertest.Look{Width: 1440, Height: 952}

	t.Run("the wall sends a request as a merchant would", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		tab := j.chromium.Tab(t, computer)
		tab.Go(j.BaseURL() + "/phone")
		tab.Until(ready)
		tab.Click(browsertest.ID("request-new"))
		tab.Wait(browsertest.ID("request-form"))
		tab.Picture("wall-request")
		tab.Click(browsertest.ID("request-send"))
		tab.Wait(`[data-testid="wall-phone"][data-msisdn="` + kari + `"][data-state="waiting"]`)
		requests, err := j.Requests(t.Context(), kari, 0)
		require.NoError(t, err)
		require.Len(t, requests, 1)
		require.Equal(t, "123456", requests[0].MSN)
	})

	t.Run("a phone is added on the wall", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		tab := j.chromium.Tab(t, computer)
		tab.Go(j.BaseURL() + "/phone?add=1")
		tab.Until(ready)
		tab.Write(`[role="dialog"] input[name="number"]`, "47 999 99 999")
		tab.Write(`[role="dialog"] input[name="name"]`, "Nora <b>")
		tab.Click(browsertest.ID("phone-add"))
		tab.Wait(`[data-testid="wall-phone"][data-msisdn="4799999999"]`)
	})

	walks := phoneWalks()
	maps.Copy(walks, wallWalks())
	for name, walk := range walks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := begin(t, chromium)
			j.english()
			walk(t, j)
		})
	}

	t.Run("a picture of a code is read, and one without is told", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		j.pay("scan-me-0001", func(p *client.CreatePayment) { p.UserFlow, p.ReturnURL = "QR", "" })
		_, err := j.PatchPhone(t.Context(), kari, client.PhoneChange{Set: map[string]any{"language": "en"}})
		require.NoError(t, err)
		tab := j.chromium.Tab(t, browsertest.Mobile())
		tab.Go(j.BaseURL() + "/phone/" + kari)
		tab.Until(ready)
		tab.Key("s")
		tab.Wait(browsertest.ID("scan-desk-item"))
		tab.Picture("phone-scan-desk")
		drop := func(picture []byte) {
			browsertest.Eval[any](tab, `(() => {
				const bytes = Uint8Array.from(atob("`+base64.StdEncoding.EncodeToString(picture)+`"), (c) => c.charCodeAt(0));
				const data = new DataTransfer();
				data.items.add(new File([bytes], "code.png", { type: "image/png" }));
				document.querySelector("[data-testid=scan-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
			})()`)
		}
		plain, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
		require.NoError(t, err)
		drop(plain)
		tab.Until(`document.querySelector("[data-testid=scan-problem]")?.textContent.startsWith("No QR code in that picture")`)
		foreign, err := qr.Draw("https://evil.example/pay", qr.PNG, 400)
		require.NoError(t, err)
		drop(foreign)
		tab.Until(`document.querySelector("[data-testid=scan-foreign] b")?.textContent === "evil.example"`)
		content := browsertest.Eval[string](tab, `fetch("/phone/`+kari+`/desk").then((a) => a.json()).then((d) => d.codes[0].content)`)
		code, err := qr.Draw(content, qr.PNG, 400)
		require.NoError(t, err)
		drop(code)
		tab.Wait(onScreen("pay"))
	})
}
