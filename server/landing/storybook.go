package landing

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/web"
)

// A storybook shows the page in each of its states with canned data, for
// whoever looks them through. It is the same page drawn by the same code;
// nothing in it is a payment, and its forms lead nowhere.

// story is one state of the page.
type story struct {
	name    string
	change  func(*payment.Payment)
	events  []payment.Event
	held    bool
	problem bool   // a number that nobody has was entered
	frozen  bool   // the clock stands
	keeps   bool   // this browser remembers a number
	locked  bool   // the unit has fixed the number
	show    string // what the page's script would show: "app-switch", "lost"
}

// storyTime is when all stories happen.
func storyTime() time.Time { return time.Date(2026, 11, 21, 14, 32, 7, 0, time.UTC) }

func at(after time.Duration, kind payment.Kind, note string) payment.Event {
	return payment.Event{Kind: kind, At: storyTime().Add(after), Note: note}
}

func storiesOf() []story {
	waits := func(p *payment.Payment) {
		p.Phone, p.Window, p.Since, p.Deadline = directory.DemoPhone, payment.Approval, storyTime().Add(-41*time.Second), storyTime().Add(259*time.Second)
	}
	ends := func(state payment.State) func(*payment.Payment) {
		return func(p *payment.Payment) {
			waits(p)
			p.State, p.EndedAt = state, storyTime()
		}
	}
	pushed := []payment.Event{at(-41*time.Second, payment.Identified, ""), at(-40*time.Second, payment.Shown, ""), at(-28*time.Second, payment.Opened, "")}
	aborted := func(by string) []payment.Event {
		e := at(0, payment.PaymentAborted, "")
		e.By = by
		return []payment.Event{e}
	}
	return []story{
		{name: "enter", change: func(p *payment.Payment) { p.Suggested = directory.DemoPhone }},
		{name: "enter-empty"},
		{name: "enter-remembered", keeps: true},
		{name: "enter-locked", locked: true, change: func(p *payment.Payment) { p.Suggested = directory.DemoPhone }},
		{name: "enter-frozen", frozen: true},
		{name: "app-switch", show: "app-switch"},
		{name: "enter-refused", problem: true},
		{name: "enter-long", change: func(p *payment.Payment) {
			p.Description = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen, order 1512202, two pairs of wool socks and a scarf"
			p.Amount.Value = 12345678900
		}},
		{name: "waiting", change: waits, events: pushed},
		{name: "waiting-held", change: waits, events: pushed[:1], held: true},
		{name: "waiting-declined", change: func(p *payment.Payment) {
			waits(p)
			p.Since, p.Deadline = storyTime().Add(-192*time.Second), storyTime().Add(108*time.Second)
		}, events: append(slices.Clone(pushed), at(-5*time.Second, payment.CardDeclined, string(payment.InsufficientFunds)))},
		{name: "waiting-soon", change: func(p *payment.Payment) {
			waits(p)
			p.Since, p.Deadline = storyTime().Add(-258*time.Second), storyTime().Add(42*time.Second)
		}, events: pushed},
		{name: "waiting-lost", change: waits, events: pushed, show: "lost"},
		{name: "waiting-bank", change: func(p *payment.Payment) {
			waits(p)
			p.Pending = &payment.Agreement{Phone: p.Phone, Until: storyTime().Add(8 * time.Second)}
		}, events: pushed},
		{name: "waiting-days", change: func(p *payment.Payment) {
			waits(p)
			p.Window, p.Deadline = payment.Fixed, storyTime().Add(12*24*time.Hour)
		}, events: pushed},
		{name: "paid", change: ends(payment.Authorized)},
		{name: "done", change: ends(payment.Authorized)},
		{name: "cancelled-phone", change: ends(payment.Aborted), events: aborted("")},
		{name: "cancelled-here", change: ends(payment.Aborted), events: aborted(here)},
		{name: "cancelled-merchant", change: ends(payment.Terminated)},
		{name: "expired-link", change: func(p *payment.Payment) { p.State, p.EndedAt = payment.Expired, storyTime() }},
		{name: "expired-approve", change: ends(payment.Expired)},
		{name: "failed", change: func(p *payment.Payment) { ends(payment.Aborted)(p); p.Source = stripe }, events: append([]payment.Event{at(0, payment.CardDeclined, string(payment.InsufficientFunds))}, aborted("")...)},
		{name: "close", change: func(p *payment.Payment) { ends(payment.Expired)(p); p.ReturnURL = "" }},
		{name: unknown},
		{name: "broken"},
		{name: "lost"},
	}
}

// Stories names the states that the storybook shows, under
// /landing/storybook/{name}.
func Stories() []string {
	var names []string
	for _, s := range storiesOf() {
		names = append(names, s.name)
	}
	return names
}

// tell answers with one story.
func (d *Door) tell(w http.ResponseWriter, r *http.Request) {
	stories := storiesOf()
	i := slices.IndexFunc(stories, func(s story) bool { return s.name == mux.Vars(r)["story"] })
	if i < 0 {
		d.Site.NotHere(w, r, "")
		return
	}
	s := stories[i]
	if d.trouble(w, r, s.name) {
		return
	}
	deps := d.Deps
	deps.Picture = func(r *http.Request, _ payment.Payment) (string, string) {
		return d.Site.Prefix(r) + "/console/qr/sample.svg", "http://192.168.1.20:8080/qr/p48213920"
	}
	deps.Store, deps.Clock, deps.Pushes, deps.Feed = canned{s.events}, still{s.frozen}, canned{}, nil
	if s.held {
		deps.Pushes = heldBack{}
	}
	msn := "234567"
	if r.URL.Query().Get("brand") == "mobilepay" {
		msn = "456789"
	}
	p := payment.Payment{
		ID: payment.ID{MSN: msn, Reference: "story"}, Code: "story", Token: "story", Source: "epayment", State: payment.Created,
		Amount: payment.Amount{Currency: "NOK", Value: 35000}, Flow: payment.WebRedirect, Method: "WALLET", Window: payment.Landing,
		Description: "Two pairs of wool socks, order 1512202", ReturnURL: "https://shop.example/thanks?order=1512202",
		CreatedAt: storyTime().Add(-23 * time.Second), Since: storyTime().Add(-23 * time.Second), Deadline: storyTime().Add(277 * time.Second),
	}
	if s.change != nil {
		s.change(&p)
	}
	f := form{locked: s.locked, story: s.show}
	if s.keeps {
		r = r.Clone(r.Context())
		r.AddCookie(&http.Cookie{Name: cookieName(msn), Value: directory.DemoPhone})
	}
	if s.problem {
		f = form{filled: true, number: "99 99 99 99", prefix: "47", msisdn: "4799999999", problem: d.Site.Say(d.Site.Language(w, r), "landing.phone.err.unknown")}
	}
	(&Door{deps}).draw(w, r, p, 0, f)
}

// trouble tells the stories that no payment is needed for.
func (d *Door) trouble(w http.ResponseWriter, r *http.Request, name string) bool {
	asked := r.Clone(r.Context())
	asked.Header.Set("Accept", "text/html")
	switch name {
	case unknown:
		d.unknown(w, r, "pMQZoC5ntLt.bNVAJ3Aey51GJoPaKj2Nipe7JJ418SJT")
	case "broken":
		d.Site.Broken(w, asked, web.Trouble{Brand: "vipps", Request: "q3Zk0bVxL8aT"})
	case "lost":
		d.Site.NotHere(w, r, "")
	default:
		return false
	}
	return true
}

// canned is a store that knows one story's events, and a phone that gets its
// pushes.
type canned struct{ events []payment.Event }

func (c canned) Find(context.Context, string) (payment.Payment, error) {
	return payment.Payment{}, payment.Unknown(payment.ID{})
}

func (c canned) Events(context.Context, payment.ID) ([]payment.Event, error) { return c.events, nil }

func (canned) Again(context.Context, payment.ID) error { return nil }

func (canned) Held(*payment.Payment) bool { return false }

// heldBack is a phone that gets none.
type heldBack struct{ canned }

func (heldBack) Held(*payment.Payment) bool { return true }

// still is a clock that stands, or hardly moves: only a clock that somebody
// has frozen is said to be.
type still struct{ frozen bool }

func (s still) Read() clock.Reading {
	return clock.Reading{Now: storyTime(), Real: storyTime(), Speed: 1e-9, Frozen: s.frozen}
}

func (still) Changed() <-chan struct{} { return nil }
