package api

import (
	"errors"
	"net/http"
	"strings"

	"liksom/server/directory"
	"liksom/server/problem"
	"liksom/server/webhook"
)

type registered struct {
	ID     string `json:"id"`
	Secret string `json:"secret"`
}

func (a *API) register(r *http.Request, caller *directory.Caller) (response, error) {
	wanted, err := a.decode(r)
	if err != nil {
		return response{}, err
	}
	registration := webhook.Registration{
		ID: a.options.IDs.UUID(), MSN: caller.Unit.MSN, Client: caller.Client.ID,
		URL: wanted.url, Events: wanted.events, Secret: a.options.IDs.Secret(), CreatedAt: a.options.Now(),
	}
	err = a.options.Store.Register(r.Context(), registration, func(existing []webhook.Registration) error {
		return room(existing, wanted.events)
	})
	if err != nil {
		return response{}, err
	}
	return response{http.StatusCreated, registered{registration.ID, registration.Secret}}, nil
}

// room tells whether one more registration for these events is allowed.
func room(existing []webhook.Registration, events []string) error {
	full := webhook.Full(existing, events)
	if full == nil {
		return nil
	}
	return invalid(problem.Detail{Name: "events", Reason: "The maximum number of registrations is reached: " + strings.Join(full, ", ")})
}

type listed struct {
	Webhooks []entry `json:"webhooks"`
}

// entry is a registration as it is listed: without its secret.
type entry struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
}

func (a *API) list(r *http.Request, caller *directory.Caller) (response, error) {
	found, err := a.options.Store.Registrations(r.Context(), caller.Unit.MSN)
	if err != nil {
		return response{}, err
	}
	answer := listed{Webhooks: []entry{}}
	for i := range found {
		if belongs(&found[i], caller) {
			answer.Webhooks = append(answer.Webhooks, entry{found[i].ID, found[i].URL, found[i].Events})
		}
	}
	return response{http.StatusOK, answer}, nil
}

func (a *API) remove(r *http.Request, caller *directory.Caller) (response, error) {
	id, err := registrationID(r)
	if err != nil {
		return response{}, err
	}
	found, err := a.options.Store.Registration(r.Context(), id)
	if err == nil && !belongs(&found, caller) {
		err = webhook.ErrNotFound
	}
	if err == nil {
		err = a.options.Store.Unregister(r.Context(), id, a.options.Now())
	}
	if errors.Is(err, webhook.ErrNotFound) {
		return response{}, &refusal{status: http.StatusNotFound, detail: "There is no such webhook."}
	}
	return response{status: http.StatusNoContent}, err
}

// belongs tells whether a registration is the caller's to see: that of its
// sales unit, or without one those made with the same keys.
func belongs(r *webhook.Registration, caller *directory.Caller) bool {
	return r.MSN == caller.Unit.MSN && (r.MSN != "" || r.Client == caller.Client.ID)
}
