package server_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"liksom/server/client"
	"liksom/server/directory"
	"liksom/server/openapi/openapitest"
	"liksom/server/servertest"
	"liksom/server/store/sql"
	"liksom/server/store/sql/postgrestest"
)

const (
	ride   = "taxi-ride-000417"
	minute = time.Minute
)

// inBubble tells a story in a bubble of its own, where time passes when
// everybody waits, with each store.
func inBubble(t *testing.T, story func(t *testing.T, sim *servertest.Sim), options ...servertest.Option) {
	t.Helper()
	tellIn(t, []string{"memory", "sqlite"}, story, options...)
}

// inEveryBubble is [inBubble] with PostgreSQL as well, for the stories that
// tell most about a store: a database takes its time.
func inEveryBubble(t *testing.T, story func(t *testing.T, sim *servertest.Sim), options ...servertest.Option) {
	t.Helper()
	tellIn(t, []string{"memory", "sqlite", "postgres"}, story, options...)
}

func tellIn(t *testing.T, stores []string, story func(t *testing.T, sim *servertest.Sim), options ...servertest.Option) {
	t.Helper()
	t.Parallel()
	for _, store := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			kept := storeOf(t, store)
			synctest.Test(t, func(t *testing.T) {
				story(t, start(t, append(options, servertest.WithStore(kept))...))
			})
		})
	}
}

// start runs a simulator all of whose traffic is held against our OpenAPI
// documents.
func start(t *testing.T, options ...servertest.Option) *servertest.Sim {
	t.Helper()
	return servertest.Start(t, append([]servertest.Option{described(t)}, options...)...)
}

// described holds all that a simulator is asked and answers against our
// OpenAPI documents, but for the exceptions.
func described(t *testing.T, but ...func(*openapitest.Checker)) servertest.Option {
	documents := openapitest.New(t)
	for _, exception := range but {
		exception(documents)
	}
	return servertest.WithAround(documents.Handler)
}

// told excepts the answers of a status, for the reason given.
func told(status int, why string) func(*openapitest.Checker) {
	return func(documents *openapitest.Checker) {
		documents.Except(why, func(x *openapitest.Exchange) bool { return x.Status == status })
	}
}

// lenient lets requests be as they are, for the reason given.
func lenient(why string) func(*openapitest.Checker) {
	return func(documents *openapitest.Checker) { documents.Lenient(why) }
}

// byFault is why an answer is in no document.
const byFault = "a fault answers what it was told to"

// storeOf gives an empty store of a kind. It is not for the inside of a bubble.
func storeOf(tb testing.TB, kind string) string {
	tb.Helper()
	switch kind {
	case "sqlite":
		return storeFile(tb)
	case "postgres":
		return postgrestest.URL(tb)
	}
	return kind
}

// openStore opens a store that no simulator has open.
func openStore(t *testing.T, kept string) *sql.DB {
	t.Helper()
	var db *sql.DB
	var err error
	if path, inFile := strings.CutPrefix(kept, "sqlite:"); inFile {
		db, err = sql.Open(t.Context(), path)
	} else {
		db, err = sql.OpenPostgres(t.Context(), kept)
	}
	require.NoError(t, err)
	return db
}

func storeFile(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "liksom.db")
}

// pass lets time go by, inside a bubble.
func pass(d time.Duration) { <-time.After(d) }

// occurrences are the merchant's event log as "NAME +since create".
func occurrences(t *testing.T, sim *servertest.Sim, reference string) []string {
	t.Helper()
	events, err := sim.Client.Events(t.Context(), reference)
	require.NoError(t, err)
	lines := make([]string, len(events))
	for i := range events {
		lines[i] = events[i].Name + " +" + events[i].Timestamp.Sub(events[0].Timestamp).String()
	}
	return lines
}

// deliveries are a payment's webhooks, oldest first, with their attempts.
func deliveries(t *testing.T, sim *servertest.Sim, reference string) []client.Delivery {
	t.Helper()
	page, err := sim.Client.Deliveries(t.Context(), client.Filter{MSN: sim.Client.MSN(), Reference: reference})
	require.NoError(t, err)
	all := make([]client.Delivery, len(page.Deliveries))
	for i, d := range page.Deliveries {
		all[len(all)-1-i], err = sim.Client.Delivery(t.Context(), d.ID)
		require.NoError(t, err)
	}
	return all
}

func create(t *testing.T, sim *servertest.Sim, p client.CreatePayment) client.Created {
	t.Helper()
	if p.Amount.Value == 0 {
		p.Amount = client.NOK(24900)
	}
	created, err := sim.Client.CreatePayment(t.Context(), p)
	require.NoError(t, err)
	return created
}

// push makes a payment whose request goes to a phone at once.
func push(t *testing.T, sim *servertest.Sim, reference, phone string) {
	t.Helper()
	create(t, sim, client.CreatePayment{Reference: reference, UserFlow: client.PushMessage, Customer: &client.Customer{PhoneNumber: phone}})
}

// refused tells that a call was refused with a status and a code.
func refused(t *testing.T, err error, status int, code string) {
	t.Helper()
	var p *client.Problem
	require.ErrorAs(t, err, &p)
	require.Equal(t, []any{status, code}, []any{p.Status, p.Code}, p)
}

// answer is what came back for a plain request.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) problem(t *testing.T) map[string]any {
	t.Helper()
	require.Equal(t, "application/problem+json; charset=utf-8", a.header.Get("Content-Type"), a.body)
	var doc map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &doc), a.body)
	require.EqualValues(t, a.status, doc["status"])
	return doc
}

// call sends a request with nothing but these headers.
func call(t *testing.T, sim *servertest.Sim, method, url, body string, headers ...string) answer {
	t.Helper()
	response, content := sim.Call(t, method, url, body, headers...)
	return answer{response.StatusCode, response.Header, content}
}

// merchant sends a request with the keys of the ready-made sales unit.
func merchant(t *testing.T, sim *servertest.Sim, method, path, body string, headers ...string) answer {
	t.Helper()
	token, err := sim.Client.Token(t.Context())
	require.NoError(t, err)
	return call(t, sim, method, path, body, append(headers, "Authorization: Bearer "+token.AccessToken,
		"Ocp-Apim-Subscription-Key: "+directory.DemoSubscriptionKey, "Merchant-Serial-Number: "+directory.DemoMSN,
		"Content-Type: application/json")...)
}

// phone is a simulated phone's socket. It always reads, as a real one does,
// or it would be taken for dead.
type phone struct {
	t      *testing.T
	socket *websocket.Conn
	frames chan frame
}

// connect opens the socket of a phone, through the door of the world's URL.
func connect(t *testing.T, sim *servertest.Sim, number string) *phone {
	t.Helper()
	dialer := websocket.Dialer{NetDialContext: sim.Network.Dial, Subprotocols: []string{"liksom.phone.v1"}}
	url := strings.Replace(sim.URL, "http", "ws", 1) + "/sim/v1/phones/" + number + "/ws"
	socket, answer, err := dialer.DialContext(t.Context(), url, nil)
	require.NoError(t, err)
	_ = answer.Body.Close()
	p := &phone{t, socket, make(chan frame, 100)}
	var reading sync.WaitGroup
	reading.Go(p.read)
	t.Cleanup(func() {
		_ = socket.Close()
		reading.Wait()
	})
	return p
}

func (p *phone) read() {
	defer close(p.frames)
	for {
		var f frame
		if p.socket.ReadJSON(&f) != nil {
			return
		}
		p.frames <- f
	}
}

type frame struct {
	Type     string
	ID       string
	Code     string
	Now      time.Time
	Request  client.Request
	Requests []client.Request
}

// next gives the next frame of a type, passing over others.
func (p *phone) next(kind string) frame {
	p.t.Helper()
	late := time.After(time.Hour)
	for {
		select {
		case f, open := <-p.frames:
			require.True(p.t, open, "the simulator hung up before a frame %q", kind)
			if f.Type == kind {
				return f
			}
		case <-late:
			require.Fail(p.t, "no frame came", "%q", kind)
		}
	}
}

func (p *phone) say(message map[string]any) {
	p.t.Helper()
	require.NoError(p.t, p.socket.WriteJSON(message))
}

// member reads a text off an answer's JSON.
func member(t *testing.T, a answer, name string) string {
	t.Helper()
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &body), a.body)
	text, ok := body[name].(string)
	require.True(t, ok, a.body)
	return text
}
