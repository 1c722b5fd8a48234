package merchant

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"liksom/server/clock"
	"liksom/server/webhook"
)

// freshness is how far a webhook's date may be from the real time.
const freshness = 300 * time.Second

// largest is the size of body that is read at all.
const largest = 1 << 20

// event is what the shop reads of a webhook: a signal, not the truth.
type event struct {
	Reference      string `json:"reference"`
	PSPReference   string `json:"pspReference"`
	Name           string `json:"name"`
	State          string `json:"state"`
	IdempotencyKey string `json:"idempotencyKey"`
	Success        *bool  `json:"success"`
}

// ServeHTTP takes webhooks and returning customers: POST anywhere, since a
// delivery is known by its signature, and GET /return/{order} below the
// shop's public URL.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		s.receive(w, r)
		return
	}
	s.welcome(w, r)
}

// receive verifies a webhook over the bytes that came, remembers what to do,
// and answers; the work is done afterwards.
func (s *Shop) receive(w http.ResponseWriter, r *http.Request) {
	began, at := clock.Wall(), s.config.Now()
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	if err != nil {
		return // half a body is none; it comes again
	}
	status, why := s.judge(r, body)
	if s.config.Log != nil {
		s.config.Log(Call{
			At: at, Incoming: true, Method: r.Method, Path: r.URL.RequestURI(), Header: r.Header.Clone(), Body: cut(body),
			Status: status, Answer: why, Took: clock.Wall().Sub(began),
		})
	}
	if status != http.StatusOK {
		http.Error(w, why, status)
	}
}

// judge says what a delivery is answered, having taken it if it is good.
func (s *Shop) judge(r *http.Request, body []byte) (status int, why string) {
	if err := s.verify(r, body); err != nil {
		return http.StatusUnauthorized, err.Error()
	}
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return http.StatusBadRequest, "The body is no JSON."
	}
	if status, why = s.refuses(e); status != 0 {
		return status, why
	}
	if s.has(WorksBeforeAnswering) && s.unseen(e) {
		_ = s.Refresh(r.Context(), e.Reference) // answered all the same
		s.first(e)
		return http.StatusOK, ""
	}
	if !s.first(e) && !s.has(ShipsOnEveryEvent) {
		return http.StatusOK, ""
	}
	s.ship(e)
	if s.has(ReadsState) && e.State != "AUTHORIZED" {
		return http.StatusOK, ""
	}
	s.later(e.Reference)
	return http.StatusOK, ""
}

// verify checks who speaks. The shop knows by which address it registered,
// so it signs that one's host, path and query and not what a proxy made of
// them (webhooks contract, section 6).
func (s *Shop) verify(r *http.Request, body []byte) error {
	if s.has(SkipsSignature) {
		return nil
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); s.has(AllowsFixedAddresses) && (err != nil || host != "127.0.0.1") {
		return &webhook.Difference{Step: webhook.HeadersStep, Reason: "This address is not on the list."}
	}
	secret, uri, host, header := s.Secret(), s.hook.RequestURI(), webhook.Host(s.hook), r.Header
	if s.has(DecodesSecret) {
		key, _ := base64.StdEncoding.DecodeString(secret) // as far as it goes
		secret = string(key)
	}
	if s.has(ReserialisesBody) {
		body = reserialised(body)
	}
	if s.has(ChecksHostHeader) {
		host = r.Host
	}
	if s.has(RewritesPath) {
		uri = strings.TrimRight((&url.URL{Path: s.hook.Path}).RequestURI(), "/")
	}
	if s.has(DropsPrefix) {
		_, rest, _ := strings.Cut(uri[1:], "/")
		uri = "/" + rest
	}
	if s.has(IgnoresCopy) {
		header = header.Clone()
		header.Del(webhook.HeaderCopy)
	}
	if err := webhook.Verify(secret, r.Method, uri, host, header, body); err != nil {
		return err
	}
	if s.has(IgnoresDate) {
		return nil
	}
	return webhook.Fresh(header, clock.Wall(), freshness)
}

func reserialised(body []byte) []byte {
	var any map[string]any
	if json.Unmarshal(body, &any) != nil {
		return body
	}
	var out bytes.Buffer
	_ = json.NewEncoder(&out).Encode(any) // what was read can be written
	return bytes.TrimSpace(out.Bytes())
}

// refuses are the reasons of bad habits; a sound shop has none, and answers
// 200 to events of payments it does not know.
func (s *Shop) refuses(e event) (status int, why string) {
	known := s.find(e.Reference)
	switch {
	case s.has(ChokesOnCreated) && e.Name == "CREATED":
		return http.StatusInternalServerError, "CREATED is not handled."
	case s.has(SavesOrderLate) && known == nil:
		return http.StatusNotFound, "There is no such order."
	case s.has(NeedsIdempotencyKey) && e.IdempotencyKey == "":
		return http.StatusBadRequest, "idempotencyKey is missing."
	case s.has(ComparesPSPReference) && known != nil && known.other(s, e.PSPReference):
		return http.StatusBadRequest, "pspReference is another one's."
	}
	return 0, ""
}

// other tells that a reference is not the payment's, as far as that is known.
func (e *entry) other(s *Shop, psp string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.psp != "" && e.psp != psp
}

// same names an event: of partial captures each has its own pspReference.
func (e event) same() string { return e.Reference + " " + e.Name + " " + e.PSPReference }

func (s *Shop) unseen(e event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.seen[e.same()]
}

// first tells, once, that an event has not come before.
func (s *Shop) first(e event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[e.same()] {
		return false
	}
	s.seen[e.same()] = true
	return true
}

// ship is what two habits do on the word of a webhook.
func (s *Shop) ship(e event) {
	if e.Name != "AUTHORIZED" || !s.has(ShipsOnEveryEvent) && !s.has(IgnoresSuccess) {
		return
	}
	if known := s.find(e.Reference); known != nil {
		s.change(known, func(known *entry) {
			known.Shipped++
			known.State = Paid
		})
	}
}
