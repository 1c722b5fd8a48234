package control

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/gorilla/mux"

	"liksom/server/fault"
	"liksom/server/problem"
	"liksom/server/webhook"
)

func (c *Control) faults(r *http.Request) (answer, error) {
	_, page, err := parameters(r, "wait")
	if err != nil {
		return answer{}, err
	}
	found, err := await(c, r, page.wait, func(context.Context) ([]fault.Fault, error) { return c.Faults.List(), nil })
	if err != nil {
		return answer{}, err
	}
	return ok(c.faultsInForce(found))
}

// faultsView are the faults in force, and what decides where they have a
// probability.
type faultsView struct {
	Seed   string        `json:"seed"`
	Faults []fault.Fault `json:"faults"`
}

func (c *Control) faultsInForce(found []fault.Fault) faultsView {
	return faultsView{c.Faults.Seed(), append([]fault.Fault{}, found...)}
}

// reseedFaults has all faults begin anew with another seed, or with the same.
func (c *Control) reseedFaults(r *http.Request) (answer, error) {
	body := struct {
		Seed string `json:"seed"`
	}{}
	if err := decode(r, &body); err != nil {
		return answer{}, err
	}
	if err := c.ReseedFaults(r.Context(), body.Seed); err != nil {
		return answer{}, err
	}
	found := c.Faults.List()
	for _, f := range found {
		c.News.faultChanged("set", f)
	}
	c.Bell.Ring()
	return ok(c.faultsInForce(found))
}

func (c *Control) addFault(r *http.Request) (answer, error) {
	body, err := read(r)
	if err != nil {
		return answer{}, err
	}
	f, err := c.makeFault(r.Context(), body)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: f}, nil
}

func (c *Control) makeFault(ctx context.Context, body []byte) (fault.Fault, error) {
	var f fault.Fault
	if err := decodeBytes(body, &f); err != nil {
		return f, err
	}
	if event := f.Match.Event; event != "" && f.Match.Target == fault.Webhook && !webhook.KnownType(event) {
		return f, invalid("match.event", "There is no such event type. "+problem.Instead(event, webhook.Types()))
	}
	if code := f.Do.Code; code != "" && !slices.Contains(c.Codes, code) {
		return f, invalid("do.code", "There is no coded error "+code+"; docs/errors.md lists them.")
	}
	if id := f.Do.Registration; id != "" {
		if _, err := c.Deliveries.Registration(ctx, id); errors.Is(err, webhook.ErrNotFound) {
			return f, invalid("do.registration", "There is no registration "+id+" whose secret could be used; GET /sim/v1/registrations lists those there are.")
		} else if err != nil {
			return f, err
		}
	}
	f, err := c.Faults.Add(f)
	if errors.Is(err, fault.ErrExists) {
		return f, conflict("There is a fault of this id already; remove it first, or leave the id out to be given one.")
	}
	if err != nil {
		return f, err
	}
	c.News.faultChanged("set", f)
	return f, nil
}

func (c *Control) removeFault(r *http.Request) (answer, error) {
	id := mux.Vars(r)["id"]
	removed, known := c.Faults.Remove(id)
	if !known {
		return answer{}, missing("There is no fault " + id + "; GET /sim/v1/faults lists those in force.")
	}
	c.News.faultChanged("removed", removed)
	return nothing()
}

func (c *Control) removeFaults(*http.Request) (answer, error) {
	for _, removed := range c.Faults.Clear() {
		c.News.faultChanged("removed", removed)
	}
	return nothing()
}
