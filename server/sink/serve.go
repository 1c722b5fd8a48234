package sink

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
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
	if ip, _, err := net.SplitHostPort(req.RemoteAddr); err == nil {
		q.From = ip
	}
	if err := r.judge(req, body, &q); err != nil {
		q.Reason, q.Step = err.Error(), stepOf(err)
	} else {
		q.Verified = true
	}
	return q
}

// judge checks a request by the rules of its family.
func (r *Room) judge(req *http.Request, body []byte, q *Request) error {
	if r.Others != nil {
		if is, registration, event, wrong := r.Others(req, body); is {
			q.WebhookID, q.Event = registration, event
			return wrong
		}
	}
	return r.verify(req, body, q.WebhookID)
}

// maxAge is how far off receivers let the date of a delivery be.
const maxAge = 300 * time.Second

// stepOf names the step at which a check failed.
func stepOf(err error) webhook.Step {
	var differs *webhook.Difference
	if errors.As(err, &differs) {
		return differs.Step
	}
	return registrationStep
}

// registrationStep comes before those of [webhook.Verify]: whose secret is it?
const registrationStep webhook.Step = "registration"

var (
	errUnnamed = errors.New("the request has no " + webhook.HeaderID + " header, so nobody knows its secret")
	errUnknown = errors.New("no registration has this " + webhook.HeaderID)
	errStore   = errors.New("the registration could not be looked up")
)

// verify checks a request as a careful receiver does: whose it is, headers,
// body, signature, and the age of its date.
func (r *Room) verify(req *http.Request, body []byte, id string) error {
	if id == "" {
		return errUnnamed
	}
	registration, err := r.registrations.Registration(req.Context(), id)
	if errors.Is(err, webhook.ErrNotFound) {
		return r.blame(req, body, id, errUnknown)
	}
	if err != nil {
		return errStore
	}
	err = check(req, body, registration.Secret)
	if stepOf(err) == webhook.SignatureStep {
		return r.blame(req, body, id, err)
	}
	if err != nil {
		return err
	}
	return webhook.Fresh(req.Header, clock.Wall(), maxAge)
}

func check(req *http.Request, body []byte, secret string) error {
	return webhook.Verify(secret, req.Method, req.RequestURI, req.Host, req.Header, body)
}

// blame looks for the registration whose secret a request was signed with in
// place of its own.
func (r *Room) blame(req *http.Request, body []byte, id string, failed error) error {
	all, err := r.registrations.Registrations(req.Context(), "*")
	if err != nil {
		return failed
	}
	for i := range all {
		if all[i].ID == id || check(req, body, all[i].Secret) != nil {
			continue
		}
		found := "It was signed with the secret of another registration, " + all[i].ID + ", of " + all[i].URL + "."
		if errors.Is(failed, errUnknown) {
			found = errUnknown.Error() + ". " + found
		}
		return &webhook.Difference{Step: stepOf(failed), Reason: found}
	}
	return failed
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
