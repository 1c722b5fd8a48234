package control

import (
	"fmt"
	"time"

	"liksom/server/directory"
)

// maxRules bounds the rules of one autopilot.
const maxRules = 100

// ruleView has an autopilot act otherwise on payments that match it.
type ruleView struct {
	Amount    *directory.AmountRule `json:"amount,omitempty"`
	Reference string                `json:"reference,omitempty"`
	MSN       string                `json:"msn,omitempty"`
	Mode      string                `json:"mode"`
	Delay     string                `json:"delay"`
	CardID    string                `json:"cardId,omitempty"`
}

func viewAutopilot(a *directory.Autopilot) autopilotView {
	v := autopilotView{Mode: a.Mode, Delay: time.Duration(a.Delay).String(), CardID: a.CardID}
	for _, r := range a.Rules {
		v.Rules = append(v.Rules, ruleView{r.Amount, r.Reference, r.MSN, r.Mode, time.Duration(r.Delay).String(), r.CardID})
	}
	return v
}

func (v *autopilotView) autopilot() (directory.Autopilot, error) {
	delay, err := span("autopilot.delay", v.Delay, maxDelay)
	if err != nil {
		return directory.Autopilot{}, err
	}
	a := directory.Autopilot{Mode: v.Mode, Delay: directory.Duration(delay), CardID: v.CardID}
	for i, r := range v.Rules {
		if r.Delay == "" {
			r.Delay = "0s"
		}
		delay, err := span(rule(i)+"delay", r.Delay, maxDelay)
		if err != nil {
			return a, err
		}
		a.Rules = append(a.Rules, directory.Rule{
			Amount: r.Amount, Reference: r.Reference, MSN: r.MSN, Mode: r.Mode, Delay: directory.Duration(delay), CardID: r.CardID,
		})
	}
	return a, nil
}

// rule begins the name of a member of a rule.
func rule(i int) string { return fmt.Sprintf("autopilot.rules[%d].", i) }

func checkMode(field, mode string) error {
	return oneOf(field, mode, "off", "approve", "decline", "ignore")
}

func (v *autopilotView) check() error {
	if err := checkMode("autopilot.mode", v.Mode); err != nil {
		return err
	}
	if len(v.Rules) > maxRules {
		return invalid("autopilot.rules", fmt.Sprintf("An autopilot takes at most %d rules.", maxRules))
	}
	for i := range v.Rules {
		if err := v.Rules[i].check(rule(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *ruleView) check(at string) error {
	if err := checkMode(at+"mode", r.Mode); err != nil {
		return err
	}
	if !directory.ValidGlob(r.Reference) {
		return invalid(at+"reference", `This is no pattern; "*" stands for any letters and "?" for one, as in "order-*-refused".`)
	}
	a := r.Amount
	switch {
	case a == nil && r.Reference == "" && r.MSN == "":
		return invalid(at+"amount", "A rule needs something to match: amount, reference or msn. What is to hold for all is the autopilot's own mode.")
	case a == nil:
		return nil
	case a.Currency == "" && a.From == nil && a.To == nil && a.Is == nil:
		return invalid(at+"amount", "Say which amounts: currency, from, to or is.")
	case a.Is != nil && (a.From != nil || a.To != nil):
		return invalid(at+"amount.is", "One amount, or a range with from and to; not both.")
	case a.From != nil && a.To != nil && *a.From > *a.To:
		return invalid(at+"amount.to", "The range ends before it begins.")
	}
	return nil
}

// checkCards looks for the cards that are named among the phone's.
func (v *autopilotView) checkCards(known map[string]bool) error {
	missing := func(field, id string) error {
		if id == "" || known[id] {
			return nil
		}
		return invalid(field, "The phone has no card "+id+"; name one of its cards, or \"\" for the first.")
	}
	if err := missing("autopilot.cardId", v.CardID); err != nil {
		return err
	}
	for i := range v.Rules {
		if err := missing(rule(i)+"cardId", v.Rules[i].CardID); err != nil {
			return err
		}
	}
	return nil
}
