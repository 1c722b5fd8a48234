package phoneapp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/phoneapp"
	"liksom/server/payment"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestASocketThatReadsNothingHoldsUpNobody(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		stuck := w.dial(kari) // never reads, not even the hello
		defer func() { _ = stuck.Close() }()
		screen, _ := w.show(kari)
		began := time.Now()
		const pushes = 200 // more than a socket's queue holds
		for i := range pushes {
			w.ask(fmt.Sprintf("r%d", i), kari)
			screen.expect("push", phoneapp.Pending)
		}
		require.Zero(t, time.Since(began), "not an instant was lost")
		synctest.Wait()
		frames := 0
		for {
			if _, _, err := stuck.ReadMessage(); err != nil {
				break
			}
			frames++
		}
		require.Less(t, frames, pushes, "the stuck socket was hung up on")
		_, hello := w.show(kari)
		require.Len(t, hello.Requests, pushes, "and misses nothing when it comes again")
	})
}

func TestADeadSocketIsLetGo(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		dead := w.dial(kari)
		_, _, err := dead.ReadMessage() // the hello; after it, neither reads nor pongs
		require.NoError(t, err)
		time.Sleep(2 * time.Minute)
		_, err = dead.NetConn().Read(make([]byte, 1))
		require.ErrorIs(t, err, io.EOF)
	})
}

func TestALivingSocketStays(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		time.Sleep(time.Hour)
		w.ask("a", kari)
		screen.expect("push", phoneapp.Pending)
	})
}

func TestTheHubSaysGoodbye(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		w.hub.HangUp(kari)
		require.True(t, websocket.IsCloseError(<-screen.gone, websocket.CloseNormalClosure))
		screen, _ = w.show(kari)
		w.hub.Reset("")
		require.True(t, websocket.IsCloseError(<-screen.gone, websocket.CloseServiceRestart))
	})
}

func TestAMessageThatIsTooLongEndsTheSocket(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		long := strings.Repeat("x", 65<<10)
		go func() { _ = screen.conn.WriteMessage(websocket.TextMessage, []byte(long)) }()
		require.Error(t, <-screen.gone)
	})
}

func TestABrokenMessageIsAnsweredAndTheSocketStays(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		screen, _ := w.show(kari)
		for body, id := range map[string]string{
			`{`: "", `[]`: "", `"x"`: "", `{"type":"ack"}`: "", `{"id":"c9","type":7}`: "c9", "\xff": "", `{"id":7,"type":"ack"}`: "",
		} {
			require.NoError(t, screen.conn.WriteMessage(websocket.TextMessage, []byte(body)))
			m := screen.next()
			require.Equal(t, phoneapp.BadMessage, m.Code, body)
			require.Equal(t, id, m.ID, body)
		}
		require.NoError(t, screen.conn.WriteMessage(websocket.BinaryMessage, []byte(`{"id":"c1","type":"ack"}`)))
		require.Equal(t, phoneapp.BadMessage, screen.next().Code)
	})
}

func TestTroubleInsideEndsTheSocketAndIsNotShown(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		var broken failing
		w := newWorld(t, func(c *phoneapp.Config) { broken.Payments = c.Payments; c.Payments = &broken })
		screen, _ := w.show(kari)
		broken.fails.Store(true)
		screen.say(say{"type": "ack", "id": "c1", "requestId": "a"})
		require.True(t, websocket.IsCloseError(<-screen.gone, websocket.CloseInternalServerErr))
	})
}

func TestASocketOverARealConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.hub.ServePhone(rw, r, strings.TrimPrefix(r.URL.Path, "/"))
	}))
	defer server.Close()
	url := "ws" + strings.TrimPrefix(server.URL, "http") + "/"

	conn, answer, err := websocket.DefaultDialer.Dial(url+kari, nil)
	require.NoError(t, err)
	_ = answer.Body.Close()
	defer func() { _ = conn.Close() }()
	var m heard
	require.NoError(t, conn.ReadJSON(&m))
	require.Equal(t, "hello", m.Type)
	w.ask("a", kari)
	require.NoError(t, conn.ReadJSON(&m))
	require.Equal(t, "push", m.Type)

	for path, c := range map[string]struct {
		origin string
		status int
	}{
		kari:         {"https://evil.example", http.StatusForbidden},
		"4799999999": {"", http.StatusNotFound},
	} {
		header := http.Header{}
		if c.origin != "" {
			header.Set("Origin", c.origin)
		}
		_, answer, err := websocket.DefaultDialer.Dial(url+path, header)
		require.ErrorIs(t, err, websocket.ErrBadHandshake)
		require.Equal(t, c.status, answer.StatusCode)
		require.Contains(t, answer.Header.Get("Content-Type"), "application/problem+json")
		_ = answer.Body.Close()
	}
}

func TestARequestShowsAllThereIsToKnow(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.ask("a", kari, func(c *payment.Create) {
			c.ReturnURL, c.Scopes = "https://shop.example/done", []string{"name"}
			c.Details = &payment.Details{
				TermsURL: "https://shop.example/terms", PrivacyURL: "https://shop.example/privacy",
				ReceiptURL: "https://shop.example/receipts/17",
				Receipt: &payment.Receipt{
					Currency: "NOK", Tip: 500, Number: "17",
					Lines: []payment.Line{{ID: "1", Name: "A ride <home>", Total: 34500, ExcludesTax: 27600, Tax: 6900, Quantity: "1"}},
				},
			}
		})
		requests, err := w.hub.Requests(context.Background(), kari)
		require.NoError(t, err)
		require.Len(t, requests, 1)
		golden(t, "request.json", requests[0])
	})
}

func FuzzIncomingMessages(f *testing.F) {
	for _, m := range []say{
		{"type": "approve", "id": "c1", "requestId": "a", "cardId": "card-4242", "consent": true},
		{"type": "scan", "id": "c1", "content": "pay:p"},
		{"type": "hold", "id": "c1", "reference": "a"},
	} {
		body, err := json.Marshal(m)
		require.NoError(f, err)
		f.Add(body)
	}
	f.Add([]byte(`{"id":"c1"`))
	w := newWorld(f)
	w.ask("a", kari)
	screen, _ := w.show(kari)
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) > 60<<10 {
			t.Skip("ends the socket")
		}
		screen.t = t
		require.NoError(t, screen.conn.WriteMessage(websocket.TextMessage, body))
		for {
			m := screen.next()
			if m.Type == "ok" || m.Type == "error" {
				require.Equal(t, m.Type == "error", m.Message != "")
				return
			}
		}
	})
}
