package control_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/clock"
	"liksom/server/control"
	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/fault"
	"liksom/server/feed"
	"liksom/server/ident"
	"liksom/server/openapi/openapitest"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/server/timer"
	"liksom/server/webhook"
)

var update = flag.Bool("update", false, "write the golden files anew")

// morning is when every world's clock stands at first.
var morning = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// world is a small simulator around the door.
type world struct {
	t      *testing.T
	door   *control.Control
	store  *memory.Store
	ids    *ident.Source
	clock  *clock.Clock
	timer  *timer.Timer
	pay    *payment.Service
	phones *directory.Directory
	feed   *feed.Feed
	bell   *control.Bell
	faults *fault.Set
	// departed are registrations that were removed for their silence.
	departed []control.DepartedRegistration
	inbox    *inbox
	sinks    *sinks
	news     *control.News
	calls    []control.Call
	asked    []control.CallQuery
	reset    []string
	// codes are the QR codes there are; codesFail is trouble with them.
	codes     []control.QRCode
	codesFail error
	// expired is how often all tokens were ended.
	expired int
	ready   error

	openapi *openapitest.Checker
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ids := ident.Seeded(t.Name())
	w := &world{
		openapi: openapitest.New(t),
		t:       t, ids: ids, store: memory.New(webhook.NewPlan(ids)),
		clock: clock.New(clock.Reading{Now: morning, Real: morning, Speed: 1, Frozen: true}),
		bell:  new(control.Bell), inbox: &inbox{}, sinks: &sinks{},
	}
	w.news = control.NewNews(w.bell)
	w.feed = feed.New(w.store, 0)
	w.pay = &payment.Service{
		Store: w.store, IDs: ids, Now: w.clock.Now,
		Windows:   func() payment.Windows { return payment.Windows{Landing: 5 * time.Minute, Approval: 5 * time.Minute} },
		Committed: func(c payment.Committed) { w.feed.Publish(c.Seq) },
	}
	var err error
	w.phones, err = directory.New(t.Context(), w.store)
	require.NoError(t, err)
	w.timer = timer.New(w.store, w.clock, slog.New(slog.DiscardHandler))
	w.timer.Handle(payment.DueWindow, timer.Handler{Do: w.pay.Fire, Removes: true})
	w.timer.Handle(payment.DueRelease, timer.Handler{Do: w.pay.Fire, Removes: true})
	w.timer.Handle(webhook.DueDelivery, timer.Handler{Do: func(context.Context, []payment.Due) error { return nil }})
	w.faults = fault.New(rand.New(rand.NewPCG(1, 2)), w.clock.Now)
	w.faults.Struck = w.news.Struck
	w.phones.OnPhoneChange(w.news.Phone)
	w.door = control.New(w.deps())
	return w
}

func (w *world) deps() control.Deps {
	return control.Deps{
		Info: func() control.Info {
			return control.Info{Version: "1.2.3", PublicURL: "http://sim.test", World: "default", Auth: "strict", Store: "memory", Addresses: []string{"http://sim.test"}, FixedBy: map[string]string{"store": "--store"}}
		},
		Clock: simClock{w}, Payments: w.pay, Express: express.New(express.Options{Payments: w.pay}), Feed: w.feed, Bell: w.bell, News: w.news, Directory: w.phones,
		Waiting: func(ctx context.Context) ([]payment.Due, error) { return w.store.Waiting(ctx, "", 0) },
		Pending: func(_ context.Context, row payment.Due) (control.Deadline, bool, error) {
			return control.Deadline{At: row.At, Kind: row.Kind, Text: "A test's own row."}, row.Key != "pointless", nil
		},
		Calls: calls{w}, Phones: w.inbox, QRCodes: w.qrCodes, Deliveries: w.store, Resend: w.resend, Hooks: w.hooks(), Sinks: w.sinks, Faults: w.faults,
		DecodeQR: func(png []byte) (string, error) {
			if text, found := strings.CutPrefix(string(png), "PNG:"); found {
				return text, nil
			}
			return "", errors.New("no code")
		},
		ReseedFaults: func(_ context.Context, seed string) error { return w.faults.Reseed(seed) }, Departed: w,
		Draw: w.ids, Codes: []string{"6260"}, FixedBy: map[string]string{"rateLimit": "--rate-limit"},
		ExpireTokens: func(context.Context) error { w.expired++; return nil },
		Reset:        func(_ context.Context, msn string) error { w.reset = append(w.reset, msn); return nil },
		Ready:        func(context.Context) error { return w.ready },
		BaseURL:      func(*http.Request) string { return "http://sim.test" },
	}
}

// Departed implements [control.Departed].
func (w *world) Departed(context.Context) ([]control.DepartedRegistration, error) {
	return w.departed, nil
}

// Forget implements [control.Departed].
func (w *world) Forget(_ context.Context, id string) (bool, error) {
	before := len(w.departed)
	w.departed = slices.DeleteFunc(w.departed, func(r control.DepartedRegistration) bool { return r.ID == id })
	return len(w.departed) < before, nil
}

type simClock struct{ w *world }

func (c simClock) Read() clock.Reading      { return c.w.clock.Read() }
func (c simClock) Changed() <-chan struct{} { return c.w.clock.Changed() }
func (c simClock) Advance(ctx context.Context, by time.Duration) error {
	return c.w.timer.Advance(ctx, by)
}
func (c simClock) Freeze(context.Context) error { c.w.clock.Freeze(); return nil }
func (c simClock) Resume(context.Context) error { c.w.clock.Resume(); return nil }
func (c simClock) SetSpeed(_ context.Context, speed float64) error {
	c.w.clock.SetSpeed(speed)
	return nil
}

type calls struct{ w *world }

func (c calls) Last() int64 { return int64(len(c.w.calls)) }

// List gives the calls as the log of the gateway would, whatever their
// secrets.
func (c calls) List(q control.CallQuery) []control.Call {
	var found []control.Call
	for _, call := range slices.Backward(c.w.calls) {
		if (q.N == 0 || q.N == call.N) && (q.Before == 0 || call.N < q.Before) && call.N >= q.After &&
			(q.Limit == 0 || len(found) < q.Limit) {
			found = append(found, call)
		}
	}
	c.w.asked = append(c.w.asked, q)
	return found
}

// inbox is what the phones know, and what they were asked.
type inbox struct {
	waiting []any
	err     error
	asked   []any
}

func (i *inbox) Requests(context.Context, string) ([]any, error) { return i.waiting, i.err }

func (i *inbox) Approve(_ context.Context, number, request string, a control.PhoneAnswer) (any, error) {
	i.asked = append(i.asked, number, request, a)
	return map[string]string{"id": request, "state": "APPROVED"}, i.err
}

func (i *inbox) Decline(_ context.Context, number, request string) (any, error) {
	i.asked = append(i.asked, number, request)
	return map[string]string{"id": request, "state": "DECLINED"}, i.err
}

func (i *inbox) Scan(_ context.Context, number, content string) (any, error) {
	i.asked = append(i.asked, number, content)
	return map[string]string{"kind": "payment"}, i.err
}

func (i *inbox) HangUp(number string) { i.asked = append(i.asked, number) }

// sinks is one sink.
type sinks struct {
	config control.Sink
	got    []any
	waited time.Duration
}

func (s *sinks) Sink(string) control.Sink { return s.config }

func (s *sinks) PutSink(_ string, c control.Sink) error { s.config = c; return nil }

func (s *sinks) Sinks() []control.NamedSink {
	return []control.NamedSink{{Name: "shop", Sink: s.config, Got: len(s.got)}}
}

func (s *sinks) DeleteSink(string) { s.got = nil }

func (s *sinks) SinkRequests(ctx context.Context, _ string, after int) []any {
	if deadline, ok := ctx.Deadline(); ok {
		s.waited = deadline.Sub(clock.Wall())
	}
	return s.got[min(after, len(s.got)):]
}

// hooks sends webhooks to a receiver that takes all of them.
func (w *world) hooks() *webhook.Sender {
	return webhook.NewSender(webhook.Options{
		Store: w.store, Now: w.clock.Now, Later: w.store.Add,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			go func() {
				defer far.Close()
				_, _ = http.ReadRequest(bufio.NewReader(far))
				_, _ = io.WriteString(far, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
			}()
			return near, nil
		},
	})
}

// resend records a try that was accepted.
func (w *world) resend(ctx context.Context, id string) error {
	d, err := w.store.Delivery(ctx, id)
	if err != nil {
		return err
	}
	if _, err := w.store.Registration(ctx, d.Registration); err != nil {
		return webhook.ErrEnded
	}
	d.Status, d.DoneAt = webhook.Delivered, w.clock.Now()
	_, err = w.store.Settle(ctx, d, w.attempt(d, 204), 0, w.clock.Now())
	return err
}

func (w *world) attempt(d webhook.Delivery, status int) *webhook.Attempt {
	return &webhook.Attempt{
		Delivery: d.ID, At: w.clock.Now(), Real: morning, Took: 12 * time.Millisecond, URL: "https://shop.example/hook",
		Header: map[string][]string{"X-Ms-Date": {"Sat, 21 Nov 2026 10:00:00 GMT"}}, Body: d.Body, Signed: "POST\n/hook\n…",
		Status: status, AnswerHeader: map[string][]string{"Content-Type": {"text/plain"}}, Answer: []byte("hello"), Manual: status == 204,
	}
}

// create makes a payment; change may alter it before.
func (w *world) create(reference string, change ...func(*payment.Create)) payment.Payment {
	w.t.Helper()
	cmd := payment.Create{
		Source: "epayment", Amount: payment.Amount{Currency: "NOK", Value: 24900}, Flow: payment.WebRedirect, Method: "WALLET",
		Key: "key-" + reference, Description: "Ride 417", ReturnURL: "https://shop.example/back",
		Terms: payment.Terms{CaptureFor: 180 * 24 * time.Hour, GuaranteedFor: 7 * 24 * time.Hour, RefundFor: 365 * 24 * time.Hour},
	}
	for _, c := range change {
		c(&cmd)
	}
	result, err := w.pay.Do(w.t.Context(), payment.ID{MSN: "123456", Reference: reference}, cmd, nil)
	require.NoError(w.t, err)
	return result.Payment
}

func (w *world) get(reference string) payment.Payment {
	w.t.Helper()
	p, err := w.pay.Get(w.t.Context(), payment.ID{MSN: "123456", Reference: reference})
	require.NoError(w.t, err)
	return p
}

func (w *world) register(t *testing.T) webhook.Registration {
	t.Helper()
	r := webhook.Registration{
		ID: "11111111-1111-4111-8111-111111111111", MSN: "123456", Client: "c", URL: "https://shop.example/hook",
		Events: webhook.Types(), Secret: "s", CreatedAt: w.clock.Now(),
	}
	require.NoError(t, w.store.Register(t.Context(), r, nil))
	return r
}

// ask sends a request to the door.
func (w *world) ask(method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	out := httptest.NewRecorder()
	w.openapi.Handler(w.door).ServeHTTP(out, r)
	return out
}

// want sends a request that must be answered with this status, and gives the
// answer's members.
func (w *world) want(t *testing.T, status int, method, path, body string, header ...string) map[string]any {
	t.Helper()
	out := w.ask(method, path, body, header...)
	require.Equal(t, status, out.Code, "%s", out.Body)
	if out.Body.Len() == 0 {
		return nil
	}
	var members map[string]any
	require.NoError(t, json.Unmarshal(out.Body.Bytes(), &members), "%s", out.Body)
	if status >= 400 {
		require.Equal(t, "application/problem+json; charset=utf-8", out.Header().Get("Content-Type"))
		require.InDelta(t, status, members["status"], 0)
		require.NotEmpty(t, members["title"])
		require.NotEmpty(t, members["detail"])
		require.NotEmpty(t, members["instance"])
	}
	return members
}

var (
	realTime = regexp.MustCompile(`"real": ?"[^"]*"`)
	traceID  = regexp.MustCompile(`00-[0-9a-f]{32}-[0-9a-f]{16}-01`)
)

// golden compares an answer's body with the file of this name.
func golden(t *testing.T, name string, out *httptest.ResponseRecorder) {
	t.Helper()
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, out.Body.Bytes(), "", "  "), "%s", out.Body)
	got := realTime.ReplaceAllString(strings.TrimSpace(pretty.String())+"\n", `"real": "2000-01-01T00:00:00Z"`)
	got = traceID.ReplaceAllString(got, "…")
	path := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
