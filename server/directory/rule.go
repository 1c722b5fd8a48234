package directory

import (
	"path"

	"liksom/server/payment"
)

// Rule has an autopilot act otherwise on some payments. What is empty matches
// all of them.
type Rule struct {
	Amount *AmountRule `json:"amount,omitempty"`
	// Reference is the payment's, in which "*" stands for any letters and "?"
	// for one.
	Reference string `json:"reference,omitempty"`
	MSN       string `json:"msn,omitempty"`

	Mode   string   `json:"mode"` // as of [Autopilot]
	Delay  Duration `json:"delay"`
	CardID string   `json:"cardId,omitempty"`
}

// AmountRule matches amounts, in minor units, both ends included.
type AmountRule struct {
	Currency string `json:"currency,omitempty"`
	From     *int64 `json:"from,omitempty"`
	To       *int64 `json:"to,omitempty"`
	Is       *int64 `json:"is,omitempty"`
}

// For is what the autopilot does with a payment: the first rule that matches
// it says so, else the autopilot's own members do.
func (a *Autopilot) For(p *payment.Payment) Autopilot {
	for i := range a.Rules {
		if r := &a.Rules[i]; r.matches(p) {
			return Autopilot{Mode: r.Mode, Delay: r.Delay, CardID: r.CardID}
		}
	}
	return Autopilot{Mode: a.Mode, Delay: a.Delay, CardID: a.CardID}
}

func (r *Rule) matches(p *payment.Payment) bool {
	if r.MSN != "" && r.MSN != p.MSN {
		return false
	}
	if r.Reference != "" {
		if fits, err := path.Match(r.Reference, p.Reference); err != nil || !fits {
			return false
		}
	}
	return r.Amount == nil || r.Amount.matches(p.Amount)
}

func (a *AmountRule) matches(amount payment.Amount) bool {
	return (a.Currency == "" || a.Currency == amount.Currency) && (a.From == nil || amount.Value >= *a.From) &&
		(a.To == nil || amount.Value <= *a.To) && (a.Is == nil || amount.Value == *a.Is)
}

// ValidGlob tells whether a text can be the Reference of a [Rule].
func ValidGlob(pattern string) bool {
	_, err := path.Match(pattern, "")
	return err == nil
}
