package control

import (
	"net/http"

	"liksom/server/webhook"
)

// reachRegistration tells whether somebody listens at a URL that may be
// registered, and what the real service would say to it. Nothing is sent.
func (c *Control) reachRegistration(r *http.Request) (answer, error) {
	var body struct {
		URL string `json:"url"`
	}
	if err := decode(r, &body); err != nil {
		return answer{}, err
	}
	u, err := webhook.ParseURL(body.URL)
	if err != nil {
		return answer{}, invalid("url", "The URL is not valid: "+err.Error()+".")
	}
	told := struct {
		Reachable bool `json:"reachable"`
		// Why it was not reached, in words.
		Why string `json:"why,omitempty"`
		// Objection is what the real service would have against it.
		Objection string `json:"objection,omitempty"`
	}{Reachable: true, Objection: webhook.Objection(u)}
	if err := c.Hooks.Reach(r.Context(), u); err != nil {
		told.Reachable, told.Why = false, err.Error()
	}
	return ok(told)
}
