package epayment

import (
	"strconv"
	"time"

	"liksom/server/payment"
)

// The answers are written member by member: it is quick, and the order of
// members is part of the contract.

// appendCreated is the answer to create (section 2.4).
func appendCreated(b []byte, redirect, reference string) []byte {
	b = append(b, '{')
	if redirect != "" {
		b = append(b, `"redirectUrl":`...)
		b = appendText(b, redirect)
		b = append(b, ',')
	}
	b = append(b, `"reference":`...)
	b = appendText(b, reference)
	return append(b, '}')
}

// appendPayment is a payment as GET shows it (section 6).
func appendPayment(b []byte, p *payment.Payment, redirect string, now time.Time) []byte {
	if b == nil {
		b = make([]byte, 0, 1024)
	}
	b = append(b, `{"aggregate":`...)
	b = appendSums(b, p)
	b = append(b, `,"amount":`...)
	b = appendAmount(b, p.Amount.Currency, p.Amount.Value)
	b = append(b, `,"state":"`...)
	b = append(b, p.State...)
	b = append(b, `","paymentMethod":{"type":"`...)
	b = append(b, p.Method...)
	b = append(b, '"')
	if p.Card != nil && p.Card.BIN != "" {
		b = appendMember(b, ',', "cardBin", p.Card.BIN)
	}
	b = append(b, `},"profile":{`...)
	if p.Grant != nil && p.Grant.Sub != "" {
		b = append(b, `"sub":`...)
		b = appendText(b, p.Grant.Sub)
	}
	b = append(b, '}')
	b = appendMember(b, ',', "pspReference", p.PSP)
	if p.State == payment.Created {
		b = appendMember(b, ',', "redirectUrl", redirect)
	}
	b = appendMember(b, ',', "reference", p.Reference)
	b = appendMetadata(b, p.Details)
	if p.Chosen != nil {
		b = appendShipping(b, p.Chosen)
	}
	if p.Grant != nil {
		b = appendUser(b, p.Grant, now.Before(p.EndedAt.Add(profileLife)))
	}
	if p.State == payment.Authorized {
		b = append(b, `,"captureGuaranteedUntil":"`...)
		b = p.GuaranteedUntil().UTC().AppendFormat(b, "2006-01-02T15:04:05.000")
		b = append(b, `+00:00"`...)
	}
	return append(b, '}')
}

// appendAdjustment is the answer to capture, cancel and refund (section 3.6).
func appendAdjustment(b []byte, p *payment.Payment) []byte {
	if b == nil {
		b = make([]byte, 0, 512)
	}
	b = append(b, `{"amount":`...)
	b = appendAmount(b, p.Amount.Currency, p.Amount.Value)
	b = append(b, `,"state":"`...)
	b = append(b, p.State...)
	b = append(b, `","aggregate":`...)
	b = appendSums(b, p)
	b = appendMember(b, ',', "pspReference", p.PSP)
	b = appendMember(b, ',', "reference", p.Reference)
	return append(b, '}')
}

// appendEvents is the log as merchants see it (section 5).
func appendEvents(b []byte, events []payment.Event, currency string) []byte {
	b = append(b, '[')
	first := true
	for i := range events {
		e := &events[i]
		if !e.Kind.Public() {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendEvent(b, e, currency)
	}
	return append(b, ']')
}

func appendEvent(b []byte, e *payment.Event, currency string) []byte {
	b = appendMember(b, '{', "reference", e.ID.Reference)
	b = appendMember(b, ',', "pspReference", e.PSP)
	b = appendMember(b, ',', "name", string(e.Kind))
	b = append(b, `,"amount":`...)
	b = appendAmount(b, currency, e.Amount)
	b = append(b, `,"timestamp":"`...)
	b = e.At.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	b = append(b, '"')
	b = appendMember(b, ',', "idempotencyKey", e.Key)
	return append(b, `,"success":true}`...)
}

func appendAmount(b []byte, currency string, value int64) []byte {
	b = append(b, `{"currency":"`...)
	b = append(b, currency...)
	b = append(b, `","value":`...)
	b = strconv.AppendInt(b, value, 10)
	return append(b, '}')
}

func appendSums(b []byte, p *payment.Payment) []byte {
	c, s := p.Amount.Currency, &p.Sums
	b = append(b, `{"authorizedAmount":`...)
	b = appendAmount(b, c, s.Authorized)
	b = append(b, `,"cancelledAmount":`...)
	b = appendAmount(b, c, s.Cancelled)
	b = append(b, `,"capturedAmount":`...)
	b = appendAmount(b, c, s.Captured)
	b = append(b, `,"refundedAmount":`...)
	b = appendAmount(b, c, s.Refunded)
	return append(b, '}')
}

// appendMember adds a text member behind a separator; an empty one is left
// out, as absent members are.
func appendMember(b []byte, separator byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, separator, '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return appendText(b, value)
}

func appendMetadata(b []byte, d *payment.Details) []byte {
	if d == nil || len(d.Metadata) == 0 {
		return b
	}
	b = append(b, `,"metadata":{`...)
	for i, pair := range d.Metadata {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, pair.Name)
		b = append(b, ':')
		b = appendText(b, pair.Value)
	}
	return append(b, '}')
}

// appendShipping adds where the goods go and how.
func appendShipping(b []byte, s *payment.ShippingChoice) []byte {
	b = append(b, `,"shippingDetails":{"address":`...)
	b = appendAddress(b, s.Address)
	b = append(b, `,"shippingCost":`...)
	b = strconv.AppendInt(b, s.Cost, 10)
	b = append(b, `,"shippingOptionId":`...)
	b = appendText(b, s.OptionID)
	b = append(b, `,"shippingOptionName":`...)
	b = appendText(b, s.OptionName)
	return append(b, '}')
}

// profileLife is how long after the consent the details can be read
// (userinfo contract, section 5).
const profileLife = 168 * time.Hour

// appendUser adds the details the payer shared. Once they may not be read any
// more every text of them says so, and the list of addresses is left out
// (userinfo contract, section 5).
func appendUser(b []byte, g *payment.Grant, readable bool) []byte {
	show := func(s string) string {
		if s != "" && !readable {
			return "[Expired]"
		}
		return s
	}
	u := &g.Profile
	b = append(b, `,"userDetails":`...)
	start := len(b)
	for _, m := range []struct{ name, value string }{
		{"email", u.Email}, {"firstName", u.FirstName}, {"lastName", u.LastName},
		{"mobileNumber", u.Phone}, {"dateOfBirth", u.BirthDate},
	} {
		b = appendMember(b, opener(b, start), m.name, show(m.value))
	}
	if len(u.Addresses) > 0 && readable {
		b = append(b, opener(b, start))
		b = append(b, `"addresses":[`...)
		for i, a := range u.Addresses {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendAddress(b, a)
		}
		b = append(b, ']')
	}
	if len(b) == start {
		b = append(b, '{')
	}
	return append(b, '}')
}

// opener is what stands before the next member of an object begun at start.
func opener(b []byte, start int) byte {
	if len(b) == start {
		return '{'
	}
	return ','
}

func appendAddress(b []byte, a payment.Address) []byte {
	start := len(b)
	for _, m := range []struct{ name, value string }{
		{"addressLine1", a.Line1}, {"addressLine2", a.Line2}, {"city", a.City}, {"country", a.Country}, {"postCode", a.PostCode},
	} {
		b = appendMember(b, opener(b, start), m.name, m.value)
	}
	if len(b) == start {
		b = append(b, '{')
	}
	return append(b, '}')
}
