package server_test

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/servertest"
)

// TestEveryPageIsShutIn reads every page as it is sent, in a world where all
// that others may write is hostile: a strict policy goes with each, nothing
// is on it that the policy would stop, nothing comes from elsewhere, and what
// others wrote is only ever text.
func TestEveryPageIsShutIn(t *testing.T) {
	t.Parallel()
	sim := start(t)
	read := map[string]bool{}
	ahead := hostileWorld(t, sim)
	for len(ahead) > 0 {
		path := ahead[0]
		ahead = ahead[1:]
		if read[path] || !isPage(path) {
			continue
		}
		read[path] = true
		page := call(t, sim, http.MethodGet, path, "", "Accept: text/html")
		if page.status/100 == 3 {
			continue // leads on, and shows nothing
		}
		if !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
			require.NotRegexp(t, `(?i)<(script|img src=x)`, page.body, path)
			continue
		}
		require.Equal(t, "nosniff", page.header.Get("X-Content-Type-Options"), path)
		nonce := shutIn(t, path, page.header.Get("Content-Security-Policy"))
		ahead = append(ahead, strict(t, sim.URL, path, page.body, nonce)...)
	}
	for _, path := range []string{"/", "/console/settings", "/console/start", "/phone", "/landing/storybook/paid", "/docs/sim/print", "/docs/scenarios/retry-ladder", "/demo/taxi/pay?id=122"} {
		require.True(t, read[path], "%s was found: %v", path, slices.Sorted(maps.Keys(read)))
	}
}

// hostileWorld fills a world with hostile texts, and gives the addresses of
// its pages, also those that are asked for what is not there.
func hostileWorld(t *testing.T, sim *servertest.Sim) []string {
	t.Helper()
	for _, msn := range []string{"123456", "234567", "456789"} {
		_, err := sim.Client.ChangeMerchant(t.Context(), msn, client.Merchant{Name: hostile, Company: hostile})
		require.NoError(t, err)
	}
	_, err := sim.Client.AddPhone(t.Context(), "4799999999", hostile)
	require.NoError(t, err)
	require.NoError(t, sim.Client.PutCallbackCode(t.Context(), "kasse1", `"<img src=x onerror=pwned=1>{{.}}`))
	sticker, err := sim.Client.CreateRedirectCode(t.Context(), client.NewRedirectCode{ID: "taxi_1", RedirectURL: "https://taxi.example/?q=%22%3E%3Cscript%3E'onerror=1"}, client.AsText)
	require.NoError(t, err)
	paths := []string{
		"/", "/phone", "/phone/" + kari, "/phone/4799999999", "/phone/4799999999/desk", "/phone/4799999999/manifest.webmanifest", "/phone/4799999999/me.svg",
		"/console/start", "/console/storybook", "/console/qr/print", "/console/qr/sample.svg", "/docs", "/docs/sim", "/docs/sim/print", "/docs/scenarios",
		"/demo", "/demo/shop", "/demo/taxi", "/demo/taxi/pay?id=122", "/qr/cAAAAAAAA", strings.TrimPrefix(sticker.URL, sim.URL),
	}
	for _, page := range []string{"webhooks", "requests", "qr", "merchants", "scenarios", "control", "settings"} {
		paths = append(paths, "/console/"+page)
	}
	for _, path := range stories() {
		paths = append(paths, path, path+"?brand="+url.QueryEscape(hostile)+"&lang="+url.QueryEscape(hostile))
	}
	for n, reference := range []string{"socks-hostile-1", "socks-hostile-2"} {
		created, err := sim.Client.CreatePayment(t.Context(), client.CreatePayment{
			Amount: client.NOK(100), Reference: reference, UserFlow: client.WebRedirect, ReturnURL: `https://shop.example/?x="><script>pwned=1</script>`, PaymentDescription: hostile,
		})
		require.NoError(t, err)
		paths = append(paths, strings.TrimPrefix(created.RedirectURL, sim.URL), "/console/payments/123456/"+reference)
		if n > 0 {
			_, err := sim.Client.Approve(t.Context(), reference)
			require.NoError(t, err)
		}
	}
	asked := url.PathEscape(strings.ReplaceAll(hostile, "/", "")) // a path of one part
	for _, path := range []string{"/phone/", "/console/payments/123456/", "/console/payments/", "/console/scenarios/", "/docs/", "/docs/scenarios/", "/landing/storybook/"} {
		paths = append(paths, path+asked)
	}
	for _, path := range []string{"/landing?token=", "/demo/shop?order=", "/demo/taxi?id=", "/demo/taxi/pay?id=", "/console/qr/print?sheet=", "/console/qr/print?ids=", "/?q="} {
		paths = append(paths, path+url.QueryEscape(hostile))
	}
	desk := call(t, sim, http.MethodGet, "/phone/"+kari+"/desk", "")
	for _, code := range regexp.MustCompile(`/qr/c\w{8}`).FindAllString(desk.body, -1) {
		paths = append(paths, code)
	}
	return paths
}

// isPage leaves out what is no page of a person: files, streams and the APIs.
func isPage(path string) bool {
	return !regexp.MustCompile(`^/(assets|sim|epayment|healthz|metrics|openapi)\b|/openapi\.|/stream|\.(yaml|json)$`).MatchString(path)
}

// shutIn holds a page's policy against what all must have, and gives its nonce.
func shutIn(t *testing.T, path, policy string) string {
	t.Helper()
	require.Contains(t, policy, "default-src 'none'", path)
	require.Contains(t, policy, "frame-ancestors", path)
	require.NotRegexp(t, `unsafe|\*|https?:`, strings.ReplaceAll(policy, "https://shop.example", ""), path)
	found := regexp.MustCompile(`'nonce-([\w-]{22,})'`).FindStringSubmatch(policy)
	require.NotEmpty(t, found, "%s: %s", path, policy)
	return found[1]
}

var scripts = regexp.MustCompile(`(?s)(<script[^>]*>)(.*?)</script>`)

// strict reads a page's markup, in a world of the base, and gives the pages of ours that it leads to.
func strict(t *testing.T, base, path, body, nonce string) (leadsTo []string) {
	t.Helper()
	for _, script := range scripts.FindAllStringSubmatch(body, -1) {
		require.NotContains(t, script[2], "<", "%s: what a script holds stays in it", path)
	}
	body = scripts.ReplaceAllString(body, "$1</script>")
	body = regexp.MustCompile(`(?s)(<style[^>]*>).*?</style>`).ReplaceAllString(body, "$1</style>")
	markup := xml.NewDecoder(strings.NewReader(body))
	markup.Strict, markup.AutoClose, markup.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := markup.RawToken()
		if errors.Is(err, io.EOF) {
			return leadsTo
		}
		require.NoError(t, err, path)
		tag, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		at := map[string]string{}
		for _, a := range tag.Attr {
			at[a.Name.Local] = a.Value
			require.False(t, strings.HasPrefix(a.Name.Local, "on"), "%s: <%s %s>", path, tag.Name.Local, a.Name.Local)
			require.NotEqual(t, "style", a.Name.Local, "%s: <%s>", path, tag.Name.Local)
		}
		switch name := tag.Name.Local; name {
		case "script", "style":
			require.Equal(t, nonce, at["nonce"], "%s: <%s>", path, name)
		case "base", "object", "embed":
			t.Errorf("%s: <%s> has no place on a page", path, name)
		case "a":
			require.NotRegexp(t, `(?i)^\s*(javascript|data|vbscript):`, at["href"], path)
			if strings.HasPrefix(at["href"], "/") {
				leadsTo = append(leadsTo, strings.SplitN(at["href"], "#", 2)[0])
			}
		}
		for _, from := range []string{at["src"], map[bool]string{true: at["href"]}[tag.Name.Local == "link"]} {
			require.NotRegexp(t, `^\s*([a-z]+:)?//`, strings.TrimPrefix(from, base), "%s: <%s> is from elsewhere", path, tag.Name.Local)
		}
	}
}
