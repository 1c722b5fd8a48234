package client

import (
	"context"
	"net/http"
	"net/url"
)

// RegistrationChange says what to change of a registration; nil leaves as it
// is.
type RegistrationChange struct {
	URL    *string  `json:"url,omitempty"`
	Events []string `json:"events,omitempty"`
	Paused *bool    `json:"paused,omitempty"`
}

// Registration reads a registration, with its secret.
func (c *Client) Registration(ctx context.Context, id string) (Registration, error) {
	var out Registration
	err := c.control(ctx, http.MethodGet, registrationPath(id)+query("secrets", "show"), nil, &out)
	return out, err
}

// ChangeRegistration changes a registration. While one is paused its webhooks
// wait; once it goes on they go out, oldest first.
func (c *Client) ChangeRegistration(ctx context.Context, id string, change RegistrationChange) (Registration, error) {
	var out Registration
	err := c.control(ctx, http.MethodPatch, registrationPath(id), change, &out)
	return out, err
}

// RemoveRegistration deletes a registration, whosever it is.
func (c *Client) RemoveRegistration(ctx context.Context, id string) error {
	return c.control(ctx, http.MethodDelete, registrationPath(id), nil, nil)
}

// TestRegistration sends a made-up event now, and gives the delivery with its
// one attempt; event may be empty for the first that the registration asks for.
func (c *Client) TestRegistration(ctx context.Context, id, event string) (Delivery, error) {
	var body any
	if event != "" {
		body = map[string]string{"event": event}
	}
	var out Delivery
	err := c.control(ctx, http.MethodPost, registrationPath(id)+"/test", body, &out)
	return out, err
}

func registrationPath(id string) string { return "/registrations/" + url.PathEscape(id) }
