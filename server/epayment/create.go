package epayment

import (
	"net/http"
	"strings"

	"liksom/server/gateway"
	"liksom/server/payment"
)

// The types of payment methods.
const (
	wallet          = "WALLET"
	freeCard        = "CARD"
	passthroughCard = "CARD_PASSTHROUGH"
)

func (d *Door) create(c *call) (answer, error) {
	key, err := c.key(true)
	if err != nil {
		return answer{}, err
	}
	o, sum, err := d.readOrder(c)
	if err != nil {
		return answer{}, err
	}
	gateway.About(c.Context(), o.reference)
	c.id = payment.ID{MSN: c.unit.MSN, Reference: strings.Clone(o.reference)}
	o.customer.find(d.Customers, c.unit.MSN)
	c.judgeLinks(o)
	return d.do(c, d.command(c, o, key), key, sum, func(p payment.Payment) answer {
		return answer{http.StatusCreated, appendCreated(nil, d.redirect(c, &p), p.Reference)}
	})
}

// command is what the order asks of the wallet core. The coded rules are
// asked inside it, after replays and taken references.
func (d *Door) command(c *call, o *order, key string) payment.Create {
	number, _ := o.customer.number() // its error is one of the coded rules
	cmd := payment.Create{
		Source:      "epayment",
		Amount:      o.amount.Amount,
		Flow:        o.flow,
		Method:      o.method,
		Key:         strings.Clone(key),
		Description: strings.Clone(o.description),
		Phone:       strings.Clone(number),
		Scopes:      o.canonicalScopes(),
		Terms:       c.unit.Terms(c.settings),
		Deadline:    o.expiresAt,
		Details:     o.tidy(c.unit.Rules().Code),
		Verdict:     verdictOn(o.amount.Value, c.unit.Market),
		Warnings:    doubts(o.details.Receipt, o.amount.Amount),
		Check:       func() error { return d.check(c, o) },
	}
	if o.flow != payment.PushMessage { // a push leads nowhere
		cmd.ReturnURL = strings.Clone(o.returnURL)
	}
	return cmd
}

// scopeNames are the scopes in canonical order.
var scopeNames = []string{"name", "email", "phoneNumber", "address", "birthDate", "nin"}

// accountScope is a scope of old that no sales unit is approved for any more.
const accountScope = "accountNumbers"

// canonicalScopes gives the scopes asked for, each once. Words that are no
// scopes are left to the rules.
func (o *order) canonicalScopes() []string {
	var scopes []string
	for _, name := range scopeNames {
		if o.asks(name) {
			scopes = append(scopes, name)
		}
	}
	return scopes
}

func (o *order) asks(scope string) bool {
	for _, s := range o.scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// judgeLinks finds the first URL that is not valid, and notes what only
// strict mode would refuse.
func (c *call) judgeLinks(o *order) {
	for _, l := range o.links() {
		strict := l.problem(true)
		if strict == "" {
			continue // most are fine either way
		}
		why := strict
		if !c.settings.StrictURLs {
			why = l.problem(false)
		}
		if why != "" {
			o.badLink = &badLink{l.field, why}
			return
		}
		c.note("%s would be refused in strict mode, as by the real service: %s", l.field, strict)
	}
}
