package client

import (
	"context"
	"net/http"
	"net/url"
)

// The forms in which a merchant's code can be had.
const (
	AsSVG  = "image/svg+xml"
	AsPNG  = "image/png"
	AsText = "text/targetUrl"
)

// RedirectCode is a merchant's code that leads to a web page.
type RedirectCode struct {
	ID          string `json:"id"`
	URL         string `json:"url"` // of the picture, or the code's text
	RedirectURL string `json:"redirectUrl"`
	// ExpiresIn is in seconds; -1 for never.
	ExpiresIn int64 `json:"expiresIn"`
}

// NewRedirectCode asks for one. A TTL of 0 seconds means for ever.
type NewRedirectCode struct {
	ID          string `json:"id"`
	RedirectURL string `json:"redirectUrl"`
	TTL         int    `json:"ttl,omitempty"`
}

// CallbackCode is a merchant's code that payers check in with.
type CallbackCode struct {
	MSN      string `json:"merchantSerialNumber"`
	ID       string `json:"merchantQrId"`
	Place    string `json:"locationDescription"`
	Category string `json:"category"`
	ImageURL string `json:"qrImageUrl"`
	Content  string `json:"qrContent"` // the code's text
}

const (
	redirects = "/qr/v1/merchant-redirect"
	callbacks = "/qr/v1/merchant-callback"
)

func accept(form string) http.Header { return http.Header{"Accept": {form}} }

// CreateRedirectCode makes a code in one of the forms.
func (c *Client) CreateRedirectCode(ctx context.Context, code NewRedirectCode, form string) (RedirectCode, error) {
	var out RedirectCode
	err := c.merchantWith(ctx, http.MethodPost, redirects, accept(form), code, &out)
	return out, err
}

// RedirectCode reads a code in one of the forms.
func (c *Client) RedirectCode(ctx context.Context, id, form string) (RedirectCode, error) {
	var out RedirectCode
	err := c.merchantWith(ctx, http.MethodGet, redirects+"/"+url.PathEscape(id), accept(form), nil, &out)
	return out, err
}

// RedirectCodes lists the sales unit's codes, oldest first.
func (c *Client) RedirectCodes(ctx context.Context) ([]RedirectCode, error) {
	var out []RedirectCode
	err := c.merchantWith(ctx, http.MethodGet, redirects, accept(AsSVG), nil, &out)
	return out, err
}

// AimRedirectCode leads a code to another page.
func (c *Client) AimRedirectCode(ctx context.Context, id, target string) (RedirectCode, error) {
	var out RedirectCode
	body := map[string]string{"redirectUrl": target}
	err := c.merchantWith(ctx, http.MethodPut, redirects+"/"+url.PathEscape(id), accept(AsSVG), body, &out)
	return out, err
}

// DeleteRedirectCode removes a code for good.
func (c *Client) DeleteRedirectCode(ctx context.Context, id string) error {
	return c.merchant(ctx, http.MethodDelete, redirects+"/"+url.PathEscape(id), nil, nil)
}

// PutCallbackCode makes a code to check in with, or changes its place.
func (c *Client) PutCallbackCode(ctx context.Context, id, place string) error {
	return c.merchant(ctx, http.MethodPut, callbacks+"/"+url.PathEscape(id), map[string]string{"locationDescription": place}, nil)
}

// CallbackCode reads a code to check in with; its picture is an SVG.
func (c *Client) CallbackCode(ctx context.Context, id string) (CallbackCode, error) {
	var out CallbackCode
	err := c.merchant(ctx, http.MethodGet, callbacks+"/"+url.PathEscape(id), nil, &out)
	return out, err
}

// DeleteCallbackCode removes a code to check in with.
func (c *Client) DeleteCallbackCode(ctx context.Context, id string) error {
	return c.merchant(ctx, http.MethodDelete, callbacks+"/"+url.PathEscape(id), nil, nil)
}

// Exchanged is whose code or token it was. Timestamp is in seconds since 1970,
// 0 where the code does not say when it was made.
type Exchanged struct {
	MSISDN    string `json:"msisdn"`
	Timestamp int64  `json:"timestamp"`
	Version   string `json:"version"`
}

// ExchangeQR tells whose personal code a text is.
func (c *Client) ExchangeQR(ctx context.Context, content string) (Exchanged, error) {
	var out Exchanged
	err := c.merchant(ctx, http.MethodPost, "/qr/v1/exchange", map[string]string{"qrCode": content}, &out)
	return out, err
}

// ExchangeToken tells whose customer token it is.
func (c *Client) ExchangeToken(ctx context.Context, token string) (Exchanged, error) {
	var out Exchanged
	body := map[string]any{"customer": map[string]string{"customerToken": token}}
	err := c.merchant(ctx, http.MethodPost, "/qr/v1/exchange/customer", body, &out)
	return out, err
}
