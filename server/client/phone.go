package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"
)

// Phone is a simulated phone with its owner.
type Phone struct {
	Number   string `json:"number"`
	Name     string `json:"name"`
	Market   string `json:"market"`
	Language string `json:"language"`
	Age      int    `json:"age"`
	Online   bool   `json:"online"`
	PushOn   bool   `json:"pushOn"`
	Latency  Span   `json:"latency"`
	// Jitter is by how much pushes are faster or slower than Latency.
	Jitter        Span      `json:"jitter,omitzero"`
	Autopilot     Autopilot `json:"autopilot"`
	Cards         []Card    `json:"cards"`
	Identified    bool      `json:"identified"`
	AlwaysAsk     bool      `json:"alwaysAsk"`
	ConfirmWith   string    `json:"confirmWith"`
	EmailVerified bool      `json:"emailVerified"`
}

// Autopilot is what a phone does by itself: "off", "approve", "decline" or
// "ignore", after a simulated delay.
type Autopilot struct {
	Mode   string `json:"mode"`
	Delay  Span   `json:"delay"`
	CardID string `json:"cardId,omitempty"`
	// Rules come before the mode: the first that matches a payment counts. Nil
	// leaves those there are, an empty list removes them.
	Rules []AutopilotRule `json:"rules,omitzero"`
}

// AutopilotRule is what an autopilot does with payments that match all that is
// named: an amount, a reference in which "*" and "?" stand for others, a sales
// unit.
type AutopilotRule struct {
	Amount    *AmountRule `json:"amount,omitempty"`
	Reference string      `json:"reference,omitempty"`
	MSN       string      `json:"msn,omitempty"`
	Mode      string      `json:"mode"`
	Delay     Span        `json:"delay"`
	CardID    string      `json:"cardId,omitempty"`
}

// AmountRule matches amounts in minor units, both ends included.
type AmountRule struct {
	Currency string `json:"currency,omitempty"`
	From     *int64 `json:"from,omitempty"`
	To       *int64 `json:"to,omitempty"`
	Is       *int64 `json:"is,omitempty"`
}

// Card is a payment card. Name and Outcome are told of a phone's cards only.
type Card struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"`
	BIN     string `json:"bin"`
	Last4   string `json:"last4"`
	Outcome string `json:"outcome,omitempty"`
}

// PhoneChange says what to change; nil leaves as it is. Set has further
// members by their names in the contract.
type PhoneChange struct {
	Name      *string
	Online    *bool
	PushOn    *bool
	Latency   *time.Duration
	Autopilot *Autopilot
	Cards     []Card
	Set       map[string]any
}

// MarshalJSON writes only what is to change.
func (p PhoneChange) MarshalJSON() ([]byte, error) {
	body := map[string]any{}
	for name, value := range p.Set {
		body[name] = value
	}
	if p.Name != nil {
		body["name"] = *p.Name
	}
	if p.Online != nil {
		body["online"] = *p.Online
	}
	if p.PushOn != nil {
		body["pushOn"] = *p.PushOn
	}
	if p.Latency != nil {
		body["latency"] = p.Latency.String()
	}
	if p.Autopilot != nil {
		body["autopilot"] = *p.Autopilot
	}
	if p.Cards != nil {
		body["cards"] = p.Cards
	}
	return json.Marshal(body)
}

// Request is what waits on a phone, or waited. Data has all of its members.
type Request struct {
	ID        string    `json:"id"`
	State     string    `json:"state"`
	MSN       string    `json:"msn"`
	Reference string    `json:"reference"`
	Merchant  string    `json:"merchantName"`
	Amount    Amount    `json:"amount"`
	Scopes    []string  `json:"scopes"`
	ExpiresAt time.Time `json:"expiresAt"`

	Data map[string]any `json:"-"`
}

// UnmarshalJSON reads a request with all that it has.
func (r *Request) UnmarshalJSON(body []byte) error {
	type plain Request
	if err := json.Unmarshal(body, (*plain)(r)); err != nil {
		return err
	}
	return json.Unmarshal(body, &r.Data)
}

// Answer is a phone's yes; all of it may be left out, but Consent where the
// merchant asks for profile details.
type Answer struct {
	CardID           string `json:"cardId,omitempty"`
	Consent          *bool  `json:"consent,omitempty"`
	ShippingOptionID string `json:"shippingOptionId,omitempty"`
	AddressID        string `json:"addressId,omitempty"`
}

// Scanned is what scanning a code led to.
type Scanned struct {
	Kind    string   `json:"kind"` // payment, redirect, checkin
	Request *Request `json:"request"`
	// URL is the page that a merchant's redirect code leads to.
	URL string `json:"url"`
	// The rest tells of checking in, and how the merchant answered.
	MSN          string `json:"msn"`
	MerchantName string `json:"merchantName"`
	MerchantQRID string `json:"merchantQrId"`
	Place        string `json:"locationDescription"`
	Category     string `json:"category"`
	Reached      bool   `json:"reached"`
	Text         string `json:"text"`
}

// PersonalQR is a payer's own code.
type PersonalQR struct {
	Content string `json:"content"`
	Version string `json:"version"`
}

// PersonalQR gives the code that a phone shows of its owner: of version "1.0"
// with the number in clear, "2.0" with a token, or for "" as usual in the
// phone's market.
func (c *Client) PersonalQR(ctx context.Context, number, version string) (PersonalQR, error) {
	var out PersonalQR
	err := c.control(ctx, http.MethodGet, phonePath(number)+"/personal-qr"+query("version", version), nil, &out)
	return out, err
}

// Phones lists the simulated phones.
func (c *Client) Phones(ctx context.Context) ([]Phone, error) {
	var out struct {
		Phones []Phone `json:"phones"`
	}
	err := c.control(ctx, http.MethodGet, "/phones", nil, &out)
	return out.Phones, err
}

// AddPhone adds a phone, with a name unless that is empty.
func (c *Client) AddPhone(ctx context.Context, number, name string) (Phone, error) {
	body := map[string]string{"number": number}
	if name != "" {
		body["name"] = name
	}
	var out Phone
	err := c.control(ctx, http.MethodPost, "/phones", body, &out)
	return out, err
}

// Phone reads a phone.
func (c *Client) Phone(ctx context.Context, number string) (Phone, error) {
	var out Phone
	err := c.control(ctx, http.MethodGet, phonePath(number), nil, &out)
	return out, err
}

// PatchPhone changes a phone's settings.
func (c *Client) PatchPhone(ctx context.Context, number string, change PhoneChange) (Phone, error) {
	var out Phone
	err := c.control(ctx, http.MethodPatch, phonePath(number), change, &out)
	return out, err
}

// RemovePhone removes a phone.
func (c *Client) RemovePhone(ctx context.Context, number string) error {
	return c.control(ctx, http.MethodDelete, phonePath(number), nil, nil)
}

// Requests lists what waits on a phone. With a wait above zero it returns as
// soon as something does, or with nothing when that real time is up.
func (c *Client) Requests(ctx context.Context, number string, wait time.Duration) ([]Request, error) {
	var out struct {
		Requests []Request `json:"requests"`
	}
	err := c.control(ctx, http.MethodGet, phonePath(number)+"/requests"+query("wait", span(wait)), nil, &out)
	return out.Requests, err
}

// ApproveRequest says yes on a phone.
func (c *Client) ApproveRequest(ctx context.Context, number, request string, answer Answer) (Request, error) {
	var out Request
	err := c.control(ctx, http.MethodPost, phonePath(number)+"/requests/"+url.PathEscape(request)+"/approve", answer, &out)
	return out, err
}

// DeclineRequest says no on a phone.
func (c *Client) DeclineRequest(ctx context.Context, number, request string) (Request, error) {
	var out Request
	err := c.control(ctx, http.MethodPost, phonePath(number)+"/requests/"+url.PathEscape(request)+"/decline", nil, &out)
	return out, err
}

// Scan has a phone scan the text of a QR code.
func (c *Client) Scan(ctx context.Context, number, content string) (Scanned, error) {
	var out Scanned
	err := c.control(ctx, http.MethodPost, phonePath(number)+"/scan", map[string]string{"content": content}, &out)
	return out, err
}

// ScanPicture has a phone scan the picture of a QR code.
func (c *Client) ScanPicture(ctx context.Context, number string, png []byte) (Scanned, error) {
	var out Scanned
	err := c.picture(ctx, phonePath(number)+"/scan", png, &out)
	return out, err
}

func phonePath(number string) string { return "/phones/" + url.PathEscape(number) }
