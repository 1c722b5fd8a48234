package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"runtime/pprof"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/qr"
	"liksom/server"
	"liksom/server/client"
	"liksom/server/servertest"
	"liksom/web/browsertest"
)

// onTheNetwork is a simulator as `serve --addr 0.0.0.0 --public-url` starts
// it, for phones that reach it by another address than this machine does. It
// gives both, that of this machine first.
func onTheNetwork(t *testing.T) (sim *servertest.Sim, here, lan string) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "0.0.0.0:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	here, lan = "http://127.0.0.1:"+port, "http://127.0.0.2:"+port
	sim = start(t, servertest.WithPort(), servertest.With(func(o *server.Options) {
		o.PublicURL = lan
		o.Listen = func(context.Context, string) (net.Listener, error) { return listener, nil }
	}))
	return sim, here, lan
}

func TestASalespersonShowsTheTaxiWithAPhoneOfTheirOwn(t *testing.T) {
	chromium := browsertest.Start(t)
	sim, here, lan := onTheNetwork(t)
	laptop := chromium.Tab(t, browsertest.Look{Width: 1440, Height: 1016, Scale: 2})
	own := chromium.Tab(t, browsertest.Look{Width: 390, Height: 844, Touch: true})
	digits := func(selector string) string {
		return browsertest.Eval[string](laptop, `document.querySelector('`+selector+`').textContent.replace(/\D/g, "")`)
	}
	// told waits for what the tablet says, and sees that meter and tablet agree.
	told := func(state string) {
		t.Helper()
		laptop.Wait(`[data-testid="taxi-status"][data-state="` + state + `"]`)
		require.Equal(t, digits(`[data-testid="taxi-meter"] b`), digits(browsertest.ID("taxi-fare")), "meter and tablet, %s", state)
	}
	unknown := func() {
		t.Helper()
		page := browsertest.Eval[string](laptop, `document.documentElement.outerHTML.replace(/\s|&nbsp;/g, "")`)
		require.NotContains(t, page, "87654321", "the number is nobody's business before the payment")
	}

	laptop.Go(here + "/demo/taxi")
	told("driving")
	laptop.Click(browsertest.ID("taxi-end"))
	told("scan")
	laptop.Until(`document.querySelector("[data-testid=taxi-sticker] img")?.complete`)
	code, err := qr.Decode(laptop.Shot())
	require.NoError(t, err)
	require.Equal(t, lan+"/qr/", code[:len(lan)+4], "the sticker leads to where a phone reaches this computer")

	own.Go(code)
	own.Wait(browsertest.ID("passenger-pay"))
	require.Contains(t, own.Address(), lan+"/demo/taxi/pay")
	own.Click(browsertest.ID("passenger-pay"))
	own.Wait(browsertest.ID("landing-phone"))
	told("waiting")
	own.Write(browsertest.ID("landing-phone"), "87654321")
	own.Click(browsertest.ID("landing-next"))
	own.Wait(onPage("waiting"))
	told("waiting")
	require.Equal(t, "35000", digits(browsertest.ID("taxi-fare")))
	laptop.Wait(browsertest.ID("taxi-ring"))
	unknown()
	// The link opens beside the landing page, which asks before it is left.
	hand := chromium.Tab(t, browsertest.Look{Width: 390, Height: 844, Touch: true})
	hand.Go(browsertest.Eval[string](own, `document.querySelector("[data-testid=sim-openphone]").href`))
	hand.Wait(browsertest.ID("push-open"))
	hand.Click(browsertest.ID("push-open"))
	hand.Wait(browsertest.ID("consent-allow"))
	told("waiting")
	unknown()
	hand.Click(browsertest.ID("consent-allow"))
	hand.Wait(browsertest.ID("pay-orderlines"))
	require.Contains(t, hand.Text(browsertest.ID("pay-orderlines")), "Flyplassavgift")
	require.Contains(t, hand.Text(browsertest.ID("pay-orderlines")), "37,50")
	unknown()
	hand.Click(browsertest.ID("pay-confirm"))
	told("paid")
	laptop.Until(`document.querySelector("[data-testid=taxi-passenger]").textContent.replace(/\s/g, "").includes("+4787654321")`)
	hand.Wait(browsertest.ID("success-amount"))
	require.Contains(t, hand.Text(browsertest.ID("success-amount")), "350,00")

	page, err := sim.Client.Payments(t.Context(), client.Filter{})
	require.NoError(t, err)
	require.Len(t, page.Payments, 1)
}

// It runs alone, so that the goroutines it sees are its own.
func TestDemosCostNothingBeforeTheFirstVisit(t *testing.T) {
	sim := start(t)
	units := map[string]string{"123456": "1", "234567": "2", "456789": "4"}
	registered := func() (n int) {
		t.Helper()
		for msn, last := range units {
			keys := client.Demo()
			keys.MSN, keys.ClientID = msn, "5a1e0000-0000-4000-8000-00000000000"+last
			all, err := client.New(sim.URL, client.WithHTTPClient(sim.HTTP), client.WithCredentials(keys)).ListWebhooks(t.Context())
			require.NoError(t, err)
			n += len(all)
		}
		return n
	}
	working := func() bool {
		var stacks strings.Builder
		require.NoError(t, pprof.Lookup("goroutine").WriteTo(&stacks, 2))
		return strings.Contains(stacks.String(), "merchant.(*Shop).Keep")
	}
	require.Equal(t, http.StatusOK, visit(t, sim, "/demo"))
	require.Equal(t, http.StatusOK, visit(t, sim, "/demo/shop"))
	require.Zero(t, registered(), "pages alone wake nobody")
	require.False(t, working())
	require.Equal(t, http.StatusOK, visit(t, sim, "/demo/taxi/pay?id=122"))
	require.Equal(t, 1, registered(), "only the company that is visited")
	require.True(t, working())
}

func visit(t *testing.T, sim *servertest.Sim, path string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL+path, nil)
	require.NoError(t, err)
	answer, err := sim.HTTP.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

func TestTheShopFindsAnOrderAgainAfterARestart(t *testing.T) {
	t.Parallel()
	file, network := storeFile(t), servertest.NewNetwork()
	begin := func() *servertest.Sim {
		return start(t, servertest.WithStore(file), servertest.WithNetwork(network))
	}
	first := begin()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, first.URL+"/demo/shop/orders", strings.NewReader(`{"way":"mobilepay","items":["rust"],"phone":"+45 12 34 56 78"}`))
	require.NoError(t, err)
	answer, err := first.HTTP.Do(request)
	require.NoError(t, err)
	var order struct{ Reference, Currency string }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&order))
	require.NoError(t, answer.Body.Close())
	require.Equal(t, "DKK", order.Currency, "who pays with MobilePay pays the Danish unit")
	first.Stop(t)

	second := begin()
	require.Equal(t, "waiting", shopSays(t, second, order.Reference).Order.State)
	require.False(t, shopSays(t, second, "sokker-00000000").Known, "what no payment is called is no order")
	require.False(t, shopSays(t, second, "taxi-122-00000000").Known)
}

// shopTold is what the shop's page is told.
type shopTold struct {
	Known bool
	Order struct{ State string }
}

// shopSays is the first that the shop's stream tells of an order.
func shopSays(t *testing.T, sim *servertest.Sim, reference string) (told shopTold) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, sim.URL+"/demo/shop/stream?order="+reference, nil)
	require.NoError(t, err)
	answer, err := sim.HTTP.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, answer.Body.Close()) }()
	line, err := bufio.NewReader(answer.Body).ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &told))
	return told
}
