package pages_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/web/browsertest"
)

func TestWall(t *testing.T) {
	chromium := browsertest.Start(t)
	open := func(t *testing.T, w *world, how browsertest.Look) *browsertest.Tab {
		tab := chromium.Tab(t, how)
		tab.Go(w.url + "/phone")
		tab.Until(`document.documentElement.dataset.ready === "true"`)
		return tab
	}
	place := func(number string) string { return `[data-testid="wall-phone"][data-msisdn="` + number + `"]` }

	t.Run("all phones that wait are answered at once", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for _, p := range w.phones.Phones() {
			w.set(p.Number, func(p *directory.Phone) { p.Language = "en" })
		}
		first := w.make("first", nil)
		second := w.make("second", func(_ *payment.ID, c *payment.Create) { c.Phone = ola })
		tab := open(t, w, computer())
		tab.Wait(place(directory.DemoPhone) + `[data-state="waiting"]`)
		tab.Picture("wall")
		tab.Click(`[data-testid="wall-bulk"] button`)
		tab.Wait(place(directory.DemoPhone) + `[data-state="finished"]`)
		tab.Wait(place(ola) + `[data-state="finished"]`)
		require.Equal(t, payment.Authorized, w.state(first))
		require.Equal(t, payment.Authorized, w.state(second))
	})

	t.Run("a phone is declined by key and turned off by its controls", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		p := w.make("key", nil)
		tab := open(t, w, browsertest.Mobile())
		tab.Wait(place(directory.DemoPhone) + `[data-state="waiting"]`)
		tab.Picture("wall-mobile")
		browsertest.Eval[any](tab, `document.querySelector('`+place(directory.DemoPhone)+`').focus()`)
		tab.Key("d")
		tab.Wait(place(directory.DemoPhone) + `[data-state="finished"]`)
		require.Equal(t, payment.Aborted, w.state(p))
		tab.Click(place(directory.DemoPhone) + ` .whose button`)
		tab.Click(`[data-testid="phone-network"] [data-value="offline"]`)
		tab.Wait(place(directory.DemoPhone) + `[data-state="offline"]`)
	})

	t.Run("a number that is no phone number is refused beside its field", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		tab := open(t, w, computer())
		tab.Click(`.more-phones button`)
		tab.Write(`[role="dialog"] input[name="number"]`, "12")
		tab.Click(browsertest.ID("phone-add"))
		tab.Until(`document.getElementById("add-problem").textContent !== ""`)
	})

	t.Run("twenty phones hear of twenty requests and stay quick", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for i := range 20 {
			number := fmt.Sprintf("479000%04d", i)
			require.NoError(t, w.phones.AddPhone(t.Context(), directory.NewPhone(number, "Phone "+number, "NO")))
		}
		tab := open(t, w, computer())
		for i := range 20 {
			w.make(fmt.Sprintf("many-%d", i), func(_ *payment.ID, c *payment.Create) { c.Phone = fmt.Sprintf("479000%04d", i) })
		}
		tab.Until(`document.querySelectorAll("[data-testid=wall-phone][data-state=waiting]").length === 20`)
		longest := browsertest.Eval[float64](tab, `new Promise((done) => { let last = performance.now(), worst = 0, n = 0; const tick = () => { const now = performance.now(); worst = Math.max(worst, now - last); last = now; ++n < 60 ? setTimeout(tick, 16) : done(worst); }; tick(); })`)
		require.Less(t, longest, 1000.0, "milliseconds in which the page does not answer")
	})
}

func TestPhone_is_an_app(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	get := func(path string) (*http.Response, string) {
		t.Helper()
		answer, err := http.Get(w.url + path)
		_, body := read(t, answer, err)
		return answer, body
	}
	answer, body := get("/phone/" + directory.DemoPhone + "/manifest.webmanifest")
	require.Equal(t, "application/manifest+json", answer.Header.Get("Content-Type"))
	var m struct {
		Name     string `json:"name"`
		StartURL string `json:"start_url"`
		Scope    string `json:"scope"`
		Icons    []struct{ Src, Type string }
	}
	require.NoError(t, json.Unmarshal([]byte(body), &m))
	require.Equal(t, "Kari, simulated", m.Name)
	require.Equal(t, base+"/phone/"+directory.DemoPhone, m.StartURL)
	for _, icon := range m.Icons {
		answer, _ := get(icon.Src[len(base):])
		require.Equal(t, icon.Type, answer.Header.Get("Content-Type"))
	}
	answer, _ = get("/phone/worker.js")
	require.Equal(t, "no-cache", answer.Header.Get("Cache-Control"))
	require.Equal(t, "text/javascript; charset=utf-8", answer.Header.Get("Content-Type"))
	answer, body = get("/phone/" + directory.DemoPhone + "/open.svg")
	require.Equal(t, "image/svg+xml", answer.Header.Get("Content-Type"))
	require.Contains(t, body, "/phone/"+directory.DemoPhone)
	for _, path := range []string{"manifest.webmanifest", "desk", "me.svg", "open.svg"} {
		answer, _ := get("/phone/4799999999/" + path)
		require.Equal(t, http.StatusNotFound, answer.StatusCode, path)
	}
}
