package directory

import (
	"time"

	"liksom/server/payment"
)

// Market is a country's set of rules.
type Market struct {
	Code     string // ISO 3166-1 alpha-2
	Currency string
	Brand    string // the skin: "vipps" or "mobilepay"
	Prefix   string // the country code of its numbers
	Language string
	// MinDigits and MaxDigits bound the national part of a number.
	MinDigits, MaxDigits int
	// BlockedSources tells whether company cards may be refused.
	BlockedSources bool
	// NoWallets tells that its units are paid by card passthrough only.
	NoWallets bool
}

// Markets are the countries known, in the order they are offered (ePayment
// contract, section 11).
func Markets() []Market {
	return []Market{
		{Code: "NO", Currency: "NOK", Brand: "vipps", Prefix: "47", Language: "nb", MinDigits: 8, MaxDigits: 8},
		{Code: "DK", Currency: "DKK", Brand: "mobilepay", Prefix: "45", Language: "da", MinDigits: 8, MaxDigits: 8, BlockedSources: true},
		{Code: "FI", Currency: "EUR", Brand: "mobilepay", Prefix: "358", Language: "fi", MinDigits: 5, MaxDigits: 11, BlockedSources: true},
		{Code: "SE", Currency: "SEK", Brand: "vipps", Prefix: "46", Language: "sv", MinDigits: 7, MaxDigits: 10, NoWallets: true},
	}
}

// MarketOf finds a market by its country's code.
func MarketOf(code string) (Market, bool) {
	for _, m := range Markets() {
		if m.Code == code {
			return m, true
		}
	}
	return Market{}, false
}

// MarketOfNumber finds the market a phone number belongs to.
func MarketOfNumber(msisdn string) (Market, bool) {
	for _, m := range Markets() {
		if len(msisdn) > len(m.Prefix) && msisdn[:len(m.Prefix)] == m.Prefix {
			return m, true
		}
	}
	return Market{}, false
}

// ValidNumber tells whether a number is in MSISDN form: digits only, country
// code first, and the national length where the country is known.
func ValidNumber(s string) bool {
	if len(s) < 9 || len(s) > 15 || s[0] == '0' {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	m, known := MarketOfNumber(s)
	national := len(s) - len(m.Prefix)
	return !known || national >= m.MinDigits && national <= m.MaxDigits
}

// Unit is a sales unit of a merchant.
type Unit struct {
	MSN     string `json:"msn"`
	Name    string `json:"name"`
	Company string `json:"company"`
	Market  string `json:"market"` // a market's code
	// Switches decide what the unit may do (ePayment contract, section 14).
	Switches Switches `json:"switches"`
}

// Switches are what a sales unit is approved for and how it behaves.
type Switches struct {
	PaymentsAllowed   bool `json:"paymentsAllowed"`
	BankVerified      bool `json:"bankVerified"`
	PushAllowed       bool `json:"pushAllowed"`
	LongLivingAllowed bool `json:"longLivingAllowed"`
	ExpressAllowed    bool `json:"expressAllowed"`
	NINAllowed        bool `json:"ninAllowed"`
	FullCaptureOnly   bool `json:"fullCaptureOnly"`
	LateCapture       bool `json:"lateCapture"`
	RefundsPossible   bool `json:"refundsPossible"`
	PhoneLocked       bool `json:"phoneLocked"`
	// ProfileSharing lets the unit fetch what payers share.
	ProfileSharing bool `json:"profileSharingAllowed"`
	PSP            bool `json:"psp"`
}

// Ordinary are the switches of a unit approved for all that is usual.
func Ordinary() Switches {
	return Switches{
		PaymentsAllowed: true, BankVerified: true, PushAllowed: true,
		LongLivingAllowed: true, ExpressAllowed: true, RefundsPossible: true, ProfileSharing: true,
	}
}

// Rules gives the unit's market; an unknown one counts as Norway.
func (u *Unit) Rules() Market {
	if m, ok := MarketOf(u.Market); ok {
		return m
	}
	return Markets()[0]
}

// Terms are the time limits of the unit's reservations (ePayment contract,
// section 4.4), where the vendor's texts disagree as the settings say.
func (u *Unit) Terms(s *Settings) payment.Terms {
	const day = 24 * time.Hour
	days := 180
	if u.Rules().Brand == "mobilepay" && !u.Switches.LateCapture {
		days = s.MobilePayCaptureDays
	}
	return payment.Terms{CaptureFor: time.Duration(days) * day, GuaranteedFor: 7 * day, RefundFor: 365 * day}
}

// Client is a set of API keys and the sales units they speak for.
type Client struct {
	ID     string `json:"clientId"`
	Secret string `json:"clientSecret"`
	// Keys are the subscription keys; any of them works.
	Keys []string `json:"subscriptionKeys"`
	MSNs []string `json:"msns"`
	// Partner keys cover several units and must name one.
	Partner bool `json:"partner,omitempty"`
}

// Covers tells whether the client speaks for a unit.
func (c *Client) Covers(msn string) bool {
	for _, m := range c.MSNs {
		if m == msn {
			return true
		}
	}
	return false
}
