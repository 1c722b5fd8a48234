package control

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/server/problem"
	"liksom/server/webhook"
)

func noRegistration(id string) error {
	return missing("There is no registration " + id + "; GET /sim/v1/registrations lists those there are.")
}

// found tells what became of looking for a registration.
func found(id string, err error) error {
	if errors.Is(err, webhook.ErrNotFound) {
		return noRegistration(id)
	}
	return err
}

func (c *Control) registration(r *http.Request) (answer, error) {
	query, _, err := parameters(r, "secrets")
	if err != nil {
		return answer{}, err
	}
	secrets, err := showSecrets(query)
	if err != nil {
		return answer{}, err
	}
	id := mux.Vars(r)["id"]
	hook, err := c.Deliveries.Registration(r.Context(), id)
	if err != nil {
		return answer{}, found(id, err)
	}
	return ok(viewRegistration(hook, secrets))
}

// changeRegistration changes where a registration's webhooks go, which they
// are, and whether they go out now.
func (c *Control) changeRegistration(r *http.Request) (answer, error) {
	id := mux.Vars(r)["id"]
	hook, err := c.Deliveries.Registration(r.Context(), id)
	if err != nil {
		return answer{}, found(id, err)
	}
	body := struct {
		URL    string   `json:"url"`
		Events []string `json:"events"`
		Paused bool     `json:"paused"`
	}{hook.URL, nil, hook.Paused}
	if err := decode(r, &body); err != nil {
		return answer{}, err
	}
	if body.Events == nil {
		body.Events = hook.Events
	}
	if err := c.checkHookURL(body.URL); err != nil {
		return answer{}, err
	}
	if err := c.checkHookEvents(r, &hook, body.Events); err != nil {
		return answer{}, err
	}
	changed, err := c.Hooks.ChangeRegistration(r.Context(), id, func(now *webhook.Registration) error {
		now.URL, now.Events, now.Paused = body.URL, body.Events, body.Paused
		return nil
	})
	if err != nil {
		return answer{}, found(id, err)
	}
	return ok(viewRegistration(changed, false))
}

// checkHookURL holds a URL to what registering it would.
func (c *Control) checkHookURL(raw string) error {
	u, err := webhook.ParseURL(raw)
	if err != nil {
		return invalid("url", "The URL is not valid: "+err.Error()+".")
	}
	if objection := webhook.Objection(u); objection != "" && c.Directory.Settings().StrictURLs {
		return invalid("url", objection+" The setting strictUrls asks for that.")
	}
	return nil
}

func (c *Control) checkHookEvents(r *http.Request, hook *webhook.Registration, events []string) error {
	if len(events) == 0 {
		return invalid("events", "Name at least one event type; to hear of none for a while, pause the registration.")
	}
	for i, e := range events {
		if !webhook.KnownType(e) {
			return invalid("events", "There is no event type "+e+". "+problem.Instead(e, webhook.Types()))
		}
		if slices.Contains(events[:i], e) {
			return invalid("events", e+" is named twice.")
		}
	}
	peers, err := c.Deliveries.Registrations(r.Context(), hook.MSN)
	if err != nil {
		return err
	}
	peers = slices.DeleteFunc(peers, func(p webhook.Registration) bool {
		return p.ID == hook.ID || p.MSN == "" && p.Client != hook.Client
	})
	if full := webhook.Full(peers, events); full != nil {
		return invalid("events", "The maximum number of registrations is reached: "+strings.Join(full, ", ")+".")
	}
	return nil
}

// removeRegistration deletes a registration; of one that has been removed
// already it is told no more.
func (c *Control) removeRegistration(r *http.Request) (answer, error) {
	id := mux.Vars(r)["id"]
	forgotten, err := c.Departed.Forget(r.Context(), id)
	if err == nil && !forgotten {
		err = found(id, c.Hooks.Unregister(r.Context(), id))
	}
	if err != nil {
		return answer{}, err
	}
	c.Bell.Ring()
	return nothing()
}

// testRegistration sends an event that was made up, and answers with the
// delivery and its one attempt. A paused registration is tested all the same:
// that is what one pauses it for.
func (c *Control) testRegistration(r *http.Request) (answer, error) {
	id := mux.Vars(r)["id"]
	hook, err := c.Deliveries.Registration(r.Context(), id)
	if err != nil {
		return answer{}, found(id, err)
	}
	body := struct {
		Event string `json:"event"`
	}{hook.Events[0]}
	if err := decodeOptional(r, &body); err != nil {
		return answer{}, err
	}
	msn, currency := c.sampleUnit(&hook)
	sample, known := webhook.Sample(body.Event, msn, currency, c.Draw.UUID(), c.Clock.Read().Now)
	if !known {
		return answer{}, invalid("event", "No such event can be made up; those of payments and "+webhook.CheckedIn+" can. "+problem.Instead(body.Event, webhook.Types()[:9]))
	}
	d, _, err := c.Hooks.Test(r.Context(), hook, webhook.Delivery{
		ID: c.Draw.UUID(), Payment: payment.ID{MSN: msn}, Type: body.Event, Body: sample,
	})
	if err != nil {
		return answer{}, err
	}
	c.Bell.Ring()
	return c.showDelivery(r, d.ID)
}

// sampleUnit is the unit that a made-up event is of: the registration's own,
// or the first that its client speaks for.
func (c *Control) sampleUnit(hook *webhook.Registration) (msn, currency string) {
	for _, unit := range c.Directory.Units() {
		if unit.MSN == hook.MSN || hook.MSN == "" && c.speaksFor(hook.Client, unit.MSN) {
			return unit.MSN, unit.Rules().Currency
		}
	}
	return hook.MSN, directory.Markets()[0].Currency
}
