package openapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/openapi"
	"liksom/web"
)

var anchors = regexp.MustCompile(`href="#([^"]+)"`)

const base = "http://sim.test/w/ci-42"

func door() http.Handler {
	at := func(*http.Request) string { return base }
	return openapi.Door{Site: web.New(web.Options{Base: at, Log: slog.New(slog.DiscardHandler)}), Base: at}
}

func ask(method, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	door().ServeHTTP(answer, httptest.NewRequest(method, path, nil))
	return answer
}

func TestDocumentsAreServed(t *testing.T) {
	t.Parallel()
	paths := map[string]string{openapi.SimPath: "sim"}
	for _, name := range openapi.Names() {
		paths["/openapi/"+name+".json"] = name
	}
	for path, name := range paths {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			answer := ask("GET", path)
			require.Equal(t, http.StatusOK, answer.Code)
			require.Equal(t, "application/json; charset=utf-8", answer.Header().Get("Content-Type"))
			require.Equal(t, "*", answer.Header().Get("Access-Control-Allow-Origin"))
			var doc struct {
				Info    struct{ Title string }
				Servers []struct{ URL string }
			}
			require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &doc))
			require.Equal(t, openapi.Title(name), doc.Info.Title)
			require.Equal(t, base, doc.Servers[0].URL)
		})
	}
}

func TestWhatIsNoDocumentIsMissing(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/openapi/", "/openapi/common.json", "/openapi/sim.yaml", "/openapi/sim", "/docs/common", "/docs/a/b", "/docs/common/print", "/docs/print"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, http.StatusNotFound, ask("GET", path).Code)
		})
	}
}

func TestDocumentsAreOnlyRead(t *testing.T) {
	t.Parallel()
	answer := ask("POST", "/openapi/sim.json")
	require.Equal(t, http.StatusMethodNotAllowed, answer.Code)
	require.Equal(t, "GET, HEAD", answer.Header().Get("Allow"))
}

func TestTheViewerOffersEveryDocument(t *testing.T) {
	t.Parallel()
	paths := map[string]string{"/docs": openapi.Names()[0], "/docs/": openapi.Names()[0]}
	for _, name := range openapi.Names() {
		paths["/docs/"+name] = name
	}
	for path, name := range paths {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			page := ask("GET", path).Body.String()
			require.Contains(t, page, `data-document="/w/ci-42/openapi/`+name+`.json"`)
			require.Contains(t, page, `href="/w/ci-42/docs/`+name+`/print"`)
			for _, other := range openapi.Names() {
				require.Contains(t, page, `href="/w/ci-42/docs/`+other+`"`)
			}
		})
	}
}

func TestThePageToPrintShowsAllOfADocument(t *testing.T) {
	t.Parallel()
	page := ask("GET", "/docs/epayment/print").Body.String()
	for what, text := range map[string]string{
		"the path":            "/epayment/v1/payments/{reference}/capture",
		"a header":            "Idempotency-Key",
		"a member inside":     "qrFormat",
		"a rule":              "at most 65000000",
		"a link to a shape":   `href="#schema-Amount"`,
		"the shape":           `id="schema-Amount"`,
		"an example":          "taxi-ride-000417",
		"an error":            "6090",
		"what is called back": "askShippingOptions",
		"the keys":            "Ocp-Apim-Subscription-Key",
		"code in prose":       `<code class="mono">Idempotency-Key</code>`,
	} {
		require.Contains(t, page, text, what)
	}
	require.Contains(t, ask("GET", "/docs/webhooks/print").Body.String(), `id="checkedInEvent"`)
}

// A link to a shape or an operation must lead somewhere on its page.
func TestNoLinkOnAPageToPrintIsDead(t *testing.T) {
	t.Parallel()
	for _, name := range openapi.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := ask("GET", "/docs/"+name+"/print").Body.String()
			for _, link := range anchors.FindAllStringSubmatch(page, -1) {
				require.Contains(t, page, `id="`+link[1]+`"`)
			}
		})
	}
}
