// Package demo is two merchants beside the simulator: a sock shop and a taxi
// company. Their servers hold keys of their own and use nothing but the
// imitated APIs, so what they do anybody could.
package demo

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/merchant"
	"liksom/server/problem"
	"liksom/web"
)

// Deps are what the demos need of their world.
type Deps struct {
	Site *web.Site
	// Base is the world's public URL: the demos call it and are called there.
	Base func() string
	// HTTP sends the demos' calls.
	HTTP *http.Client
	// Clock is the world's: orders are told by it, and the pages show it.
	Clock *clock.Clock
	// Draw makes an SVG picture of a code that says a text.
	Draw func(text string) ([]byte, error)
	Log  *slog.Logger
}

// Room serves the demos of one world. Nobody is started before the first
// visit. [Room.Close] must be called.
type Room struct {
	Deps
	// sock sells in kroner of Norway, butik in those of Denmark, so that its
	// customers meet MobilePay. They are one shop to look at.
	sock, butik, taxi *house
	ctx               context.Context
	end               context.CancelFunc
	polling           sync.WaitGroup

	mu   sync.Mutex
	cabs map[string]*cab
}

// The sales units of the demos, and their clients.
const (
	shopMSN, shopClient   = "234567", "5a1e0000-0000-4000-8000-000000000002"
	butikMSN, butikClient = "456789", "5a1e0000-0000-4000-8000-000000000004"
	taxiMSN, taxiClient   = directory.DemoMSN, directory.DemoClientID
)

// New makes the room.
func New(d Deps) *Room {
	r := &Room{Deps: d, cabs: map[string]*cab{}}
	r.ctx, r.end = context.WithCancel(context.Background())
	shop := new(tail)
	r.sock = &house{room: r, path: "/demo/shop", msn: shopMSN, client: shopClient, currency: "NOK", tail: shop}
	r.butik = &house{room: r, path: "/demo/shop/mobilepay", msn: butikMSN, client: butikClient, currency: "DKK", tail: shop}
	r.taxi = &house{room: r, path: "/demo/taxi", msn: taxiMSN, client: taxiClient, currency: "NOK", tail: new(tail)}
	return r
}

// Close ends the demos' servers.
func (d *Room) Close() {
	d.end()
	d.sock.close()
	d.butik.close()
	d.taxi.close()
	d.polling.Wait()
}

// Register adds the demos' pages and what their merchants are called at.
func (d *Room) Register(r *mux.Router) {
	get := []string{http.MethodGet, http.MethodHead}
	pages := map[string]http.HandlerFunc{
		"/demo": d.indexPage, "/demo/shop": d.shopPage, "/demo/taxi": d.taxiPage, "/demo/taxi/pay": d.passengerPage,
		"/demo/shop/stream": d.shopStream, "/demo/taxi/stream": d.taxiStream,
		"/demo/taxi/sticker.svg": d.stickerPicture,
	}
	posts := map[string]http.HandlerFunc{
		"/demo/shop/webhook": d.sock.hook, "/demo/shop/mobilepay/webhook": d.butik.hook, "/demo/taxi/webhook": d.taxi.hook,
		"/demo/shop/orders": d.order, "/demo/shop/orders/{reference}/{act}": d.act,
		"/demo/taxi/pay": d.pay, "/demo/taxi/rides/{id}/{act}": d.drive,
	}
	for path, h := range pages {
		r.HandleFunc(path, h).Methods(get...)
	}
	for path, h := range posts {
		r.HandleFunc(path, h).Methods(http.MethodPost)
	}
	for path := range pages {
		if posts[path] == nil {
			r.HandleFunc(path, problem.Only("GET, HEAD"))
		}
	}
	for path := range posts {
		if pages[path] == nil {
			r.HandleFunc(path, problem.Only("POST"))
		}
	}
}

// house is one merchant: a server made when it is first needed.
type house struct {
	room              *Room
	path, msn, client string
	currency          string
	tail              *tail // shared by houses that one page shows

	mu     sync.Mutex
	shop   *merchant.Shop
	looked time.Time // at the registration, on the wall
}

// kept is how many orders a demo remembers.
const kept = 50

// every is how often open orders are asked for, in real time.
const every = 3 * time.Second

// again is after what real time a visit looks whether the webhook still
// stands: a reset of the world takes it away, and polling bridges the gap.
const again = time.Minute

// open gives the merchant's server, with its webhook registered.
func (h *house) open(ctx context.Context) (*merchant.Shop, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.shop == nil {
		shop, err := merchant.New(merchant.Config{
			BaseURL: h.room.Base(), PublicURL: h.room.Base() + h.path, MSN: h.msn, ClientID: h.client,
			ClientSecret: directory.DemoSecret, SubscriptionKey: directory.DemoSubscriptionKey,
			HTTP: h.room.HTTP, Now: h.room.Clock.Now, Log: h.tail.add,
		})
		if err != nil {
			return nil, err
		}
		h.shop = shop
		h.room.polling.Go(func() {
			shop.Keep(h.room.ctx, func(ctx context.Context) error { return clock.Rest(ctx, every, nil) })
		})
		h.room.polling.Go(func() { h.herald(shop) })
	}
	h.shop.Forget(kept)
	if now := clock.Wall(); now.Sub(h.looked) > again {
		h.looked = now
		return h.shop, h.shop.Start(ctx)
	}
	return h.shop, nil
}

// herald tells the pages of every change of an order.
func (h *house) herald(shop *merchant.Shop) {
	changed := shop.Changed()
	for {
		select {
		case <-changed:
			changed = shop.Changed()
			h.tail.ring()
		case <-h.room.ctx.Done():
			return
		}
	}
}

// order finds one in the book, if there is a book yet.
func (h *house) order(reference string) (merchant.Order, bool) {
	h.mu.Lock()
	shop := h.shop
	h.mu.Unlock()
	if shop == nil {
		return merchant.Order{}, false
	}
	return shop.Order(reference)
}

func (h *house) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.shop != nil {
		h.shop.Close()
	}
}

// hook hands the simulator's webhooks to the merchant, if there is one yet.
func (h *house) hook(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	shop := h.shop
	h.mu.Unlock()
	if shop == nil {
		http.Error(w, "The demo has not been opened since the simulator started.", http.StatusServiceUnavailable)
		return
	}
	shop.ServeHTTP(w, r)
}

// indexPage leads to the demos.
func (d *Room) indexPage(w http.ResponseWriter, r *http.Request) {
	d.Site.Render(w, r, web.Page{Name: "demo-index", Lang: "en", Brand: "vipps", Title: "Demos"})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who hung up does not read it
}

// unanswered tells the customer that the merchant got no payment.
func unanswered(w http.ResponseWriter, err error) {
	answer(w, http.StatusBadGateway, map[string]string{"problem": err.Error()})
}
