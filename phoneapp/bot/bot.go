// Package bot is a phone without a screen: it keeps a phone's socket, tells
// what comes over it, and answers.
package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"liksom/phoneapp"
	"liksom/server/client"
	"liksom/server/clock"
	"liksom/server/directory"
)

// Frame is one message from the simulator (simulator contract, section 4).
// Which members are there depends on its type.
type Frame struct {
	Type     string             `json:"type"` // hello, push, request, phone, clock, checkin, ok, error
	ID       string             `json:"id"`   // of the message that ok and error answer
	Phone    *directory.Phone   `json:"phone"`
	Requests []phoneapp.Request `json:"requests"`
	Request  *phoneapp.Request  `json:"request"`
	Now      time.Time          `json:"now"`
	Speed    float64            `json:"speed"`
	Frozen   bool               `json:"frozen"`
	Code     phoneapp.Code      `json:"code"`
	Message  string             `json:"message"`
}

// Answer is a message to the simulator. What is left out is not sent.
type Answer struct {
	Type      string `json:"type"` // open, release, approve, decline, hold, scan, ack
	ID        string `json:"id"`
	RequestID string `json:"requestId,omitempty"`
	Content   string `json:"content,omitempty"`
	phoneapp.Answer
}

// Dialer opens a connection; nil for the network's usual one.
type Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// Bot is one phone, connected. Next and Say may be called from different
// goroutines, each from one.
type Bot struct {
	conn  *websocket.Conn
	clock *clock.Clock
	said  int
}

// writeWithin bounds the sending of a message, in real time.
const writeWithin = 10 * time.Second

// Connect becomes the phone with a number, at the simulator or world at a
// URL. A refusal is a [*client.Problem].
func Connect(ctx context.Context, base, number string, dial Dialer) (*Bot, error) {
	u, err := url.Parse(strings.TrimRight(base, "/") + "/sim/v1/phones/" + url.PathEscape(number) + "/ws")
	if err != nil {
		return nil, err
	}
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	dialer := websocket.Dialer{Subprotocols: []string{phoneapp.Protocol}, NetDialContext: dial, Proxy: http.ProxyFromEnvironment}
	conn, answer, err := dialer.DialContext(ctx, u.String(), nil)
	if answer != nil {
		defer func() { _ = answer.Body.Close() }()
	}
	if errors.Is(err, websocket.ErrBadHandshake) {
		return nil, client.ReadProblem(answer)
	}
	if err != nil {
		return nil, fmt.Errorf("the phone %s cannot connect: %w", number, err)
	}
	return &Bot{conn: conn, clock: clock.New(clock.Reading{Speed: 1})}, nil
}

// Next waits for the next frame. It keeps the bot's clock as it says. Ending
// the wait is up to [Bot.Close].
func (b *Bot) Next() (Frame, error) {
	_, body, err := b.conn.ReadMessage()
	if err != nil {
		return Frame{}, err
	}
	var f Frame
	if err := json.Unmarshal(body, &f); err != nil {
		return Frame{}, fmt.Errorf("the simulator said what no phone understands: %w", err)
	}
	if f.Type == "hello" || f.Type == "clock" {
		b.clock.Show(f.Now, f.Speed, f.Frozen)
	}
	return f, nil
}

// Clock is the simulated time, as the simulator last told it.
func (b *Bot) Clock() *clock.Clock { return b.clock }

// Say sends a message with an id of its own, which it gives; a frame "ok" or
// "error" with that id answers it.
func (b *Bot) Say(a Answer) (id string, err error) {
	b.said++
	a.ID = "b" + strconv.Itoa(b.said)
	if err := b.conn.SetWriteDeadline(clock.Wall().Add(writeWithin)); err != nil {
		return "", err
	}
	return a.ID, b.conn.WriteJSON(a)
}

// Close hangs up.
func (b *Bot) Close() error { return b.conn.Close() }
