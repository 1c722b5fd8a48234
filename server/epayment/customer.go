package epayment

import "liksom/server/directory"

// Customers tells whom a merchant means who does not say the number.
type Customers interface {
	// Token gives the number of the payer whom a customer token names to a
	// sales unit; false when it is not known, or too old.
	Token(msn, token string) (number string, ok bool)
	// PersonalQR gives the number that the text of a payer's own code says;
	// false when it is no such code.
	PersonalQR(content string) (number string, ok bool)
}

// customer is who pays, as the merchant named them (section 2.5).
type customer struct {
	phone, personalQR, token          string
	hasPhone, hasPersonalQR, hasToken bool
	// found is the number of a code or token that names somebody.
	found string
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

// find looks up whom a code or token names.
func (c *customer) find(in Customers, msn string) {
	number, known := "", false
	switch {
	case c.hasPersonalQR && within(c.personalQR, 5, 255):
		number, known = in.PersonalQR(c.personalQR)
	case c.hasToken:
		number, known = in.Token(msn, c.token)
	}
	if known {
		c.found = number
	}
}

// number gives the customer's phone number, "" when nobody is named, or the
// coded error of the way they are named.
func (c *customer) number() (string, error) {
	switch {
	case c.hasPhone && !directory.ValidNumber(c.phone):
		return "", refusef(invalidPhone, "%s is not a number in MSISDN form: country code and digits only, such as 4712345678.", short(c.phone))
	case c.hasPhone:
		return c.phone, nil
	case c.hasPersonalQR && c.found == "":
		return "", refuse(invalidPersonalQR)
	case c.hasToken && c.found == "":
		return "", refuse(invalidToken)
	}
	return c.found, nil
}
