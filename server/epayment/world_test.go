package epayment_test

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/epayment"
	"liksom/server/gateway"
	"liksom/server/ident"
	"liksom/server/openapi/openapitest"
	"liksom/server/payment"
	"liksom/server/store/memory"
)

var update = flag.Bool("update", false, "write the goldens anew")

// world is the ePayment API of one simulator, on a clock of its own.
type world struct {
	t        testing.TB
	store    *memory.Store
	payments *payment.Service
	units    *directory.Directory
	log      *gateway.Log
	handler  http.Handler
	tokens   *gateway.Issuer
	openapi  *openapitest.Checker
	settings directory.Settings

	mu  sync.Mutex
	now time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, store: memory.New(nil), settings: directory.DefaultSettings(), now: time.Date(2026, 10, 1, 11, 3, 40, 118_000_000, time.UTC)}
	units, err := directory.New(context.Background(), w.store)
	require.NoError(t, err)
	ids := ident.Seeded("epayment")
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	w.units, w.log, w.tokens = units, gateway.NewLog(gateway.DefaultCalls), gateway.NewIssuer(ids)
	w.payments = &payment.Service{
		Store: w.store, IDs: ids, Now: w.time,
		Windows: func() payment.Windows {
			return payment.Windows{Landing: 5 * time.Minute, Approval: 5 * time.Minute}
		},
	}
	front := &gateway.Gateway{Directory: units, Tokens: w.tokens, Log: w.log, Now: w.time, IDs: ids, Logger: quiet}
	door := &epayment.Door{
		Gateway: front, Payments: w.payments, Directory: units, Links: links{}, Customers: customers{},
		Settings: func() *directory.Settings { return &w.settings }, Logger: quiet,
	}
	w.openapi = openapitest.New(t)
	w.handler = w.openapi.Handler(door.Handler())
	return w
}

// lenient has requests taken as they are, for tests of what is understood
// although no document of ours says so.
func (w *world) lenient() *world {
	w.openapi.Lenient("what is understood although no document says so")
	return w
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// pass lets time pass and does what falls due.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.mu.Lock()
	w.now = w.now.Add(d)
	w.mu.Unlock()
	rows, err := w.store.Claim(context.Background(), w.time(), 1000)
	require.NoError(w.t, err)
	require.NoError(w.t, w.payments.Fire(context.Background(), rows))
}

// links are as the server makes them.
type links struct{}

const base = "http://127.0.0.1:8080"

func (links) Landing(_ *http.Request, p payment.Payment) string {
	return base + "/landing?token=" + p.Token
}
func (links) App(p payment.Payment) string { return "vippsMT://?token=" + p.Token }
func (links) Picture(_ *http.Request, p payment.Payment) string {
	return base + "/qr-image/v1?token=" + p.Code + ".png"
}
func (links) Target(_ *http.Request, p payment.Payment) string { return base + "/qr/" + p.Code }

// as are the headers of a sales unit's calls.
func (w *world) as(msn string) []string {
	client := map[string]string{"123456": "1", "234567": "2", "345678": "3", "456789": "4", "567890": "5"}[msn]
	id := directory.DemoClientID[:len(directory.DemoClientID)-1] + client
	token, _, err := w.tokens.Issue(id, false)
	require.NoError(w.t, err)
	return []string{
		"Authorization: Bearer " + token, "Ocp-Apim-Subscription-Key: " + directory.DemoSubscriptionKey,
		"Merchant-Serial-Number: " + msn, "Content-Type: application/json",
	}
}

// reply is an answer of the API.
type reply struct {
	t testing.TB
	*httptest.ResponseRecorder
}

func (w *world) ask(method, path, body string, headers ...string) *reply {
	r := httptest.NewRequest(method, base+path, strings.NewReader(body))
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return &reply{w.t, answer}
}

// taxi asks as sales unit 123456.
func (w *world) taxi(method, path, body string, headers ...string) *reply {
	return w.ask(method, path, body, append(w.as("123456"), headers...)...)
}

func (w *world) create(key, body string) *reply {
	return w.taxi("POST", "/epayment/v1/payments", body, "Idempotency-Key: "+key)
}

func (w *world) post(path, key, body string) *reply {
	return w.taxi("POST", "/epayment/v1/"+path, body, "Idempotency-Key: "+key)
}

func (w *world) get(reference string) *reply {
	return w.taxi("GET", "/epayment/v1/payments/"+reference, "")
}

func (w *world) approve(reference string) {
	w.t.Helper()
	got := w.taxi("POST", "/epayment/v1/test/payments/"+reference+"/approve", `{"customer":{"phoneNumber":"4712345678"}}`)
	require.Equal(w.t, 200, got.Code, got.Body)
}

func (w *world) notes() []string { return w.log.Calls(gateway.Filter{Limit: 1})[0].Notes }

func (r *reply) status(want int) *reply {
	r.t.Helper()
	require.Equal(r.t, want, r.Code, r.Body)
	return r
}

// doc is what can stand in an answer.
type doc struct {
	Type, Title, Detail, Instance, TraceID, State string
	Status                                        int
	ExtraDetails                                  []struct{ Name, Reason string }
	RedirectURL, Reference, PSPReference          string
	Aggregate                                     struct{ AuthorizedAmount, CancelledAmount, CapturedAmount, RefundedAmount amount }
}

type amount struct {
	Currency string
	Value    int64
}

func (r *reply) doc() doc {
	r.t.Helper()
	var d doc
	require.NoError(r.t, json.Unmarshal(r.Body.Bytes(), &d), r.Body)
	return d
}

// coded wants a coded error in its exact form.
func (r *reply) coded(status int, code, title string) *reply {
	r.t.Helper()
	d := r.status(status).doc()
	require.Equal(r.t, "application/problem+json; charset=utf-8", r.Header().Get("Content-Type"))
	require.Equal(r.t, title, d.Title)
	require.Len(r.t, d.ExtraDetails, 1)
	require.Equal(r.t, "ErrorCode", d.ExtraDetails[0].Name)
	require.Equal(r.t, code, d.ExtraDetails[0].Reason)
	require.Equal(r.t, status, d.Status)
	require.NotEmpty(r.t, d.Detail)
	require.Regexp(r.t, `^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`, d.TraceID)
	return r
}

// violations wants a validation problem with exactly these, as "name: reason".
func (r *reply) violations(want ...string) *reply {
	r.t.Helper()
	d := r.status(400).doc()
	require.Equal(r.t, "Bad Request", d.Title)
	got := make([]string, 0, len(want))
	for _, v := range d.ExtraDetails {
		got = append(got, v.Name+": "+v.Reason)
	}
	require.Equal(r.t, want, got)
	return r
}

var drawn = regexp.MustCompile(`00-[0-9a-f]{32}-[0-9a-f]{16}-01`)

// golden compares an answer with a file, trace ids apart.
func (r *reply) golden(name string) *reply {
	r.t.Helper()
	got := drawn.ReplaceAll(r.Body.Bytes(), []byte("00-TRACE-01"))
	file := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(r.t, os.WriteFile(file, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(r.t, err)
	require.Equal(r.t, strings.TrimSuffix(string(want), "\n"), string(got))
	return r
}

// ride is the request of section 12.2.
const ride = `{
  "amount": {"currency": "NOK", "value": 24900},
  "paymentMethod": {"type": "WALLET"},
  "customer": {"phoneNumber": "4712345678"},
  "reference": "taxi-ride-000417",
  "userFlow": "WEB_REDIRECT",
  "returnUrl": "https://taxi.example/rides/417?step=paid",
  "paymentDescription": "Ride 417, airport to centre",
  "metadata": {"car": "EL 12345"}
}`

// with changes members of a simple request: "name": JSON, or "" to leave one
// out.
func with(changes map[string]string) string {
	members := map[string]json.RawMessage{
		"amount":        json.RawMessage(`{"currency":"NOK","value":24900}`),
		"paymentMethod": json.RawMessage(`{"type":"WALLET"}`),
		"reference":     json.RawMessage(`"order-0001"`),
		"userFlow":      json.RawMessage(`"WEB_REDIRECT"`),
		"returnUrl":     json.RawMessage(`"https://shop.example/"`),
	}
	for name, value := range changes {
		members[name] = json.RawMessage(value)
		if value == "" {
			delete(members, name)
		}
	}
	b, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return string(b)
}
