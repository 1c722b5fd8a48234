// Package servertest starts a whole simulator for a test: in memory, on a
// network of its own, stopped when the test ends. Inside a testing/synctest
// bubble its time is the bubble's.
package servertest

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"liksom/server"
	"liksom/server/client"
)

// address is where a simulator is on its own network. Names below localhost
// lead there too, as they do on a real machine.
const address = "localhost:8080"

// Sim is a running simulator. Its methods are for short tests: they fail the
// test where the client's would answer an error.
type Sim struct {
	// URL is where it answers, without a slash at the end.
	URL string
	// HTTP reaches it and the receivers of the test. It follows no redirects,
	// so that a test sees them.
	HTTP *http.Client
	// Client speaks for the ready-made sales unit 123456.
	Client *client.Client
	Server *server.Server
	// Network is what simulator, receivers and HTTP are on.
	Network *Network

	world *server.World
}

type settings struct {
	options server.Options
	network *Network
	port    bool
}

// Option sets a simulator up.
type Option func(*settings)

// With changes any of the server's options.
func With(change func(*server.Options)) Option { return func(s *settings) { change(&s.options) } }

// WithStore keeps everything in another store than memory, "sqlite:PATH" or "postgres://…".
func WithStore(store string) Option { return With(func(o *server.Options) { o.Store = store }) }

// WithSeed makes ids, codes and secrets repeatable.
func WithSeed(seed string) Option { return With(func(o *server.Options) { o.Seed = seed }) }

// WithWindows sets how long a payer may take to identify, and to approve.
func WithWindows(landing, approval time.Duration) Option {
	return With(func(o *server.Options) { o.LandingWindow, o.ApprovalWindow = landing, approval })
}

// WithPort has the simulator listen on a free port of the loopback address,
// for clients that know no other network. It can then reach that network too.
func WithPort() Option { return func(s *settings) { s.port = true } }

// WithNetwork puts the simulator on a network that there is already, with the
// receivers of one that was stopped, say.
func WithNetwork(n *Network) Option { return func(s *settings) { s.network = n } }

// WithAround puts something around all that the simulator serves, which sees
// every exchange whoever the client is: to write it down, or to hold it against
// an API's description.
func WithAround(wrap func(http.Handler) http.Handler) Option {
	return With(func(o *server.Options) { o.Around = wrap })
}

// Start runs a simulator until the test ends. It takes well under a
// millisecond.
func Start(t testing.TB, options ...Option) *Sim {
	t.Helper()
	set := settings{network: NewNetwork(), options: server.Options{Addr: address}}
	for _, change := range options {
		change(&set)
	}
	network := set.network
	if set.port {
		set.options.Addr = "127.0.0.1:0"
		network.outside = new(net.Dialer).DialContext
	} else {
		set.options.Listen = network.Listen
	}
	set.options.Dial = network.Dial
	s, err := server.New(t.Context(), set.options)
	if err != nil {
		t.Fatalf("the simulator cannot be built: %v", err)
	}
	sim := &Sim{Server: s, Network: network, HTTP: network.Client()}
	t.Cleanup(func() { sim.stop(t) })
	if err := s.Start(t.Context()); err != nil {
		t.Fatalf("the simulator cannot start: %v", err)
	}
	sim.enter(t, "")
	return sim
}

// World gives another world of the same simulator, made if there is none of
// that name: one with its own clock, phones and payments.
func (s *Sim) World(t testing.TB, name string) *Sim {
	t.Helper()
	other := &Sim{Server: s.Server, Network: s.Network, HTTP: s.HTTP}
	other.enter(t, name)
	return other
}

func (s *Sim) enter(t testing.TB, name string) {
	t.Helper()
	world, err := s.Server.World(t.Context(), name)
	if err != nil {
		t.Fatalf("the world cannot be made: %v", err)
	}
	s.world, s.URL = world, world.URL()
	s.Client = client.New(s.URL, client.WithHTTPClient(s.HTTP))
}

// Stop ends the simulator before the test does. Whatever its store keeps can
// then be started again.
func (s *Sim) Stop(t testing.TB) {
	t.Helper()
	s.stop(t)
}

func (s *Sim) stop(t testing.TB) {
	t.Helper()
	s.HTTP.CloseIdleConnections()
	if err := s.Server.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Errorf("the simulator did not stop cleanly: %v", err)
	}
}

// Now is the simulated time.
func (s *Sim) Now() time.Time { return s.world.Clock().Now() }
