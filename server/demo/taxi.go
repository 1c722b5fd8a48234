package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/client"
	"liksom/server/merchant"
	"liksom/web"
)

// The fare, in øre. The way to the airport is always the same, so the driver
// who ends the trip early has the rest of it driven in a moment.
const (
	flagFall   = 7900
	tick       = 10 // per beat
	beat       = 400 * time.Millisecond
	wholeTrip  = 31000
	airportFee = 4000
	taxiVAT    = 12 // percent
)

// cab is one taxi with the ride it is on. The room's lock guards it.
type cab struct {
	id      string
	sticker string // what its code says
	began   time.Time
	fare    int64 // 0 while the meter runs
	// tried is the newest request for this ride.
	tried     string
	cash      bool
	passenger string // known from the ride before
}

// name of a taxi: it goes into references and codes.
var name = regexp.MustCompile(`^[A-Za-z0-9]{1,12}$`)

func taxiOf(r *http.Request) string {
	id := r.URL.Query().Get("id")
	if id == "" {
		id = mux.Vars(r)["id"]
	}
	if !name.MatchString(id) {
		return "122"
	}
	return id
}

// cab finds a taxi, or has a new one begin its first ride.
func (d *Room) cab(id string) *cab {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cabs[id]
	if c == nil {
		c = &cab{id: id, began: d.Clock.Now()}
		d.cabs[id] = c
	}
	return c
}

func (d *Room) taxiPage(w http.ResponseWriter, r *http.Request) {
	id := taxiOf(r)
	d.Site.Render(w, r, web.Page{Name: "demo-taxi", Lang: "en", Brand: "vipps", Title: "A ride with taxi " + id, TellsItself: true, Data: map[string]any{
		"Boot": map[string]any{"prefix": d.Site.Prefix(r), "id": id}, "ID": id,
	}})
}

func (d *Room) taxiStream(w http.ResponseWriter, r *http.Request) {
	c := d.cab(taxiOf(r))
	if shop, _ := d.taxi.open(r.Context()); shop != nil {
		d.label(r.Context(), shop, c)
	}
	d.taxi.stream(w, r, func() map[string]any { return d.ride(c) })
}

// label has the cab's sticker made: a code that leads to the company's own
// page, with the taxi's id.
func (d *Room) label(ctx context.Context, shop *merchant.Shop, c *cab) {
	id, target := "taxi-"+c.id, d.Base()+"/demo/taxi/pay?id="+c.id
	code, err := shop.API().CreateRedirectCode(ctx, client.NewRedirectCode{ID: id, RedirectURL: target}, client.AsText)
	var taken *client.Problem
	if errors.As(err, &taken) && taken.Status == http.StatusConflict {
		code, err = shop.API().RedirectCode(ctx, id, client.AsText)
	}
	if err != nil {
		return // the ride goes on without a sticker
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c.sticker = code.URL
}

// stickerPicture draws what the merchant glued to the seat.
func (d *Room) stickerPicture(w http.ResponseWriter, r *http.Request) {
	c := d.cab(taxiOf(r))
	d.mu.Lock()
	says := c.sticker
	d.mu.Unlock()
	picture, err := d.Draw(says)
	if says == "" || err != nil {
		http.Error(w, "There is no sticker yet.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(picture) // who hung up does not read it
}

// ride is what meter and tablet show: one truth for both.
func (d *Room) ride(c *cab) map[string]any {
	d.mu.Lock()
	now := *c
	d.mu.Unlock()
	v := map[string]any{
		"id": now.id, "sticker": now.sticker, "meter": d.meter(now), "began": now.began, "ended": now.fare > 0, "cash": now.cash,
		"known": now.passenger != "", "calls": d.taxi.tail.lines(d.Base()),
	}
	if o, found := d.taxi.order(now.tried); found && now.tried != "" {
		v["order"] = shown(o)
	}
	return v
}

// meter runs by the simulator's clock, as everything on the page does.
func (d *Room) meter(c cab) int64 {
	if c.fare > 0 {
		return c.fare
	}
	return min(wholeTrip, flagFall+tick*int64(max(0, d.Clock.Now().Sub(c.began))/beat))
}

// drive does what the driver taps: end, ask, cancel, cash, next, restart.
func (d *Room) drive(w http.ResponseWriter, r *http.Request) {
	c := d.cab(taxiOf(r))
	shop, err := d.taxi.open(r.Context())
	if shop == nil {
		unanswered(w, err)
		return
	}
	d.mu.Lock()
	tried := c.tried
	d.mu.Unlock()
	switch act := mux.Vars(r)["act"]; act {
	case "end":
		err = d.arrive(r.Context(), shop, c)
	case "ask":
		err = d.ask(r.Context(), shop, c, "", client.PushMessage)
	case "cancel", "cash":
		if tried != "" {
			err = shop.Cancel(r.Context(), tried)
		}
		if err == nil && act == "cash" {
			d.change(c, func(c *cab) { c.cash = true })
		}
	case "next", "restart":
		d.depart(shop, c, act == "next")
	default:
		answer(w, http.StatusNotFound, map[string]string{"problem": "There is no such button."})
		return
	}
	if err != nil {
		unanswered(w, err)
		return
	}
	answer(w, http.StatusOK, d.ride(c))
}

func (d *Room) change(c *cab, with func(*cab)) {
	d.mu.Lock()
	with(c)
	d.mu.Unlock()
	d.taxi.tail.ring()
}

// arrive stops the meter. A passenger whose number is known from the ride
// before is asked straight away.
func (d *Room) arrive(ctx context.Context, shop *merchant.Shop, c *cab) error {
	known := ""
	d.change(c, func(c *cab) {
		if c.fare == 0 {
			c.fare = wholeTrip + airportFee
			known = c.passenger
		}
	})
	if known == "" {
		return nil
	}
	return d.ask(ctx, shop, c, known, client.PushMessage)
}

// depart begins another ride, with the passenger of this one if they go on.
func (d *Room) depart(shop *merchant.Shop, c *cab, same bool) {
	d.change(c, func(c *cab) {
		o, _ := shop.Order(c.tried)
		next := cab{id: c.id, sticker: c.sticker, began: d.Clock.Now()}
		if same && o.Shared != nil {
			next.passenger = o.Shared.Phone
		}
		*c = next
	})
}

var errRunning = errors.New("the meter runs: the driver ends the trip first")

// ask makes the payment of a ride. With a request under way there is none to
// make: the passenger goes on with that.
func (d *Room) ask(ctx context.Context, shop *merchant.Shop, c *cab, phone, flow string) error {
	d.mu.Lock()
	now := *c
	d.mu.Unlock()
	if now.fare == 0 {
		return errRunning
	}
	old, found := shop.Order(now.tried)
	if found && (old.Open() || old.State == merchant.Paid) {
		return nil
	}
	if phone == "" {
		phone, flow = old.Phone, old.Flow
	}
	reference := "taxi-" + now.id + "-" + strings.ToLower(rand.Text()[:8])
	d.change(c, func(c *cab) { c.tried, c.cash = reference, false })
	o := merchant.Order{
		Reference: reference, Amount: client.NOK(now.fare), Flow: flow, Phone: phone, Present: true, Scope: "phoneNumber",
		Description: "Tur med taxi " + now.id, Metadata: map[string]string{"taxi": now.id},
		ReturnURL: d.Base() + "/demo/taxi/pay?id=" + url.QueryEscape(now.id),
		Receipt: receipt(d.taxi.currency, "TX-"+now.id+"-"+d.Clock.Now().Format("1504"), []map[string]any{
			orderLine("trip", "Tur, 11,4 km", now.fare-airportFee, taxiVAT), orderLine("airport", "Flyplassavgift", airportFee, taxiVAT),
		}),
	}
	_, err := shop.Checkout(ctx, o)
	return err
}

// passengerPage is where the sticker leads: the company's own page.
func (d *Room) passengerPage(w http.ResponseWriter, r *http.Request) {
	c := d.cab(taxiOf(r))
	shop, err := d.taxi.open(r.Context())
	if shop == nil {
		http.Error(w, fmt.Sprint(err), http.StatusBadGateway)
		return
	}
	d.mu.Lock()
	now := *c
	d.mu.Unlock()
	o, _ := shop.Order(now.tried)
	d.Site.Render(w, r, web.Page{Name: "demo-taxi-pay", Lang: "en", Brand: "vipps", Title: "Pay for taxi " + c.id, TellsItself: true, Data: map[string]any{
		"ID": c.id, "Ended": now.fare > 0, "Fare": now.fare, "State": string(o.State),
	}})
}

// pay is the passenger's button: it leads to the landing page, or into the app
// where there is one.
func (d *Room) pay(w http.ResponseWriter, r *http.Request) {
	c := d.cab(taxiOf(r))
	shop, err := d.taxi.open(r.Context())
	if shop == nil {
		unanswered(w, err)
		return
	}
	err = d.ask(r.Context(), shop, c, "", client.WebRedirect)
	d.mu.Lock()
	tried := c.tried
	d.mu.Unlock()
	o, _ := shop.Order(tried)
	switch {
	case err != nil:
		unanswered(w, err)
	case o.RedirectURL != "" && o.Open():
		http.Redirect(w, r, o.RedirectURL, http.StatusSeeOther)
	default:
		http.Redirect(w, r, d.Base()+"/demo/taxi/pay?id="+url.QueryEscape(c.id), http.StatusSeeOther)
	}
}
