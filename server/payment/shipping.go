package payment

import (
	"cmp"
	"slices"
)

// Shipping is what a payment offers that is paid and delivered in one go: the
// payer chooses an address and one of the options there, and its cost comes
// on top of the amount (ePayment contract, section 2.9).
type Shipping struct {
	// Groups are the options that came with the payment; none where the
	// merchant is to be asked about each address.
	Groups []ShippingGroup
	// CallbackURL is where to ask, CallbackToken what to show there.
	CallbackURL   string
	CallbackToken string
	// Countries are those that goods may go to, ISO 3166-1 alpha-2.
	Countries []string
}

// Dynamic tells whether the merchant is asked about each address.
func (s *Shipping) Dynamic() bool { return s.CallbackURL != "" }

// Reaches tells whether goods may go to an address.
func (s *Shipping) Reaches(a Address) bool { return slices.Contains(s.Countries, a.Country) }

// ShippingTypes are the ways of delivery.
func ShippingTypes() []string {
	return []string{"HOME_DELIVERY", "PICKUP_POINT", "MAILBOX", "IN_STORE", "OTHER"}
}

// ShippingBrands are the carriers.
func ShippingBrands() []string {
	return []string{
		"POSTEN", "BRING", "POSTNORD", "HELTHJEM", "PORTERBUDDY", "DHL", "INSTABOX", "FEDEX", "MATKAHUOLTO", "GLS",
		"POSTI", "GORDON", "OTHER",
	}
}

// ShippingGroup is one way of delivery by one carrier.
type ShippingGroup struct {
	Type     string
	Brand    string
	Default  bool
	Priority int // low comes first
	Options  []ShippingOption
}

// ShippingOption is one thing to choose.
type ShippingOption struct {
	ID       string
	Name     string
	Cost     int64 // in minor units of the payment's currency
	Default  bool
	Priority int // low comes first
	Meta     string
	Estimate string // when it arrives, in words
}

// ShippingOffer is what a merchant answered about an address.
type ShippingOffer struct {
	Address Address
	Groups  []ShippingGroup
}

// ShippingChoice is what the payer chose, and what it costs.
type ShippingChoice struct {
	Address    Address
	OptionID   string
	OptionName string
	Cost       int64
}

// InOrder gives groups and their options as they are to be shown: those of
// low priority first, else as they came.
func InOrder(groups []ShippingGroup) []ShippingGroup {
	sorted := slices.Clone(groups)
	slices.SortStableFunc(sorted, func(a, b ShippingGroup) int { return cmp.Compare(a.Priority, b.Priority) })
	for i := range sorted {
		options := slices.Clone(sorted[i].Options)
		slices.SortStableFunc(options, func(a, b ShippingOption) int { return cmp.Compare(a.Priority, b.Priority) })
		sorted[i].Options = options
	}
	return sorted
}

// DefaultOption is the option selected at first: the one marked so in the
// group marked so, else the first that is shown. There is none where nothing
// is offered.
func DefaultOption(groups []ShippingGroup) (ShippingOption, bool) {
	var best *ShippingGroup
	shown := InOrder(groups)
	for i := range shown {
		g := &shown[i]
		if len(g.Options) > 0 && (best == nil || g.Default && !best.Default) {
			best = g
		}
	}
	if best == nil {
		return ShippingOption{}, false
	}
	if i := slices.IndexFunc(best.Options, func(o ShippingOption) bool { return o.Default }); i > 0 {
		return best.Options[i], true
	}
	return best.Options[0], true
}

func findOption(groups []ShippingGroup, id string) (ShippingOption, bool) {
	for _, g := range groups {
		if i := slices.IndexFunc(g.Options, func(o ShippingOption) bool { return o.ID == id }); i >= 0 {
			return g.Options[i], true
		}
	}
	return ShippingOption{}, false
}

// Shipping is what the payment offers to deliver; nil for most.
func (p *Payment) Shipping() *Shipping {
	if p.Details == nil {
		return nil
	}
	return p.Details.Shipping
}

// ShippingTo gives the options known for an address: those that came with the
// payment, or what the merchant answered last, if it was asked about this
// one.
func (p *Payment) ShippingTo(a Address) ([]ShippingGroup, bool) {
	s := p.Shipping()
	switch {
	case s == nil || !s.Reaches(a):
		return nil, false
	case !s.Dynamic():
		return s.Groups, true
	case p.Offer != nil && p.Offer.Address == a:
		return p.Offer.Groups, true
	}
	return nil, false
}

// OfferShipping keeps what the merchant answered about an address, so that
// one of these options can be approved.
type OfferShipping struct {
	Phone   string
	Address Address
	Groups  []ShippingGroup
	// Problem tells, for the timeline, why there is no answer. Nothing else
	// is kept then.
	Problem string
}

func (c OfferShipping) decide(d *draft) error {
	p, err := d.waiting()
	if err != nil {
		return err
	}
	if p.Holder != "" && p.Holder != c.Phone {
		return taken(p)
	}
	e := Event{Kind: ShippingOffered, Amount: p.Amount.Value, Phone: c.Phone}
	if c.Problem == "" {
		p.Offer = &ShippingOffer{Address: c.Address, Groups: c.Groups}
	} else {
		e.Kind, e.Note = ShippingFailed, c.Problem
	}
	d.record(e)
	return nil
}

// ShippingPick is how an approval names what the payer chose.
type ShippingPick struct {
	Address  Address
	OptionID string
}

// choose finds what was picked among what is offered. Nothing is chosen where
// nothing is shipped.
func (c Approve) choose(p *Payment) (*ShippingChoice, error) {
	s := p.Shipping()
	switch {
	case s == nil:
		return nil, nil
	case c.Shipping == nil:
		return nil, refuse(p, ShippingMissing, "An address and a shipping option must be chosen first.")
	case !s.Reaches(c.Shipping.Address):
		return nil, refuse(p, ShippingWrong, "The merchant does not deliver to %s.", c.Shipping.Address.Country)
	}
	groups, _ := p.ShippingTo(c.Shipping.Address)
	o, known := findOption(groups, c.Shipping.OptionID)
	if !known {
		return nil, refuse(p, ShippingWrong, "The merchant offers no shipping option %s at this address.", c.Shipping.OptionID)
	}
	return &ShippingChoice{Address: c.Shipping.Address, OptionID: o.ID, OptionName: o.Name, Cost: o.Cost}, nil
}
