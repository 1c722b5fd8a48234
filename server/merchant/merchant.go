// Package merchant is a shop's server as it should be built: it knows the
// simulator through the imitated APIs alone. Its bad habits can be switched
// on one by one, so that a test can be shown to notice them.
package merchant

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"liksom/server/client"
	"liksom/server/clock"
)

// Config says whose shop it is and where it is reached.
type Config struct {
	BaseURL         string
	ClientID        string
	ClientSecret    string
	SubscriptionKey string
	MSN             string
	// HTTP sends the shop's calls; [http.DefaultClient] if nil.
	HTTP *http.Client
	// PublicURL is where webhooks and customers reach [Shop.ServeHTTP].
	PublicURL string
	// Hook is the webhooks' path, and query if any, below PublicURL;
	// "/webhook" if empty.
	Hook string
	// Now is the time that orders are told by; real time if nil.
	Now func() time.Time
	// Log, unless nil, is told of every call out and in.
	Log func(Call)
	// Habits are the bad ones to have.
	Habits []Habit
}

// Shop is a merchant's server: an order book, the calls it makes, and the
// handler that webhooks and returning customers meet. It is safe for use by
// many goroutines. [Shop.Close] must be called.
type Shop struct {
	config Config
	api    *client.Client
	habits map[Habit]bool
	hook   *url.URL

	mu      sync.Mutex
	secret  string // of the registration
	hookID  string
	orders  map[string]*entry
	line    []*entry // in the order they were begun
	seen    map[string]bool
	todo    []string // references to look at, in order
	busy    bool     // somebody works at todo
	closed  bool
	changed chan struct{} // closed at the next change

	ctx     context.Context
	end     context.CancelFunc
	working sync.WaitGroup
}

// New makes a shop that has not called anybody yet. An unknown habit is an
// error that names the nearest.
func New(config Config) (*Shop, error) {
	habits, err := known(config.Habits)
	if err != nil {
		return nil, err
	}
	if config.HTTP == nil {
		config.HTTP = http.DefaultClient
	}
	if config.Now == nil {
		config.Now = clock.Wall
	}
	if config.Hook == "" {
		config.Hook = "/webhook"
	}
	config.PublicURL = strings.TrimRight(config.PublicURL, "/")
	hook, err := url.Parse(config.PublicURL + config.Hook)
	if err != nil {
		return nil, err
	}
	s := &Shop{
		config: config, habits: habits, hook: hook,
		orders: map[string]*entry{}, seen: map[string]bool{}, changed: make(chan struct{}),
	}
	s.ctx, s.end = context.WithCancel(context.Background())
	s.api = client.New(config.BaseURL, client.WithHTTPClient(s.wired(config.HTTP)), client.WithCredentials(client.Credentials{
		ClientID: config.ClientID, ClientSecret: config.ClientSecret, SubscriptionKey: config.SubscriptionKey, MSN: config.MSN,
	}))
	return s, nil
}

// Close ends the work under way and waits for it. Calling it again does
// nothing.
func (s *Shop) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.working.Wait()
}

// API is the client the shop calls with, for calls of other kinds: codes,
// images of orders. They are told to the log too.
func (s *Shop) API() *client.Client { return s.api }

func (s *Shop) has(h Habit) bool { return s.habits[h] }

// newKey draws an idempotency key.
func newKey() string { return rand.Text() }
