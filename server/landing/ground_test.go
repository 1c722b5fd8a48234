package landing_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"liksom/server/payment"
	"liksom/web/browsertest"
)

// ready is what the page tells when its script has all it needs.
const ready = `document.documentElement.dataset.ready === "true"`

func state(name string) string { return `[data-testid="landing"][data-state="` + name + `"]` }

// ground is a world on a real port, with one payment whose shop is there too.
type ground struct {
	*world
	chromium   *browsertest.Browser
	server     *httptest.Server
	p          payment.Payment
	page, shop string
	// trouble is the status that everything is answered with; 1 breaks off
	// connections, and 0 is no trouble.
	trouble atomic.Int32
	// asked gets a word when something was asked for in trouble.
	asked chan struct{}
}

func newGround(t *testing.T, chromium *browsertest.Browser, change func(*payment.Create)) *ground {
	t.Helper()
	g := &ground{world: newWorld(t), chromium: chromium, asked: make(chan struct{}, 1)}
	g.returnAfter(30 * time.Second) // so that nobody is gone before being looked at
	g.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch status := int(g.trouble.Load()); status {
		case 0:
			g.handler.ServeHTTP(w, r)
		case 1:
			panic(http.ErrAbortHandler)
		default:
			w.WriteHeader(status)
			select {
			case g.asked <- struct{}{}:
			default:
			}
		}
	}))
	t.Cleanup(g.server.CloseClientConnections)
	g.shop = g.server.URL + "/shop?order=1512202&odd=%20x#top"
	g.p = g.make(func(_ *payment.ID, c *payment.Create) {
		c.ReturnURL, c.Phone = g.shop, "4712345678"
		if change != nil {
			change(c)
		}
	})
	g.page = g.server.URL + "/landing?token=" + g.p.Token
	return g
}

// open opens the payment's page in a tab of its own.
func (g *ground) open(t *testing.T, look browsertest.Look) *browsertest.Tab {
	t.Helper()
	tab := g.chromium.Tab(t, look)
	tab.Go(g.page + "&lang=en")
	tab.Wait(state("enter"))
	tab.Until(ready)
	return tab
}

// phone is whose number the payment has by now.
func (g *ground) phone(t *testing.T) string {
	t.Helper()
	p, err := g.store.Get(t.Context(), g.p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p.Phone
}

// another makes the same person's next payment, and gives its page.
func (g *ground) another() string {
	p := g.make(func(_ *payment.ID, c *payment.Create) { c.ReturnURL = g.shop })
	return g.server.URL + "/landing?token=" + p.Token + "&lang=en"
}
