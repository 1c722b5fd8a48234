package phoneapp_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"liksom/phoneapp"
	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/feed"
	"liksom/server/ident"
	"liksom/server/payment"
	"liksom/server/store/memory"
	"liksom/server/timer"
)

const (
	kari = "4712345678"
	ola  = "4787654321"
)

// world is all that phones need, over sockets in memory.
type world struct {
	t         testing.TB
	clock     *clock.Clock
	store     *memory.Store
	directory *directory.Directory
	service   *payment.Service
	timer     *timer.Timer
	hub       *phoneapp.Hub
	feed      *feed.Feed
	pipes     *pipes
	// merchant answers when asked what it delivers.
	merchant func(*http.Request) (status int, body string)
}

// RoundTrip takes calls to the merchant.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := w.merchant(r)
	if r.Context().Err() != nil {
		return nil, r.Context().Err()
	}
	answer := httptest.NewRecorder()
	answer.WriteHeader(status)
	_, _ = answer.WriteString(body)
	return answer.Result(), nil
}

type losing func(phone string) bool

func (l losing) Push(_, _, phone string) phoneapp.Trouble { return phoneapp.Trouble{Lost: l(phone)} }

// late holds every push back for a time.
type late time.Duration

func (l late) Push(_, _, _ string) phoneapp.Trouble { return phoneapp.Trouble{Delay: time.Duration(l)} }

// newWorld starts a world that ends with the test.
func newWorld(t testing.TB, change ...func(*phoneapp.Config)) *world {
	t.Helper()
	w := &world{t: t, clock: clock.New(clock.Reading{}), store: memory.New(nil)}
	w.feed = feed.New(w.store, 0)
	w.timer = timer.New(w.store, w.clock, nil)
	var err error
	w.directory, err = directory.New(context.Background(), w.store)
	require.NoError(t, err)
	w.service = &payment.Service{
		Store: w.store, IDs: ident.Seeded(t.Name()), Now: w.clock.Now,
		Windows: func() payment.Windows { return payment.Windows{Landing: 5 * time.Minute, Approval: 5 * time.Minute} },
		Committed: func(c payment.Committed) {
			w.feed.Publish(c.Seq)
			if !c.Earliest.IsZero() {
				w.timer.Alarm(c.Earliest)
			}
		},
	}
	config := phoneapp.Config{
		Service: w.service, Payments: w.store, Feed: w.feed, Directory: w.directory, Clock: w.clock, Read: read,
		Express: express.New(express.Options{Payments: w.service, Transport: w}),
		Later: func(ctx context.Context, rows ...payment.Due) error {
			for _, row := range rows {
				defer w.timer.Alarm(row.At)
			}
			return w.store.Add(ctx, rows...)
		},
	}
	for _, c := range change {
		c(&config)
	}
	w.hub = phoneapp.New(config)
	w.service.FollowUps = w.hub.FollowUps
	w.start()
	return w
}

func (w *world) start() {
	for kind, do := range map[string]func(context.Context, payment.Due) error{
		phoneapp.DuePush: w.hub.Push, phoneapp.DueLatePush: w.hub.LatePush, phoneapp.DueAutopilot: w.hub.Autopilot,
	} {
		w.timer.Handle(kind, timer.Handler{Do: func(ctx context.Context, rows []payment.Due) error {
			return errors.Join(do(ctx, rows[0]), each(ctx, rows[1:], do))
		}})
	}
	for _, kind := range []string{payment.DueWindow, payment.DueRelease} {
		w.timer.Handle(kind, timer.Handler{Do: w.service.Fire, Removes: true})
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = w.hub.Run(ctx) })
	running.Go(func() { _ = w.timer.Run(ctx, ctx) })
	w.pipes = newPipes()
	server := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.hub.ServePhone(rw, r, strings.TrimPrefix(r.URL.Path, "/"))
	})}
	running.Go(func() { _ = server.Serve(w.pipes) })
	w.t.Cleanup(func() {
		cancel()
		_ = server.Close()
		running.Wait()
	})
}

func each(ctx context.Context, rows []payment.Due, do func(context.Context, payment.Due) error) error {
	for _, row := range rows {
		if err := do(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// read understands "pay:CODE", "token:TOKEN", "foreign:HOST" and "person:".
func read(content string) (phoneapp.Scanned, error) {
	kind, rest, ok := strings.Cut(content, ":")
	switch {
	case !ok:
		return phoneapp.Scanned{}, errors.New("no code")
	case kind == "pay":
		return phoneapp.Scanned{Payment: rest}, nil
	case kind == "token":
		return phoneapp.Scanned{Token: rest}, nil
	case kind == "foreign":
		return phoneapp.Scanned{Foreign: rest}, nil
	case kind == "person":
		return phoneapp.Scanned{Personal: true}, nil
	}
	return phoneapp.Scanned{}, nil
}

// inBubble runs a test in which all of time, the sockets' own included, is
// the test's.
func inBubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

func (w *world) do(reference string, cmd payment.Command) payment.Payment {
	w.t.Helper()
	done, err := w.service.Do(context.Background(), payment.ID{MSN: directory.DemoMSN, Reference: reference}, cmd, nil)
	require.NoError(w.t, err)
	return done.Payment
}

// ask sends a push.
func (w *world) ask(reference, number string, change ...func(*payment.Create)) payment.Payment {
	w.t.Helper()
	c := payment.Create{
		Source: "epayment", Amount: payment.Amount{Currency: "NOK", Value: 35000}, Flow: payment.PushMessage,
		Method: "WALLET", Description: "A ride", Phone: number, Terms: payment.Terms{CaptureFor: time.Hour},
	}
	for _, with := range change {
		with(&c)
	}
	return w.do(reference, c)
}

// offer makes a payment that somebody must take by code or link.
func (w *world) offer(reference string) payment.Payment {
	w.t.Helper()
	return w.ask(reference, "", func(c *payment.Create) { c.Flow = payment.QR })
}

func (w *world) set(number string, change func(*directory.Phone)) {
	w.t.Helper()
	_, err := w.directory.ChangePhone(context.Background(), number, func(p *directory.Phone) error { change(p); return nil })
	require.NoError(w.t, err)
}

func (w *world) state(reference string) payment.State {
	w.t.Helper()
	p, err := w.store.Get(context.Background(), payment.ID{MSN: directory.DemoMSN, Reference: reference})
	require.NoError(w.t, err)
	return p.State
}

// heard is any message to a phone.
type heard struct {
	Type      string
	ID        string
	Code      phoneapp.Code
	Message   string
	RequestID string
	Shipping  *phoneapp.Delivery
	Remedy    string
	Phone     directory.Phone
	Request   phoneapp.Request
	Requests  []phoneapp.Request
	Waiting   int
	Now       time.Time
	Speed     float64
	Frozen    bool
}

// screen is one socket of a phone.
type screen struct {
	t    testing.TB
	conn *websocket.Conn
	box  chan heard
	gone chan error
}

// dial opens a socket without reading from it.
func (w *world) dial(number string) *websocket.Conn {
	w.t.Helper()
	dialer := websocket.Dialer{
		NetDialContext: func(context.Context, string, string) (net.Conn, error) { return w.pipes.dial() },
		Subprotocols:   []string{phoneapp.Protocol},
	}
	conn, answer, err := dialer.Dial("ws://phones/"+number, nil)
	require.NoError(w.t, err)
	_ = answer.Body.Close()
	require.Equal(w.t, phoneapp.Protocol, conn.Subprotocol())
	return conn
}

// show opens a screen and gives what it was greeted with.
func (w *world) show(number string) (*screen, heard) {
	w.t.Helper()
	s := &screen{t: w.t, conn: w.dial(number), box: make(chan heard, 1000), gone: make(chan error, 1)}
	go func() {
		defer close(s.box)
		for {
			var m heard
			if err := s.conn.ReadJSON(&m); err != nil {
				s.gone <- err
				return
			}
			s.box <- m
		}
	}()
	w.t.Cleanup(func() { _ = s.conn.Close() })
	hello := s.next()
	require.Equal(w.t, "hello", hello.Type)
	return s, hello
}

func (s *screen) next() heard {
	s.t.Helper()
	select {
	case m, ok := <-s.box:
		require.True(s.t, ok, "the socket was closed")
		return m
	case <-time.After(time.Minute): // in a bubble, once nobody has anything to do
		require.Fail(s.t, "no message came")
		return heard{}
	}
}

// expect reads a message about a request.
func (s *screen) expect(kind string, state phoneapp.State) phoneapp.Request {
	s.t.Helper()
	m := s.next()
	require.Equal(s.t, kind, m.Type, "%+v", m)
	require.Equal(s.t, state, m.Request.State)
	return m.Request
}

// quiet checks that nothing comes once everybody has done what they had to.
func (s *screen) quiet() {
	s.t.Helper()
	synctest.Wait()
	select {
	case m := <-s.box:
		require.Fail(s.t, "an unexpected message", "%+v", m)
	default:
	}
}

// say sends a message.
func (s *screen) say(m map[string]any) {
	s.t.Helper()
	body, err := json.Marshal(m)
	require.NoError(s.t, err)
	require.NoError(s.t, s.conn.WriteMessage(websocket.TextMessage, body))
}

// ask sends a message and gives its answer, with the last request that came
// meanwhile.
func (s *screen) ask(m map[string]any) (answer, other heard) {
	s.t.Helper()
	m["id"] = "c1"
	s.say(m)
	synctest.Wait()
	for {
		select {
		case m := <-s.box:
			if m.Type == "ok" || m.Type == "error" {
				require.Equal(s.t, "c1", m.ID)
				answer = m
				continue
			}
			other = m
		default:
			require.NotEmpty(s.t, answer.Type, "no answer came")
			return answer, other
		}
	}
}

// pipes is a listener in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial() (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes"} }
