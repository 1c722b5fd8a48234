package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"liksom/server/config"
	"liksom/server/control"
)

// Options are everything that can be set when a simulator starts. The zero
// value is sensible: a simulator in memory with the real windows.
type Options struct {
	// Addr is where it listens, "127.0.0.1:8080"; port 0 picks a free one.
	Addr string
	// PublicURL goes into redirect URLs and QR codes; derived from where it
	// listens when empty.
	PublicURL string
	// Store is "memory", "sqlite:PATH" or
	// "postgres://USER:PASSWORD@HOST:PORT/DATABASE". Any that is kept is for one
	// simulator at a time.
	Store string
	// LandingWindow and ApprovalWindow are how long a payer may take; 0 leaves
	// them to Config, else five minutes each.
	LandingWindow  time.Duration
	ApprovalWindow time.Duration
	// ClockSpeed is simulated seconds per real second; 0 leaves the clock as
	// it was kept, or at 1.
	ClockSpeed float64
	// RateLimit puts the vendor's limits per reference in force.
	RateLimit Switch
	// StrictBodies refuses unknown members in request bodies.
	StrictBodies Switch
	// StrictURLs refuses http and private addresses as the vendor does.
	StrictURLs Switch
	// WebhookTimeout is the real time a webhook target has to answer; 0 leaves
	// it to Config, else 10 s.
	WebhookTimeout time.Duration
	// WebhookCA is a PEM file with authorities to trust beside the system's.
	WebhookCA string
	// Egress is where webhooks may go: "any", "private" or "loopback".
	Egress string
	// Auth is "strict" or "open".
	Auth string
	// TLS, unless nil, is what the port speaks.
	TLS *tls.Config
	// Lan is this machine's address on the network nearby. It stands in the
	// URLs made where the simulator listens on all addresses; "" for loopback.
	Lan string
	// Config is what worlds begin with beside the ready-made data; nil for
	// nothing more.
	Config *config.File
	// Seed makes ids, codes and secrets repeatable.
	Seed string
	// Version is what the info endpoint tells.
	Version string
	// Log takes what an operator should know; nil for nothing.
	Log *slog.Logger
	// Listen and Dial take the place of the network, for tests in memory.
	Listen func(ctx context.Context, addr string) (net.Listener, error)
	Dial   func(ctx context.Context, network, addr string) (net.Conn, error)
	// Around, unless nil, is put around all that is served, for tests that
	// look at every exchange whoever the client is.
	Around func(http.Handler) http.Handler
}

// Switch is an option that is on or off where something was said, and left to
// [Options.Config], else off, where nothing was.
type Switch string

// The values of a switch that was set.
const (
	On  Switch = "on"
	Off Switch = "off"
)

// OptionError tells of an option that cannot be.
type OptionError struct{ error }

// Unwrap gives what is wrong with the option.
func (e OptionError) Unwrap() error { return e.error }

func (o Options) withDefaults() Options {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:8080"
	}
	if o.Store == "" {
		o.Store = "memory"
	}
	if o.Egress == "" {
		o.Egress = "any"
	}
	if o.Auth == "" {
		o.Auth = "strict"
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Listen == nil {
		o.Listen = func(ctx context.Context, addr string) (net.Listener, error) {
			return new(net.ListenConfig).Listen(ctx, "tcp", addr)
		}
	}
	return o
}

func (o Options) check() error {
	if o.LandingWindow < 0 || o.ApprovalWindow < 0 {
		return fmt.Errorf("a window cannot be negative: landing %s, approval %s", o.LandingWindow, o.ApprovalWindow)
	}
	if o.WebhookTimeout < 0 {
		return fmt.Errorf("the webhook timeout cannot be negative: %s", o.WebhookTimeout)
	}
	if !(o.ClockSpeed >= 0 && o.ClockSpeed <= control.MaxSpeed) {
		return fmt.Errorf("the clock's speed must be above 0 and at most %d, not %g", control.MaxSpeed, o.ClockSpeed)
	}
	if err := checkAddr(o.Addr); err != nil {
		return err
	}
	if err := checkStore(o.Store); err != nil {
		return err
	}
	if o.Auth != "strict" && o.Auth != "open" {
		return fmt.Errorf(`auth is "strict" or "open", not %q`, o.Auth)
	}
	if o.Egress != "any" && o.Egress != "private" && o.Egress != "loopback" {
		return fmt.Errorf(`egress is "any", "private" or "loopback", not %q`, o.Egress)
	}
	if o.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(o.PublicURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("the public URL %q is not an http or https URL with a host", o.PublicURL)
	}
	return nil
}

// checkAddr tells an address that can never be listened on from one that
// cannot be at this moment.
func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return fmt.Errorf("the address %q is not HOST:PORT, such as 127.0.0.1:8080", addr)
	}
	return nil
}
