package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Amount is money in minor units: 100 is 1.00.
type Amount struct {
	Currency string `json:"currency"`
	Value    int64  `json:"value"`
}

// NOK is an amount in øre.
func NOK(value int64) Amount { return Amount{Currency: "NOK", Value: value} }

// The flows of a payment.
const (
	WebRedirect    = "WEB_REDIRECT"
	NativeRedirect = "NATIVE_REDIRECT"
	PushMessage    = "PUSH_MESSAGE"
	QR             = "QR"
)

// CreatePayment is the body of a create request. A zero PaymentMethod means
// the wallet.
type CreatePayment struct {
	Amount              Amount            `json:"amount"`
	PaymentMethod       PaymentMethod     `json:"paymentMethod"`
	Reference           string            `json:"reference"`
	UserFlow            string            `json:"userFlow"`
	Customer            *Customer         `json:"customer,omitempty"`
	ReturnURL           string            `json:"returnUrl,omitempty"`
	PaymentDescription  string            `json:"paymentDescription,omitempty"`
	CustomerInteraction string            `json:"customerInteraction,omitempty"`
	MinimumUserAge      *int              `json:"minimumUserAge,omitempty"`
	Profile             *Profile          `json:"profile,omitempty"`
	ExpiresAt           time.Time         `json:"expiresAt,omitzero"`
	QRFormat            *QRFormat         `json:"qrFormat,omitempty"`
	Metadata            map[string]string `json:"metadata,omitempty"`
	ReceiptURL          string            `json:"receiptUrl,omitempty"`
	// Receipt and Shipping are sent as they stand.
	Receipt  any `json:"receipt,omitempty"`
	Shipping any `json:"shipping,omitempty"`
}

// PaymentMethod is how to be paid, "WALLET" usually.
type PaymentMethod struct {
	Type           string   `json:"type"`
	BlockedSources []string `json:"blockedSources,omitempty"`
	// CardBIN is told after approval.
	CardBIN string `json:"cardBin,omitempty"`
}

// Customer says who is to pay, in one of three ways.
type Customer struct {
	PhoneNumber   string `json:"phoneNumber,omitempty"`
	PersonalQR    string `json:"personalQr,omitempty"`
	CustomerToken string `json:"customerToken,omitempty"`
}

// Profile asks for profile details, and names the payer afterwards.
type Profile struct {
	Scope string `json:"scope,omitempty"`
	Sub   string `json:"sub,omitempty"`
}

// QRFormat is the picture wanted of a QR code.
type QRFormat struct {
	Format string `json:"format"`
	Size   int    `json:"size,omitempty"`
}

// Created answers a create request.
type Created struct {
	Reference   string `json:"reference"`
	RedirectURL string `json:"redirectUrl"`
}

// Aggregate are a payment's sums.
type Aggregate struct {
	Authorized Amount `json:"authorizedAmount"`
	Captured   Amount `json:"capturedAmount"`
	Cancelled  Amount `json:"cancelledAmount"`
	Refunded   Amount `json:"refundedAmount"`
}

// MerchantPayment is a payment as its merchant sees it.
type MerchantPayment struct {
	Reference              string            `json:"reference"`
	State                  string            `json:"state"`
	Amount                 Amount            `json:"amount"`
	Aggregate              Aggregate         `json:"aggregate"`
	PaymentMethod          PaymentMethod     `json:"paymentMethod"`
	Profile                Profile           `json:"profile"`
	ShippingDetails        *ShippingDetails  `json:"shippingDetails"`
	UserDetails            *UserDetails      `json:"userDetails"`
	PSPReference           string            `json:"pspReference"`
	RedirectURL            string            `json:"redirectUrl"`
	Metadata               map[string]string `json:"metadata"`
	CaptureGuaranteedUntil time.Time         `json:"captureGuaranteedUntil"`
}

// ShippingDetails are what the payer chose to have delivered.
type ShippingDetails struct {
	Address    Address `json:"address"`
	Cost       int64   `json:"shippingCost"`
	OptionID   string  `json:"shippingOptionId"`
	OptionName string  `json:"shippingOptionName"`
}

// UserDetails are what the payer agreed to share.
type UserDetails struct {
	FirstName    string    `json:"firstName"`
	LastName     string    `json:"lastName"`
	Email        string    `json:"email"`
	MobileNumber string    `json:"mobileNumber"`
	DateOfBirth  string    `json:"dateOfBirth"`
	Addresses    []Address `json:"addresses"`
}

// Address is a postal address.
type Address struct {
	AddressLine1 string `json:"addressLine1"`
	AddressLine2 string `json:"addressLine2,omitempty"`
	City         string `json:"city"`
	PostCode     string `json:"postCode"`
	Country      string `json:"country"`
}

// Event is one entry of a payment's event log.
type Event struct {
	Reference      string    `json:"reference"`
	PSPReference   string    `json:"pspReference"`
	Name           string    `json:"name"`
	Amount         Amount    `json:"amount"`
	Timestamp      time.Time `json:"timestamp"`
	IdempotencyKey string    `json:"idempotencyKey"`
	Success        bool      `json:"success"`
}

// Adjustment answers a capture, refund or cancel.
type Adjustment struct {
	Reference    string    `json:"reference"`
	State        string    `json:"state"`
	Amount       Amount    `json:"amount"` // the payment's
	Aggregate    Aggregate `json:"aggregate"`
	PSPReference string    `json:"pspReference"`
}

// Webhook is a registration. The secret is told once, at registration.
type Webhook struct {
	ID     string   `json:"id"`
	URL    string   `json:"url"`
	Events []string `json:"events"`
	Secret string   `json:"secret"`
}

const payments = "/epayment/v1/payments"

// CreatePayment makes a payment.
func (c *Client) CreatePayment(ctx context.Context, p CreatePayment) (Created, error) {
	if p.PaymentMethod.Type == "" {
		p.PaymentMethod.Type = "WALLET"
	}
	var out Created
	err := c.merchant(ctx, http.MethodPost, payments, p, &out)
	return out, err
}

// GetPayment reads a payment.
func (c *Client) GetPayment(ctx context.Context, reference string) (MerchantPayment, error) {
	var out MerchantPayment
	err := c.merchant(ctx, http.MethodGet, payments+"/"+url.PathEscape(reference), nil, &out)
	return out, err
}

// Events reads a payment's event log, oldest first.
func (c *Client) Events(ctx context.Context, reference string) ([]Event, error) {
	var out []Event
	err := c.merchant(ctx, http.MethodGet, payments+"/"+url.PathEscape(reference)+"/events", nil, &out)
	return out, err
}

// Capture takes reserved money.
func (c *Client) Capture(ctx context.Context, reference string, amount Amount) (Adjustment, error) {
	return c.adjust(ctx, reference, "capture", modification{amount})
}

// Refund gives captured money back.
func (c *Client) Refund(ctx context.Context, reference string, amount Amount) (Adjustment, error) {
	return c.adjust(ctx, reference, "refund", modification{amount})
}

// Cancel withdraws a payment that waits, or gives back what is not captured.
func (c *Client) Cancel(ctx context.Context, reference string) (Adjustment, error) {
	return c.adjust(ctx, reference, "cancel", nil)
}

// CancelWaiting withdraws a payment only if nobody has approved it yet.
func (c *Client) CancelWaiting(ctx context.Context, reference string) (Adjustment, error) {
	return c.adjust(ctx, reference, "cancel", map[string]bool{"cancelTransactionOnly": true})
}

type modification struct {
	Amount Amount `json:"modificationAmount"`
}

func (c *Client) adjust(ctx context.Context, reference, how string, body any) (Adjustment, error) {
	var out Adjustment
	err := c.merchant(ctx, http.MethodPost, payments+"/"+url.PathEscape(reference)+"/"+how, body, &out)
	return out, err
}

// ForceApprove approves through the merchants' test endpoint, for a phone
// number.
func (c *Client) ForceApprove(ctx context.Context, reference, phone string) error {
	body := map[string]any{"customer": Customer{PhoneNumber: phone}}
	return c.merchant(ctx, http.MethodPost, "/epayment/v1/test/payments/"+url.PathEscape(reference)+"/approve", body, nil)
}

const webhooks = "/webhooks/v1/webhooks"

// RegisterWebhook has events of these types sent to a URL.
func (c *Client) RegisterWebhook(ctx context.Context, target string, events ...string) (Webhook, error) {
	out := Webhook{URL: target, Events: events}
	body := map[string]any{"url": target, "events": events}
	err := c.merchant(ctx, http.MethodPost, webhooks, body, &out)
	return out, err
}

// ListWebhooks lists the sales unit's registrations, without their secrets.
func (c *Client) ListWebhooks(ctx context.Context) ([]Webhook, error) {
	var out struct {
		Webhooks []Webhook `json:"webhooks"`
	}
	err := c.merchant(ctx, http.MethodGet, webhooks, nil, &out)
	return out.Webhooks, err
}

// DeleteWebhook removes a registration.
func (c *Client) DeleteWebhook(ctx context.Context, id string) error {
	return c.merchant(ctx, http.MethodDelete, webhooks+"/"+url.PathEscape(id), nil, nil)
}

// PaymentEvents are the types of all events of payments, to register for.
func PaymentEvents() []string {
	return []string{
		"epayments.payment.created.v1", "epayments.payment.authorized.v1", "epayments.payment.aborted.v1",
		"epayments.payment.expired.v1", "epayments.payment.terminated.v1", "epayments.payment.captured.v1",
		"epayments.payment.cancelled.v1", "epayments.payment.refunded.v1",
	}
}

// merchant sends a call with the sales unit's keys. A token that is not taken
// any more is replaced once.
func (c *Client) merchant(ctx context.Context, method, path string, in, out any) error {
	return c.merchantWith(ctx, method, path, nil, in, out)
}

// merchantWith is merchant with further headers.
func (c *Client) merchantWith(ctx context.Context, method, path string, further http.Header, in, out any) error {
	header := c.keys()
	for name, values := range further {
		header[name] = values
	}
	if method == http.MethodPost {
		header.Set("Idempotency-Key", idempotencyKey(ctx))
	}
	token, fresh, err := c.ready(ctx)
	if err != nil {
		return err
	}
	header.Set("Authorization", "Bearer "+token.AccessToken)
	err = c.call(ctx, method, path, header, in, out)
	var p *Problem
	if fresh || !errors.As(err, &p) || p.Status != http.StatusUnauthorized {
		return err
	}
	c.ForgetToken()
	if token, _, err = c.ready(ctx); err != nil {
		return err
	}
	header.Set("Authorization", "Bearer "+token.AccessToken)
	return c.call(ctx, method, path, header, in, out)
}

func (c *Client) keys() http.Header {
	h := http.Header{}
	h.Set("Ocp-Apim-Subscription-Key", c.credentials.SubscriptionKey)
	if c.credentials.MSN != "" { // partners may speak for none of their units
		h.Set("Merchant-Serial-Number", c.credentials.MSN)
	}
	h.Set("Vipps-System-Name", "liksom-client")
	return h
}
