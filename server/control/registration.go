package control

import (
	"context"
	"net/http"
	"time"

	"liksom/server/webhook"
)

// registrationView is an address that wants to hear of events.
type registrationView struct {
	ID string `json:"id"`
	// MSN is "" for a partner's, which hears of all its units.
	MSN       string    `json:"msn"`
	ClientID  string    `json:"clientId"`
	URL       string    `json:"url"`
	Events    []string  `json:"events"`
	Secret    string    `json:"secret"`
	CreatedAt time.Time `json:"createdAt"`
	// Paused: its deliveries are kept waiting.
	Paused bool `json:"paused"`
	// FailingSince and RemovalAt are there while the receiver accepts nothing.
	FailingSince time.Time `json:"failingSince,omitzero"`
	RemovalAt    time.Time `json:"removalAt,omitzero"`
}

func viewRegistration(r webhook.Registration, secrets bool) registrationView {
	v := registrationView{
		ID: r.ID, MSN: r.MSN, ClientID: r.Client, URL: r.URL, Events: append([]string{}, r.Events...),
		Secret: masked, CreatedAt: shown(r.CreatedAt), Paused: r.Paused, FailingSince: shown(r.FailingSince),
	}
	if secrets {
		v.Secret = r.Secret
	}
	if removal, failing := r.Removal(); failing {
		v.RemovalAt = shown(removal.At)
	}
	return v
}

// registrations lists who wants to hear of a sales unit's events, or of
// anybody's, oldest first.
func (c *Control) registrations(r *http.Request) (answer, error) {
	query, page, err := parameters(r, "msn", "secrets", "wait")
	if err != nil {
		return answer{}, err
	}
	secrets, err := showSecrets(query)
	if err != nil {
		return answer{}, err
	}
	msn := query.Get("msn")
	found, err := await(c, r, page.wait, func(ctx context.Context) ([]webhook.Registration, error) {
		return c.registered(ctx, msn)
	})
	if err != nil {
		return answer{}, err
	}
	list := make([]registrationView, len(found))
	for i := range found {
		list[i] = viewRegistration(found[i], secrets)
	}
	gone, err := c.departed(r.Context(), msn)
	if err != nil {
		return answer{}, err
	}
	return ok(struct {
		Registrations []registrationView     `json:"registrations"`
		Removed       []DepartedRegistration `json:"removed"`
	}{list, gone})
}

// registered gives the registrations that hear of a sales unit: its own, and
// those of partners that speak for it.
func (c *Control) registered(ctx context.Context, msn string) ([]webhook.Registration, error) {
	all, err := c.Deliveries.Registrations(ctx, "*")
	if err != nil || msn == "" {
		return all, err
	}
	var found []webhook.Registration
	for _, r := range all {
		if r.MSN == msn || r.MSN == "" && c.speaksFor(r.Client, msn) {
			found = append(found, r)
		}
	}
	return found, nil
}

func (c *Control) speaksFor(client, msn string) bool {
	k, known := c.Directory.Client(client)
	return known && k.Covers(msn)
}
