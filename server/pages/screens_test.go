package pages_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/pages"
	"liksom/server/payment"
	"liksom/web/browsertest"
)

const ola = "4787654321"

// onScreen is a phone that shows a screen.
func onScreen(name string) string {
	return `[data-testid="phone"][data-screen="` + name + `"]`
}

// look opens a phone's page, in English.
func look(t *testing.T, chromium *browsertest.Browser, w *world, how browsertest.Look, number, query string) *browsertest.Tab {
	t.Helper()
	w.set(number, func(p *directory.Phone) { p.Language = "en" })
	tab := chromium.Tab(t, how)
	tab.Go(w.url + "/phone/" + number + query)
	tab.Until(`document.documentElement.dataset.ready === "true"`)
	return tab
}

func (w *world) set(number string, change func(*directory.Phone)) {
	w.t.Helper()
	_, err := w.phones.ChangePhone(w.t.Context(), number, func(p *directory.Phone) error { change(p); return nil })
	require.NoError(w.t, err)
}

func (w *world) setting(number string) directory.Phone {
	w.t.Helper()
	p, ok := w.phones.Phone(number)
	require.True(w.t, ok)
	return p
}

func computer() browsertest.Look { return browsertest.Look{Width: 1440, Height: 952} }

func ships(s payment.Shipping) func(*payment.ID, *payment.Create) {
	return func(id *payment.ID, c *payment.Create) {
		insurance(id, c)
		c.Phone, c.Details.Shipping = ola, &s
		c.Scopes = nil
	}
}

func TestPhone_delivers_goods(t *testing.T) {
	chromium := browsertest.Start(t)
	options := []payment.ShippingGroup{
		{Type: "HOME_DELIVERY", Brand: "POSTEN", Default: true, Options: []payment.ShippingOption{{ID: "door", Name: "To the door", Cost: 7900, Estimate: "2 to 3 days"}}},
		{Type: "IN_STORE", Brand: "OTHER", Priority: 2, Options: []payment.ShippingOption{{ID: "store", Name: "Our shop"}}},
	}

	t.Run("address and delivery are chosen, and the total follows", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := look(t, chromium, w, browsertest.Mobile(), ola, "")
		p := w.make("express", ships(payment.Shipping{Groups: options, Countries: []string{"NO"}}))
		tab.Click(browsertest.ID("push-open"))
		tab.Wait(onScreen("address"))
		tab.Picture("phone-address")
		tab.Click(`[data-testid="address-item"][data-address="work"]`)
		tab.Click(browsertest.ID("address-next"))
		tab.Wait(onScreen("delivery"))
		require.Equal(t, "NOK\u00a03,079.00", tab.Text(browsertest.ID("delivery-total")))
		tab.Picture("phone-delivery")
		tab.Click(`[data-testid="delivery-item"][data-option="store"]`)
		tab.Until(`document.querySelector("[data-testid=delivery-total]").textContent.endsWith("3,000.00")`)
		tab.Click(`[data-testid="delivery-item"][data-option="door"]`)
		tab.Click(browsertest.ID("delivery-next"))
		tab.Wait(onScreen("pay"))
		tab.Picture("phone-pay-express")
		tab.Click(browsertest.ID("pay-confirm"))
		tab.Wait(onScreen("success"))
		require.Equal(t, "NOK\u00a03,079.00", tab.Text(browsertest.ID("success-amount")))
		now, err := w.store.Get(t.Context(), p.ID)
		require.NoError(t, err)
		require.Equal(t, "work", now.Chosen.Address.ID)
		require.Equal(t, "door", now.Chosen.OptionID)
	})

	t.Run("a shop that fails is asked again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		answers := make(chan int, 2)
		answers <- http.StatusInternalServerError
		answers <- http.StatusOK
		w.shop = func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: <-answers, Header: http.Header{}, Body: io.NopCloser(bytes.NewBufferString(
				`{"groups":[{"type":"MAILBOX","brand":"POSTEN","isDefault":true,"options":[{"id":"box","name":"Mailbox","amount":{"currency":"NOK","value":4900}}]}]}`))}, nil
		}
		tab := look(t, chromium, w, browsertest.Mobile(), ola, "")
		w.make("express", ships(payment.Shipping{CallbackURL: "https://shop.example/express", Countries: []string{"NO"}}))
		tab.Click(browsertest.ID("push-open"))
		tab.Click(browsertest.ID("address-next"))
		tab.Wait(browsertest.ID("delivery-failed"))
		tab.Picture("phone-delivery-failed")
		tab.Click(browsertest.ID("delivery-retry"))
		tab.Wait(browsertest.ID("delivery-item"))
		require.Equal(t, "NOK\u00a03,049.00", tab.Text(browsertest.ID("delivery-total")))
	})

	t.Run("a shop that keeps still is given up on after ten seconds", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.shop = func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}
		w.set(ola, func(p *directory.Phone) { p.Language = "en" })
		tab := chromium.Tab(t, browsertest.Mobile())
		// The ten seconds are let pass by hand.
		tab.Before(`const later = setTimeout; window.setTimeout = (act, ms, ...more) => (ms === 10000 ? ((window.over = act), 0) : later(act, ms, ...more));`)
		tab.Go(w.url + "/phone/" + ola)
		tab.Until(`document.documentElement.dataset.ready === "true"`)
		w.make("express", ships(payment.Shipping{CallbackURL: "https://shop.example/express", Countries: []string{"NO"}}))
		tab.Click(browsertest.ID("push-open"))
		tab.Click(browsertest.ID("address-next"))
		tab.Wait(browsertest.ID("delivery-asking"))
		tab.Until(`"over" in window`)
		browsertest.Eval[any](tab, `(over(), null)`)
		tab.Wait(browsertest.ID("delivery-retry"))
		require.Equal(t, "The shop didn’t answer", tab.Text(browsertest.ID("delivery-failed")))
	})

	t.Run("an address the shop does not deliver to cannot be chosen", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := look(t, chromium, w, browsertest.Mobile(), ola, "")
		w.make("express", ships(payment.Shipping{Groups: options, Countries: []string{"FI"}}))
		tab.Click(browsertest.ID("push-open"))
		tab.Wait(onScreen("address"))
		tab.Until(`document.querySelector("[data-testid=address-next]").ariaDisabled === "true"`)
		require.Contains(t, tab.Text(browsertest.ID("phone")), "The shop delivers to none of these addresses.")
	})

	says := func(verdict payment.Refusal) func(*payment.ID, *payment.Create) {
		return func(_ *payment.ID, c *payment.Create) { c.Verdict = verdict }
	}
	for verdict, words := range map[payment.Refusal]string{
		payment.FraudSuspected:       "The bank suspects fraud and said no to •••• 4242.",
		payment.LimitExceeded:        "The limit of •••• 4242 is exceeded.",
		payment.CardInvalid:          "Card •••• 4242 isn’t valid.",
		payment.AuthenticationDenied: "The bank didn’t accept the confirmation for •••• 4242.",
	} {
		t.Run("an amount to test with tells its reason: "+string(verdict), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			tab := look(t, chromium, w, browsertest.Mobile(), directory.DemoPhone, "")
			w.make("magic", says(verdict))
			tab.Click(browsertest.ID("push-open"))
			tab.Click(browsertest.ID("pay-confirm"))
			tab.Wait(onScreen("declined"))
			tab.Until(`document.querySelector("[data-testid=declined-reason]").textContent.startsWith("` + words + `")`)
		})
	}

	t.Run("a bank that wants a code gets it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := look(t, chromium, w, computer(), directory.DemoPhone, "")
		p := w.make("code", says(payment.AuthenticationNeeded))
		tab.Click(browsertest.ID("push-open"))
		tab.Click(browsertest.ID("pay-confirm"))
		tab.Wait(onScreen("code"))
		tab.Picture("phone-code")
		for range 4 {
			tab.Click(browsertest.ID("pin-7"))
		}
		tab.Wait(onScreen("success"))
		require.Equal(t, payment.Authorized, w.state(p))
	})

	t.Run("a bank that takes its time keeps the phone busy", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := look(t, chromium, w, browsertest.Mobile(), directory.DemoPhone, "")
		p := w.make("slow", nil)
		tab.Click(browsertest.ID("push-open"))
		tab.Wait(onScreen("pay"))
		w.set(directory.DemoPhone, func(p *directory.Phone) { p.Latency = directory.Duration(2 * time.Second) })
		tab.Click(browsertest.ID("pay-confirm"))
		tab.Wait(onScreen("busy"))
		require.Equal(t, payment.Created, w.state(p))
		w.clock.Release(w.clock.Now().Add(2 * time.Second))
		_, err := w.service.Get(t.Context(), p.ID)
		require.NoError(t, err)
		tab.Wait(onScreen("success"))
	})
}

func TestPhone_is_set_from_beside_it(t *testing.T) {
	chromium := browsertest.Start(t)

	t.Run("each change is kept at once", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := look(t, chromium, w, computer(), directory.DemoPhone, "")
		tab.Picture("phone-desktop")
		dark := look(t, chromium, w, browsertest.Look{Width: 1440, Height: 1400, Dark: true}, directory.DemoPhone, "")
		dark.Picture("phone-desktop-dark")
		tab.Click(`[data-testid="phone-answer"] [data-value="approve"]`)
		tab.Until(`document.querySelector(".savedmark").textContent.includes("Saved")`)
		tab.Click(`[data-testid="phone-network"] [data-value="offline"]`)
		tab.Wait(`[data-testid="phone"][data-offline="true"]`)
		tab.Click(`[data-testid="phone-wallet"] [data-value="mobilepay"]`)
		tab.Until(`document.documentElement.dataset.brand === "mobilepay"`)
		tab.Click(`[data-testid="phone-cards"] [data-card="9995"] [data-testid="card-default"]`)
		tab.Until(`document.querySelector("[data-testid=phone-cards] .cardrow").dataset.card === "9995"`)
		tab.Until(`[...document.querySelectorAll("[data-testid=phone-log] li")].some((l) => l.textContent.includes("Went offline"))`)
		p := w.setting(directory.DemoPhone)
		require.Equal(t, "approve", p.Autopilot.Mode)
		require.False(t, p.Online)
		require.Equal(t, "DK", p.Market)
		require.Equal(t, "9995", p.Cards[0].Last4)
	})

	t.Run("the arrow keys move within a group", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := look(t, chromium, w, computer(), directory.DemoPhone, "")
		browsertest.Eval[any](tab, `document.querySelector("[data-testid=phone-confirm] [aria-checked=true]").focus()`)
		tab.Key("\u0303") // arrow right
		tab.Until(`document.querySelector("[data-testid=phone-confirm] [data-value=fingerprint]").ariaChecked === "true"`)
		require.Equal(t, "fingerprint", w.setting(directory.DemoPhone).ConfirmWith)
	})

	t.Run("on a small screen they open as a sheet", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := look(t, chromium, w, browsertest.Mobile(), directory.DemoPhone, "")
		tab.Key("h")
		tab.Click(browsertest.ID("phone-settings"))
		tab.Wait(browsertest.ID("phone-controls"))
		tab.Picture("phone-sheet")
		tab.Click(browsertest.ID("phone-push"))
		tab.Until(`document.querySelector("[data-testid=phone-push]").ariaChecked === "false"`)
		require.False(t, w.setting(directory.DemoPhone).PushOn)
		tab.Key("\x1b")
		tab.Until(`!document.documentElement.hasAttribute("data-sheet")`)
	})

	t.Run("embedded it is the frame alone", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := look(t, chromium, w, browsertest.Look{Width: 300, Height: 640}, directory.DemoPhone, "?embed=1")
		require.Equal(t, 0, browsertest.Eval[int](tab, `[...document.querySelectorAll(".ctl, .plist, header.tb")].filter((e) => e.offsetParent).length`))
		require.LessOrEqual(t, browsertest.Eval[int](tab, `document.documentElement.scrollWidth`), 300)
	})
}

func TestPhone_reads_codes(t *testing.T) {
	chromium := browsertest.Start(t)
	open := func(t *testing.T, w *world) *browsertest.Tab {
		tab := look(t, chromium, w, browsertest.Mobile(), directory.DemoPhone, "")
		tab.Key("s")
		tab.Wait(onScreen("scan"))
		return tab
	}

	paste := func(tab *browsertest.Tab, text string) {
		browsertest.Eval[any](tab, `(() => { const f = document.querySelector("form.scanlink"); f.elements.content.value = "`+text+`"; f.requestSubmit(); })()`)
	}

	t.Run("a code on the desk is one touch away", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.make("scan", func(_ *payment.ID, c *payment.Create) { c.Flow, c.Phone = payment.QR, "" })
		w.desk = []pages.Code{{Content: w.url + "/qr/" + p.Code, Picture: base + "/phone/" + ola + "/me.svg", Title: "NOK 3,000.00", Note: "Spendings"}}
		tab := open(t, w)
		tab.Wait(browsertest.ID("scan-desk-item"))
		tab.Picture("phone-scan")
		tab.Click(browsertest.ID("scan-desk-item"))
		tab.Wait(onScreen("pay"))
	})

	t.Run("a callback code checks in, and the payment comes there", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := open(t, w)
		tab.Write(browsertest.ID("scan-paste"), "checkin:m1\r")
		tab.Wait(browsertest.ID("checkin"))
		require.Contains(t, tab.Text(browsertest.ID("checkin")), "You are checked in at Kasse 1.")
		tab.Picture("phone-checkin")
		w.make("kasse", nil)
		tab.Wait(onScreen("pay"))
	})

	t.Run("a shop that is not reached is told", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := open(t, w)
		tab.Write(browsertest.ID("scan-paste"), "checkin:m2\r")
		tab.Wait(`[data-testid="checkin"][data-state="failed"]`)
		tab.Click(browsertest.ID("checkin-leave"))
		tab.Wait(onScreen("home"))
	})

	t.Run("codes that are not to pay with say so", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := open(t, w)
		paste(tab, "personal:kari")
		tab.Until(`document.querySelector("[data-testid=scan-problem]")?.textContent === "This code isn’t for paying"`)
		paste(tab, "foreign:evil.example")
		tab.Wait(browsertest.ID("scan-foreign"))
		tab.Picture("phone-foreign")
		require.Contains(t, tab.Text(browsertest.ID("scan-foreign")), "evil.example")
		paste(tab, w.url+"/qr/p0000")
		tab.Until(`document.querySelector("[data-testid=scan-problem]")?.textContent === "We can’t find this code"`)
	})

	t.Run("its own code is shown", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := open(t, w)
		tab.Key("h")
		tab.Click(browsertest.ID("home-myqr"))
		tab.Wait(browsertest.ID("myqr"))
		tab.Until(`document.querySelector("[data-testid=myqr] img").complete`)
	})
}
