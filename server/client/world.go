package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// WorldPlan is what a new world is to be like; the zero value is a world with
// a drawn name, ids nobody can guess, and the real time.
type WorldPlan struct {
	// Name is 1 to 63 lower-case letters, digits and hyphens.
	Name string `json:"name,omitempty"`
	// Seed makes ids, codes and secrets repeatable.
	Seed  string      `json:"seed,omitempty"`
	Clock *WorldClock `json:"clock,omitempty"`
}

// WorldClock is how a new world's time begins.
type WorldClock struct {
	Frozen bool      `json:"frozen,omitempty"`
	Now    time.Time `json:"now,omitzero"`
	// Speed is simulated seconds per real one; 0 for the usual.
	Speed float64 `json:"speed,omitempty"`
}

// World is a world as the simulator tells of it.
type World struct {
	Name string `json:"name"`
	// Default marks the world at the root, which is never removed.
	Default bool `json:"default"`
	// URL is what all addresses in the world begin with.
	URL    string      `json:"url"`
	Clock  Clock       `json:"clock"`
	Counts WorldCounts `json:"counts"`
	// LastTouched is the real time of the last request to it.
	LastTouched time.Time `json:"lastTouched"`
}

// WorldCounts is how much a world holds at the moment.
type WorldCounts struct {
	Merchants  int `json:"merchants"`
	Phones     int `json:"phones"`
	Payments   int `json:"payments"`
	Deliveries int `json:"deliveries"`
	Sockets    int `json:"sockets"`
}

// MakeWorld makes a world with the ready-made data; a [*Problem] of status 409
// when the name is taken.
func (c *Client) MakeWorld(ctx context.Context, p WorldPlan) (World, error) {
	var out World
	err := c.control(ctx, http.MethodPost, "/worlds", p, &out)
	return out, err
}

// Worlds lists all worlds of the simulator, the default one first.
func (c *Client) Worlds(ctx context.Context) ([]World, error) {
	var out struct {
		Worlds []World `json:"worlds"`
	}
	err := c.control(ctx, http.MethodGet, "/worlds", nil, &out)
	return out.Worlds, err
}

// World asks about one; "default" is the one at the root.
func (c *Client) World(ctx context.Context, name string) (World, error) {
	var out World
	err := c.control(ctx, http.MethodGet, "/worlds/"+url.PathEscape(name), nil, &out)
	return out, err
}

// RemoveWorld ends a world with all it holds. One that is not there is no
// error.
func (c *Client) RemoveWorld(ctx context.Context, name string) error {
	err := c.control(ctx, http.MethodDelete, "/worlds/"+url.PathEscape(name), nil, nil)
	var p *Problem
	if errors.As(err, &p) && p.Status == http.StatusNotFound {
		return nil
	}
	return err
}

// In makes a client of a world of the same simulator, with the same keys.
func (c *Client) In(w World) *Client { //nolint:gocritic // a World is asked about rarely
	return New(w.URL, WithHTTPClient(c.http), WithCredentials(c.credentials))
}
