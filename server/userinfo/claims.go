package userinfo

import (
	"strings"
	"time"

	"liksom/server/directory"
	"liksom/server/payment"
)

// expired stands where a text was that may not be read any more.
const expired = "[Expired]"

// claims are the answer; those of scopes that were not granted are not there.
type claims struct {
	Sub           string     `json:"sub"`
	SID           string     `json:"sid"`
	Name          *string    `json:"name,omitempty"`
	GivenName     *string    `json:"given_name,omitempty"`
	FamilyName    *string    `json:"family_name,omitempty"`
	BirthDate     *string    `json:"birthdate,omitempty"`
	Email         *string    `json:"email,omitempty"`
	EmailVerified *bool      `json:"email_verified,omitempty"`
	Phone         *string    `json:"phone_number,omitempty"`
	PhoneVerified *bool      `json:"phone_number_verified,omitempty"`
	Address       *address   `json:"address,omitempty"`
	Others        *[]address `json:"other_addresses,omitempty"`
	NIN           *string    `json:"nin,omitempty"`
}

// address is a postal address as this API writes it.
type address struct {
	Type      string `json:"address_type"`
	Street    string `json:"street_address"`
	PostCode  string `json:"postal_code"`
	Region    string `json:"region"`
	Country   string `json:"country"`
	Formatted string `json:"formatted"`
}

// claims are those of the scopes granted, as the payer's profile is now. The
// texts of a scope whose consent is as old as since, or older, cannot be read
// any more; its lists and truth values are left out.
func (c *consents) claims(sub string, payer *directory.Phone, since time.Time) claims {
	out := claims{Sub: sub, SID: c.session}
	if !c.newest.After(since) {
		out.SID = expired
	}
	for scope, at := range c.scopes {
		if at.After(since) {
			out.share(scope, payer)
		} else {
			out.veil(scope)
		}
	}
	return out
}

func (c *claims) share(scope string, payer *directory.Phone) {
	u := &payer.Profile
	verified := true
	switch scope {
	case "name":
		name := strings.TrimSpace(u.FirstName + " " + u.LastName)
		c.Name, c.GivenName, c.FamilyName = &name, &u.FirstName, &u.LastName
	case "phoneNumber":
		c.Phone, c.PhoneVerified = &payer.Number, &verified
	case "email":
		c.Email, c.EmailVerified = &u.Email, &payer.EmailVerified
	case "address":
		c.shareAddresses(u.Addresses)
	case "birthDate":
		c.BirthDate = &u.BirthDate
	case "nin":
		c.NIN = &u.NIN
	}
}

// shareAddresses shows the default address and the others. A payer without
// one has a default address of empty texts.
func (c *claims) shareAddresses(all []payment.Address) {
	c.Address, c.Others = &address{}, &[]address{}
	for i, a := range all {
		if i == 0 {
			first := newAddress(a)
			c.Address = &first
			continue
		}
		*c.Others = append(*c.Others, newAddress(a))
	}
}

func newAddress(a payment.Address) address {
	street := a.Line1
	if a.Line2 != "" {
		street += "\n" + a.Line2
	}
	return address{
		Type: a.Type, Street: street, PostCode: a.PostCode, Region: a.City, Country: a.Country,
		Formatted: strings.Join([]string{street, a.PostCode, a.City, a.Country}, "\n"),
	}
}

func (c *claims) veil(scope string) {
	gone := expired
	switch scope {
	case "name":
		c.Name, c.GivenName, c.FamilyName = &gone, &gone, &gone
	case "phoneNumber":
		c.Phone = &gone
	case "email":
		c.Email = &gone
	case "address":
		c.Address = &address{gone, gone, gone, gone, gone, gone}
	case "birthDate":
		c.BirthDate = &gone
	case "nin":
		c.NIN = &gone
	}
}
