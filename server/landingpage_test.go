package server_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/landing"
	"liksom/server/openapi/openapitest"
	"liksom/web"
	"liksom/web/browsertest"
)

// TestLandingPage drives the payer's page between tabs, shops and strangers.
func TestLandingPage(t *testing.T) {
	chromium := browsertest.Start(t)

	t.Run("the shop it leads back to may frame it, and nobody else", func(t *testing.T) {
		t.Parallel()
		// A page that may not be framed is not even styled; one that may is, before
		// its frame has loaded.
		var styled atomic.Int32
		sim, err := server.New(t.Context(), server.Options{Addr: "127.0.0.1:0", Around: func(inside http.Handler) http.Handler {
			inside = openapitest.New(t).Handler(inside)
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/landing.css") {
					styled.Add(1)
				}
				inside.ServeHTTP(w, r)
			})
		}})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, sim.Stop(context.Background())) })
		require.NoError(t, sim.Start(t.Context()))
		j := &journey{t: t, chromium: chromium, sim: sim, Client: client.New(sim.URL()), shop: &shop{url: "http://shop.test"}}
		pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `<!doctype html><title>shop</title><link rel="icon" href="data:,"><h1 id="shop">Shop</h1>`)
		}))
		t.Cleanup(pages.Close)
		_, port, _ := strings.Cut(strings.TrimPrefix(pages.URL, "http://"), ":")
		look := browsertest.Desktop()
		look.Blocked = true
		frame := func(from, address string) int32 {
			t.Helper()
			tab := chromium.Tab(t, look)
			tab.Go(from)
			styled.Store(0)
			browsertest.Eval[any](tab, `new Promise((loaded) => {
				const dialog = document.body.appendChild(document.createElement("iframe"));
				dialog.addEventListener("load", () => loaded(null));
				dialog.src = "`+address+`";
			})`)
			return styled.Load()
		}
		page := j.pay("framed-0001", func(p *client.CreatePayment) { p.ReturnURL = "http://shop.test:" + port + "/thanks?a=1#b" })
		require.Positive(t, frame("http://shop.test:"+port+"/", page), "the shop's dialog")
		require.Positive(t, frame(j.BaseURL()+"/console/start", page), "the page itself")
		require.Zero(t, frame("http://evil.test:"+port+"/", page), "somebody else")
		require.Zero(t, frame("http://shop.test.evil.test:"+port+"/", page), "somebody with a name that begins alike")
		app := j.pay("framed-0002", func(p *client.CreatePayment) { p.ReturnURL = "shop://thanks" })
		require.Zero(t, frame("http://shop.test:"+port+"/", app), "an app has no origin to frame it from")
	})

	stays := `!document.querySelector("[data-return]") || document.querySelector("[data-return]").hidden`
	homes := func(j *journey) (n int) {
		for _, line := range j.shop.story(j.t) {
			if line == homeAsSeen {
				n++
			}
		}
		return n
	}

	t.Run("of two tabs one goes home", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		address := j.pay("two-tabs-0001", nil)
		first := j.open(address)
		_, err := j.Approve(t.Context(), "two-tabs-0001")
		require.NoError(t, err)
		j.isHome(first)
		second := first.Beside(browsertest.Desktop())
		second.Go(address + "&seen=1") // as one that has watched the payment, too
		second.Wait(onPage("paid"))
		second.Until(ready + ` && (` + stays + `)`)
		require.Equal(t, 1, homes(j))
	})

	t.Run("going back does not lead home again", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		tab := j.open(j.pay("and-back-0001", nil))
		_, err := j.Approve(t.Context(), "and-back-0001")
		require.NoError(t, err)
		j.isHome(tab)
		tab.Back()
		tab.Wait(browsertest.ID("landing"))
		tab.Until(`document.documentElement.dataset.ready === "true" && (` + stays + `)`)
		require.Equal(t, 1, homes(j))

		console := chromium.Tab(t, desk())
		console.Go(j.BaseURL() + "/console/payments/123456/and-back-0001")
		console.Wait(`[data-testid="timeline-item"][data-kind="landing"]`)
		require.Equal(t, 1, browsertest.Eval[int](console, `[...document.querySelectorAll("[data-testid=timeline-item][data-kind=landing]")].filter((e) => e.textContent.includes("Landing page opened")).length`), "once, however often it is loaded")
	})

	t.Run("a token of nobody, or of another world, opens nothing", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		token := j.pay("foreign-0001", nil)
		_, token, _ = strings.Cut(token, "token=")
		other := begin(t, chromium)
		code, _, _ := strings.Cut(token, ".")
		for _, foreign := range []string{token, code + ".", code, "", "<script>", strings.Repeat("x", 4000)} {
			tab := other.chromium.Tab(t, browsertest.Desktop())
			tab.Go(other.BaseURL() + "/landing?token=" + foreign)
			tab.Wait(onPage("unknown"))
			require.Zero(t, browsertest.Eval[int](tab, `document.querySelectorAll("form, [data-stream], main script").length`))
		}
	})

	t.Run("what a merchant is called is only ever text", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		_, err := j.ChangeMerchant(t.Context(), "123456", client.Merchant{Name: hostile, Company: hostile})
		require.NoError(t, err)
		j.english()
		safe := func(tab *browsertest.Tab, what string) {
			require.False(t, browsertest.Eval[bool](tab, `"pwned" in window || Boolean(document.querySelector('img[src="x"]'))`), what)
		}
		page := j.open(j.pay("hostile-name-1", nil))
		require.Equal(t, hostile, page.Text(browsertest.ID("landing-merchant")))
		safe(page, "landing")
		phone := j.openPhone(browsertest.Mobile())
		wall := j.chromium.Tab(t, desk())
		wall.Go(j.BaseURL() + "/phone")
		wall.Until(ready)
		j.pay("hostile-name-2", toKari)
		phone.Wait(browsertest.ID("push"))
		require.Contains(t, phone.Text(browsertest.ID("push")), "<script>")
		safe(phone, "phone")
		wall.Wait(`[data-testid="wall-phone"][data-msisdn="` + kari + `"] [data-testid="push"]`)
		safe(wall, "wall")
		page.Click(browsertest.ID("sim-approve"))
		page.Wait(onPage("paid"))
		require.Contains(t, page.Text(`[data-return-text]`), "<script>")
		safe(page, "result")
	})

	t.Run("learns that its push is on the way again", func(t *testing.T) {
		t.Parallel()
		j := begin(t, chromium)
		network := func(online bool) {
			_, err := j.PatchPhone(t.Context(), kari, client.PhoneChange{Online: &online})
			require.NoError(t, err)
		}
		network(false)
		page := j.open(j.pay("held-back-001", func(p *client.CreatePayment) { p.Customer = &client.Customer{PhoneNumber: kari} }) + "&lang=en")
		page.Click(browsertest.ID("landing-next"))
		page.Wait(onPage("waiting"))
		page.Until(`document.querySelector("[data-step=delivered]").textContent.includes("Not delivered yet")`)
		network(true)
		page.Until(`document.querySelector("[data-step=delivered]").textContent.includes("Delivered to the phone")`)
	})
}

// keyLike is what a text's key looks like, where a text should be.
var keyLike = regexp.MustCompile(`\b(landing|result|sc|app|refusal|unknown|country|clock|sim|wallet|brand|lang|ph|ctl|wall|scope)\.[a-z]+(\.[a-z]+)*\b`)

// TestLandingStories looks at every state of the page as it comes, before any
// script has run.
func TestLandingStories(t *testing.T) {
	t.Parallel()
	sim := startAt(t, server.Options{Addr: "127.0.0.1:0"})
	get := func(t *testing.T, path string) string {
		t.Helper()
		answer, err := http.Get(sim.URL() + path)
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return string(body)
	}
	first := func(pattern, text string) [][]string {
		return regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1)
	}
	for _, story := range landing.Stories() {
		t.Run(story, func(t *testing.T) {
			t.Parallel()
			for _, lang := range web.Languages() {
				page := get(t, "/landing/storybook/"+story+"?lang="+lang)
				require.Contains(t, page, `<html lang="`+lang+`"`)
				text := regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`).ReplaceAllString(page, " ")
				require.Empty(t, keyLike.FindString(text), "a text's key is shown in %s", lang)
				require.NotContains(t, text, "{", "a placeholder is shown in %s", lang)
			}
			page := get(t, "/landing/storybook/"+story)
			for _, button := range first(`<button[^>]*type="button"[^>]*>`, page) {
				require.True(t, strings.Contains(button[0], " hidden") || strings.Contains(button[0], "data-switch-other"), "without scripts nothing happens: %s", button[0])
			}
			for _, form := range first(`<form[^>]*>`, page) {
				require.Regexp(t, `method="post" action="[^"]+"`, form[0])
			}
			size := len(page)
			for _, file := range first(`<(?:link rel="stylesheet" href|img src)="([^"]+)"`, page) {
				size += len(get(t, file[1]))
			}
			require.Less(t, size, 50<<10, "bytes until it is painted, without scripts and uncompressed")
		})
	}
}
