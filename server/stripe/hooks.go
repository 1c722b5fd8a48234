package stripe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"liksom/server/webhook"
)

// eventTypes are those that the simulator sends (Stripe contract, section
// 7.5); an endpoint may ask for any other of Stripe's, which never come.
var eventTypes = words(`charge.captured charge.expired charge.failed charge.pending charge.refund.updated charge.refunded charge.succeeded
	checkout.session.async_payment_failed checkout.session.async_payment_succeeded checkout.session.completed checkout.session.expired
	customer.created customer.deleted customer.updated payment_intent.amount_capturable_updated payment_intent.canceled
	payment_intent.created payment_intent.payment_failed payment_intent.processing payment_intent.requires_action
	payment_intent.succeeded payment_method.attached payment_method.detached refund.created refund.failed refund.updated`)

// eventsLast is how long events can be asked for, in simulated time.
const eventsLast = 30 * 24 * time.Hour

// deliveries are what an event causes: one for each endpoint that wants it.
func (w *work) deliveries(e *event) []webhook.Delivery {
	var found []webhook.Delivery
	var to []*endpoint
	for _, h := range all[*endpoint](w, "endpoint") {
		if w.ours(h) && !h.Disabled && h.wants(e.Type) {
			to = append(to, h)
		}
	}
	slices.Reverse(to) // the oldest endpoint is served first
	for _, h := range to {
		e.Deliveries = append(e.Deliveries, w.IDs.UUID())
		shown := *e
		if h.Version != nil {
			shown.Version = *h.Version
		}
		o := w.event(&shown)
		o["pending_webhooks"] = len(to)
		body, err := render(o)
		if err != nil {
			panic("stripe: " + err.Error()) // what was rendered once
		}
		found = append(found, webhook.Delivery{
			ID: e.Deliveries[len(e.Deliveries)-1], Registration: h.ID, Payment: e.Subject, Type: e.Type, Body: body, CreatedAt: time.Unix(e.Created, 0).UTC(),
		})
	}
	return found
}

func (h *endpoint) wants(name string) bool {
	return slices.Contains(h.Events, "*") || slices.Contains(h.Events, name)
}

// createEndpoint is POST /v1/webhook_endpoints: the only time that the secret
// is shown.
func (c *call) createEndpoint() (object, error) {
	h := &endpoint{made: c.fresh("we_", 24), Secret: "whsec_" + c.IDs.Code(32), Version: c.at("api_version").orNil(), Description: c.at("description").orNil()}
	h.Metadata = c.at("metadata").metadata(map[string]string{})
	if h.Version != nil {
		if _, err := parseVersion(*h.Version); err != nil {
			return nil, invalid("api_version", "%s", err.Message)
		}
	}
	c.at("url").needed()
	c.at("enabled_events").items()
	if c.err == nil && !c.at("enabled_events").given() {
		c.wrong(missing("enabled_events"))
	}
	c.fillEndpoint(h)
	if c.err != nil {
		return nil, c.err
	}
	if err := c.Store.Register(c.ctx, c.registration(h), nil); err != nil {
		return nil, err
	}
	c.add(h)
	o := c.endpoint(h)
	o["secret"] = h.Secret
	return o, nil
}

// registration is an endpoint as the engine of deliveries knows it. It stands
// under the account, so that the Webhooks API takes it for nobody's.
func (w *work) registration(h *endpoint) webhook.Registration {
	return webhook.Registration{ID: h.ID, MSN: h.Account, Client: h.Account, URL: h.URL, Events: h.Events, Secret: h.Secret, CreatedAt: w.now}
}

func (c *call) fillEndpoint(h *endpoint) {
	if f := c.at("url"); f.given() {
		h.URL = f.text()
		if _, err := webhook.ParseURL(h.URL); err != nil {
			f.p.wrong(refuse(http.StatusBadRequest, "url_invalid", "url", "The URL cannot be used: %s.", err).early())
		}
	}
	f := c.at("enabled_events")
	if !f.given() {
		return
	}
	h.Events = f.texts()
	if len(h.Events) == 0 {
		f.p.wrong(refuse(http.StatusBadRequest, "parameter_invalid_empty", "enabled_events", "Name at least one event, or * for all.").early())
	}
	for i, name := range h.Events {
		if name != "*" && !strings.Contains(name, ".") {
			f.p.wrong(invalid(f.at(strconv.Itoa(i)).name(), "%q is no type of event.", shortened(name)))
		}
	}
}

func (c *call) findEndpoint() (*endpoint, error) {
	h, known := get[*endpoint](c.work, c.id())
	if !known || !c.ours(h) {
		return nil, unknown("webhook_endpoint", c.id(), "")
	}
	return h, nil
}

// getEndpoint is GET /v1/webhook_endpoints/{id}.
func (c *call) getEndpoint() (object, error) {
	h, err := c.findEndpoint()
	if err != nil {
		return nil, err
	}
	return c.endpoint(h), nil
}

// listEndpoints is GET /v1/webhook_endpoints.
func (c *call) listEndpoints() (object, error) {
	return listed(c, all[*endpoint](c.work, "endpoint"), nil, c.endpoint)
}

// updateEndpoint is POST /v1/webhook_endpoints/{id}. One that is disabled is
// sent nothing more, not even what was to be tried again.
func (c *call) updateEndpoint() (object, error) {
	h, err := c.findEndpoint()
	if err != nil {
		return nil, err
	}
	was := *h
	h = edit(c.work, h)
	c.fillEndpoint(h)
	c.at("description").change(&h.Description)
	h.Metadata = c.at("metadata").metadata(h.Metadata)
	if f := c.at("disabled"); f.given() {
		h.Disabled = f.yes()
	}
	if c.err != nil {
		return nil, c.err
	}
	return c.endpoint(h), c.reregister(&was, h)
}

// reregister has the engine know an endpoint as it is now.
func (c *call) reregister(was, is *endpoint) error {
	switch {
	case was.Disabled && is.Disabled:
		return nil
	case was.Disabled:
		return c.Store.Register(c.ctx, c.registration(is), nil)
	case is.Disabled:
		return c.Store.Unregister(c.ctx, is.ID, c.now)
	}
	_, err := c.Store.ChangeRegistration(c.ctx, is.ID, func(r *webhook.Registration) error {
		r.URL, r.Events = is.URL, is.Events
		return nil
	})
	return err
}

// deleteEndpoint is DELETE /v1/webhook_endpoints/{id}.
func (c *call) deleteEndpoint() (object, error) {
	h, err := c.findEndpoint()
	if err != nil {
		return nil, err
	}
	if !h.Disabled {
		if err := c.Store.Unregister(c.ctx, h.ID, c.now); err != nil {
			return nil, err
		}
	}
	c.remove(h)
	return object{"id": h.ID, "object": "webhook_endpoint", "deleted": true}, nil
}

// getEvent is GET /v1/events/{id}.
func (c *call) getEvent() (object, error) {
	e, known := get[*event](c.work, c.id())
	if !known || !c.ours(e) || c.past(e) {
		return nil, unknown("event", c.id(), "")
	}
	return c.event(e), nil
}

func (c *call) past(e *event) bool { return c.now.Sub(time.Unix(e.Created, 0)) > eventsLast }

// listEvents is GET /v1/events.
func (c *call) listEvents() (object, error) {
	if err := c.settleAll(); err != nil {
		return nil, err
	}
	c.exclusive("type", "types")
	wanted := c.at("types").texts()
	if one := c.at("type").text(); one != "" {
		wanted = []string{one}
	}
	if len(wanted) > 20 {
		c.wrong(invalid("types", "At most 20 types can be asked for."))
	}
	delivered := c.at("delivery_success").word("", "true", "false")
	if c.err != nil {
		return nil, c.err
	}
	return listed(c, all[*event](c.work, "event"), func(e *event) bool {
		return !c.past(e) && (wanted == nil || slices.ContainsFunc(wanted, func(pattern string) bool { return matches(pattern, e.Type) })) &&
			(delivered == "" || (c.undelivered(e) == 0) == (delivered == "true"))
	}, c.event)
}

// matches tells whether a type is meant by a pattern, in which * is anything.
func matches(pattern, name string) bool {
	before, after, wild := strings.Cut(pattern, "*")
	return !wild && pattern == name || wild && strings.HasPrefix(name, before) && strings.HasSuffix(name, after) && len(name) >= len(before)+len(after)
}

// undelivered counts the deliveries of an event that were not accepted.
func (w *work) undelivered(e *event) int {
	n := 0
	for _, id := range e.Deliveries {
		if d, err := w.Store.Delivery(w.ctx, id); err == nil && d.Status != webhook.Delivered {
			n++
		}
	}
	return n
}

// Family is how deliveries to Stripe's endpoints look (Stripe contract,
// section 7). Live tells whether they are repeated as long as in live mode.
type Family struct{ Live func() bool }

var _ webhook.Family = Family{}

// Prefix implements [webhook.Family].
func (Family) Prefix() string { return webhook.Immortal }

// Signature implements [webhook.Family].
func (Family) Signature() string { return signatureHeader }

const signatureHeader = "Stripe-Signature"

// Timeout implements [webhook.Family].
func (Family) Timeout() time.Duration { return 20 * time.Second }

// waits are those between tries; what is behind the third is for live mode.
var waits = []time.Duration{
	time.Minute, 30 * time.Minute, 2 * time.Hour,
	5 * time.Hour, 10 * time.Hour, 24 * time.Hour, 48 * time.Hour, 72 * time.Hour,
}

const sandboxTries = 3

// Next implements [webhook.Family]. The waits are counted from the first try.
func (f Family) Next(tries int, first, last time.Time) (time.Time, bool) {
	most := sandboxTries
	if f.Live != nil && f.Live() {
		most = len(waits)
	}
	if tries > most {
		return time.Time{}, false
	}
	next := first.Add(waits[tries-1])
	if next.Before(last) {
		next = last
	}
	return next, true
}

// Header implements [webhook.Family].
func (Family) Header(secret string, _ *url.URL, body []byte, at time.Time) (http.Header, string) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	signed := stamp + "." + string(body)
	return http.Header{
		"Content-Type":   {"application/json; charset=utf-8"},
		"Content-Length": {strconv.Itoa(len(body))},
		"User-Agent":     {"Stripe/1.0 (+https://stripe.com/docs/webhooks)"},
		"Accept":         {"*/*; q=0.5, application/xml"},
		signatureHeader:  {"t=" + stamp + ",v1=" + Sign(secret, stamp, body)},
	}, signed
}

// Sign is the signature of a body at a time in seconds: the key is the whole
// secret, with its prefix.
func Sign(secret, stamp string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(stamp))
	h.Write([]byte{'.'})
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}
