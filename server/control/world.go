package control

import (
	"net/http"

	"liksom/server/directory"
)

func (c *Control) info(r *http.Request) (answer, error) {
	i, w := c.Info(), c.Payments.Windows()
	type windows struct {
		Landing  string `json:"landing"`
		Approval string `json:"approval"`
	}
	type demo struct {
		MSN             string `json:"msn"`
		ClientID        string `json:"clientId"`
		ClientSecret    string `json:"clientSecret"`
		SubscriptionKey string `json:"subscriptionKey"`
		Phone           string `json:"phone"`
	}
	return ok(struct {
		Version   string  `json:"version"`
		PublicURL string  `json:"publicUrl"`
		World     string  `json:"world"`
		BaseURL   string  `json:"baseUrl"`
		Windows   windows `json:"windows"`
		Auth      string  `json:"auth"`
		Store     string  `json:"store"`
		// Addresses are this computer's, as far as they are known.
		Addresses []string          `json:"addresses"`
		FixedBy   map[string]string `json:"fixedBy"`
		Demo      demo              `json:"demo"`
	}{
		Version: i.Version, PublicURL: i.PublicURL, World: i.World, BaseURL: c.BaseURL(r), Auth: i.Auth, Store: i.Store,
		Addresses: append([]string{}, i.Addresses...), FixedBy: i.FixedBy,
		Windows: windows{w.Landing.String(), w.Approval.String()},
		Demo: demo{
			MSN: directory.DemoMSN, ClientID: directory.DemoClientID, ClientSecret: directory.DemoSecret,
			SubscriptionKey: directory.DemoSubscriptionKey, Phone: directory.DemoPhone,
		},
	})
}

func (c *Control) reset(r *http.Request) (answer, error) {
	query, _, err := parameters(r, "msn")
	if err != nil {
		return answer{}, err
	}
	msn := query.Get("msn")
	if query.Has("msn") {
		if _, known := c.Directory.Unit(msn); !known {
			return answer{}, missing("There is no sales unit " + msn + ", so nothing was reset. Leave msn out to reset everything.")
		}
	}
	if err := c.Reset(r.Context(), msn); err != nil {
		return answer{}, err
	}
	c.today.forget()
	c.Bell.Ring()
	return nothing()
}

func (c *Control) health(*http.Request) (answer, error) { return answer{text: "ok\n"}, nil }

func (c *Control) readiness(r *http.Request) (answer, error) {
	if err := c.Ready(r.Context()); err != nil {
		c.Log.Warn("not ready", "error", err)
		return answer{}, &failure{
			status: http.StatusServiceUnavailable, title: "Not ready",
			detail: "The simulator cannot serve requests at this moment; its log says why. Ask again in a moment.",
		}
	}
	return ok(map[string]string{"status": "ready"})
}
