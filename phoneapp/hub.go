package phoneapp

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/feed"
	"liksom/server/payment"
)

// Payments is what the phones read of a world's payments.
type Payments interface {
	Get(ctx context.Context, id payment.ID) (payment.Payment, error)
	Find(ctx context.Context, code string) (payment.Payment, error)
	List(ctx context.Context, q payment.Query) ([]payment.Payment, error)
	Events(ctx context.Context, id payment.ID) ([]payment.Event, error)
}

// Clock is the world's time as the phones show it.
type Clock interface {
	Read() clock.Reading
	// Changed gives a channel that is closed at the next jump or change of
	// pace.
	Changed() <-chan struct{}
}

// Faults says which pushes get lost or come late. Asking counts.
type Faults interface {
	Push(msn, reference, phone string) Trouble
}

// Trouble is what a fault does to a push.
type Trouble struct {
	// Lost pushes are never shown; the request waits in the inbox.
	Lost bool
	// Delay is how much later a push comes, in simulated time.
	Delay time.Duration
}

// Config is what a hub works with. Faults, Later, Log and CheckOrigin may be
// nil.
type Config struct {
	Service   *payment.Service
	Payments  Payments
	Feed      *feed.Feed
	Directory *directory.Directory
	Clock     Clock
	// Read tells what a scanned text says. An error means that it is no code
	// at all.
	Read func(content string) (Scanned, error)
	// CheckIn checks a phone's owner in with a merchant's code, by its id, and
	// waits for the merchant's answer. Codes that are not there are the
	// refusal [NotFound].
	CheckIn func(ctx context.Context, number, code string) (CheckIn, error)
	// Opened hears of a merchant's code that a phone has scanned and that
	// leads to a page, by its id; nil where nobody counts.
	Opened func(ctx context.Context, code string) error
	Faults Faults
	// Pushed, unless nil, hears what became of each push; it must not block.
	Pushed func(PushNews)
	// Express says what can be delivered where; needed once a payment ships
	// something.
	Express *express.Desk
	// Added gives what merchants added to an order beside its payment: its
	// receipt, nil for none, and its links. Nil where nothing can be added.
	Added func(ctx context.Context, id payment.ID) (*payment.Receipt, []OrderLink, error)
	// Later writes due rows and wakes whoever does them. With nil, an
	// autopilot switched on leaves alone what waits already.
	Later func(ctx context.Context, rows ...payment.Due) error
	// Left, unless nil, is called when a socket has gone; it must not block.
	Left func()
	Log  *slog.Logger
	// CheckOrigin tells whether a page may open a socket; nil allows those of
	// the same host, and whoever is no browser.
	CheckOrigin func(*http.Request) bool
}

// Hub is all phones of one world. It is safe for use by many goroutines.
type Hub struct {
	Config
	upgrader websocket.Upgrader
	from     payment.Seq     // where to follow the log from
	ticked   <-chan struct{} // closed when the clock changes after the making
	bell     chan struct{}   // rung when settings have changed

	mu      sync.Mutex
	lines   map[string]*line
	changed map[string]bool // phones whose settings changed: whether they came back online
	notes   map[payment.ID]note
	closed  bool

	sessions sync.WaitGroup
}

// line is one phone's sockets. A phone without sockets has none.
type line struct {
	sessions []*session
	online   bool
	// missed are the requests the sockets were not told of while the phone
	// was offline.
	missed map[payment.ID]struct{}
}

// New makes the hub of a world. It works once [Hub.Run] does.
func New(c Config) *Hub {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{
		Config: c, from: c.Feed.Head(), ticked: c.Clock.Changed(), bell: make(chan struct{}, 1),
		lines: map[string]*line{}, changed: map[string]bool{}, notes: map[payment.ID]note{},
	}
	h.upgrader = newUpgrader(c.CheckOrigin)
	c.Directory.OnPhoneChange(h.phoneChanged)
	return h
}

// Run follows the log, the clock and the settings, and tells the phones,
// until the context ends. Then it hangs up on all of them and waits for their
// goroutines.
func (h *Hub) Run(ctx context.Context) error {
	var followers sync.WaitGroup
	for _, follow := range []func(context.Context){h.followLog, h.followClock, h.followSettings, h.keepAlive} {
		followers.Go(func() { follow(ctx) })
	}
	followers.Wait()
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.hangUp(h.all(), websocket.CloseGoingAway)
	h.sessions.Wait()
	return nil
}

// Reset forgets what is remembered of requests of a sales unit, or of all for
// "", and hangs up on every phone, for a world whose payments are gone. The
// phones come again and find what there is.
func (h *Hub) Reset(msn string) {
	h.mu.Lock()
	maps.DeleteFunc(h.notes, func(id payment.ID, _ note) bool { return msn == "" || id.MSN == msn })
	h.mu.Unlock()
	h.hangUp(h.all(), websocket.CloseServiceRestart)
}

// HangUp closes the sockets of a phone, such as one that was removed.
func (h *Hub) HangUp(number string) {
	h.hangUp(h.sessionsOf(number), websocket.CloseNormalClosure)
}

func (h *Hub) hangUp(sessions []*session, code int) {
	for _, s := range sessions {
		s.end(code)
	}
}

// join adds a socket to its phone's line. It tells false when the hub has
// closed.
func (h *Hub) join(s *session, online bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	l := h.lines[s.number]
	if l == nil {
		l = &line{online: online}
		h.lines[s.number] = l
	}
	l.sessions = append(slices.Clip(l.sessions), s)
	h.sessions.Add(1)
	return true
}

func (h *Hub) leave(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := h.lines[s.number]
	// A new slice each time: whoever sends holds the old one.
	l.sessions = slices.DeleteFunc(slices.Clone(l.sessions), func(o *session) bool { return o == s })
	if len(l.sessions) == 0 {
		delete(h.lines, s.number)
	}
	if h.Left != nil {
		h.Left()
	}
	h.sessions.Done()
}

// Sockets counts the open ones.
func (h *Hub) Sockets() int { return len(h.all()) }

// sessionsOf gives a phone's sockets at this moment, to send to without any
// lock.
func (h *Hub) sessionsOf(number string) []*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	if l := h.lines[number]; l != nil {
		return l.sessions
	}
	return nil
}

// all gives every socket at this moment.
func (h *Hub) all() []*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []*session
	for _, l := range h.lines {
		all = append(all, l.sessions...)
	}
	return all
}

// anyone tells whether there is any socket at all.
func (h *Hub) anyone() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.lines) > 0
}

// send gives a message to all sockets of a phone, online or not.
func (h *Hub) send(number string, message any) { spread(h.sessionsOf(number), message) }

// sendAll gives a message to every socket.
func (h *Hub) sendAll(message any) { spread(h.all(), message) }

func spread(sessions []*session, message any) {
	if len(sessions) == 0 {
		return
	}
	f := newFrame(message)
	for _, s := range sessions {
		s.send(f)
	}
}
