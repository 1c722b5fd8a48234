package landing_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/feed"
	"liksom/server/ident"
	"liksom/server/landing"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/web"
)

// world is a simulator's inside with a frozen clock, and the door to test.
type world struct {
	t       *testing.T
	store   *memory.Store
	service *payment.Service
	feed    *feed.Feed
	clock   *clock.Clock
	phones  *directory.Directory
	handler http.Handler
	made    int
	again   []payment.ID // pushes sent once more
	held    bool         // pushes reach nobody
	broken  error        // what the store fails with
	windows payment.Windows
	public  string // where links lead, if not where they are asked for
	log     bytes.Buffer
}

// morning is when the worlds of these tests begin.
func morning() time.Time { return time.Date(2026, 11, 21, 14, 32, 7, 0, time.UTC) }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, store: memory.New(nil), windows: payment.Windows{Landing: 5 * time.Minute, Approval: 5 * time.Minute}}
	w.clock = clock.New(clock.Reading{Now: morning(), Real: clock.Wall(), Speed: 1, Frozen: true})
	w.feed = feed.New(w.store, 0)
	w.service = &payment.Service{
		Store: w.store, IDs: ident.Seeded(t.Name()), Now: w.clock.Now,
		Windows:   func() payment.Windows { return w.windows },
		Committed: func(c payment.Committed) { w.feed.Publish(c.Seq) },
	}
	var err error
	w.phones, err = directory.New(t.Context(), w.store)
	require.NoError(t, err)
	site := web.New(web.Options{Zone: time.UTC})
	router := mux.NewRouter()
	landing.New(landing.Deps{
		Site: site, Payments: w.service, Store: fragile{w.store, w}, Feed: w.feed, Log: slog.New(slog.NewTextHandler(&w.log, nil)), Directory: w.phones, Clock: w.clock, Payer: payer{w}, Pushes: pushes{w}, Freeze: w.freeze,
		Picture: func(r *http.Request, p payment.Payment) (string, string) {
			return "/assets/x/mark.svg", cmp.Or(w.public, "http://"+r.Host) + "/qr/" + p.Code
		},
	}).Register(router)
	router.PathPrefix("/assets/").HandlerFunc(site.ServeAsset)
	router.HandleFunc("/shop", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`<!doctype html><title>shop</title><h1 id="shop">shop</h1>`))
	})
	w.handler = router
	return w
}

// returnAfter sets how long an outcome is shown.
func (w *world) returnAfter(d time.Duration) {
	w.t.Helper()
	_, err := w.phones.ChangeSettings(w.t.Context(), func(s *directory.Settings) error {
		s.ReturnAfter = directory.Duration(d)
		return nil
	})
	require.NoError(w.t, err)
}

// fragile is a store that can be made to fail.
type fragile struct {
	*memory.Store
	w *world
}

func (f fragile) Find(ctx context.Context, code string) (payment.Payment, error) {
	if f.w.broken != nil {
		return payment.Payment{}, f.w.broken
	}
	return f.Store.Find(ctx, code)
}

func (w *world) freeze(_ context.Context, frozen bool) error {
	if frozen {
		w.clock.Freeze()
	} else {
		w.clock.Resume()
	}
	return nil
}

// pushes notes which were sent once more.
type pushes struct{ w *world }

func (p pushes) Again(_ context.Context, id payment.ID) error {
	p.w.again = append(p.w.again, id)
	return nil
}

func (p pushes) Held(*payment.Payment) bool { return p.w.held }

// payer acts as the simulator's control door does.
type payer struct{ w *world }

func (p payer) do(ctx context.Context, id payment.ID, cmd payment.Command) error {
	_, err := p.w.service.Do(ctx, id, cmd, nil)
	return err
}

func (p payer) Approve(ctx context.Context, id payment.ID) error {
	return p.do(ctx, id, payment.Approve{Phone: directory.DemoPhone, Card: payment.Card{ID: "card-4242", Last4: "4242"}})
}

func (p payer) Decline(ctx context.Context, id payment.ID) error {
	return p.do(ctx, id, payment.Decline{Phone: directory.DemoPhone})
}

func (p payer) FailCard(ctx context.Context, id payment.ID) error {
	return p.do(ctx, id, payment.Approve{Phone: directory.DemoPhone, Card: payment.Card{ID: "card-9995", Refusal: payment.InsufficientFunds}})
}

func (p payer) Expire(ctx context.Context, id payment.ID) error {
	return p.do(ctx, id, payment.ExpireNow{})
}

// make makes a payment, an ordinary one but for what change says.
func (w *world) make(change func(*payment.ID, *payment.Create)) payment.Payment {
	w.t.Helper()
	w.made++
	id := payment.ID{MSN: "234567", Reference: "order-" + string(rune('a'+w.made))}
	create := payment.Create{
		Source: "epayment", Amount: payment.Amount{Currency: "NOK", Value: 35000}, Flow: payment.WebRedirect, Method: "WALLET",
		Description: "Two pairs of wool socks, order 1512202", ReturnURL: "https://shop.example/thanks?order=1512202&x=%20a#top",
	}
	if change != nil {
		change(&id, &create)
	}
	return w.do(id, create)
}

func (w *world) do(id payment.ID, cmd payment.Command) payment.Payment {
	w.t.Helper()
	result, err := w.service.Do(w.t.Context(), id, cmd, nil)
	var refusal *payment.Error
	if !errors.As(err, &refusal) {
		require.NoError(w.t, err)
	}
	return result.Payment
}

func (w *world) pass(d time.Duration) { w.clock.Release(w.clock.Now().Add(d)) }

// browser is a client that keeps cookies and follows our own redirects.
func (w *world) browser() *browser {
	w.t.Helper()
	server := httptest.NewServer(w.handler)
	w.t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	return &browser{t: w.t, url: server.URL, client: &http.Client{Jar: jar, Transport: server.Client().Transport}}
}
