package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// Snapshot writes down everything that the world is, as one JSON document.
func (c *Client) Snapshot(ctx context.Context) (json.RawMessage, error) {
	var out json.RawMessage
	err := c.control(ctx, http.MethodGet, "/snapshot", nil, &out)
	return out, err
}

// Restore puts what [Client.Snapshot] wrote in the place of the world, all of
// it or nothing. The [*Problem] of one that cannot be names every mistake in
// its Fields.
func (c *Client) Restore(ctx context.Context, snapshot json.RawMessage) error {
	return c.control(ctx, http.MethodPut, "/snapshot", snapshot, nil)
}
