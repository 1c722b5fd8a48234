package orders_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	stdimage "image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/gateway"
	"liksom/server/ident"
	"liksom/server/openapi/openapitest"
	"liksom/server/orders"
	"liksom/server/payment"
	"liksom/server/store/memory"
)

var update = flag.Bool("update", false, "write the golden files anew")

const taxi, shop = "123456", "234567"

// world is the API behind a gateway that asks for no keys.
type world struct {
	t        testing.TB
	store    *documents
	payments payments
	strict   bool
	api      *orders.API
	gateway  *gateway.Gateway
	handler  http.Handler
	openapi  *openapitest.Checker
}

func newWorld(t testing.TB) *world {
	w := &world{t: t, store: &documents{Store: memory.New(nil)}, payments: payments{}}
	units, err := directory.New(t.Context(), w.store)
	require.NoError(t, err)
	w.gateway = &gateway.Gateway{
		Directory: units, Tokens: gateway.NewIssuer(ident.New()), Log: gateway.NewLog(10), Open: true,
		Now: time.Now, IDs: ident.New(), Logger: slog.New(slog.DiscardHandler),
	}
	w.open()
	return w
}

// open makes the API, as a restart does.
func (w *world) open() {
	w.api = orders.New(orders.Options{
		Documents: w.store, Payments: w.payments, IDs: ident.New(), StrictBodies: func() bool { return w.strict },
		Log: slog.New(slog.DiscardHandler),
	})
	w.openapi = openapitest.New(w.t)
	w.handler = w.openapi.Handler(w.gateway.WrapRouter(gateway.API{Prefix: "/order-management", MaxBody: orders.MaxBody, Refuse: orders.Refuse}, w.api.Routes()))
}

// ask calls the API for a unit.
func (w *world) ask(unit, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/order-management"+path, strings.NewReader(body))
	r.Header.Set("Merchant-Serial-Number", unit)
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

// get is what the API answers to a GET that succeeds.
func (w *world) get(path string) string {
	answer := w.ask(taxi, http.MethodGet, path, "")
	require.Equal(w.t, http.StatusOK, answer.Code, answer.Body)
	return answer.Body.String()
}

// done makes a call that must be answered so, and gives what it said.
func (w *world) done(status int, method, path, body string) string {
	answer := w.ask(taxi, method, path, body)
	require.Equal(w.t, status, answer.Code, answer.Body)
	return answer.Body.String()
}

// documents are a store that can be told to fail.
type documents struct {
	*memory.Store
	fails error
}

func (d *documents) PutDocument(ctx context.Context, kind, key string, body []byte) error {
	if d.fails != nil {
		return d.fails
	}
	return d.Store.PutDocument(ctx, kind, key, body)
}

func (d *documents) Documents(ctx context.Context, kind string) (map[string][]byte, error) {
	if d.fails != nil {
		return nil, d.fails
	}
	return d.Store.Documents(ctx, kind)
}

var errTrouble = errors.New("the disk is on fire")

// payments are those that exist.
type payments map[payment.ID]payment.Payment

// Get implements orders' Payments.
func (p payments) Get(_ context.Context, id payment.ID) (payment.Payment, error) {
	if found, ok := p[id]; ok {
		return found, nil
	}
	return payment.Payment{}, payment.Unknown(id)
}

// trace is what differs between two equal refusals.
var trace = regexp.MustCompile(`00-[0-9a-f]{32}-[0-9a-f]{16}-01`)

var uuids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

func golden(t testing.TB, name, got string) {
	t.Helper()
	got = uuids.ReplaceAllString(trace.ReplaceAllString(got, "TRACE"), "UUID")
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// picture draws one of so many pixels.
func picture(t testing.TB, format string, width, height int) []byte {
	var out bytes.Buffer
	drawn := stdimage.NewGray(stdimage.Rect(0, 0, width, height))
	var err error
	switch format {
	case "png":
		err = png.Encode(&out, drawn)
	case "jpeg":
		err = jpeg.Encode(&out, drawn, nil)
	case "gif":
		err = gif.Encode(&out, drawn, nil)
	}
	require.NoError(t, err)
	return out.Bytes()
}

func upload(id string, source []byte) string {
	body, _ := json.Marshal(map[string]string{"imageId": id, "src": base64.StdEncoding.EncodeToString(source), "type": "base64"})
	return string(body)
}
