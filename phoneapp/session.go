package phoneapp

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"liksom/server/clock"
	"liksom/server/problem"
)

// Limits of a socket, all on the wall clock.
const (
	readLimit   = 64 << 10
	queueLength = 128              // messages; a phone further behind is better off with a new hello
	writeWait   = 10 * time.Second // for one message to be taken
	pingEvery   = 30 * time.Second
	pongWait    = 75 * time.Second // two pings may get lost
	closeWait   = time.Second
)

// newUpgrader keeps a socket small: it reads through half a kilobyte and
// borrows its write buffer only while it writes.
func newUpgrader(checkOrigin func(*http.Request) bool) websocket.Upgrader {
	return websocket.Upgrader{
		HandshakeTimeout: writeWait,
		ReadBufferSize:   512,
		WriteBufferSize:  2048,
		WriteBufferPool:  &sync.Pool{},
		Subprotocols:     []string{Protocol},
		CheckOrigin:      checkOrigin,
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			problem.Write(w, problem.Document{Status: status, Detail: reason.Error()})
		},
	}
}

// session is one socket of a phone. One goroutine reads for as long as it
// lives; another writes, and only while there is something to write, because
// two waiting goroutines would double what an idle phone costs.
type session struct {
	hub    *Hub
	number string
	conn   *websocket.Conn

	mu      sync.Mutex
	queue   []*frame // what the writer takes next
	writing bool     // there is a writer, or there will be one
	closed  bool
	code    int // the close code to say goodbye with; 0 to say nothing
}

// ServePhone makes a request the socket of a phone. A number that no phone
// has is answered 404. It returns after the handshake; the socket lives on.
func (h *Hub) ServePhone(w http.ResponseWriter, r *http.Request, number string) {
	phone, ok := h.Directory.Phone(number)
	if !ok {
		problem.Write(w, problem.Document{Status: http.StatusNotFound, Detail: "No phone has the number " + number + "."})
		return
	}
	conn, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		h.Log.DebugContext(r.Context(), "socket refused", "phone", number, "error", err)
		return
	}
	s := &session{hub: h, number: number, conn: conn, writing: true}
	if !h.join(s, phone.Online) {
		_ = conn.Close()
		return
	}
	// From here on the session may be sent something, which waits for the
	// hello. That is made here, and not by the session's own goroutine, which
	// would be left with a large stack.
	hello, err := h.hello(r.Context(), number)
	if err != nil {
		h.Log.ErrorContext(r.Context(), "a phone cannot be greeted", "phone", number, "error", err)
		s.cut()
		h.leave(s)
		return
	}
	s.greet(newFrame(hello))
	go s.read()
}

// read does what the phone asks for, message by message, until the socket
// breaks.
func (s *session) read() {
	defer s.hub.leave(s)
	// The handshake's own context has ended with its handler.
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer s.cut()
	s.conn.SetReadLimit(readLimit)
	s.alive()
	s.conn.SetPongHandler(func(string) error { s.alive(); return nil })
	for {
		kind, body, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		s.alive()
		if kind != websocket.TextMessage {
			s.send(newFrame(answer(message{}, answerMessage{}, bad("Only text messages are understood."))))
			continue
		}
		if !s.serve(ctx, body) {
			s.end(websocket.CloseInternalServerErr) // the writer closes the socket, which ends this loop
		}
	}
}

// serve answers one message. It tells false after trouble inside, for which
// the protocol has no word: the phone shall come again and see what became
// of its message.
func (s *session) serve(ctx context.Context, body []byte) bool {
	m, err := readMessage(body)
	if err == nil && (m.Type == "shipping" || m.Type == "scan" && s.hub.checksIn(m.Content)) {
		// A merchant is asked, who may take seconds; the payer may cancel
		// meanwhile.
		s.hub.sessions.Go(func() {
			if !s.carryOut(ctx, m, nil) && ctx.Err() == nil {
				s.end(websocket.CloseInternalServerErr)
			}
		})
		return true
	}
	return s.carryOut(ctx, m, err)
}

// carryOut does what a message asks for, unless it could not be read.
func (s *session) carryOut(ctx context.Context, m message, err error) bool {
	var reply answerMessage
	if err == nil {
		reply, err = s.hub.obey(ctx, s.number, m)
	}
	if err != nil && !refused(err) {
		s.hub.Log.ErrorContext(ctx, "a phone's message failed", "phone", s.number, "type", m.Type, "error", err)
		return false
	}
	s.send(newFrame(answer(m, reply, err)))
	return true
}

func (s *session) alive() { _ = s.conn.SetReadDeadline(clock.Wall().Add(pongWait)) }

// greet puts the hello before all that waits already, and lets the writer
// begin.
func (s *session) greet(hello *frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append([]*frame{hello}, s.queue...)
	s.hub.sessions.Go(s.write)
}

// send queues a message. It never blocks: a socket that is too far behind is
// closed, and the phone finds everything in its next hello.
func (s *session) send(f *frame) {
	if !s.enqueue(f) {
		s.hub.Log.Debug("a slow phone is hung up on", "phone", s.number)
		s.cut()
	}
}

// enqueue tells false when the queue is full.
func (s *session) enqueue(f *frame) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return true
	}
	if len(s.queue) == queueLength {
		return false
	}
	s.queue = append(s.queue, f)
	s.wake()
	return true
}

// wake starts the writer unless there is one. To be called with the lock
// held, before the session is closed: then its reader is still counted, and
// so the hub waits for the writer as well.
func (s *session) wake() {
	if s.writing {
		return
	}
	s.writing = true
	s.hub.sessions.Go(s.write)
}

// end lets the writer say goodbye, without waiting for a dead socket.
func (s *session) end(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.close(code)
	_ = s.conn.NetConn().SetWriteDeadline(clock.Wall().Add(closeWait))
	s.wake()
}

// cut closes the socket at once.
func (s *session) cut() {
	s.mu.Lock()
	if !s.closed {
		s.close(0)
	}
	s.mu.Unlock()
	_ = s.conn.Close()
}

// close notes that the session is over. To be called with the lock held.
func (s *session) close(code int) {
	s.closed, s.code, s.queue = true, code, nil
}

// write is the only place that writes messages to the socket. It ends when
// nothing is left to write.
func (s *session) write() {
	for {
		s.mu.Lock()
		batch, closed := s.queue, s.closed
		s.queue, s.writing = nil, len(batch) > 0
		s.mu.Unlock()
		if closed {
			s.goodbye()
			return
		}
		if len(batch) == 0 {
			return
		}
		for _, f := range batch {
			if !s.put(f) {
				s.cut()
				return
			}
		}
	}
}

func (s *session) put(f *frame) bool {
	until := clock.Wall().Add(writeWait)
	if f == pingFrame {
		return s.conn.WriteControl(websocket.PingMessage, nil, until) == nil
	}
	_ = s.conn.SetWriteDeadline(until)
	return s.conn.WriteMessage(websocket.TextMessage, f.body) == nil
}

// goodbye closes the socket, with a word if there is one to say.
func (s *session) goodbye() {
	if s.code != 0 {
		reason := websocket.FormatCloseMessage(s.code, "")
		_ = s.conn.WriteControl(websocket.CloseMessage, reason, clock.Wall().Add(closeWait))
	}
	_ = s.conn.Close()
}
