package phoneapp

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"liksom/server/clock"
	"liksom/server/directory"
)

// Protocol is the websocket subprotocol spoken here.
const Protocol = "liksom.phone.v1"

// The messages to a phone.
type (
	helloMessage struct {
		Type     string          `json:"type"` // hello
		Phone    directory.Phone `json:"phone"`
		Requests []Request       `json:"requests"`
		// Waiting counts what waits, also for a phone that is offline and is
		// therefore shown none of it.
		Waiting int       `json:"waiting"`
		Now     time.Time `json:"now"`
		Speed   float64   `json:"speed"`
		Frozen  bool      `json:"frozen"`
	}
	requestMessage struct {
		Type    string  `json:"type"` // push, request
		Request Request `json:"request"`
	}
	phoneMessage struct {
		Type  string          `json:"type"` // phone
		Phone directory.Phone `json:"phone"`
		// Waiting counts what waits for a phone that is offline, each time that
		// changes; left out otherwise.
		Waiting *int `json:"waiting,omitempty"`
	}
	clockMessage struct {
		Type   string    `json:"type"` // clock
		Now    time.Time `json:"now"`
		Speed  float64   `json:"speed"`
		Frozen bool      `json:"frozen"`
	}
	checkInMessage struct {
		Type string `json:"type"` // checkin
		CheckIn
	}
	answerMessage struct {
		Type string `json:"type"` // ok, error
		ID   string `json:"id,omitempty"`
		// RequestID is what a scanned code led to, or what was asked about.
		RequestID string `json:"requestId,omitempty"`
		// URL is the page that a scanned code leads to.
		URL string `json:"url,omitempty"`
		// Shipping is what can be delivered to the address asked about.
		Shipping *Delivery `json:"shipping,omitempty"`
		Code     Code      `json:"code,omitempty"`
		Message  string    `json:"message,omitempty"`
		// Remedy tells what helps after an error, where that is known:
		// "retry", or "address" for another address.
		Remedy string `json:"remedy,omitempty"`
		// Reason and Host tell of a scanned code that is not to pay with.
		Reason string `json:"reason,omitempty"`
		Host   string `json:"host,omitempty"`
	}
)

func newClockMessage(r clock.Reading) clockMessage {
	return clockMessage{Type: "clock", Now: shown(r.Now), Speed: r.Speed, Frozen: r.Frozen}
}

// shown is a time as phones are told it: to the millisecond, in UTC.
func shown(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// frame is one message as it goes over the wire, made once for all sockets.
type frame struct{ body []byte }

// pingFrame stands for a ping.
var pingFrame = &frame{}

func newFrame(message any) *frame {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(message); err != nil {
		panic("phoneapp: a message of our own making cannot be written: " + err.Error())
	}
	return &frame{body: bytes.TrimSuffix(out.Bytes(), []byte("\n"))}
}

// message is what a phone says.
type message struct {
	Type      string `json:"type"`
	ID        string `json:"id"`
	RequestID string `json:"requestId"`
	Reference string `json:"reference"`
	Content   string `json:"content"`
	Answer
}

// longestID bounds what is given back to the phone in each answer.
const longestID = 200

// readMessage decodes what a phone sent. The error is a [BadMessage]; the
// message then has the id, if that much could be read.
func readMessage(body []byte) (message, error) {
	var m message
	if !utf8.Valid(body) {
		return m, bad("The message is not UTF-8.")
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return message{ID: idOf(body)}, bad("The message is not what was expected: " + err.Error())
	}
	if m.ID == "" || len(m.ID) > longestID {
		return message{}, bad("A message needs an id of its own, of at most 200 bytes.")
	}
	if m.RequestID == "" {
		m.RequestID = m.Reference
	}
	return m, nil
}

// idOf finds the id of a message that is wrong elsewhere.
func idOf(body []byte) string {
	var m struct {
		ID json.RawMessage `json:"id"`
	}
	var id string
	if json.Unmarshal(body, &m) != nil || json.Unmarshal(m.ID, &id) != nil || len(id) > longestID {
		return ""
	}
	return id
}
