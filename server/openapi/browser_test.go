package openapi_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/openapi"
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
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)

	t.Run("an operation is found from the overview", func(t *testing.T) {
		tab := chromium.Tab(t, browsertest.Desktop())
		tab.Go(server.URL + "/docs")
		tab.Picture("docs-desktop")
		tab.Click(`a[href="/docs/epayment#capturePayment"]`)
		tab.Wait("#capturePayment")
		tab.Until(`document.querySelector("#capturePayment").getBoundingClientRect().top < innerHeight`)
		require.Contains(t, tab.Text("#capturePayment"), "Idempotency-Key")
		tab.Click("#capturePayment details summary")
		tab.Wait("#capturePayment details[open] pre")
		tab.Picture("docs-api-desktop")
	})

	t.Run("every page fits a phone and breaks no rule", func(t *testing.T) {
		tab := chromium.Tab(t, browsertest.Mobile())
		for _, name := range openapi.Names() {
			tab.Go(server.URL + "/docs/" + name)
			tab.Wait("#content")
			require.Empty(t, browsertest.Eval[string](tab, `document.documentElement.scrollWidth > innerWidth ? "wider than the screen: " + document.documentElement.scrollWidth : ""`), name)
		}
		tab.Picture("docs-api-mobile")
	})
}
