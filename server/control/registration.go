package control

import (
	"context"
	"net/http"
	"time"

	"liksom/server/webhook"
)

// registrationView is one webhook registration as testers see it, whoever
// made it.
type registrationView struct {
	ID           string    `json:"id"`
	MSN          string    `json:"msn,omitempty"` // left out for a partner's
	URL          string    `json:"url"`
	Events       []string  `json:"events"`
	Secret       string    `json:"secret"`
	CreatedAt    time.Time `json:"createdAt"`
	FailingSince time.Time `json:"failingSince,omitzero"`
}

// registrations lists who hears of payments. Their secrets are hidden, unless
// they are asked for. Making and deleting them is the Webhooks API's.
func (c *Control) registrations(r *http.Request) (answer, error) {
	secrets, page, err := wantsSecrets(r, "msn", "wait")
	if err != nil {
		return answer{}, err
	}
	msn := r.URL.Query().Get("msn")
	if msn == "" {
		msn = "*"
	}
	found, err := await(c, r, page.wait, func(ctx context.Context) ([]webhook.Registration, error) {
		return c.Deliveries.Registrations(ctx, msn)
	})
	if err != nil {
		return answer{}, err
	}
	all := make([]registrationView, len(found))
	for i := range found {
		f := &found[i]
		all[i] = registrationView{
			ID: f.ID, MSN: f.MSN, URL: f.URL, Events: append([]string{}, f.Events...), Secret: masked,
			CreatedAt: shown(f.CreatedAt), FailingSince: shown(f.FailingSince),
		}
		if secrets {
			all[i].Secret = f.Secret
		}
	}
	return ok(map[string][]registrationView{"registrations": all})
}
