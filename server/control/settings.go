package control

import (
	"cmp"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"liksom/server/directory"
	"liksom/server/payment"
)

const (
	// maxDelay is the longest that a phone may take for anything.
	maxDelay = day
	maxCards = 50
	maxName  = 100
)

// phoneView is a phone with its settings: what is told of it, and what a body
// may set.
type phoneView struct {
	Number        string          `json:"number"`
	Name          string          `json:"name"`
	Market        string          `json:"market"`
	Language      string          `json:"language"`
	Age           int             `json:"age"`
	Online        bool            `json:"online"`
	PushOn        bool            `json:"pushOn"`
	Latency       string          `json:"latency"`
	Jitter        string          `json:"jitter,omitempty"`
	Autopilot     autopilotView   `json:"autopilot"`
	Cards         []phoneCard     `json:"cards"`
	Identified    bool            `json:"identified"`
	AlwaysAsk     bool            `json:"alwaysAsk"`
	ConfirmWith   string          `json:"confirmWith"`
	EmailVerified bool            `json:"emailVerified"`
	Profile       payment.Profile `json:"profile"`
}

type autopilotView struct {
	Mode   string `json:"mode"`
	Delay  string `json:"delay"`
	CardID string `json:"cardId,omitempty"`
	// Rules come before the mode: the first that matches a payment counts.
	Rules []ruleView `json:"rules,omitempty"`
}

// phoneCard is a [directory.Card].
type phoneCard struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	BIN     string `json:"bin"`
	Last4   string `json:"last4"`
	Outcome string `json:"outcome"`
	Company bool   `json:"company,omitempty"`
}

func viewPhone(p directory.Phone) phoneView {
	v := phoneView{
		Number: p.Number, Name: p.Name, Market: p.Market, Language: p.Language, Age: p.Age,
		Online: p.Online, PushOn: p.PushOn, Latency: time.Duration(p.Latency).String(),
		Autopilot:  viewAutopilot(&p.Autopilot),
		Cards:      make([]phoneCard, len(p.Cards)),
		Identified: p.Identified, AlwaysAsk: p.AlwaysAsk, ConfirmWith: p.ConfirmWith,
		EmailVerified: p.EmailVerified, Profile: p.Profile,
	}
	for i, card := range p.Cards {
		v.Cards[i] = phoneCard(card)
	}
	if p.Jitter > 0 {
		v.Jitter = time.Duration(p.Jitter).String()
	}
	return v
}

// changed is the phone as a body of settings leaves it: objects are merged,
// lists replaced.
func changed(p directory.Phone, body []byte) (directory.Phone, error) {
	v := viewPhone(p)
	cards, addresses, rules := v.Cards, v.Profile.Addresses, v.Autopilot.Rules
	// Decoding into a list would write over the one that others hold.
	v.Cards, v.Profile.Addresses, v.Autopilot.Rules = nil, nil, nil
	if err := decodeBytes(body, &v); err != nil {
		return p, err
	}
	if v.Cards == nil {
		v.Cards = cards
	}
	if v.Profile.Addresses == nil {
		v.Profile.Addresses = addresses
	}
	if v.Autopilot.Rules == nil {
		v.Autopilot.Rules = rules
	}
	if v.Number != p.Number {
		return p, invalid("number", "A phone keeps its number; remove this one and add another.")
	}
	if err := v.check(); err != nil {
		return p, err
	}
	next, err := v.phone()
	next.Revoked = p.Revoked // the owner's doing, and no setting
	return next, err
}

func (v *phoneView) phone() (directory.Phone, error) {
	latency, err := span("latency", v.Latency, maxDelay)
	if err != nil {
		return directory.Phone{}, err
	}
	jitter, err := span("jitter", cmp.Or(v.Jitter, "0s"), maxDelay)
	if err != nil {
		return directory.Phone{}, err
	}
	pilot, err := v.Autopilot.autopilot()
	if err != nil {
		return directory.Phone{}, err
	}
	p := directory.Phone{
		Number: v.Number, Name: v.Name, Market: v.Market, Language: v.Language, Age: v.Age,
		Online: v.Online, PushOn: v.PushOn, Latency: directory.Duration(latency), Jitter: directory.Duration(jitter),
		Autopilot:  pilot,
		Cards:      make([]directory.Card, len(v.Cards)),
		Identified: v.Identified, AlwaysAsk: v.AlwaysAsk, ConfirmWith: v.ConfirmWith,
		EmailVerified: v.EmailVerified, Profile: v.Profile,
	}
	for i, card := range v.Cards {
		p.Cards[i] = directory.Card(card)
	}
	return p, nil
}

func (v *phoneView) check() error {
	if n := utf8.RuneCountInString(v.Name); n < 1 || n > maxName || strings.TrimSpace(v.Name) == "" {
		return invalid("name", fmt.Sprintf("The name must have 1 to %d characters.", maxName))
	}
	if v.Age < 0 || v.Age > 150 {
		return invalid("age", "The age must be between 0 and 150 years.")
	}
	if err := oneOf("market", v.Market, markets()...); err != nil {
		return err
	}
	if err := oneOf("language", v.Language, "en", "nb", "da", "fi", "sv"); err != nil {
		return err
	}
	if err := oneOf("confirmWith", v.ConfirmWith, "nothing", "fingerprint", "pin"); err != nil {
		return err
	}
	if err := v.Autopilot.check(); err != nil {
		return err
	}
	if err := v.checkCards(); err != nil {
		return err
	}
	return checkProfile(&v.Profile)
}

func (v *phoneView) checkCards() error {
	if len(v.Cards) > maxCards {
		return invalid("cards", fmt.Sprintf("A phone holds at most %d cards.", maxCards))
	}
	seen := map[string]bool{}
	for i, card := range v.Cards {
		at := fmt.Sprintf("cards[%d].", i)
		switch {
		case card.ID == "":
			return invalid(at+"id", "Every card needs an id of its own.")
		case seen[card.ID]:
			return invalid(at+"id", "Another card has the id "+card.ID+" already.")
		case !digits(card.BIN, 6):
			return invalid(at+"bin", "This must be the first six digits of the card's number.")
		case !digits(card.Last4, 4):
			return invalid(at+"last4", "This must be the last four digits of the card's number.")
		}
		seen[card.ID] = true
		err := oneOf(at+"outcome", card.Outcome, directory.Works, directory.WorksSecond, directory.WorksSlowly,
			string(payment.DeclinedByIssuer), string(payment.InsufficientFunds), string(payment.CardExpired))
		if err != nil {
			return err
		}
	}
	return v.Autopilot.checkCards(seen)
}

func digits(s string, n int) bool { return len(s) == n && strings.Trim(s, "0123456789") == "" }

func checkProfile(p *payment.Profile) error {
	if p.Email != "" {
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email {
			return invalid("profile.email", "This is no e-mail address.")
		}
	}
	if p.BirthDate != "" {
		if _, err := time.Parse(time.DateOnly, p.BirthDate); err != nil {
			return invalid("profile.birthDate", "The date must be written as 1988-12-03.")
		}
	}
	for i, a := range p.Addresses {
		at := fmt.Sprintf("profile.addresses[%d].", i)
		switch {
		case a.Line1 == "":
			return invalid(at+"addressLine1", "An address needs a street.")
		case a.City == "":
			return invalid(at+"city", "An address needs a city.")
		case a.PostCode == "":
			return invalid(at+"postCode", "An address needs a post code.")
		case len(a.Country) != 2 || a.Country != strings.ToUpper(a.Country):
			return invalid(at+"country", "The country must be its code of two capital letters, such as NO.")
		}
	}
	return nil
}
