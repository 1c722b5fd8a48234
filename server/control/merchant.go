package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"liksom/server/directory"
)

// masked stands in the place of secrets. In a body it means that the secret
// stays as it is.
const masked = "***"

// firstDrawn is the lowest serial number given to a unit that names none.
const firstDrawn = 700001

// merchantView is a sales unit with its keys and switches: what is told of
// it, and what a body may set.
type merchantView struct {
	MSN     string `json:"msn"`
	Name    string `json:"name"`
	Company string `json:"company"`
	Market  string `json:"market"`
	// Currency and Brand follow from the market. They are told only.
	Currency         string             `json:"currency"`
	Brand            string             `json:"brand"`
	Switches         directory.Switches `json:"switches"`
	ClientID         string             `json:"clientId"`
	ClientSecret     string             `json:"clientSecret"`
	SubscriptionKeys []string           `json:"subscriptionKeys"`
	// RotateKeys asks for a new secret and new subscription keys.
	RotateKeys bool `json:"rotateKeys,omitempty"`
	// Stripe are the accounts with Stripe bound to the unit. They are told
	// only.
	Stripe []StripeAccount `json:"stripe,omitempty"`
}

func viewMerchant(u directory.Unit, c directory.Client) merchantView {
	rules := u.Rules()
	return merchantView{
		MSN: u.MSN, Name: u.Name, Company: u.Company, Market: u.Market, Currency: rules.Currency, Brand: rules.Brand,
		Switches: u.Switches, ClientID: c.ID, ClientSecret: c.Secret, SubscriptionKeys: append([]string{}, c.Keys...),
	}
}

// shown adds what stands with Stripe, and hides the secrets unless they are
// asked for.
func (c *Control) shown(v merchantView, secrets bool) merchantView {
	v.Stripe = c.stripeAccounts(v.MSN, secrets)
	if secrets {
		return v
	}
	if v.ClientSecret != "" {
		v.ClientSecret = masked
	}
	v.SubscriptionKeys = slices.Repeat([]string{masked}, len(v.SubscriptionKeys))
	return v
}

// wantsSecrets reads ?secrets=show.
func wantsSecrets(r *http.Request, more ...string) (bool, page, error) {
	query, page, err := parameters(r, append(more, "secrets")...)
	if err != nil {
		return false, page, err
	}
	secrets, err := showSecrets(query)
	return secrets, page, err
}

func showSecrets(query url.Values) (bool, error) {
	switch query.Get("secrets") {
	case "show":
		return true, nil
	case "", "hide":
		return false, nil
	}
	return false, invalid("secrets", `Say "show" to be told the secrets.`)
}

func (c *Control) merchants(r *http.Request) (answer, error) {
	secrets, page, err := wantsSecrets(r, "wait")
	if err != nil {
		return answer{}, err
	}
	found, err := await(c, r, page.wait, func(context.Context) ([]merchantView, error) {
		units := c.Directory.Units()
		all := make([]merchantView, len(units))
		for i := range units {
			client, _ := c.Directory.ClientOf(units[i].MSN)
			all[i] = c.shown(viewMerchant(units[i], client), secrets)
		}
		return all, nil
	})
	if err != nil {
		return answer{}, err
	}
	return ok(map[string][]merchantView{"merchants": found})
}

func (c *Control) merchant(r *http.Request) (answer, error) {
	secrets, _, err := wantsSecrets(r)
	if err != nil {
		return answer{}, err
	}
	msn := mux.Vars(r)["msn"]
	unit, known := c.Directory.Unit(msn)
	if !known {
		return answer{}, noMerchant(msn)
	}
	client, _ := c.Directory.ClientOf(msn)
	return ok(c.shown(viewMerchant(unit, client), secrets))
}

func noMerchant(msn string) error {
	return missing("There is no sales unit " + msn + "; GET /sim/v1/merchants lists them.")
}

// addMerchant makes a sales unit. Its keys are told, as they may just have
// been drawn.
func (c *Control) addMerchant(r *http.Request) (answer, error) {
	body, err := read(r)
	if err != nil {
		return answer{}, err
	}
	v, err := c.makeMerchant(r.Context(), body)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: c.shown(v, true)}, nil
}

func (c *Control) makeMerchant(ctx context.Context, body []byte) (merchantView, error) {
	v := merchantView{Market: "NO", Switches: directory.Ordinary()}
	if err := decodeBytes(body, &v); err != nil {
		return v, err
	}
	if v.MSN == "" {
		v.MSN = c.freeMSN()
	}
	if v.Name == "" {
		v.Name = "Unit " + v.MSN
	}
	if v.Company == "" {
		v.Company = v.Name
	}
	if v.ClientID == "" {
		v.ClientID = c.Draw.UUID()
	}
	if v.ClientSecret == "" || v.ClientSecret == masked {
		v.ClientSecret = c.Draw.Code(secretLength)
	}
	if len(v.SubscriptionKeys) == 0 || slices.Contains(v.SubscriptionKeys, masked) {
		v.SubscriptionKeys = c.newKeys()
	}
	if err := v.check(); err != nil {
		return v, err
	}
	err := c.Directory.AddMerchant(ctx, v.unit(), v.client())
	if errors.Is(err, directory.ErrExists) {
		return v, conflict("There is a sales unit " + v.MSN + " already; change it with PATCH /sim/v1/merchants/" + v.MSN + ".")
	}
	if err != nil {
		return v, takenClient(err)
	}
	c.News.tell(item{msn: v.MSN, what: merchantNews{msn: v.MSN}})
	return viewMerchant(v.unit(), v.client()), nil
}

func takenClient(err error) error {
	if errors.Is(err, directory.ErrClientExists) {
		return conflict("Another sales unit has this clientId already; leave it out to be given one.")
	}
	return err
}

// secretLength is how many letters and digits a drawn secret has.
const secretLength = 32

// newKeys draws a primary and a secondary subscription key, of 32 hexadecimal
// digits each.
func (c *Control) newKeys() []string {
	return []string{strings.ReplaceAll(c.Draw.UUID(), "-", ""), strings.ReplaceAll(c.Draw.UUID(), "-", "")}
}

func (c *Control) freeMSN() string {
	for n := firstDrawn; ; n++ {
		msn := strconv.Itoa(n)
		if _, taken := c.Directory.Unit(msn); !taken {
			return msn
		}
	}
}

func (c *Control) changeMerchant(r *http.Request) (answer, error) {
	secrets, _, err := wantsSecrets(r)
	if err != nil {
		return answer{}, err
	}
	body, err := read(r)
	if err != nil {
		return answer{}, err
	}
	v, err := c.patchMerchant(r.Context(), mux.Vars(r)["msn"], body)
	if err != nil {
		return answer{}, err
	}
	return ok(c.shown(v, secrets || v.RotateKeys).told())
}

// told leaves out what was asked and is no property of a unit.
func (v merchantView) told() merchantView {
	v.RotateKeys = false
	return v
}

// patchMerchant changes a unit as a body says. The view it gives tells, too,
// whether new keys were asked for.
func (c *Control) patchMerchant(ctx context.Context, msn string, body []byte) (merchantView, error) {
	rotated := false
	unit, client, err := c.Directory.ChangeMerchant(ctx, msn, func(u *directory.Unit, k *directory.Client) error {
		v := viewMerchant(*u, *k)
		secret, keys := v.ClientSecret, v.SubscriptionKeys
		v.SubscriptionKeys = nil // decoding into a list would write over it
		v.Currency, v.Brand = "", ""
		if err := decodeBytes(body, &v); err != nil {
			return err
		}
		if v.ClientSecret == masked {
			v.ClientSecret = secret
		}
		if v.SubscriptionKeys == nil || slices.Contains(v.SubscriptionKeys, masked) {
			v.SubscriptionKeys = keys
		}
		if rotated = v.RotateKeys; rotated {
			v.ClientSecret, v.SubscriptionKeys = c.Draw.Code(secretLength), c.newKeys()
			if v.ClientID == "" { // a unit made on the fly has none
				v.ClientID = c.Draw.UUID()
			}
		}
		if v.MSN != u.MSN {
			return invalid("msn", "A sales unit keeps its number; remove this one and add another.")
		}
		if err := v.checkChange(); err != nil {
			return err
		}
		*u, *k = v.unit(), v.client()
		return nil
	})
	if errors.Is(err, directory.ErrNotFound) {
		return merchantView{}, noMerchant(msn)
	}
	if err != nil {
		return merchantView{}, takenClient(err)
	}
	c.News.tell(item{msn: msn, what: merchantNews{msn: msn}})
	v := viewMerchant(unit, client)
	v.RotateKeys = rotated
	return v, nil
}

func (c *Control) removeMerchant(r *http.Request) (answer, error) {
	msn := mux.Vars(r)["msn"]
	err := c.Directory.RemoveMerchant(r.Context(), msn)
	if errors.Is(err, directory.ErrNotFound) {
		return answer{}, noMerchant(msn)
	}
	if err != nil {
		return answer{}, err
	}
	c.News.tell(item{msn: msn, what: merchantNews{msn, true}})
	return nothing()
}

func (v *merchantView) unit() directory.Unit {
	return directory.Unit{MSN: v.MSN, Name: v.Name, Company: v.Company, Market: v.Market, Switches: v.Switches}
}

func (v *merchantView) client() directory.Client {
	return directory.Client{ID: v.ClientID, Secret: v.ClientSecret, Keys: v.SubscriptionKeys, MSNs: []string{v.MSN}}
}

// check asks what a new unit must have.
func (v *merchantView) check() error {
	if len(v.MSN) < 4 || len(v.MSN) > 10 || strings.Trim(v.MSN, "0123456789") != "" {
		return invalid("msn", "A sales unit's number has 4 to 10 digits.")
	}
	if v.RotateKeys {
		return invalid("rotateKeys", "A new sales unit has new keys anyway; leave it out.")
	}
	return v.checkChange()
}

func (v *merchantView) checkChange() error {
	for _, named := range [][2]string{{"name", v.Name}, {"company", v.Company}} {
		field, text := named[0], named[1]
		if n := utf8.RuneCountInString(text); n > maxName || strings.TrimSpace(text) == "" {
			return invalid(field, fmt.Sprintf("The name must have 1 to %d characters.", maxName))
		}
	}
	if err := oneOf("market", v.Market, markets()...); err != nil {
		return err
	}
	rules, _ := directory.MarketOf(v.Market)
	if v.Currency != "" && v.Currency != rules.Currency || v.Brand != "" && v.Brand != rules.Brand {
		return invalid("market", "Currency and brand follow from the market; change that and leave them out.")
	}
	if v.ClientID == "" {
		return nil // a unit without keys of its own
	}
	if v.ClientSecret == "" {
		return invalid("clientSecret", "A client needs a secret.")
	}
	if len(v.SubscriptionKeys) == 0 || slices.Contains(v.SubscriptionKeys, "") {
		return invalid("subscriptionKeys", "A client needs a subscription key, usually two.")
	}
	return nil
}

func (c *Control) expireTokens(r *http.Request) (answer, error) {
	if err := c.ExpireTokens(r.Context()); err != nil {
		return answer{}, err
	}
	return nothing()
}
