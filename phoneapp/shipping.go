package phoneapp

import (
	"context"
	"errors"

	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/payment"
)

// Shipping is what a request offers that delivers something: the payer
// chooses an address, then an option, whose cost comes on top of the amount.
type Shipping struct {
	// Dynamic tells that the options are fetched when an address is chosen,
	// with a message of the type shipping; else all are in Groups.
	Dynamic   bool            `json:"dynamic"`
	Countries []string        `json:"countries"`
	Addresses []Address       `json:"addresses"`
	Groups    []ShippingGroup `json:"groups,omitempty"`
	// DefaultOptionID is the option selected at first.
	DefaultOptionID string `json:"defaultOptionId,omitempty"`
	// Chosen is what was paid for.
	Chosen *Chosen `json:"chosen,omitempty"`
}

// Address is an address of the phone's owner; the first is the default one.
type Address struct {
	payment.Address
	// Reachable tells whether the merchant delivers there.
	Reachable bool `json:"reachable"`
}

// ShippingGroup is one way of delivery by one carrier, in the order to show.
type ShippingGroup struct {
	Type    string           `json:"type"`
	Brand   string           `json:"brand"`
	Default bool             `json:"isDefault,omitempty"`
	Options []ShippingOption `json:"options"`
}

// ShippingOption is one thing to choose.
type ShippingOption struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	Amount            Amount `json:"amount"`
	Meta              string `json:"meta,omitempty"`
	EstimatedDelivery string `json:"estimatedDelivery,omitempty"`
}

// Delivery is what the merchant offers at one address.
type Delivery struct {
	AddressID       string          `json:"addressId"`
	Groups          []ShippingGroup `json:"groups"`
	DefaultOptionID string          `json:"defaultOptionId,omitempty"`
}

// Chosen is what the payer chose.
type Chosen struct {
	Address    payment.Address `json:"address"`
	OptionID   string          `json:"optionId"`
	OptionName string          `json:"optionName"`
	Cost       Amount          `json:"cost"`
}

func shippingOf(p *payment.Payment, phone *directory.Phone) *Shipping {
	s := p.Shipping()
	if s == nil {
		return nil
	}
	v := &Shipping{Dynamic: s.Dynamic(), Countries: s.Countries, Addresses: []Address{}}
	for _, a := range phone.Addresses() {
		v.Addresses = append(v.Addresses, Address{a, s.Reaches(a)})
	}
	if !s.Dynamic() {
		v.Groups = groups(payment.InOrder(s.Groups), p.Amount.Currency)
		v.DefaultOptionID = defaultOption(s.Groups)
	}
	if c := p.Chosen; c != nil {
		v.Chosen = &Chosen{c.Address, c.OptionID, c.OptionName, Amount{p.Amount.Currency, c.Cost}}
	}
	return v
}

func defaultOption(groups []payment.ShippingGroup) string {
	o, _ := payment.DefaultOption(groups)
	return o.ID
}

func groups(all []payment.ShippingGroup, currency string) []ShippingGroup {
	shown := make([]ShippingGroup, len(all))
	for i, g := range all {
		shown[i] = ShippingGroup{Type: g.Type, Brand: g.Brand, Default: g.Default, Options: make([]ShippingOption, len(g.Options))}
		for k, o := range g.Options {
			shown[i].Options[k] = ShippingOption{o.ID, o.Name, Amount{currency, o.Cost}, o.Meta, o.Estimate}
		}
	}
	return shown
}

// shipping tells what can be delivered to one of the owner's addresses, ""
// for the first that goods may go to.
func (h *Hub) shipping(ctx context.Context, number, requestID, addressID string) (*Delivery, error) {
	phone, p, err := h.resolve(ctx, number, requestID)
	switch {
	case err != nil:
		return nil, err
	case !waiting(&p, h.Clock.Read().Now):
		return nil, refusal(endOf(&p))
	case p.Shipping() == nil:
		return nil, shipsNothing()
	}
	a, err := express.Address(&p, &phone, addressID)
	if err != nil {
		return nil, undelivered(err)
	}
	found, err := h.Express.Groups(ctx, &p, number, a)
	if err != nil {
		return nil, undelivered(err)
	}
	return &Delivery{AddressID: a.ID, Groups: groups(found, p.Amount.Currency), DefaultOptionID: defaultOption(found)}, nil
}

// pick gives what a yes chose to have delivered, and how; nothing where
// nothing is.
func (h *Hub) pick(ctx context.Context, p *payment.Payment, phone *directory.Phone, a Answer) (*payment.ShippingPick, error) {
	switch {
	case p.Shipping() == nil && (a.AddressID != "" || a.ShippingOptionID != ""):
		return nil, shipsNothing()
	case p.Shipping() == nil || !waiting(p, h.Clock.Read().Now):
		return nil, nil //nolint:nilnil // nothing to choose
	}
	pick, err := h.Express.Pick(ctx, p, phone, a.AddressID, a.ShippingOptionID)
	if err != nil {
		return nil, undelivered(err)
	}
	return &pick, nil
}

func shipsNothing() error {
	return bad("Nothing is delivered with this payment, so there is neither an address nor an option to choose.")
}

// undelivered turns a problem with a delivery into a refusal of the protocol;
// other errors stay as they are.
func undelivered(err error) error {
	var problem *express.Problem
	if !errors.As(err, &problem) {
		return refusal(err)
	}
	e := &Error{Code: BadMessage, Message: problem.Message, Remedy: "retry"}
	if problem.Elsewhere {
		e.Remedy = "address"
	}
	return e
}
