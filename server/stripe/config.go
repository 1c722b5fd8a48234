package stripe

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"liksom/server/webhook"
)

// Config is what the Stripe side begins with, in each world.
type Config struct {
	// Accounts are further ones; the ready-made one is always there.
	Accounts []Account
	Webhooks []Webhook
	// Settings is the rest, as a body of changes of the world's settings.
	Settings json.RawMessage
}

// Webhook is an endpoint whose secret is known beforehand.
type Webhook struct {
	URL     string   `json:"url"`
	Secret  string   `json:"secret"`
	Events  []string `json:"events"`
	Version string   `json:"api_version"`
	// Account is whose events it gets; "" is the ready-made one.
	Account string `json:"account"`
}

// ReadConfig reads the member "stripe" of a configuration, as JSON. The field
// tells what an error is about.
func ReadConfig(body []byte) (c Config, field string, err error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return c, "$", errors.New("This must be an object.")
	}
	var accounts []struct {
		Account
		Preview *bool `json:"vipps_preview"`
	}
	if err := strictly(members["accounts"], &accounts); err != nil {
		return c, "accounts", err
	}
	for i, a := range accounts {
		if a.Types == nil {
			a.Types = DemoAccount().Types
		}
		a.Account.Preview = a.Preview == nil || *a.Preview
		if err := a.Account.check(); err != nil {
			return c, fmt.Sprintf("accounts[%d]", i), err
		}
		c.Accounts = append(c.Accounts, a.Account)
	}
	if err := strictly(members["webhooks"], &c.Webhooks); err != nil {
		return c, "webhooks", err
	}
	for i, h := range c.Webhooks {
		if err := h.check(); err != nil {
			return c, fmt.Sprintf("webhooks[%d]", i), err
		}
	}
	delete(members, "accounts")
	delete(members, "webhooks")
	c.Settings, err = json.Marshal(map[string]any{"stripe": members})
	return c, "$", err
}

// strictly reads a list whose entries have no other members than ours.
func strictly(body json.RawMessage, into any) error {
	if body == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errors.New("This cannot be read: " + strings.TrimPrefix(err.Error(), "json: ") + ".")
	}
	return nil
}

func (a *Account) check() error {
	switch {
	case !strings.HasPrefix(a.ID, "acct_"):
		return errors.New("An account needs account, which begins with acct_.")
	case !strings.HasPrefix(a.SecretKey, "sk_test_") || !strings.HasPrefix(a.PublishableKey, "pk_test_"):
		return errors.New("An account needs secret_key and publishable_key, which begin with sk_test_ and pk_test_: keys for real money have no place here.")
	case a.MSN == "":
		return errors.New("An account needs the msn of a sales unit, whose name payers see.")
	}
	for _, kind := range a.Types {
		if _, known := wallets[kind]; !known && kind != "card" {
			return fmt.Errorf("The type %q in enabled_types is not known: there are card and vipps.", kind)
		}
	}
	if fixed(a) {
		if _, err := parseVersion(a.Version); err != nil {
			return errors.New(err.Message)
		}
	}
	return nil
}

func (h *Webhook) check() error {
	if _, err := webhook.ParseURL(h.URL); err != nil {
		return fmt.Errorf("The url cannot be used: %w.", err)
	}
	if h.Secret == "" {
		return errors.New("A webhook needs the secret that its receiver knows.")
	}
	return nil
}

// Begin makes sure that the endpoints of a configuration are there, at each
// start and after a reset.
func (r *Room) Begin(ctx context.Context, hooks []Webhook) error {
	for i := range hooks {
		if err := r.beginHook(ctx, &hooks[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *Room) beginHook(ctx context.Context, from *Webhook) error {
	account, _ := r.account(from.Account)
	w := r.begin(ctx, account, r.Clock.Now())
	defer w.end()
	sum := sha256.Sum256([]byte(account.ID + " " + from.URL))
	id := "we_" + hex.EncodeToString(sum[:])[:24]
	events := from.Events
	if len(events) == 0 {
		events = []string{"*"}
	}
	old, known := get[*endpoint](w, id)
	if known && old.Secret == from.Secret && slices.Equal(old.Events, events) {
		return nil
	}
	h := &endpoint{made: made{ID: id, Account: account.ID, Created: w.now.Unix()}, URL: from.URL, Secret: from.Secret, Events: events, Metadata: map[string]string{}}
	if from.Version != "" {
		h.Version = &from.Version
	}
	if known {
		h.made = old.made
		if err := r.Store.Unregister(ctx, id, w.now); err != nil && !errors.Is(err, webhook.ErrNotFound) {
			return err
		}
		w.dirty[id] = h
	} else {
		w.add(h)
	}
	if err := r.Store.Register(ctx, w.registration(h), nil); err != nil {
		return err
	}
	return w.commit()
}
