package pages_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/feed"
	"liksom/server/ident"
	"liksom/server/openapi/openapitest"
	"liksom/server/pages"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/web"
)

// world is a simulator's inside with a frozen clock, the pages and real phones.
type world struct {
	t       *testing.T
	store   *memory.Store
	service *payment.Service
	clock   *clock.Clock
	phones  *directory.Directory
	url     string
	// desk is what can be scanned, shop what a merchant answers.
	desk []pages.Code
	// stickers are what can be printed.
	stickers []pages.Sticker
	shop     func(*http.Request) (*http.Response, error)
}

// RoundTrip stands for the network to merchants.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) { return w.shop(r) }

// base is where the world is served, so that links are tested with a prefix.
const base = "/w/ci-42"

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, store: memory.New(nil)}
	w.clock = clock.New(clock.Reading{Now: time.Date(2026, 11, 21, 14, 32, 0, 0, time.UTC), Real: clock.Wall(), Speed: 1, Frozen: true})
	f := feed.New(w.store, 0)
	w.service = &payment.Service{
		Store: w.store, IDs: ident.Seeded(t.Name()), Now: w.clock.Now,
		Windows:   func() payment.Windows { return payment.Windows{Landing: 5 * time.Minute, Approval: 5 * time.Minute} },
		Committed: func(c payment.Committed) { f.Publish(c.Seq) },
	}
	var err error
	w.phones, err = directory.New(t.Context(), w.store)
	require.NoError(t, err)
	hub := phoneapp.New(phoneapp.Config{
		Service: w.service, Payments: w.store, Feed: f, Directory: w.phones, Clock: w.clock,
		Read: decode, Express: express.New(express.Options{Payments: w.service, Transport: w}),
		CheckIn: func(_ context.Context, _, code string) (phoneapp.CheckIn, error) {
			return phoneapp.CheckIn{MSN: "234567", MerchantName: "Demo Webshop", Place: "Kasse 1", Reached: code == "m1", Text: "Waiting."}, nil
		},
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- hub.Run(ctx) }()

	documents := openapitest.New(t)
	documents.Except("of the control API nothing is here but the change of a phone", func(x *openapitest.Exchange) bool { return x.Status == http.StatusNotFound })
	router := mux.NewRouter()
	world := router.PathPrefix(base).Subrouter()
	inside := mux.NewRouter()
	world.PathPrefix("/").Handler(http.StripPrefix(base, inside))
	site := web.New(web.Options{Zone: time.UTC, Base: func(r *http.Request) string { return "http://" + r.Host + base }})
	pages.New(pages.Deps{Site: site, Directory: w.phones, Payments: w.store, Clock: w.clock,
		Draw: func(text string) ([]byte, error) {
			return []byte("<svg xmlns='http://www.w3.org/2000/svg'><title>" + text + "</title></svg>"), nil
		},
		Personal: func(p directory.Phone) string { return "personal " + p.Number },
		Desk:     func(*http.Request) ([]pages.Code, error) { return w.desk, nil },
		Stickers: func(*http.Request) []pages.Sticker { return w.stickers },
		Activity: func(ctx context.Context, number string) (any, error) { return hub.Activity(ctx, number) },
		Shared:   func(context.Context, string) ([]pages.Share, error) { return []pages.Share{}, nil },
	}).Register(inside)
	inside.HandleFunc("/sim/v1/phones/{number}/ws", func(out http.ResponseWriter, r *http.Request) {
		hub.ServePhone(out, r, mux.Vars(r)["number"])
	})
	inside.HandleFunc("/sim/v1/phones/{number}", w.patch).Methods(http.MethodPatch)
	server := httptest.NewServer(documents.Handler(router))
	t.Cleanup(func() {
		stop()
		<-ended
		server.CloseClientConnections()
		server.Close()
	})
	w.url = server.URL + base
	return w
}

// decode understands codes as simply as these tests need.
func decode(content string) (phoneapp.Scanned, error) {
	kind, rest, _ := strings.Cut(content, ":")
	switch kind {
	case "checkin":
		return phoneapp.Scanned{Callback: rest}, nil
	case "personal":
		return phoneapp.Scanned{Personal: true}, nil
	case "foreign":
		return phoneapp.Scanned{Foreign: rest}, nil
	}
	_, code, _ := strings.Cut(content, "/qr/")
	return phoneapp.Scanned{Payment: code}, nil
}

// patch changes a phone as the control API does.
func (w *world) patch(out http.ResponseWriter, r *http.Request) {
	p, err := w.phones.ChangePhone(r.Context(), mux.Vars(r)["number"], func(p *directory.Phone) error {
		return json.NewDecoder(r.Body).Decode(p)
	})
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	out.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(out).Encode(p)
}

// make makes a payment for a phone, an ordinary one but for what change says.
func (w *world) make(reference string, change func(*payment.ID, *payment.Create)) payment.Payment {
	w.t.Helper()
	id := payment.ID{MSN: "234567", Reference: reference}
	create := payment.Create{
		Source: "epayment", Amount: payment.Amount{Currency: "NOK", Value: 300000}, Flow: payment.PushMessage, Method: "WALLET",
		Description: "Spendings", Phone: directory.DemoPhone,
	}
	if change != nil {
		change(&id, &create)
	}
	result, err := w.service.Do(w.t.Context(), id, create, nil)
	require.NoError(w.t, err)
	return result.Payment
}

func (w *world) state(p payment.Payment) payment.State {
	w.t.Helper()
	now, err := w.store.Get(w.t.Context(), p.ID)
	require.NoError(w.t, err)
	return now.State
}

// insurance is a bill of two lines.
func insurance(_ *payment.ID, c *payment.Create) {
	c.Details = &payment.Details{Receipt: &payment.Receipt{Currency: "NOK", Number: "0527013501", Lines: []payment.Line{
		{ID: "1", Name: "Accident insurance", Total: 150000, ExcludesTax: 112500, Tax: 37500},
		{ID: "2", Name: "Travel insurance", Total: 150000, ExcludesTax: 112500, Tax: 37500},
	}}}
}
