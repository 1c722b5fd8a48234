package sink

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"liksom/server/clock"
	"liksom/server/problem"
	"liksom/server/webhook"
)

// prefix is where the sinks are, each under its name.
const prefix = "/sink/"

// ServeHTTP takes any request to /sink/{name}/… and keeps it.
func (r *Room) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	name, ok := nameOf(req.URL.Path)
	if !ok {
		problem.Write(w, problem.Document{Status: http.StatusNotFound, Detail: "A sink is at /sink/{name}/….", Instance: req.URL.Path})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	if err != nil {
		unreadable(w, req, err)
		return
	}
	q := r.request(req, body)
	r.mu.Lock()
	s := r.sink(name)
	s.keep(&q)
	delay := time.Duration(s.config.Delay)
	r.mu.Unlock()
	if rest(req.Context(), delay) == nil {
		w.WriteHeader(q.Status)
	}
}

func nameOf(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, prefix)
	name, _, _ := strings.Cut(rest, "/")
	return name, ok && name != ""
}

func unreadable(w http.ResponseWriter, req *http.Request, err error) {
	doc := problem.Document{Status: http.StatusBadRequest, Detail: "The body could not be read to its end.", Instance: req.URL.Path}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		doc.Status, doc.Detail = http.StatusRequestEntityTooLarge, "A sink takes bodies of at most 1 MiB."
	}
	problem.Write(w, doc)
}

// request takes down what arrived. The path is the one on the wire, which the
// signature covers; whoever handed the request on may have shortened the
// other.
func (r *Room) request(req *http.Request, body []byte) Request {
	q := Request{
		Method: req.Method, Path: req.RequestURI, Headers: req.Header.Clone(), Body: string(body),
		At: r.now().Truncate(time.Millisecond), Real: clock.Wall().UTC().Truncate(time.Millisecond), WebhookID: req.Header.Get(webhook.HeaderID),
	}
	q.Headers["Host"] = []string{req.Host}
	var named struct {
		Name string `json:"name"`
	}
	if json.Unmarshal(body, &named) == nil {
		q.Event = named.Name
	}
	if err := r.verify(req, body, q.WebhookID); err != nil {
		q.Reason = err.Error()
	} else {
		q.Verified = true
	}
	return q
}

var (
	errUnnamed = errors.New("the request has no " + webhook.HeaderID + " header, so nobody knows its secret")
	errUnknown = errors.New("no registration has this " + webhook.HeaderID)
	errStore   = errors.New("the registration could not be looked up")
)

func (r *Room) verify(req *http.Request, body []byte, id string) error {
	if id == "" {
		return errUnnamed
	}
	registration, err := r.registrations.Registration(req.Context(), id)
	if errors.Is(err, webhook.ErrNotFound) {
		return errUnknown
	}
	if err != nil {
		return errStore
	}
	return webhook.Verify(registration.Secret, req.Method, req.RequestURI, req.Host, req.Header, body)
}

// rest waits for a real time; an error tells that the caller went before.
func rest(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	<-waiting.Done()
	return ctx.Err()
}
