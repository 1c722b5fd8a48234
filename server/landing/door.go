package landing

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"net/http"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/server/problem"
	"liksom/web"
)

// Payments applies commands; [payment.Service] does.
type Payments interface {
	Do(ctx context.Context, id payment.ID, cmd payment.Command, once *payment.Once) (payment.Result, error)
}

// Store reads payments; every [payment.Store] does.
type Store interface {
	Find(ctx context.Context, code string) (payment.Payment, error)
	Events(ctx context.Context, id payment.ID) ([]payment.Event, error)
}

// Feed follows the log; [liksom/server/feed.Feed] does.
type Feed interface {
	Head() payment.Seq
	Follow(ctx context.Context, after payment.Seq) iter.Seq2[payment.Event, error]
}

// Clock tells the world's time; [clock.Clock] does.
type Clock interface {
	Read() clock.Reading
	Changed() <-chan struct{}
}

// Payer acts for the payer, whatever the phone, as the simulator's shortcuts
// do (simulator contract, section 4). A refusal of the wallet core is an
// [*payment.Error]; FailCard tries a card that the issuer refuses.
type Payer interface {
	Approve(ctx context.Context, id payment.ID) error
	Decline(ctx context.Context, id payment.ID) error
	FailCard(ctx context.Context, id payment.ID) error
	Expire(ctx context.Context, id payment.ID) error
}

// Pushes are the phones' notifications; [liksom/phoneapp.Hub] sends them.
type Pushes interface {
	// Again sends the push of a waiting payment once more. What cannot be
	// answered any more is refused with an [*payment.Error].
	Again(ctx context.Context, id payment.ID) error
	// Held tells that the push of a payment does not reach its phone.
	Held(p *payment.Payment) bool
}

// Deps are what the door needs of its world.
type Deps struct {
	Site      *web.Site
	Payments  Payments
	Store     Store
	Feed      Feed
	Directory *directory.Directory
	Clock     Clock
	Payer     Payer
	Pushes    Pushes
	// News gives a channel that is closed when the next thing happens beside
	// the log, such as a phone that goes offline: then Pushes is asked again.
	// Nil, nothing does.
	News func() <-chan struct{}
	// Freeze stops the world's clock or lets it go on: whoever needs more time
	// than a window gives can take it (WCAG 2.2.1).
	Freeze func(ctx context.Context, frozen bool) error
	// Picture gives the address of a QR picture that opens the payment, and
	// the address it says. Nil, or an empty picture, shows no code.
	Picture func(*http.Request, payment.Payment) (picture, says string)
	Log     *slog.Logger
}

// Door answers the payer's browser.
type Door struct{ Deps }

// New makes a door.
func New(deps Deps) *Door {
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	if deps.News == nil {
		deps.News = func() <-chan struct{} { return nil }
	}
	return &Door{deps}
}

// Register adds the door's routes to a world's router. Streams end with their
// request's context: whoever stops the server must end that.
func (d *Door) Register(r *mux.Router) {
	r.HandleFunc("/landing", d.show).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/landing", d.act).Methods(http.MethodPost)
	r.HandleFunc("/landing", problem.Only("GET, HEAD, POST"))
	r.HandleFunc("/landing/storybook/{story}", d.tell).Methods(http.MethodGet, http.MethodHead)
	r.HandleFunc("/landing/stream", d.stream).Methods(http.MethodGet)
	r.HandleFunc("/landing/stream", problem.Only("GET"))
}

// show draws the payment as it stands.
func (d *Door) show(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	head := d.Feed.Head() // before reading: nothing can fall between page and stream
	p, ok := d.find(w, r, token)
	if ok && r.Method == http.MethodGet && !p.Landed && !p.Final() {
		d.land(r.Context(), p.ID)
		head = d.Feed.Head()
		p, ok = d.find(w, r, token)
	}
	if ok {
		d.draw(w, r, p, head, form{})
	}
}

// land notes the first opening of the page. A store that cannot is met again
// by the reading that comes next, which tells the payer.
func (d *Door) land(ctx context.Context, id payment.ID) {
	if _, err := d.Payments.Do(ctx, id, payment.Land{}, nil); err != nil {
		d.Log.WarnContext(ctx, "the opening of a landing page is not on its payment's timeline", "payment", id.String(), "err", err)
	}
}

// find gives the payment a token opens, or answers that there is none.
func (d *Door) find(w http.ResponseWriter, r *http.Request, token string) (payment.Payment, bool) {
	p, err := d.lookup(r.Context(), token)
	switch {
	case err == nil:
		return p, true
	case payment.ReasonOf(err) == payment.UnknownPayment:
		d.unknown(w, r, token)
	default:
		d.fail(w, r, err)
	}
	return payment.Payment{}, false
}

// fail answers an error that is ours, with an id to find it in the log by.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) {
		return // nobody is there to answer
	}
	id := web.RequestID()
	d.Log.ErrorContext(r.Context(), "landing page", "request", id, "err", err)
	trouble := web.Trouble{Brand: "vipps", Request: id}
	if token := r.PostFormValue("token"); token != "" {
		trouble.Again = d.self(r, token, r.PostFormValue("brand"), true)
	}
	d.Site.Broken(w, r, trouble)
}
