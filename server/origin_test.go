package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/web/browsertest"
)

// knock asks a simulator for something, saying where it comes from.
func knock(t *testing.T, sim http.Handler, method, path string, headers map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://127.0.0.1:8080"+path, strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	sim.ServeHTTP(w, r)
	return w
}

func TestPagesOfOtherOriginsChangeNothing(t *testing.T) {
	t.Parallel()
	sim := startAt(t, server.Options{Addr: "127.0.0.1:0"})
	strangers := map[string]map[string]string{
		"another site":              {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
		"another port of this host": {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:3000"},
		"an older browser":          {"Origin": "https://evil.example"},
		"a page in a sandbox":       {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
	}
	for who, headers := range strangers {
		for _, target := range []string{
			"POST /sim/v1/clock/freeze", "POST /sim/v1/reset", "PUT /sim/v1/clock", "PATCH /sim/v1/phones/" + kari, "DELETE /sim/v1/phones/" + kari,
			"POST /w/ci/sim/v1/reset", "POST /landing", "POST /phone",
		} {
			t.Run(who+" "+target, func(t *testing.T) {
				t.Parallel()
				_, err := sim.World(t.Context(), "ci")
				require.NoError(t, err)
				method, path, _ := strings.Cut(target, " ")
				answer := knock(t, sim, method, path, headers)
				require.Equal(t, http.StatusForbidden, answer.Code)
				require.Equal(t, "application/problem+json; charset=utf-8", answer.Header().Get("Content-Type"))
				var document struct{ Title, Detail, TraceID string }
				require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &document))
				require.Equal(t, "Forbidden", document.Title)
				require.Contains(t, document.Detail, "another origin")
				require.NotEmpty(t, document.TraceID)
			})
		}
	}
}

func TestProgramsAndOwnPagesMayChangeThings(t *testing.T) {
	t.Parallel()
	for who, headers := range map[string]map[string]string{
		"curl":                   nil,
		"a page of ours":         {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8080"},
		"ours in an old browser": {"Origin": "http://127.0.0.1:8080"},
		"the address bar":        {"Sec-Fetch-Site": "none"},
	} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			sim := startAt(t, server.Options{Addr: "127.0.0.1:0"})
			require.Equal(t, http.StatusOK, knock(t, sim, http.MethodPost, "/sim/v1/clock/freeze", headers).Code)
		})
	}
}

func TestAnyPageMayLook(t *testing.T) {
	t.Parallel()
	sim := startAt(t, server.Options{Addr: "127.0.0.1:0"})
	strange := map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://shop.example"}
	require.Equal(t, http.StatusOK, knock(t, sim, http.MethodGet, "/sim/v1/info", strange).Code)
	require.Equal(t, http.StatusOK, knock(t, sim, http.MethodGet, "/", strange).Code)
}

// strangersPage posts the form of a landing page from another origin, with a
// token that it should not even know.
func strangersPage(j *journey) {
	address, err := url.Parse(j.pay("socks-000012", nil))
	require.NoError(j.t, err)
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `<!doctype html><title>stranger</title><link rel="icon" href="data:,">
<form method="post" action="`+j.BaseURL()+`/landing"><input name="token" value="`+address.Query().Get("token")+`"><button id="go" name="action" value="approve">go</button></form>`)
	}))
	j.t.Cleanup(stranger.Close)
	tab := j.chromium.Tab(j.t, browsertest.Desktop())
	tab.Go(stranger.URL)
	tab.Click("#go")
	tab.Until(`document.body.textContent.includes("another origin")`)
	require.Equal(j.t, "CREATED", j.state("socks-000012"))

	// Our own form works even on a host that the browser does not trust.
	tab.Go(strings.Replace(j.BaseURL(), "127.0.0.1", "liksom.test", 1) + "/phone/4799999998")
	tab.Click(browsertest.ID("phone-add"))
	tab.Until(ready)
	require.Contains(j.t, tab.Address(), "/phone/4799999998")
}
