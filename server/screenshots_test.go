package server_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/directory"
	"liksom/web/browsertest"
)

// wallet is a sales unit of a market with a phone of the same, so that the
// pictures show both skins.
type wallet struct {
	name, msn, currency, phone, national string
}

func wallets() []wallet {
	return []wallet{
		{"vipps", "234567", "NOK", kari, "12345678"},
		{"mobilepay", "456789", "DKK", "4512345678", "12345678"},
	}
}

// TestScreenshots takes a picture of every page in every state, at the widths
// and in the themes of the design's own pictures. `make screenshots` runs it.
func TestScreenshots(t *testing.T) {
	browsertest.WantPictures(t)
	chromium := browsertest.Start(t)
	for _, w := range wallets() {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			a := &album{journey: begin(t, chromium), wallet: w}
			a.settle()
			a.landingPages()
			a.phoneScreens()
			a.ownPages()
		})
	}
}

// album takes the pictures of one wallet.
type album struct {
	*journey
	wallet wallet
}

// settle lets the clock creep, so that countdowns stand, and speaks English.
func (a *album) settle() {
	keys := client.Demo()
	keys.ClientID, keys.MSN = directory.PartnerClientID, a.wallet.msn
	a.Client = client.New(a.sim.URL(), client.WithCredentials(keys))
	_, err := a.SetSpeed(a.t.Context(), 0.001)
	require.NoError(a.t, err)
	a.phone("language", "en")
}

// phone changes a setting of the phone.
func (a *album) phone(setting string, value any) {
	a.t.Helper()
	_, err := a.PatchPhone(a.t.Context(), a.wallet.phone, client.PhoneChange{Set: map[string]any{setting: value}})
	require.NoError(a.t, err)
}

func (a *album) pass(d time.Duration) {
	a.t.Helper()
	_, err := a.Advance(a.t.Context(), d)
	require.NoError(a.t, err)
}

// order makes a payment of the web flow that names the phone; push one that
// goes there at once, with two order lines.
func (a *album) order(reference string) string {
	return a.pay(reference, func(p *client.CreatePayment) {
		p.Amount.Currency, p.Customer = a.wallet.currency, &client.Customer{PhoneNumber: a.wallet.phone}
	})
}

func (a *album) push(reference, scope string) {
	a.pay(reference, func(p *client.CreatePayment) {
		p.UserFlow, p.Customer = client.PushMessage, &client.Customer{PhoneNumber: a.wallet.phone}
		p.Amount = client.Amount{Currency: a.wallet.currency, Value: 300000}
		p.PaymentDescription = "Spendings"
		if scope != "" {
			p.Profile = &client.Profile{Scope: scope}
		}
		line := func(id, name string) map[string]any {
			return map[string]any{
				"name": name, "id": id, "totalAmount": 150000, "totalAmountExcludingTax": 112500, "totalTaxAmount": 37500, "taxRate": 2500,
			}
		}
		p.Receipt = map[string]any{
			"orderLines": []any{line("1", "Accident insurance"), line("2", "Travel insurance")},
			"bottomLine": map[string]any{"currency": a.wallet.currency, "receiptNumber": "0527013501"},
		}
	})
}

// tab opens one whose own watch stands, so that no page goes home meanwhile.
func (a *album) tab() *browsertest.Tab {
	tab := a.chromium.Tab(a.t, browsertest.Desktop())
	tab.Before(`performance.now = () => 0`)
	return tab
}

func (a *album) picture(tab *browsertest.Tab, name string) {
	a.t.Helper()
	takeAll(a.t, tab, name+"-"+a.wallet.name, payersSheets)
}

func (a *album) landingPages() {
	tab := a.tab()
	tab.Go(a.order("socks-entered"))
	tab.Until(ready)
	a.pass(23 * time.Second)
	tab.Until(`document.querySelector("[data-digits]").textContent.endsWith("37")`)
	a.picture(tab, "landing-enter")
	tab.Write(browsertest.ID("landing-phone"), "99 99 99 99")
	tab.Click(browsertest.ID("landing-next"))
	tab.Wait(browsertest.ID("landing-phone-error"))
	tab.Until(ready)
	a.picture(tab, "landing-enter-refused")
	tab.Write(browsertest.ID("landing-phone"), a.wallet.national)
	tab.Click(browsertest.ID("landing-next"))
	tab.Wait(onPage("waiting"))
	a.pass(41 * time.Second)
	tab.Until(`document.querySelector("[data-digits]").textContent.endsWith("19")`)
	a.picture(tab, "landing-wait")
	tab.Click(browsertest.ID("sim-cardfail"))
	tab.Wait(browsertest.ID("landing-notice"))
	a.pass(151 * time.Second)
	tab.Until(`document.querySelector("[data-digits]").textContent.endsWith("48")`)
	a.picture(tab, "landing-wait-declined")
	tab.Click(browsertest.ID("sim-approve"))
	a.ending(tab, "paid", "landing-paid")

	for name, end := range map[string]func(page *browsertest.Tab, reference string){
		"cancelled-here": func(page *browsertest.Tab, _ string) { page.Click(browsertest.ID("landing-cancel")) },
		"cancelled-phone": func(page *browsertest.Tab, _ string) {
			page.Click(browsertest.ID("landing-next"))
			page.Wait(onPage("waiting"))
			requests, err := a.Requests(a.t.Context(), a.wallet.phone, 0)
			require.NoError(a.t, err)
			_, err = a.DeclineRequest(a.t.Context(), a.wallet.phone, requests[0].ID)
			require.NoError(a.t, err)
		},
		"cancelled-merchant": func(_ *browsertest.Tab, reference string) {
			_, err := a.Client.Cancel(a.t.Context(), reference)
			require.NoError(a.t, err)
		},
		"expired-link": func(*browsertest.Tab, string) { a.pass(5 * time.Minute) },
		"expired-approve": func(page *browsertest.Tab, _ string) {
			page.Click(browsertest.ID("landing-next"))
			page.Wait(onPage("waiting"))
			a.pass(5 * time.Minute)
		},
	} {
		page := a.tab()
		page.Go(a.order(name))
		page.Until(ready)
		end(page, name)
		state := "cancelled"
		if name[0] == 'e' {
			state = "expired"
		}
		a.ending(page, state, "landing-"+name)
	}

	address := a.order("done-before")
	_, err := a.Approve(a.t.Context(), "done-before")
	require.NoError(a.t, err)
	tab.Go(address)
	tab.Wait(onPage("done"))
	a.picture(tab, "landing-done")
	tab.Go(address + "x")
	tab.Wait(onPage("unknown"))
	a.picture(tab, "landing-unknown")
}

// ending takes the picture of a result before it leads home.
func (a *album) ending(tab *browsertest.Tab, state, name string) {
	a.t.Helper()
	tab.Wait(onPage(state))
	tab.Until(ready)
	a.picture(tab, name)
}

func (a *album) phoneScreens() {
	tab := a.tab()
	tab.Go(a.BaseURL() + "/phone/" + a.wallet.phone)
	tab.Until(ready)
	a.push("24ab7cd6ef658155992", "name email phoneNumber")
	tab.Wait(browsertest.ID("push"))
	a.picture(tab, "phone-lock")
	tab.Click(browsertest.ID("push-dismiss"))
	tab.Key("h")
	tab.Wait(onScreen("home"))
	a.picture(tab, "phone-home")
	tab.Click(browsertest.ID("pending-item"))
	tab.Wait(onScreen("consent"))
	a.picture(tab, "phone-consent")
	tab.Click(browsertest.ID("consent-allow"))
	tab.Wait(onScreen("pay"))
	a.picture(tab, "phone-pay")
	tab.Click(browsertest.ID("pay-card"))
	tab.Wait(onScreen("cards"))
	a.picture(tab, "phone-cards")
	tab.Click(browsertest.ID("card-9995"))
	tab.Click(browsertest.ID("pay-confirm"))
	tab.Wait(onScreen("declined"))
	a.picture(tab, "phone-declined")
	tab.Click(browsertest.ID("declined-retry"))
	tab.Wait(onScreen("success"))
	a.picture(tab, "phone-success")
	tab.Click(browsertest.ID("success-done"))

	a.phone("confirmWith", "pin")
	a.push("pin-000001", "")
	tab.Click(browsertest.ID("push-open"))
	tab.Wait(onScreen("pay"))
	tab.Click(browsertest.ID("pay-confirm"))
	tab.Wait(onScreen("pin"))
	tab.Click(browsertest.ID("pin-4"))
	a.picture(tab, "phone-pin")
	tab.Key("\x1b")
	tab.Wait(onScreen("pay"))
	// The answer is held back, and with it the screen of a payment under way.
	browsertest.Eval[any](tab, `(() => { const send = WebSocket.prototype.send; WebSocket.prototype.send = function () { WebSocket.prototype.send = send; }; })()`)
	a.phone("confirmWith", "nothing")
	tab.Until(`document.querySelector("[data-testid=phone-confirm] [aria-checked=true]")?.textContent === "Nothing"`)
	tab.Click(browsertest.ID("pay-confirm"))
	tab.Wait(onScreen("busy"))
	a.picture(tab, "phone-busy")
	_, err := a.Decline(a.t.Context(), "pin-000001")
	require.NoError(a.t, err)
	tab.Wait(onScreen("cancelled"))
	a.picture(tab, "phone-cancelled")

	a.push("late-000001", "")
	tab.Click(browsertest.ID("push-open"))
	tab.Wait(onScreen("pay"))
	a.pass(5 * time.Minute)
	tab.Wait(onScreen("expired"))
	a.picture(tab, "phone-expired")
	for key, screen := range map[string]string{"s": "scan", "h": "home"} {
		tab.Key(key)
		tab.Wait(onScreen(screen))
		a.picture(tab, "phone-"+screen+"-idle")
	}
	a.push("held-000001", "")
	tab.Click(browsertest.ID("push-dismiss"))
	a.phone("online", false)
	tab.Key("h")
	tab.Wait(browsertest.ID("phone-offline"))
	a.picture(tab, "phone-offline")
}

func (a *album) ownPages() {
	tab := a.tab()
	for name, path := range map[string]string{"start": "/console/start", "phones": "/phone", "phone-unknown": "/phone/4799999999", "storybook": "/console/storybook", "docs": "/docs", "docs-print": "/docs/qr/print", "docs-scenarios": "/docs/scenarios", "docs-scenario": "/docs/scenarios/retry-ladder", "docs-unknown": "/docs/nothing", "check-in-unknown": "/qr/cAAAAAAAA"} {
		tab.Go(a.BaseURL() + path)
		tab.Until(settled)
		a.picture(tab, name)
	}
}
