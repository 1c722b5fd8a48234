package client

import (
	"context"
	"net/http"
	"net/url"
)

// Merchant is a sales unit with its keys and switches. Secrets are "***"
// unless they were asked for or have just been made.
type Merchant struct {
	MSN     string `json:"msn,omitempty"`
	Name    string `json:"name,omitempty"`
	Company string `json:"company,omitempty"`
	// Market is NO, DK, FI or SE; currency and brand follow from it.
	Market   string `json:"market,omitempty"`
	Currency string `json:"currency,omitempty"`
	Brand    string `json:"brand,omitempty"`
	// Switches are what the unit may do, by name: "pushAllowed".
	Switches         map[string]bool `json:"switches,omitempty"`
	ClientID         string          `json:"clientId,omitempty"`
	ClientSecret     string          `json:"clientSecret,omitempty"`
	SubscriptionKeys []string        `json:"subscriptionKeys,omitempty"`
}

// Credentials are the unit's keys, for [WithCredentials].
func (m Merchant) Credentials() Credentials {
	k := Credentials{ClientID: m.ClientID, ClientSecret: m.ClientSecret, MSN: m.MSN}
	if len(m.SubscriptionKeys) > 0 {
		k.SubscriptionKey = m.SubscriptionKeys[0]
	}
	return k
}

// Merchants lists the sales units, with their secrets.
func (c *Client) Merchants(ctx context.Context) ([]Merchant, error) {
	var out struct {
		Merchants []Merchant `json:"merchants"`
	}
	err := c.control(ctx, http.MethodGet, "/merchants?secrets=show", nil, &out)
	return out.Merchants, err
}

// Merchant reads a sales unit, with its secrets.
func (c *Client) Merchant(ctx context.Context, msn string) (Merchant, error) {
	var out Merchant
	err := c.control(ctx, http.MethodGet, merchantPath(msn)+"?secrets=show", nil, &out)
	return out, err
}

// AddMerchant makes a sales unit. What is left out is usual, or drawn.
func (c *Client) AddMerchant(ctx context.Context, m Merchant) (Merchant, error) {
	var out Merchant
	err := c.control(ctx, http.MethodPost, "/merchants", m, &out)
	return out, err
}

// ChangeMerchant changes what is named: fields and single switches.
func (c *Client) ChangeMerchant(ctx context.Context, msn string, change Merchant) (Merchant, error) {
	var out Merchant
	err := c.control(ctx, http.MethodPatch, merchantPath(msn), change, &out)
	return out, err
}

// RotateKeys gives a sales unit a new secret and new subscription keys.
func (c *Client) RotateKeys(ctx context.Context, msn string) (Merchant, error) {
	var out Merchant
	err := c.control(ctx, http.MethodPatch, merchantPath(msn), map[string]bool{"rotateKeys": true}, &out)
	return out, err
}

// RemoveMerchant removes a sales unit and its client.
func (c *Client) RemoveMerchant(ctx context.Context, msn string) error {
	return c.control(ctx, http.MethodDelete, merchantPath(msn), nil, nil)
}

func merchantPath(msn string) string { return "/merchants/" + url.PathEscape(msn) }

// Settings are what can be changed of a world while it runs. In a change, what
// is nil or empty stays as it is.
type Settings struct {
	LandingWindow  *Span `json:"landingWindow,omitempty"`
	ApprovalWindow *Span `json:"approvalWindow,omitempty"`
	RateLimit      *bool `json:"rateLimit,omitempty"`
	StrictURLs     *bool `json:"strictUrls,omitempty"`
	StrictBodies   *bool `json:"strictBodies,omitempty"`
	WebhookTimeout *Span `json:"webhookTimeout,omitempty"`
	// ReturnAfter is how long the landing page shows an outcome, 0 to 30 s.
	ReturnAfter *Span  `json:"returnAfter,omitempty"`
	Brand       *Brand `json:"brand,omitempty"`
	// The rest are switches for what the vendor's own texts disagree on.
	OneWindow *bool `json:"oneWindow,omitempty"`
	// ErrorsToldBy is "code" or "type".
	ErrorsToldBy string `json:"errorsToldBy,omitempty"`
	// ErrorsTracedBy is "both", "traceId" or "instance".
	ErrorsTracedBy string `json:"errorsTracedBy,omitempty"`
	// MobilePayCaptureDays is 14 or 7.
	MobilePayCaptureDays int   `json:"mobilePayCaptureDays,omitempty"`
	ApproveWithoutTest   *bool `json:"approveWithoutTest,omitempty"`
	// ShippingCallbackCasing is "camel" or "pascal".
	ShippingCallbackCasing string `json:"shippingCallbackCasing,omitempty"`
	ExpressFourScopes      *bool  `json:"expressFourScopes,omitempty"`
	// Stripe is for payments that come through Stripe.
	Stripe *StripeSettings `json:"stripe,omitempty"`
	// FixedBy tells which settings are as the command line gave them.
	FixedBy map[string]string `json:"fixedBy,omitempty"`
}

// StripeSettings are those of the Stripe side. In a change, what is nil or
// empty stays as it is.
type StripeSettings struct {
	PreviewGate        string `json:"preview_gate,omitempty"`    // "on", "off"
	Windows            string `json:"windows,omitempty"`         // "two", "one"
	OnCardDecline      string `json:"on_card_decline,omitempty"` // "fail", "retry"
	Redirect           string `json:"redirect,omitempty"`        // "page", "landing"
	ProcessingDelay    *Span  `json:"processing_delay,omitempty"`
	RefundDelay        *Span  `json:"refund_delay,omitempty"`
	ExposeWalletCard   *bool  `json:"expose_wallet_card,omitempty"`
	MinAmount          int64  `json:"min_amount,omitempty"`      // minor units
	WebhookRetries     string `json:"webhook_retries,omitempty"` // "sandbox", "live"
	AlsoEpaymentEvents *bool  `json:"also_epayment_events,omitempty"`
}

// Brand are the wallets' names.
type Brand struct {
	Vipps     Label `json:"vipps,omitzero"`
	MobilePay Label `json:"mobilepay,omitzero"`
}

// Label is a wallet's name.
type Label struct {
	Label string `json:"label,omitempty"`
}

// Settings reads the world's settings.
func (c *Client) Settings(ctx context.Context) (Settings, error) {
	var out Settings
	err := c.control(ctx, http.MethodGet, "/settings", nil, &out)
	return out, err
}

// ChangeSettings changes what is named.
func (c *Client) ChangeSettings(ctx context.Context, change Settings) (Settings, error) {
	var out Settings
	err := c.control(ctx, http.MethodPatch, "/settings", change, &out)
	return out, err
}

// ExpireTokens ends every access token now.
func (c *Client) ExpireTokens(ctx context.Context) error {
	return c.control(ctx, http.MethodPost, "/tokens/expire", nil, nil)
}
