package openapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/openapi"
	"liksom/server/openapi/openapitest"
	"liksom/web"
	"liksom/web/browsertest"
)

// The tab fails the test for whatever the page's policy stops and for every
// error on its console.
func TestReference_in_a_browser(t *testing.T) {
	chromium := browsertest.Start(t)
	at := func(r *http.Request) string { return "http://" + r.Host }
	site := web.New(web.Options{Base: at})
	routes := http.NewServeMux()
	routes.HandleFunc("/assets/", site.ServeAsset)
	routes.Handle("/", openapi.Door{Site: site, Base: at})
	server := httptest.NewServer(openapitest.New(t).Handler(routes))
	t.Cleanup(server.Close)

	t.Run("each document is shown, at an address of its own, and fits a phone", func(t *testing.T) {
		tab := chromium.Tab(t, browsertest.Desktop())
		for _, name := range openapi.Names() {
			doc, err := openapitest.Load(name)
			require.NoError(t, err)
			tab.Go(server.URL + "/docs/" + name)
			tab.Until(ready)
			require.Contains(t, tab.Text("#viewer .info h1"), openapi.Title(name))
			require.Equal(t, len(operations(doc)), browsertest.Eval[int](tab, `document.querySelectorAll("#viewer .opblock").length`), name)
			require.Equal(t, openapi.Title(name), tab.Text(`.apis a[aria-current="page"]`))
			require.Empty(t, elsewhere(tab), "what is loaded from elsewhere")
			tab.Picture("docs-" + name)
			// The viewer takes long to start, and a window is soon made smaller.
			tab.Resize(390, 844)
			tab.Until("innerWidth === 390")
			require.Empty(t, tooWide(tab), name)
			tab.Resize(1200, 860)
		}
	})

	t.Run("an operation is opened, and has a link", func(t *testing.T) {
		tab := chromium.Tab(t, browsertest.Desktop())
		tab.Go(server.URL + "/docs")
		tab.Until(ready)
		tab.Click("#operations-Payments-capturePayment .opblock-summary-control")
		tab.Wait("#operations-Payments-capturePayment .parameters")
		require.Contains(t, tab.Text("#operations-Payments-capturePayment"), "Idempotency-Key")
		require.Contains(t, tab.Address(), "#/Payments/capturePayment")
		tab.Picture("docs-operation-desktop")
	})

	t.Run("a link opens its operation", func(t *testing.T) {
		tab := chromium.Tab(t, browsertest.Look{Width: 1200, Height: 860, Dark: true})
		tab.Go(server.URL + "/docs/sim#/Clock/advanceClock")
		tab.Wait("#operations-Clock-advanceClock .responses-table")
		require.True(t, browsertest.Eval[bool](tab, `document.documentElement.classList.contains("dark-mode")`))
		tab.Picture("docs-dark")
	})

	t.Run("every page to print fits a phone", func(t *testing.T) {
		tab := chromium.Tab(t, browsertest.Mobile())
		for _, name := range openapi.Names() {
			tab.Go(server.URL + "/docs/" + name + "/print")
			tab.Wait("#content")
			require.Empty(t, tooWide(tab), name)
		}
		tab.Picture("docs-print-mobile")
	})

	t.Run("without scripts there is a way to read", func(t *testing.T) {
		tab := chromium.Tab(t, browsertest.Look{Width: 1200, Height: 860, NoScript: true})
		tab.Go(server.URL + "/docs/epayment")
		tab.Click("#content a")
		tab.Wait("#capturePayment")
	})
}

const ready = `document.documentElement.dataset.ready === "true"`

func tooWide(tab *browsertest.Tab) string {
	return browsertest.Eval[string](tab, `document.documentElement.scrollWidth > innerWidth ? "wider than the screen: " + document.documentElement.scrollWidth : ""`)
}

// elsewhere are the addresses on other hosts that a page has loaded from.
func elsewhere(tab *browsertest.Tab) []string {
	return browsertest.Eval[[]string](tab, `performance.getEntriesByType("resource").map((e) => e.name).filter((n) => !n.startsWith(location.origin + "/") && !n.startsWith("data:"))`)
}
