// Package control is the simulator's own API, `/sim/v1`: it lets a tester see
// everything and bend time and outcomes (simulator contract, section 4).
package control

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/express"
	"liksom/server/fault"
	"liksom/server/feed"
	"liksom/server/payment"
	"liksom/server/webhook"
)

// Deps is all that the door works with. Everything must be set but Bell, News,
// Log and what is said to be optional.
type Deps struct {
	Info     func() Info
	Clock    Clock
	Payments *payment.Service
	// Stripe is the Stripe side; nil where there is none.
	Stripe Stripe
	// Express says what can be delivered where.
	Express *express.Desk
	Feed    *feed.Feed
	// Bell is rung when something has changed that is not in the log, such as
	// the outcome of a delivery. Nil: nobody rings.
	Bell *Bell
	// News are what happens and stands in no log; nil for new ones, which
	// ring Bell.
	News      *News
	Directory Directory
	Calls     Calls
	Phones    Phones
	// DecodeQR reads the text out of a picture of a QR code. An error means
	// that the picture shows none.
	DecodeQR func(png []byte) (string, error)
	// PersonalQR is the text of a phone's own code, of version "1.0" or "2.0".
	PersonalQR func(number, version string) string
	// QRCodes gives the merchants' codes and the newest codes for one payment,
	// newest first, as whoever sent the request would scan them.
	QRCodes    func(r *http.Request) ([]QRCode, error)
	Deliveries Deliveries
	// Waiting gives all due rows, earliest first.
	Waiting func(ctx context.Context) ([]payment.Due, error)
	// Pending tells what a due row of another room than payments' and
	// webhooks' will do; false when it has become pointless.
	Pending func(ctx context.Context, row payment.Due) (Deadline, bool, error)
	// Resend sends a delivery again now; [webhook.ErrEnded] when its
	// registration is gone.
	Resend func(ctx context.Context, delivery string) error
	// Hooks changes registrations and tries them out.
	Hooks  Hooks
	Sinks  Sinks
	Faults *fault.Set
	// ReseedFaults has all faults begin anew with a seed and keeps it; a
	// [*fault.Error] for one that is none.
	ReseedFaults func(ctx context.Context, seed string) error
	// Departed are registrations that were removed for their silence.
	Departed Departed
	// Codes are the coded errors that a fault may ask for.
	Codes []string
	// Draw draws keys for new sales units.
	Draw Draw
	// FixedBy tells what, on the command line, gave a setting its value.
	FixedBy map[string]string
	// ExpireTokens ends every access token.
	ExpireTokens func(ctx context.Context) error
	// Reset goes back to the ready-made data; with a sales unit's number only
	// that unit's payments and webhooks go.
	Reset func(ctx context.Context, msn string) error
	// Ready answers an error while requests cannot be served.
	Ready func(ctx context.Context) error
	// Worlds are all worlds of the simulator.
	Worlds Worlds
	// Scenarios are the scripts that can be run here, and their runs.
	Scenarios Scenarios
	// Snapshots write this one down and put another in its place.
	Snapshots Snapshots
	// BaseURL is the simulator's address for whoever sent the request, without
	// a slash at its end.
	BaseURL func(*http.Request) string
	Log     *slog.Logger
}

// Draw draws names and secrets.
type Draw interface {
	UUID() string
	// Code draws n letters and digits.
	Code(n int) string
}

// Info is what the simulator says about itself.
type Info struct {
	Version   string
	PublicURL string
	World     string // the name of the world that was asked
	Auth      string // strict, open
	Store     string // memory, sqlite, postgres
	// Addresses are where the simulator can be opened, the public one first.
	Addresses []string
	// FixedBy tells which flag said what of these, by member.
	FixedBy map[string]string
}

// Clock is the world's clock; whoever gives it keeps it, too.
type Clock interface {
	Read() clock.Reading
	// Changed gives a channel that is closed at the next jump or change of
	// pace.
	Changed() <-chan struct{}
	// Advance returns once everything due on the way has happened.
	Advance(ctx context.Context, by time.Duration) error
	Freeze(ctx context.Context) error
	Resume(ctx context.Context) error
	SetSpeed(ctx context.Context, speed float64) error
}

// Directory is what the door needs of [directory.Directory].
type Directory interface {
	Unit(msn string) (directory.Unit, bool)
	Units() []directory.Unit
	Client(id string) (directory.Client, bool)
	ClientOf(msn string) (directory.Client, bool)
	AddMerchant(ctx context.Context, u directory.Unit, c directory.Client) error
	ChangeMerchant(ctx context.Context, msn string, change func(*directory.Unit, *directory.Client) error) (directory.Unit, directory.Client, error)
	RemoveMerchant(ctx context.Context, msn string) error
	Settings() *directory.Settings
	Begun() directory.Settings
	ChangeSettings(ctx context.Context, change func(*directory.Settings) error) (directory.Settings, error)
	Phone(number string) (directory.Phone, bool)
	Phones() []directory.Phone
	AddPhone(ctx context.Context, p directory.Phone) error
	ChangePhone(ctx context.Context, number string, change func(*directory.Phone) error) (directory.Phone, error)
	RemovePhone(ctx context.Context, number string) error
}

// Phones are the inboxes of the simulated phones. Refusals are a
// [*PhoneError]; results are written as JSON.
type Phones interface {
	Requests(ctx context.Context, number string) ([]any, error)
	Approve(ctx context.Context, number, request string, answer PhoneAnswer) (any, error)
	Decline(ctx context.Context, number, request string) (any, error)
	Scan(ctx context.Context, number, content string) (any, error)
	// HangUp closes the sockets of a phone that is no more.
	HangUp(number string)
}

// PhoneAnswer is a yes on a phone.
type PhoneAnswer struct {
	CardID           string `json:"cardId"`
	Consent          *bool  `json:"consent"`
	ShippingOptionID string `json:"shippingOptionId"`
	AddressID        string `json:"addressId"`
}

// PhoneError is a phone's refusal with a code of its protocol.
type PhoneError struct {
	Code, Message string
	// Reason and Host tell of a scanned code that is not to pay with; "" else.
	Reason, Host string
}

func (e *PhoneError) Error() string { return e.Code + ": " + e.Message }

// Deliveries is what the door reads of [webhook.Store].
type Deliveries interface {
	// Registration answers [webhook.ErrNotFound] when there is none.
	Registration(ctx context.Context, id string) (webhook.Registration, error)
	Registrations(ctx context.Context, msn string) ([]webhook.Registration, error)
	Delivery(ctx context.Context, id string) (webhook.Delivery, error)
	Deliveries(ctx context.Context, q webhook.Query) ([]webhook.Delivery, error)
	Attempts(ctx context.Context, delivery string) ([]webhook.Attempt, error)
}

// Hooks is what the door needs of a [webhook.Sender] to act on registrations.
// What is not there is [webhook.ErrNotFound].
type Hooks interface {
	ChangeRegistration(ctx context.Context, id string, change func(*webhook.Registration) error) (webhook.Registration, error)
	Unregister(ctx context.Context, id string) error
	Test(ctx context.Context, r webhook.Registration, d webhook.Delivery) (webhook.Delivery, webhook.Attempt, error)
	// Reach connects to where a URL leads; the error is in words.
	Reach(ctx context.Context, u *url.URL) error
}

// Sinks are the built-in receivers of webhooks. There is one of every name.
type Sinks interface {
	// Sinks are those that were told how to answer or got something, by name.
	Sinks() []NamedSink
	Sink(name string) Sink
	PutSink(name string, s Sink) error
	// DeleteSink forgets how a sink answers and what it got.
	DeleteSink(name string)
	// SinkRequests gives what a sink got, oldest first, numbered above after,
	// to be written as JSON: as soon as there is any, or what there is when
	// the context ends.
	SinkRequests(ctx context.Context, name string, after int) []any
}

// Sink is how a sink answers.
type Sink struct {
	Status int
	// Delay is in real time.
	Delay time.Duration
	// FailFirst is how many requests are answered with 500 first.
	FailFirst int
}

// NamedSink is one sink, and how many requests it ever got.
type NamedSink struct {
	Name string
	Sink
	Got int
}

// Control is the door. It is an [http.Handler] for `/sim/v1/…`, `/healthz`
// and `/readyz`.
type Control struct {
	Deps
	payer  Payer
	router *mux.Router
	today  today
}

// New makes the door.
func New(d Deps) *Control {
	if d.Bell == nil {
		d.Bell = new(Bell)
	}
	if d.News == nil {
		d.News = NewNews(d.Bell)
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	c := &Control{Deps: d, payer: Payer{Payments: d.Payments, Directory: d.Directory, Express: d.Express, By: "console"}}
	c.router = c.routes()
	return c
}

// ServeHTTP implements [http.Handler].
func (c *Control) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.router.ServeHTTP(w, r) }
