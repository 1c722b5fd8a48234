package epayment

import (
	"strings"

	"liksom/server/directory"
)

// customer is who pays, as the merchant named them (section 2.5).
type customer struct {
	phone, personalQR, token          string
	hasPhone, hasPersonalQR, hasToken bool
}

func (r *reader) customer(of int32) customer {
	at := r.object(of, "customer", false)
	var c customer
	c.phone, c.hasPhone = r.text(at, "phoneNumber", false)
	c.personalQR, c.hasPersonalQR = r.text(at, "personalQr", false)
	c.token, c.hasToken = r.text(at, "customerToken", false)
	if c.hasPhone && c.hasPersonalQR || c.hasPhone && c.hasToken || c.hasPersonalQR && c.hasToken {
		r.blame("customer", "The field Customer must have only one of phoneNumber, personalQr and customerToken.")
	}
	return c
}

func (c *customer) named() bool { return c.hasPhone || c.hasPersonalQR || c.hasToken }

// number gives the customer's phone number, "" when nobody is named, or the
// coded error of the way they are named.
func (c *customer) number() (string, error) {
	switch {
	case c.hasPhone:
		if !directory.ValidNumber(c.phone) {
			return "", refusef(invalidPhone, "%s is not a number in MSISDN form: country code and digits only, such as 4712345678.", short(c.phone))
		}
		return c.phone, nil
	case c.hasPersonalQR:
		number, ok := personalNumber(c.personalQR)
		if !ok {
			return "", refuse(invalidPersonalQR)
		}
		return number, nil
	case c.hasToken:
		return "", refuse(invalidToken)
	}
	return "", nil
}

// The beginnings of a personal code's text, each followed by the number
// (QR contract, sections 6 and 7).
const (
	personalPlain = "https://qr.vipps.no/28/2/01/031/"
	personalShort = "https://qr.vipps.no/p/"
)

// personalNumber reads the number out of a personal QR code's text.
func personalNumber(text string) (string, bool) {
	if !within(text, 5, 255) {
		return "", false
	}
	for _, beginning := range []string{personalPlain, personalShort} {
		if rest, ok := strings.CutPrefix(text, beginning); ok {
			number, _, _ := strings.Cut(rest, "?")
			return number, directory.ValidNumber(number)
		}
	}
	return "", false
}
