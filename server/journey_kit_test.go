package server_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/client"
	"liksom/server/directory"
	"liksom/server/openapi/openapitest"
	"liksom/web/browsertest"
)

// kari is the phone of these journeys.
const kari = directory.DemoPhone

// journey is a simulator on a real port, a shop that pays by it, and a
// browser to look at both.
type journey struct {
	t        *testing.T
	chromium *browsertest.Browser
	sim      *server.Server
	shop     *shop
	*client.Client
}

func begin(t *testing.T, chromium *browsertest.Browser) *journey {
	t.Helper()
	j := &journey{t: t, chromium: chromium, sim: startAt(t, server.Options{Addr: "127.0.0.1:0"})}
	j.Client = client.New(j.sim.URL())
	j.openShop()
	return j
}

// startAt starts a simulator that stops with the test, and whose traffic is
// held against our OpenAPI documents.
func startAt(t *testing.T, options server.Options) *server.Server {
	t.Helper()
	documents := openapitest.New(t)
	var creates atomic.Int64
	documents.Except("thousands of creates are like the first hundreds", func(x *openapitest.Exchange) bool {
		return x.Request.Method == http.MethodPost && x.Request.URL.Path == "/epayment/v1/payments" && creates.Add(1) > 500
	})
	documents.Except("a phone that is looked on may ask once more for its world when that has just ended", func(x *openapitest.Exchange) bool {
		return x.Status == http.StatusNotFound && strings.HasPrefix(x.Request.URL.Path, "/w/") && strings.Contains(x.Request.URL.Path, "/phone")
	})
	documents.Except("what Stripe's API answers is described by Stripe", func(x *openapitest.Exchange) bool { return strings.HasPrefix(x.Request.URL.Path, "/v1/") })
	options.Around = documents.Handler
	sim, err := server.New(t.Context(), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Stop(context.Background())) })
	require.NoError(t, sim.Start(t.Context()))
	return sim
}

// shop is a merchant's server: a page that payers come home to, and a
// receiver of webhooks that checks what it gets with code of its own.
type shop struct {
	url    string
	secret string

	mu sync.Mutex
	// seen is what came, in order: "home " and the request's address, or
	// "webhook " and the event's name and reference.
	seen []string
	// forged counts webhooks whose signature does not hold.
	forged int
}

// openShop opens a shop that has registered for all events.
func (j *journey) openShop() {
	j.t.Helper()
	j.shop = new(shop)
	server := httptest.NewServer(j.shop)
	j.t.Cleanup(server.Close)
	j.shop.url = server.URL
	hook, err := j.RegisterWebhook(j.t.Context(), server.URL+"/hook?of=shop", client.PaymentEvents()...)
	require.NoError(j.t, err)
	j.shop.mu.Lock()
	defer j.shop.mu.Unlock()
	j.shop.secret = hook.Secret
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Path {
	case "/home":
		s.seen = append(s.seen, "home "+r.RequestURI)
		_, _ = io.WriteString(w, `<!doctype html><title>shop</title><link rel="icon" href="data:,"><h1 id="shop">Thank you</h1>`)
	case "/hook":
		var event struct{ Name, Reference string }
		_ = json.Unmarshal(body, &event)
		s.seen = append(s.seen, "webhook "+event.Name+" "+event.Reference)
		if !s.genuine(r, body) {
			s.forged++
		}
	default:
		http.NotFound(w, r)
	}
}

// genuine checks a webhook as the documentation tells receivers to.
func (s *shop) genuine(r *http.Request, body []byte) bool {
	hash := sha256.Sum256(body)
	sum := base64.StdEncoding.EncodeToString(hash[:])
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write([]byte("POST\n" + r.RequestURI + "\n" + r.Header.Get("X-Ms-Date") + ";" + r.Host + ";" + sum))
	want := "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return r.Header.Get("X-Ms-Content-Sha256") == sum && r.Header.Get("Authorization") == want
}

// story is what the shop saw, creations left out.
func (s *shop) story(t *testing.T) []string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Zero(t, s.forged, "webhooks whose signature does not hold")
	var told []string
	for _, line := range s.seen {
		if !strings.HasPrefix(line, "webhook CREATED") {
			told = append(told, line)
		}
	}
	return told
}

// home is where a payer comes back to: an address that would not survive
// being parsed and put together again.
func (s *shop) home() string { return s.url + "/home?b=2&a=%c3%b8+x%20y&a&empty=#/step?3" }

// homeAsSeen is what the shop's server gets to see of it.
const homeAsSeen = "home /home?b=2&a=%c3%b8+x%20y&a&empty="

// pay creates a payment of the web flow, an ordinary one but for what change
// says, and gives its redirect URL.
func (j *journey) pay(reference string, change func(*client.CreatePayment)) string {
	j.t.Helper()
	p := client.CreatePayment{
		Amount: client.NOK(35000), Reference: reference, UserFlow: client.WebRedirect, ReturnURL: j.shop.home(),
		PaymentDescription: "Two pairs of wool socks",
	}
	if change != nil {
		change(&p)
	}
	created, err := j.CreatePayment(j.t.Context(), p)
	require.NoError(j.t, err)
	return created.RedirectURL
}

// state is where a payment stands.
func (j *journey) state(reference string) string {
	j.t.Helper()
	p, err := j.Payment(j.t.Context(), reference)
	require.NoError(j.t, err)
	return p.State
}

func desk() browsertest.Look { return browsertest.Look{Width: 1344, Height: 952} }

// openPhone opens Kari's phone in a tab.
func (j *journey) openPhone(look browsertest.Look) *browsertest.Tab {
	j.t.Helper()
	tab := j.chromium.Tab(j.t, look)
	tab.Go(j.BaseURL() + "/phone/" + kari)
	tab.Until(ready)
	return tab
}

// open opens an address in a tab, and waits until its script is there.
func (j *journey) open(address string) *browsertest.Tab {
	j.t.Helper()
	tab := j.chromium.Tab(j.t, browsertest.Desktop())
	tab.Go(address)
	tab.Until(ready)
	return tab
}

// ready is what pages tell when all they need is there.
const ready = `document.documentElement.dataset.ready === "true"`

func onPage(state string) string { return `[data-testid="landing"][data-state="` + state + `"]` }

func onScreen(screen string) string { return `[data-testid="phone"][data-screen="` + screen + `"]` }

// isHome waits until a tab has come back to the shop, and checks where
// exactly.
func (j *journey) isHome(tab *browsertest.Tab) {
	j.t.Helper()
	tab.Wait("#shop")
	require.Equal(j.t, j.shop.home(), tab.Address())
}
