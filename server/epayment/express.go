package epayment

import (
	"math"
	"slices"
	"strings"

	"liksom/server/payment"
)

// shipping is what an Express request says (section 2.9).
type shipping struct {
	payment.Shipping
	fixed, dynamic bool
	empty          bool // a list that offers nothing to choose
	currencies     []string
	fraction       bool // a cost that is no whole number
}

func (r *reader) shipping(of int32) *shipping {
	at := r.object(of, "shipping", false)
	if at == absent {
		return nil
	}
	s := &shipping{}
	s.fixed = r.find(at, "fixedOptions") != absent
	r.groups(at, "fixedOptions", false, s)
	dynamic := r.object(at, "dynamicOptions", false)
	s.dynamic = dynamic != absent
	s.CallbackURL, _ = r.text(dynamic, "callbackUrl", true)
	token, given := r.text(dynamic, "callbackAuthorizationToken", false)
	if given && length(token) > 2000 {
		r.blame(join(r.path(dynamic), "callbackAuthorizationToken"), tooLong("CallbackAuthorizationToken", 0, 2000))
	}
	s.CallbackToken = token
	countries := r.list(at, "allowedCountries", false, func(i int32) bool {
		return r.nodes[i].kind == isString && countryPattern.fits(r.nodes[i].text)
	})
	for _, i := range countries {
		s.Countries = append(s.Countries, r.nodes[i].text)
	}
	return s
}

// groups reads shipping groups. A list that offers nothing is noted.
func (r *reader) groups(of int32, name string, needed bool, s *shipping) {
	s.empty = s.empty || r.emptyList(of, name)
	for _, at := range r.objects(of, name, needed) {
		s.Groups = append(s.Groups, r.group(at, s))
	}
}

func (r *reader) group(at int32, s *shipping) payment.ShippingGroup {
	g := payment.ShippingGroup{
		Type:     r.oneOf(at, "type", true, payment.ShippingTypes()...),
		Brand:    r.oneOf(at, "brand", true, payment.ShippingBrands()...),
		Default:  r.boolean(at, "isDefault"),
		Priority: r.priority(at),
	}
	s.empty = s.empty || r.emptyList(at, "options")
	for _, option := range r.objects(at, "options", true) {
		g.Options = append(g.Options, r.option(option, s))
	}
	return g
}

func (r *reader) option(at int32, s *shipping) payment.ShippingOption {
	o := payment.ShippingOption{ID: r.needed(at, "id")}
	cost := r.amount(at, "amount")
	r.bounded(cost, join(r.path(at), "amount.value"))
	s.currencies = append(s.currencies, cost.Currency)
	s.fraction = s.fraction || !cost.whole
	o.Cost, o.Name = cost.Value, r.needed(at, "name")
	o.Default, o.Priority = r.boolean(at, "isDefault"), r.priority(at)
	o.Meta, o.Estimate = r.optional(at, "meta"), r.optional(at, "estimatedDelivery")
	return o
}

func (r *reader) priority(at int32) int {
	n, _ := r.integer(at, "priority", false, math.MinInt32, math.MaxInt32)
	return int(n)
}

// tidy gives what the wallet core keeps. Without a list of countries, goods go
// to that of the payment's currency.
func (s *shipping) tidy(country string) *payment.Shipping {
	if s == nil {
		return nil
	}
	kept := s.Shipping
	kept.CallbackURL, kept.CallbackToken = strings.Clone(kept.CallbackURL), strings.Clone(kept.CallbackToken)
	kept.Countries = nil
	for _, c := range s.Countries {
		kept.Countries = append(kept.Countries, strings.Clone(c))
	}
	if kept.Countries == nil {
		kept.Countries = []string{country}
	}
	return &kept
}

// foreign tells whether an option is priced in another currency.
func (s *shipping) foreign(currency string) bool {
	return slices.ContainsFunc(s.currencies, func(c string) bool { return c != currency })
}

// passthrough reads what a payment service provider adds (section 2.13).
func (r *reader) passthrough(of int32) *payment.Passthrough {
	at := r.object(of, "cardPassthrough", false)
	if at == absent {
		return nil
	}
	p := &payment.Passthrough{PSP: strings.Clone(r.sized(at, "pspReference", true, 0, 64)), CallbackURL: r.needed(at, "cardCallbackUrl")}
	cards := r.list(at, "allowedCardTypes", true, func(i int32) bool {
		switch r.nodes[i].text {
		case "VISA_DEBIT", "VISA_CREDIT", "MC_CREDIT", "MC_DEBIT", "DANKORT", "ELEC_DEBIT":
			return r.nodes[i].kind == isString
		}
		return false
	})
	for _, i := range cards {
		p.Cards = append(p.Cards, strings.Clone(r.nodes[i].text))
	}
	p.PreferVisa = r.boolean(at, "preferVisaPartOfVisaDankort")
	p.KeyID = r.optional(at, "publicEncryptionKeyId")
	return p
}

// airline reads the data of an airline (section 2.12). It is kept, and no
// answer has it.
func (r *reader) airline() *payment.Airline {
	at := r.object(r.object(root, "industryData", false), "airlineData", false)
	if at == absent {
		return nil
	}
	return &payment.Airline{
		AgencyInvoiceNumber: strings.Clone(r.sized(at, "agencyInvoiceNumber", true, 1, 6)),
		Code:                strings.Clone(r.matching(at, "airlineCode", true, airlinePattern)),
		Designator:          strings.Clone(r.matching(at, "airlineDesignatorCode", true, designatorPattern)),
		Passenger:           strings.Clone(r.sized(at, "passengerName", true, 1, 49)),
		Ticket:              strings.Clone(r.sized(at, "ticketNumber", false, 1, 150)),
	}
}
