package pages_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/web/browsertest"
)

func TestPhone_in_a_browser(t *testing.T) {
	chromium := browsertest.Start(t)
	computer := browsertest.Look{Width: 1344, Height: 952}
	screen := func(name string) string { return `[data-testid="phone"][data-screen="` + name + `"]` }
	// english makes texts the same whatever the phone's market.
	english := func(w *world, number string) {
		_, err := w.phones.ChangePhone(t.Context(), number, func(p *directory.Phone) error { p.Language = "en"; return nil })
		require.NoError(t, err)
	}
	open := func(t *testing.T, w *world, look browsertest.Look, number string) *browsertest.Tab {
		english(w, number)
		tab := chromium.Tab(t, look)
		tab.Go(w.url + "/phone/" + number)
		tab.Until(`document.documentElement.dataset.ready === "true"`)
		return tab
	}
	scopes := func(id *payment.ID, c *payment.Create) {
		insurance(id, c)
		c.Scopes = []string{"name", "email", "phoneNumber"}
		c.Details.ReceiptURL = "https://shop.example/receipts/17"
	}

	t.Run("a push is opened and paid with the mouse", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := open(t, w, computer, directory.DemoPhone)
		tab.Wait(screen("lock"))
		p := w.make("24ab7cd6ef658155992", scopes)
		tab.Wait(browsertest.ID("push"))
		tab.Click(browsertest.ID("push-open"))
		tab.Wait(screen("consent"))
		tab.Click(browsertest.ID("consent-allow"))
		tab.Wait(screen("pay"))
		require.Equal(t, "NOK\u00a03,000.00", tab.Text(browsertest.ID("pay-amount")))
		tab.Click(browsertest.ID("pay-confirm"))
		tab.Wait(screen("success"))
		require.Equal(t, payment.Authorized, w.state(p))
		require.Equal(t, "https://shop.example/receipts/17", browsertest.Eval[string](tab, `document.querySelector("[data-testid=success-own-receipt]").href`))
		tab.Click(browsertest.ID("success-done"))
		tab.Wait(screen("home"))
		tab.Wait(browsertest.ID("activity-item"))
	})

	t.Run("a long bill scrolls over its total, as it was sent", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.make("long-bill", func(_ *payment.ID, c *payment.Create) {
			lines := []payment.Line{{ID: "1", Name: "Filter coffee", Quantity: "2", Total: 8400, Tax: 1680}, {ID: "2", Name: "Member discount", Total: -1000}}
			for range 6 {
				lines = append(lines, payment.Line{ID: "3", Name: "Bun", Quantity: "1", Total: 2500, Tax: 500})
			}
			c.Details = &payment.Details{Receipt: &payment.Receipt{Currency: "NOK", Tip: 2000, Lines: lines}}
		})
		tab := open(t, w, browsertest.Mobile(), directory.DemoPhone)
		tab.Click(browsertest.ID("push-open"))
		tab.Wait(browsertest.ID("pay-orderlines"))
		require.Equal(t, []string{"2 × Filter coffee84.00", "Member discount−10.00", "Bun25.00"}, browsertest.Eval[[]string](tab, `[...document.querySelectorAll("[data-testid=pay-orderlines] .lines li")].slice(0, 3).map((l) => l.textContent)`))
		require.Equal(t, []string{"Of which VAT46.80", "Tip20.00", "TotalNOK\u00a03,000.00"}, browsertest.Eval[[]string](tab, `[...document.querySelectorAll("[data-testid=pay-orderlines] ul:last-child li")].map((l) => l.textContent)`))
		require.True(t, browsertest.Eval[bool](tab, `(() => { const lines = document.querySelector("[data-testid=pay-orderlines] .lines"); return lines.scrollHeight > lines.clientHeight && lines.tabIndex === 0; })()`))
	})

	t.Run("a declined card is followed by another", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.make("24ab7cd6ef658155992", insurance)
		tab := open(t, w, browsertest.Mobile(), directory.DemoPhone)
		tab.Wait(browsertest.ID("push"))
		tab.Click(browsertest.ID("push-open"))
		tab.Wait(screen("pay"))
		tab.Click(browsertest.ID("pay-card"))
		tab.Wait(browsertest.ID("card-picker"))
		tab.Click(browsertest.ID("card-9995"))
		tab.Click(browsertest.ID("pay-confirm"))
		tab.Wait(screen("declined"))
		require.Equal(t, payment.Created, w.state(p))
		tab.Click(browsertest.ID("declined-retry"))
		tab.Wait(screen("success"))
		require.Equal(t, payment.Authorized, w.state(p))
	})

	t.Run("keys approve, decline and fail the card", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		first := w.make("first", nil)
		tab := open(t, w, computer, directory.DemoPhone)
		tab.Wait(browsertest.ID("push"))
		tab.Key("a")
		tab.Wait(screen("success"))
		require.Equal(t, payment.Authorized, w.state(first))
		tab.Key("h")
		tab.Wait(screen("home"))
		second := w.make("second", nil)
		tab.Wait(browsertest.ID("push"))
		tab.Key("f")
		tab.Wait(screen("declined"))
		require.Equal(t, payment.Created, w.state(second))
		tab.Key("d")
		tab.Wait(screen("cancelled"))
		require.Equal(t, payment.Aborted, w.state(second))
	})

	t.Run("refused consent ends the payment", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.make("consent", scopes)
		tab := open(t, w, browsertest.Mobile(), directory.DemoPhone)
		tab.Click(browsertest.ID("push-open"))
		tab.Wait(screen("consent"))
		tab.Click(browsertest.ID("consent-deny"))
		tab.Wait(screen("cancelled"))
		require.Equal(t, payment.Aborted, w.state(p))
	})

	t.Run("home lists what waits, and time runs out on it", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.make("24ab7cd6ef658155992", nil)
		w.make("taxi", func(id *payment.ID, c *payment.Create) {
			id.MSN, c.Amount.Value, c.Description = "123456", 35000, "Trip TX-122"
		})
		tab := open(t, w, browsertest.Mobile(), directory.DemoPhone)
		tab.Key("h")
		tab.Wait(screen("home"))
		tab.Until(`document.querySelectorAll("[data-testid=pending-item]").length === 2`)
		tab.Click(browsertest.ID("push-dismiss"))
		tab.Click(browsertest.ID("push-dismiss"))
		tab.Click(`[data-testid="pending-item"][data-reference="24ab7cd6ef658155992"]`)
		tab.Wait(screen("pay"))
		w.clock.Release(w.clock.Now().Add(5 * time.Minute))
		_, err := w.service.Do(t.Context(), p.ID, payment.LetGo{}, nil)
		require.ErrorIs(t, err, payment.Because(payment.RanOut))
		tab.Wait(screen("expired"))
	})

	t.Run("an offline phone says so and comes back", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		_, err := w.phones.ChangePhone(t.Context(), "358401234567", func(p *directory.Phone) error { p.Online = false; return nil })
		require.NoError(t, err)
		w.make("held", func(id *payment.ID, c *payment.Create) {
			id.MSN, c.Phone, c.Amount = "567890", "358401234567", payment.Amount{Currency: "EUR", Value: 2990}
		})
		tab := open(t, w, computer, "358401234567")
		tab.Wait(browsertest.ID("phone-offline"))
		tab.Wait(`[data-testid="phone"][data-offline="true"]`)
		tab.Click(browsertest.ID("phone-go-online"))
		tab.Wait(browsertest.ID("push"))
		require.Contains(t, tab.Text(browsertest.ID("push")), "€29.90")
	})

	t.Run("an answer elsewhere moves this screen too", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.make("elsewhere", nil)
		tab := open(t, w, computer, directory.DemoPhone)
		tab.Click(browsertest.ID("push-open"))
		tab.Wait(screen("pay"))
		_, err := w.service.Do(t.Context(), p.ID, payment.Approve{Forced: true, Phone: directory.DemoPhone}, nil)
		require.NoError(t, err)
		tab.Wait(screen("success"))
		require.Contains(t, tab.Text(browsertest.ID("phone")), "Done on another screen.")
	})

	t.Run("a link from a code puts the payment on the phone", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.make("scan", func(_ *payment.ID, c *payment.Create) { c.Flow, c.Phone = payment.QR, "" })
		tab := open(t, w, browsertest.Mobile(), directory.DemoPhone)
		tab.Key("s")
		tab.Write(browsertest.ID("scan-paste"), w.url+"/qr/"+p.Code)
		tab.Key("\r")
		tab.Wait(screen("pay"))
	})

	t.Run("the start page and the list of phones", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.make("24ab7cd6ef658155992", nil)
		english(w, directory.DemoPhone)
		for _, look := range map[string]browsertest.Look{"desktop": {Width: 1200, Height: 860}, "mobile": browsertest.Mobile(), "dark": {Width: 1440, Height: 900, Dark: true}, "narrow": {Width: 320, Height: 640}, "tablet": {Width: 860, Height: 1000}} {
			tab := chromium.Tab(t, look)
			for page, path := range map[string]string{"start": "/console/start", "phones": "/phone", "phone-unknown": "/phone/4799999999", "phone": "/phone/" + directory.DemoPhone} {
				tab.Go(w.url + path)
				require.LessOrEqual(t, browsertest.Eval[int](tab, `document.documentElement.scrollWidth`), look.Width, page)
			}
		}
	})
}
