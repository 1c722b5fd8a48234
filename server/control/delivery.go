package control

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/problem"
	"liksom/server/webhook"
)

// deliveryView is one webhook delivery as testers see it.
type deliveryView struct {
	ID             string         `json:"id"`
	MSN            string         `json:"msn"`
	Reference      string         `json:"reference"`
	Event          string         `json:"event"`
	State          webhook.Status `json:"state"`
	RegistrationID string         `json:"registrationId"`
	URL            string         `json:"url,omitempty"`
	Tries          int            `json:"tries"`
	Reason         string         `json:"reason,omitempty"`
	// HeldBy is the earlier event of the payment that a held one waits for.
	HeldBy     *heldBy   `json:"heldBy,omitempty"`
	CreatedAt  time.Time `json:"createdAt"`
	FirstTryAt time.Time `json:"firstTryAt,omitzero"`
	NextTryAt  time.Time `json:"nextTryAt,omitzero"`
	EndedAt    time.Time `json:"endedAt,omitzero"`
	// Last is what came of the newest try, by hand or not.
	Last *outcomeView `json:"last,omitempty"`
}

// outcomeView is the short form of a try.
type outcomeView struct {
	At     time.Time `json:"at"`
	OK     bool      `json:"ok"`
	Status int       `json:"status,omitempty"`
	Error  string    `json:"error,omitempty"`
	Fault  string    `json:"fault,omitempty"`
	TookMs *float64  `json:"tookMs"`
}

// attemptView is one try; bodies are given as the text they were.
type attemptView struct {
	N        int       `json:"n"`
	OK       bool      `json:"ok"`
	Manual   bool      `json:"manual,omitempty"`
	At       time.Time `json:"at"`
	Real     time.Time `json:"real"`
	TookMs   *float64  `json:"tookMs"`
	Request  sentView  `json:"request"`
	Signed   string    `json:"signedString,omitempty"`
	Response *gotView  `json:"response,omitempty"`
	Error    string    `json:"error,omitempty"`
	Fault    string    `json:"fault,omitempty"`
	// SignatureValid is absent where the registration's secret is gone.
	SignatureValid *bool `json:"signatureValid,omitempty"`
}

type sentView struct {
	Method string              `json:"method"`
	URL    string              `json:"url"`
	Header map[string][]string `json:"header"`
	Body   string              `json:"body"`
}

type gotView struct {
	Status int                 `json:"status"`
	Header map[string][]string `json:"header,omitempty"`
	Body   string              `json:"body"`
}

func viewDelivery(d *webhook.Delivery, url string, attempts []webhook.Attempt) deliveryView {
	v := deliveryView{
		ID: d.ID, MSN: d.Payment.MSN, Reference: d.Payment.Reference, Event: d.Type, State: d.Status,
		RegistrationID: d.Registration, URL: url, Tries: d.Tries, Reason: d.Reason,
		CreatedAt: shown(d.CreatedAt), FirstTryAt: shown(d.FirstAt), NextTryAt: shown(d.NextAt), EndedAt: shown(d.DoneAt),
	}
	if len(attempts) > 0 {
		a := &attempts[len(attempts)-1]
		v.Last = &outcomeView{shown(a.At), a.OK(), a.Status, a.Error, a.Fault, milliseconds(a.Took)}
	}
	return v
}

func viewAttempt(a *webhook.Attempt) attemptView {
	v := attemptView{
		N: a.N, OK: a.OK(), Manual: a.Manual, At: shown(a.At), Real: shown(a.Real), TookMs: milliseconds(a.Took),
		Request: sentView{http.MethodPost, a.URL, a.Header, string(a.Body)}, Signed: a.Signed, Error: a.Error, Fault: a.Fault,
	}
	if a.Status != 0 {
		v.Response = &gotView{a.Status, a.AnswerHeader, string(a.Answer)}
	}
	return v
}

// receivers are the registrations by their ids.
type receivers map[string]webhook.Registration

func (c *Control) receivers(ctx context.Context) (receivers, error) {
	all, err := c.Deliveries.Registrations(ctx, "*")
	if err != nil {
		return nil, err
	}
	known := receivers{}
	for i := range all {
		known[all[i].ID] = all[i]
	}
	return known, nil
}

// of is where a delivery goes, or went: a registration may be gone.
func (known receivers) of(d *webhook.Delivery, attempts []webhook.Attempt) string {
	if r, ok := known[d.Registration]; ok {
		return r.URL
	}
	if len(attempts) > 0 {
		return attempts[len(attempts)-1].URL
	}
	return ""
}

// signed tells whether a try's signature is what its registration's secret
// makes of it, as the receiver would find; nil where the secret is gone.
func (known receivers) signed(a *webhook.Attempt, registration string) *bool {
	r, ok := known[registration]
	u, err := url.Parse(a.URL)
	if !ok || err != nil {
		return nil
	}
	valid := webhook.Verify(r.Secret, http.MethodPost, u.RequestURI(), u.Host, a.Header, a.Body) == nil
	return &valid
}

func (c *Control) deliveries(r *http.Request) (answer, error) {
	query, page, err := parameters(r, "msn", "reference", "registration", "state", "limit", "cursor", "wait")
	if err != nil {
		return answer{}, err
	}
	q := webhook.Query{
		MSN: query.Get("msn"), Reference: query.Get("reference"), Registration: query.Get("registration"), Status: webhook.Status(query.Get("state")),
		Before: page.before, Limit: page.limit,
	}
	states := []webhook.Status{webhook.Waiting, webhook.Held, webhook.Delivered, webhook.Dropped, webhook.Ended}
	if q.Status != "" && !slices.Contains(states, q.Status) {
		return answer{}, invalid("state", "There is no such state. "+problem.Instead(string(q.Status), texts(states)))
	}
	found, err := await(c, r, page.wait, func(ctx context.Context) ([]webhook.Delivery, error) {
		return c.Deliveries.Deliveries(ctx, q)
	})
	if err != nil {
		return answer{}, err
	}
	known, err := c.receivers(r.Context())
	if err != nil {
		return answer{}, err
	}
	heads := queueHeads{}
	list := struct {
		Deliveries []deliveryView `json:"deliveries"`
		Cursor     string         `json:"cursor,omitempty"`
	}{Deliveries: make([]deliveryView, len(found))}
	for i := range found {
		attempts, err := c.Deliveries.Attempts(r.Context(), found[i].ID)
		if err != nil {
			return answer{}, err
		}
		list.Deliveries[i] = viewDelivery(&found[i], known.of(&found[i], attempts), attempts)
		if list.Deliveries[i].HeldBy, err = c.heldBy(r.Context(), &found[i], heads); err != nil {
			return answer{}, err
		}
		list.Cursor = page.cursor(len(found), found[i].Number)
	}
	return ok(list)
}

func (c *Control) delivery(r *http.Request) (answer, error) {
	return c.showDelivery(r, mux.Vars(r)["id"])
}

func (c *Control) showDelivery(r *http.Request, id string) (answer, error) {
	d, err := c.Deliveries.Delivery(r.Context(), id)
	if errors.Is(err, webhook.ErrNotFound) {
		return answer{}, missing("There is no delivery " + id + "; GET /sim/v1/deliveries lists what there is.")
	}
	if err != nil {
		return answer{}, err
	}
	attempts, err := c.Deliveries.Attempts(r.Context(), id)
	if err != nil {
		return answer{}, err
	}
	known, err := c.receivers(r.Context())
	if err != nil {
		return answer{}, err
	}
	detail := struct {
		deliveryView
		Body     string        `json:"body"`
		Attempts []attemptView `json:"attempts"`
	}{viewDelivery(&d, known.of(&d, attempts), attempts), string(d.Body), make([]attemptView, len(attempts))}
	if detail.HeldBy, err = c.heldBy(r.Context(), &d, queueHeads{}); err != nil {
		return answer{}, err
	}
	for i := range attempts {
		detail.Attempts[i] = viewAttempt(&attempts[i])
		detail.Attempts[i].SignatureValid = known.signed(&attempts[i], d.Registration)
	}
	return ok(detail)
}

func (c *Control) resend(r *http.Request) (answer, error) {
	id := mux.Vars(r)["id"]
	err := c.Resend(r.Context(), id)
	if errors.Is(err, webhook.ErrEnded) {
		return answer{}, conflict("The registration of this delivery was deleted, and its secret with it; nothing can be signed any more. Register the URL anew for later events.")
	}
	if err != nil && !errors.Is(err, webhook.ErrNotFound) {
		return answer{}, err
	}
	c.Bell.Ring()
	return c.delivery(r) // which tells if there is none
}
