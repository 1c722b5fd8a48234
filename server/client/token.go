package client

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"liksom/server/clock"
)

// Token is an access token.
type Token struct {
	AccessToken string
	// ExpiresAt is in real time.
	ExpiresAt time.Time
}

// early is how long before its end a token counts as over.
const early = time.Minute

// Token gives an access token: the one it has, as long as that is good, else
// a new one.
func (c *Client) Token(ctx context.Context) (Token, error) {
	token, _, err := c.ready(ctx)
	return token, err
}

// ForgetToken has the next call ask for a new token.
func (c *Client) ForgetToken() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = nil
}

// ready gives a token, and whether it was asked for just now.
func (c *Client) ready(ctx context.Context) (token Token, fresh bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock() // so that many calls at once ask for one token
	if c.token != nil && c.token.ExpiresAt.Sub(clock.Wall()) > early {
		return *c.token, false, nil
	}
	header := c.keys()
	// As the contract spells them: they are no ordinary names of headers.
	header["client_id"] = []string{c.credentials.ClientID}
	header["client_secret"] = []string{c.credentials.ClientSecret}
	var out struct {
		AccessToken string `json:"access_token"`
		ExpiresOn   string `json:"expires_on"`
	}
	if err := c.call(ctx, http.MethodPost, "/accesstoken/get", header, nil, &out); err != nil {
		return Token{}, true, err
	}
	seconds, err := strconv.ParseInt(out.ExpiresOn, 10, 64)
	if err != nil {
		return Token{}, true, fmt.Errorf("the token's end cannot be read: %w", err)
	}
	c.token = &Token{AccessToken: out.AccessToken, ExpiresAt: time.Unix(seconds, 0)}
	return *c.token, true, nil
}
