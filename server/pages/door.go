package pages

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/server/problem"
	"liksom/web"
)

// Store lists payments; every [payment.Store] does.
type Store interface {
	List(ctx context.Context, q payment.Query) ([]payment.Payment, error)
}

// Clock tells the world's time; [clock.Clock] does.
type Clock interface{ Read() clock.Reading }

// Deps are what the door needs of its world.
type Deps struct {
	Site      *web.Site
	Directory *directory.Directory
	Payments  Store
	Clock     Clock
	// Draw makes an SVG picture of a code that says a text.
	Draw func(text string) ([]byte, error)
	// Personal is the text of a phone's own code.
	Personal func(phone directory.Phone) string
	// Desk gives the codes that can be scanned now, newest first.
	Desk func(r *http.Request) ([]Code, error)
	// Stickers gives the merchants' codes that can be printed, oldest first.
	Stickers func(r *http.Request) []Sticker
	// Activity is what a phone looks back on, newest first, as JSON has it.
	Activity func(ctx context.Context, number string) (any, error)
	// Shared is what a phone's owner shared lately; Revoke takes back what one
	// sales unit was granted.
	Shared func(ctx context.Context, number string) ([]Share, error)
	Revoke func(ctx context.Context, number, msn string) error
	// LandingStories names the states of the landing page that its own
	// storybook shows, under /landing/storybook/{name}.
	LandingStories []string
	Log            *slog.Logger
}

// Door answers browsers.
type Door struct{ Deps }

// New makes a door.
func New(deps Deps) *Door {
	if deps.Log == nil {
		deps.Log = slog.New(slog.DiscardHandler)
	}
	return &Door{deps}
}

// Register adds the pages to a world's router, and the files they need.
func (d *Door) Register(r *mux.Router) {
	get := []string{http.MethodGet, http.MethodHead}
	r.HandleFunc("/", d.console("Payments")).Methods(get...)
	r.HandleFunc("/", problem.Only("GET, HEAD"))
	d.registerConsole(r, get)
	d.registerStorybook(r, get)
	r.HandleFunc("/phone", d.phones).Methods(get...)
	r.HandleFunc("/phone", d.addPhone).Methods(http.MethodPost)
	r.HandleFunc("/phone", problem.Only("GET, HEAD, POST"))
	d.registerApp(r)
	r.HandleFunc("/phone/{number}", d.phone).Methods(get...)
	r.HandleFunc("/phone/{number}", problem.Only("GET, HEAD"))
	r.PathPrefix("/assets/").HandlerFunc(d.Site.ServeAsset).Methods(get...)
	r.PathPrefix("/assets/").HandlerFunc(problem.Only("GET, HEAD"))
	r.HandleFunc("/favicon.ico", d.Site.ServeFavicon).Methods(get...)
}

// newest is how many payments the start page shows.
const newest = 20

// row is one payment of the start page.
type row struct {
	Reference, Merchant, Amount, Description string
	State, Word, Tone, Icon                  string
	MSN, Age                                 string
	Landing                                  string // its page, while there is one to open
	Phone                                    string
}

// start is the page of who begins, and of who has no scripts: what this is,
// how to use it, and what has happened lately.
func (d *Door) start(w http.ResponseWriter, r *http.Request) {
	payments, err := d.Payments.List(r.Context(), payment.Query{Limit: newest})
	if err != nil {
		d.fail(w, r, err)
		return
	}
	now := d.Clock.Read()
	rows := make([]row, len(payments))
	for i := range payments {
		rows[i] = d.row(&payments[i], now.Now)
	}
	d.Site.Render(w, r, web.Page{Name: "start", Lang: "en", Title: "Get started – Liksom", Data: map[string]any{
		"Rows": rows, "Phones": d.Directory.Phones(), "Now": now.Now.UTC().Format(time.RFC3339), "Frozen": now.Frozen, "Speed": now.Speed,
		"MSN": directory.DemoMSN, "ClientID": directory.DemoClientID, "Secret": directory.DemoSecret,
		"Key": directory.DemoSubscriptionKey, "Phone": directory.DemoPhone,
	}})
}

// looks are how a state is shown: word, tone and icon (brief, section 7).
var looks = map[payment.State][3]string{
	payment.Created:    {"Created", "info", "clock"},
	payment.Authorized: {"Authorized", "ok", "check"},
	payment.Aborted:    {"Aborted", "", "cross"},
	payment.Expired:    {"Expired", "warn", "clock"},
	payment.Terminated: {"Terminated", "", "undo"},
}

func (d *Door) row(p *payment.Payment, now time.Time) row {
	unit, _ := d.Directory.Unit(p.MSN)
	look := looks[p.State]
	out := row{
		Reference: p.Reference, MSN: p.MSN, Merchant: unit.Name, Description: p.Description,
		Amount: web.Amount("en", p.Amount.Currency, p.Amount.Value),
		State:  string(p.State), Word: look[0], Tone: look[1], Icon: look[2],
		Age: web.Age(now, p.CreatedAt), Phone: p.Phone,
	}
	if p.Flow == payment.WebRedirect {
		out.Landing = "/landing?token=" + p.Token
	}
	return out
}

// phones lists the phones, a click away from each.
func (d *Door) phones(w http.ResponseWriter, r *http.Request) {
	d.listPhones(w, r, "", http.StatusOK)
}

func (d *Door) listPhones(w http.ResponseWriter, r *http.Request, problem string, status int) {
	b := d.boot(r)
	b.Shops, b.Lang = d.shops(), d.Site.Language(w, r)
	d.Site.Render(w, r, web.Page{Name: "phones", Lang: b.Lang, Status: status, Title: "Phones – Liksom", TellsItself: true, Data: map[string]any{
		"Boot": b, "Phones": b.Phones, "Problem": problem, "Number": r.PostFormValue("number"), "Name": r.PostFormValue("name"),
	}})
}

// shops are the sales units with the ready-made keys, which everybody knows;
// no other key is put into a page.
func (d *Door) shops() []Shop {
	var all []Shop
	for _, u := range d.Directory.Units() {
		c, ok := d.Directory.ClientOf(u.MSN)
		if !ok || len(c.Keys) == 0 || c.Secret != directory.DemoSecret {
			continue
		}
		all = append(all, Shop{MSN: u.MSN, Name: u.Name, Currency: u.Rules().Currency, ClientID: c.ID, Secret: c.Secret, Key: c.Keys[0]})
	}
	return all
}

// maxForm bounds what a form may send.
const maxForm = 16 << 10

// addPhone makes a phone and leads to it.
func (d *Door) addPhone(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	number := digits(r.PostFormValue("number"))
	if !directory.ValidNumber(number) {
		d.listPhones(w, r, "A number needs its country code and 9 to 15 digits in all, such as 47 123 45 678.", http.StatusUnprocessableEntity)
		return
	}
	market := "NO"
	if m, ok := directory.MarketOfNumber(number); ok {
		market = m.Code
	}
	name := r.PostFormValue("name")
	if name == "" {
		name = "Phone " + number[len(number)-4:]
	}
	err := d.Directory.AddPhone(r.Context(), directory.NewPhone(number, name, market))
	if err != nil && !errors.Is(err, directory.ErrExists) {
		d.fail(w, r, err)
		return
	}
	w.Header().Set("Location", d.Site.Prefix(r)+"/phone/"+number)
	w.WriteHeader(http.StatusSeeOther)
}

func digits(s string) string {
	out := make([]byte, 0, len(s))
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			out = append(out, c)
		}
	}
	return string(out)
}

// boot is what a phone's script begins with; all else comes over its socket.
type boot struct {
	// Phone is the page's own one, left out on the wall.
	Phone  *directory.Phone  `json:"phone,omitempty"`
	Phones []directory.Phone `json:"phones"`
	Labels map[string]string `json:"labels"`
	// Lang is the page's language, beside what each phone speaks.
	Lang    string `json:"lang"`
	Prefix  string `json:"prefix"`
	Address string `json:"address"`
	// SocketBase is what the addresses of sockets begin with.
	SocketBase string        `json:"socketBase"`
	Clock      clock.Reading `json:"clock"`
	// Story names what a page of the storybook shows; "" for a real one.
	Story string `json:"story,omitempty"`
	// Shops are those a test request can come from.
	Shops []Shop `json:"shops,omitempty"`
}

// Shop is a sales unit that test requests come from, with the ready-made keys
// to ask by. They open nothing but this simulator.
type Shop struct {
	MSN      string `json:"msn"`
	Name     string `json:"name"`
	Currency string `json:"currency"`
	ClientID string `json:"clientId"`
	Secret   string `json:"secret"`
	Key      string `json:"key"`
}

func (d *Door) boot(r *http.Request) boot {
	prefix := d.Site.Prefix(r)
	return boot{
		Phones: d.Directory.Phones(), Prefix: prefix, Address: d.Site.Address(r), SocketBase: prefix, Clock: d.Clock.Read(),
		Labels: map[string]string{"vipps": d.Site.Label("vipps"), "mobilepay": d.Site.Label("mobilepay")},
	}
}

// phone is the page of one phone.
func (d *Door) phone(w http.ResponseWriter, r *http.Request) {
	number := mux.Vars(r)["number"]
	p, ok := d.Directory.Phone(number)
	if !ok {
		d.Site.Render(w, r, web.Page{Name: "phone-unknown", Lang: d.Site.Language(w, r), Status: http.StatusNotFound, Title: "No such phone – Liksom", TellsItself: true, Data: map[string]any{
			"Number": number, "CanMake": directory.ValidNumber(number),
		}})
		return
	}
	b := d.boot(r)
	b.Phone, b.Shops, b.Lang = &p, d.shops(), d.Site.Language(w, r)
	d.Site.Render(w, r, web.Page{Name: "phone", Lang: b.Lang, Brand: p.Rules().Brand, Title: p.Name + ", simulated phone", Data: map[string]any{"Boot": b, "Name": p.Name, "Number": number}})
}

// fail answers an error that is ours, with an id to find it in the log by.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) {
		return // nobody is there to answer
	}
	id := web.RequestID()
	d.Log.ErrorContext(r.Context(), "page", "request", id, "err", err)
	d.Site.Broken(w, r, web.Trouble{Request: id})
}
