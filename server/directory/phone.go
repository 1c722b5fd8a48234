package directory

import (
	"crypto/sha1" //nolint:gosec // names a payer, guards nothing
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"liksom/server/payment"
)

// Phone is a simulated phone with its owner.
type Phone struct {
	Number string `json:"number"` // MSISDN
	Name   string `json:"name"`
	Market string `json:"market"`
	Age    int    `json:"age"`
	// Online: requests and pushes reach it. PushOn: pushes are shown.
	Online bool `json:"online"`
	PushOn bool `json:"pushOn"`
	// Latency is how long a push takes, in simulated time.
	Latency Duration `json:"latency"`
	// Jitter is by how much a push may be faster or slower than Latency: each
	// payment has its own, the same however often it is asked for.
	Jitter    Duration  `json:"jitter,omitzero"`
	Autopilot Autopilot `json:"autopilot"`
	Cards     []Card    `json:"cards"`
	Language  string    `json:"language"`
	// Identified: its owner has approved a payment by hand before, which
	// force approve needs.
	Identified bool            `json:"identified"`
	Profile    payment.Profile `json:"profile"`
	// EmailVerified is told by Userinfo.
	EmailVerified bool `json:"emailVerified"`
	// AlwaysAsk asks for consent again each time.
	AlwaysAsk bool `json:"alwaysAsk"`
	// ConfirmWith is "nothing", "fingerprint" or "pin".
	ConfirmWith string `json:"confirmWith"`
	// Revoked is when the owner took consents back, by sales unit: what was
	// granted before is asked for again (userinfo contract, section 3).
	Revoked map[string]time.Time `json:"revoked,omitempty"`
}

// Autopilot is what a phone does by itself.
type Autopilot struct {
	Mode   string   `json:"mode"` // off, approve, decline, ignore
	Delay  Duration `json:"delay"`
	CardID string   `json:"cardId,omitempty"`
	// Rules come before the mode: the first that matches a payment counts.
	Rules []Rule `json:"rules,omitempty"`
}

// Card is a card in a phone's wallet.
type Card struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	BIN   string `json:"bin"`
	Last4 string `json:"last4"`
	// Outcome is what the issuer says: "works", one of the outcomes below, or
	// a [payment.Refusal].
	Outcome string `json:"outcome"`
	// Company tells a company's card, which merchants may not want.
	Company bool `json:"company,omitempty"`
}

// Works is the outcome of a card that can pay.
const Works = "works"

// Outcomes of cards beside [Works] and the refusals.
const (
	// WorksSecond is a card that the issuer declines at a payment's first try
	// and takes at the next.
	WorksSecond = "works_after_decline"
	// WorksSlowly is a card whose issuer takes [SlowIssuer] to say yes.
	WorksSlowly = "works_slowly"
)

// SlowIssuer is how long the issuer of a [WorksSlowly] card takes.
const SlowIssuer = 8 * time.Second

// Payment is the card as the wallet core knows it, at the first try of a
// payment.
func (c Card) Payment() payment.Card { return c.Tried(false) }

// Tried is the card as the wallet core knows it; again tells that the payment
// was refused before.
func (c Card) Tried(again bool) payment.Card {
	card := payment.Card{ID: c.ID, BIN: c.BIN, Last4: c.Last4}
	switch {
	case c.Outcome == Works, c.Outcome == WorksSlowly, c.Outcome == WorksSecond && again:
	case c.Outcome == WorksSecond:
		card.Refusal = payment.DeclinedByIssuer
	default:
		card.Refusal = payment.Refusal(c.Outcome)
	}
	return card
}

// Takes is how long the card's issuer needs.
func (c Card) Takes() time.Duration {
	if c.Outcome == WorksSlowly {
		return SlowIssuer
	}
	return 0
}

// Card gives a card by its id, or the default one, the first, for "".
func (p *Phone) Card(id string) (Card, bool) {
	for _, c := range p.Cards {
		if c.ID == id || id == "" {
			return c, true
		}
	}
	return Card{}, false
}

// CardsFor gives the cards that a payment can be paid with; the first is the
// default one.
func (p *Phone) CardsFor(asked *payment.Payment) []Card {
	if asked.Details == nil || !asked.Details.NoCompanyCards {
		return p.Cards
	}
	return slices.DeleteFunc(slices.Clone(p.Cards), func(c Card) bool { return c.Company })
}

// Addresses are the owner's, the default one first, each with an id to choose
// it by.
func (p *Phone) Addresses() []payment.Address {
	all := slices.Clone(p.Profile.Addresses)
	for i := range all {
		if all[i].ID == "" {
			all[i].ID = strconv.Itoa(i + 1)
		}
	}
	return all
}

// Rules gives the phone's market; an unknown one counts as Norway.
func (p *Phone) Rules() Market {
	if m, ok := MarketOf(p.Market); ok {
		return m
	}
	return Markets()[0]
}

// MayPay tells whether the owner is old enough to pay businesses, and to pay
// this payment. Nobody under 15 can.
func (p *Phone) MayPay(minimumAge int) bool { return p.Age >= max(15, minimumAge) }

// Grant is what the owner shares with a sales unit for the scopes asked for.
func (p *Phone) Grant(msn string, scopes []string) payment.Grant {
	g := payment.Grant{Sub: p.Sub(msn), Scopes: scopes}
	for _, s := range scopes {
		switch s {
		case "name":
			g.Profile.FirstName, g.Profile.LastName = p.Profile.FirstName, p.Profile.LastName
		case "email":
			g.Profile.Email = p.Profile.Email
		case "phoneNumber":
			g.Profile.Phone = p.Number
		case "birthDate":
			g.Profile.BirthDate = p.Profile.BirthDate
		case "address":
			g.Profile.Addresses = p.Profile.Addresses
		case "nin":
			g.Profile.NIN = p.Profile.NIN
		}
	}
	return g
}

// Sub names the owner to one sales unit: a UUID made of both, so that it is
// always the same.
func (p *Phone) Sub(msn string) string {
	sum := sha1.Sum([]byte("liksom payer " + p.Number + " at " + msn)) //nolint:gosec // as above
	b := sum[:16]
	b[6] = b[6]&0x0f | 0x50
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Duration is a time span, written as "1.5s" in JSON.
type Duration time.Duration

// MarshalText writes the span as Go does, "1m30s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	*d = Duration(v)
	return err
}
