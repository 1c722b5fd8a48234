package epayment

import "math"

// shipping is what an Express request says (section 2.9), as far as the rules
// need it.
type shipping struct {
	fixed, dynamic bool
	empty          bool // a list that offers nothing to choose
	currencies     []string
	callbackURL    string
}

func (r *reader) shipping(of int32) *shipping {
	at := r.object(of, "shipping", false)
	if at == absent {
		return nil
	}
	s := &shipping{}
	s.fixed, s.empty = r.find(at, "fixedOptions") != absent, r.emptyList(at, "fixedOptions")
	for _, group := range r.objects(at, "fixedOptions", false) {
		r.group(group, s)
	}
	dynamic := r.object(at, "dynamicOptions", false)
	s.dynamic = dynamic != absent
	s.callbackURL, _ = r.text(dynamic, "callbackUrl", true)
	if token, given := r.text(dynamic, "callbackAuthorizationToken", false); given && length(token) > 2000 {
		r.blame(join(r.path(dynamic), "callbackAuthorizationToken"), tooLong("CallbackAuthorizationToken", 0, 2000))
	}
	r.list(at, "allowedCountries", false, func(i int32) bool {
		return r.nodes[i].kind == isString && countryPattern.fits(r.nodes[i].text)
	})
	return s
}

func (r *reader) group(at int32, s *shipping) {
	r.oneOf(at, "type", true, "HOME_DELIVERY", "PICKUP_POINT", "MAILBOX", "IN_STORE", "OTHER")
	r.oneOf(at, "brand", true, "POSTEN", "BRING", "POSTNORD", "HELTHJEM", "PORTERBUDDY", "DHL", "INSTABOX",
		"FEDEX", "MATKAHUOLTO", "GLS", "POSTI", "GORDON", "OTHER")
	r.boolean(at, "isDefault")
	r.integer(at, "priority", false, math.MinInt32, math.MaxInt32)
	s.empty = s.empty || r.emptyList(at, "options")
	for _, option := range r.objects(at, "options", true) {
		r.text(option, "id", true)
		cost := r.amount(option, "amount")
		r.bounded(cost, join(r.path(option), "amount.value"))
		s.currencies = append(s.currencies, cost.Currency)
		r.text(option, "name", true)
		r.boolean(option, "isDefault")
		r.integer(option, "priority", false, math.MinInt32, math.MaxInt32)
		r.text(option, "meta", false)
		r.text(option, "estimatedDelivery", false)
	}
}

// passthrough is what a payment service provider adds (section 2.13), as far
// as the rules need it.
type passthrough struct{ callbackURL string }

func (r *reader) passthrough(of int32) *passthrough {
	at := r.object(of, "cardPassthrough", false)
	if at == absent {
		return nil
	}
	p := &passthrough{}
	r.sized(at, "pspReference", true, 0, 64)
	p.callbackURL, _ = r.text(at, "cardCallbackUrl", true)
	r.list(at, "allowedCardTypes", true, func(i int32) bool {
		switch r.nodes[i].text {
		case "VISA_DEBIT", "VISA_CREDIT", "MC_CREDIT", "MC_DEBIT", "DANKORT", "ELEC_DEBIT":
			return r.nodes[i].kind == isString
		}
		return false
	})
	r.boolean(at, "preferVisaPartOfVisaDankort")
	r.text(at, "publicEncryptionKeyId", false)
	return p
}

// readIndustry checks the data of an airline (section 2.12). Nothing reads
// it, so nothing of it is kept, and that is noted.
func (c *call) readIndustry(r *reader) {
	at := r.object(root, "industryData", false)
	if at == absent {
		return
	}
	if airline := r.object(at, "airlineData", false); airline != absent {
		r.sized(airline, "agencyInvoiceNumber", true, 1, 6)
		r.matching(airline, "airlineCode", true, airlinePattern)
		r.matching(airline, "airlineDesignatorCode", true, designatorPattern)
		r.sized(airline, "passengerName", true, 1, 49)
		r.sized(airline, "ticketNumber", false, 1, 150)
	}
	c.note("industryData was checked; nothing of it is kept")
}
