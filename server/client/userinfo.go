package client

import (
	"context"
	"net/http"
	"net/url"
)

// Userinfo is what a payer agreed to share with the sales unit. What is nil
// belongs to a scope that was not granted, or to one whose time is over: its
// texts are then "[Expired]".
type Userinfo struct {
	Sub            string           `json:"sub"`
	SID            string           `json:"sid"`
	Name           string           `json:"name"`
	GivenName      string           `json:"given_name"`
	FamilyName     string           `json:"family_name"`
	BirthDate      string           `json:"birthdate"`
	Email          string           `json:"email"`
	EmailVerified  *bool            `json:"email_verified"`
	Phone          string           `json:"phone_number"`
	PhoneVerified  *bool            `json:"phone_number_verified"`
	Address        *ClaimedAddress  `json:"address"`
	OtherAddresses []ClaimedAddress `json:"other_addresses"`
	NIN            string           `json:"nin"`
}

// ClaimedAddress is a postal address as Userinfo writes it.
type ClaimedAddress struct {
	Type          string `json:"address_type"` // home, work, other
	StreetAddress string `json:"street_address"`
	PostalCode    string `json:"postal_code"`
	Region        string `json:"region"`
	Country       string `json:"country"`
	Formatted     string `json:"formatted"`
}

// Userinfo reads what the payer of that sub shares with the sales unit.
func (c *Client) Userinfo(ctx context.Context, sub string) (Userinfo, error) {
	var out Userinfo
	err := c.merchant(ctx, http.MethodGet, "/vipps-userinfo-api/userinfo/"+url.PathEscape(sub), nil, &out)
	return out, err
}
