package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// StripeMSN is the sales unit of the ready-made account of the Stripe side.
const StripeMSN = "234567"

// Stripe calls the imitated API of Stripe's with the ready-made secret key and
// the preview flag: "/payment_intents", say. The answer comes as it is; a
// refusal is a [*Problem]. For anything serious use Stripe's own client.
func (c *Client) Stripe(ctx context.Context, method, path string, form url.Values) (map[string]any, error) {
	header := http.Header{
		"Authorization":   {"Bearer sk_test_liksom"},
		"Stripe-Version":  {"2026-03-25.preview; vipps_preview=v1"},
		"Idempotency-Key": {idempotencyKey(ctx)},
	}
	var body io.Reader
	if method == http.MethodPost {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		body = strings.NewReader(form.Encode())
	}
	var out map[string]any
	err := c.send(ctx, method, "/v1"+path, header, body, &out)
	return out, err
}
