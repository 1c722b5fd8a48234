package landing

import (
	"context"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/web"
)

// every is how often a page without scripts asks how the payment stands.
const every = 3 * time.Second

// The states of the page (data-state).
const (
	enter     = "enter"
	waiting   = "waiting"
	paid      = "paid"
	done      = "done" // paid, and this browser has not watched it
	cancelled = "cancelled"
	expired   = "expired"
	failed    = "failed" // a refused card that is final, as on the Stripe side
	unknown   = "unknown"
)

// choice is a link to the same page in another language or skin.
type choice struct {
	Name, Href string
	On         bool
}

// data is what the page's template sees.
type data struct {
	State, Window string
	Token         string
	Skin          string // the skin asked for, kept through forms
	Action        string
	Self, Stream  string
	Refresh       template.HTML
	Narrow        bool
	Skins         []choice
	Tongues       []choice

	MSN, Merchant, Company string
	Amount, Description    string
	Count                  *countdown

	Prefixes   []prefix
	Number     string
	HintKey    string
	Problem    string
	Remember   bool
	Locked     bool
	CanMake    bool
	Phone      string
	PhoneLink  string
	PhoneOwner string

	Picture, PictureLeadsTo, PictureShown string
	PictureText                           string

	CardDeclined bool
	Steps        []step

	Result    result
	Home      template.HTMLAttr
	Returns   bool
	ReturnsIn string
	After     int64  // milliseconds until it is led home
	Still     bool   // shown, and not gone by
	Story     string // what a story has the page's script show
}

// stateOf says which state the page of a payment is in. A window that has run
// out counts at once, even if the timer has not come by yet.
func stateOf(p payment.Payment, now clock.Reading, watched bool) string {
	switch {
	case p.State == payment.Authorized && watched:
		return paid
	case p.State == payment.Authorized:
		return done
	case p.State == payment.Expired, p.State == payment.Created && !p.Processing() && !now.Now.Before(p.Deadline):
		return expired
	case p.Final():
		return cancelled
	case p.Phone == "":
		return enter
	}
	return waiting
}

// draw answers with the page of a payment.
func (d *Door) draw(w http.ResponseWriter, r *http.Request, p payment.Payment, head payment.Seq, f form) {
	lang := d.Site.Language(w, r)
	now := d.Clock.Read()
	unit, _ := d.Directory.Unit(p.MSN)
	v := &data{
		State: stateOf(p, now, r.URL.Query().Get("seen") != "" || r.Method == http.MethodPost || d.Feed == nil && mux.Vars(r)["story"] == paid),
		Token: p.Token, MSN: p.MSN, Merchant: unit.Name, Company: unit.Company,
		Amount: web.Amount(lang, p.Amount.Currency, p.Amount.Value), Description: p.Description,
		PhoneLink: d.Site.Prefix(r) + "/phone",
	}
	page := web.Page{
		Name: "landing", Lang: lang, Brand: d.dress(r, v, lang, unit), Data: v,
		Ancestors: origin(p.ReturnURL), Framed: r.Header.Get("Sec-Fetch-Dest") == "iframe",
	}
	v.Story = f.story
	v.Self = d.self(r, p.Token, v.Skin, true)
	v.Action = d.Site.Prefix(r) + "/landing"
	if f.problem != "" {
		page.Status = http.StatusUnprocessableEntity
	}
	if err := d.fill(r, v, p, now, head, lang, f); err != nil {
		d.fail(w, r, err)
		return
	}
	page.Title = d.title(v, lang) + " – " + d.Site.Say(lang, "wallet.simulator", "wallet", d.Site.Label(page.Brand))
	d.Site.Render(w, r, page)
}

// fill adds what only the page's state needs.
func (d *Door) fill(r *http.Request, v *data, p payment.Payment, now clock.Reading, head payment.Seq, lang string, f form) error {
	switch v.State {
	case enter:
		c := d.countdown(lang, p, now, "landing.window.continue")
		v.Count, v.Window = &c, "landing"
		d.listens(r, v, head)
		d.fillForm(r, v, p, f)
		d.fillPicture(r, v, p)
	case waiting:
		caption := "landing.window.approve"
		if p.Processing() {
			caption = "landing.window.bank"
		}
		c := d.countdown(lang, p, now, caption)
		v.Count, v.Window, v.Phone = &c, "approve", p.Phone
		d.listens(r, v, head)
		if d.Feed != nil {
			v.Refresh = refresh(every, v.Self)
		}
		return d.fillSteps(r.Context(), v, p, lang)
	default:
		return d.fillResult(r.Context(), v, p, lang)
	}
	return nil
}

// listens gives the page the address of what it hears.
func (d *Door) listens(r *http.Request, v *data, head payment.Seq) {
	if d.Feed == nil {
		return // a story, in which nothing happens
	}
	q := url.Values{"token": {v.Token}, "after": {strconv.FormatInt(int64(head), 10)}}
	v.Stream = d.Site.Prefix(r) + "/landing/stream?" + q.Encode()
}

// dress chooses the skin, and offers the others and the languages. The skin
// is that of the unit's market; choosing another changes the look only.
func (d *Door) dress(r *http.Request, v *data, lang string, unit directory.Unit) string {
	brand := unit.Rules().Brand
	asked := r.URL.Query().Get("brand")
	if asked == "" {
		asked = r.PostFormValue("brand")
	}
	if asked == "vipps" || asked == "mobilepay" {
		brand, v.Skin = asked, asked
	}
	watched := r.URL.Query().Get("seen") != ""
	for _, skin := range []string{"vipps", "mobilepay"} {
		v.Skins = append(v.Skins, choice{Name: skin, Href: d.self(r, v.Token, skin, watched), On: skin == brand})
	}
	for _, l := range web.Languages() {
		v.Tongues = append(v.Tongues, choice{Name: l, Href: d.self(r, v.Token, v.Skin, watched) + "&lang=" + l, On: l == lang})
	}
	return brand
}

func (d *Door) title(v *data, lang string) string {
	switch v.State {
	case enter:
		return d.Site.Say(lang, "landing.title", "merchant", v.Merchant, "amount", v.Amount)
	case waiting:
		return d.Site.Say(lang, "landing.wait.title")
	}
	return v.Result.Title
}

// fillForm prefills the number: what was typed, else what the shop gave, else
// what this browser keeps.
func (d *Door) fillForm(r *http.Request, v *data, p payment.Payment, f form) {
	unit, _ := d.Directory.Unit(p.MSN)
	code := unit.Rules().Prefix
	v.HintKey = "landing.phone.hint"
	kept, saved := remembered(r, p.MSN)
	v.Remember = saved
	switch {
	case f.filled:
		code, v.Number, v.Remember = f.prefix, f.number, f.remember
		v.Problem, v.CanMake = f.problem, f.msisdn != ""
	case p.Suggested != "":
		code, v.Number = split(p.Suggested)
		v.HintKey = "landing.phone.hint.prefilled"
	case saved:
		code, v.Number = split(kept)
		v.HintKey = "landing.phone.hint.remembered"
	}
	if (unit.Switches.PhoneLocked || f.locked) && p.Suggested != "" {
		v.Locked, v.HintKey = true, "landing.phone.locked"
	}
	v.Prefixes = prefixes(code)
}

func (d *Door) fillPicture(r *http.Request, v *data, p payment.Payment) {
	if d.Picture == nil {
		return
	}
	v.Picture, v.PictureLeadsTo = d.Picture(r, p)
	v.PictureShown = v.PictureLeadsTo
	v.PictureText = "landing.qr.text"
	if u, err := url.Parse(v.PictureLeadsTo); err == nil {
		v.PictureShown = u.Host + u.Path
		if loopback(u.Hostname()) {
			v.PictureText = "landing.qr.local"
		}
	}
}

// loopback tells whether a host is this machine alone, which no other can
// reach by its name.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// step is one of the four things that happen on the way to an approval.
type step struct {
	Name, Key, Icon, At string
	Class               string // "", "now" or "todo"
	Ticked              bool
}

// fillSteps ticks what has really happened since the payer was identified.
func (d *Door) fillSteps(ctx context.Context, v *data, p payment.Payment, lang string) error {
	events, err := d.Store.Events(ctx, p.ID)
	if err != nil {
		return err
	}
	at := map[payment.Kind]string{}
	for _, e := range events {
		switch e.Kind {
		case payment.Identified:
			clear(at) // somebody else pays now: a push of their own
			at[payment.Identified] = d.Site.TimeOfDay(lang, e.At)
		case payment.PaymentCreated:
			at[payment.Identified] = d.Site.TimeOfDay(lang, e.At)
		case payment.CardDeclined:
			v.CardDeclined = true
		default:
			if at[e.Kind] == "" {
				at[e.Kind] = d.Site.TimeOfDay(lang, e.At)
			}
		}
	}
	phone, ok := d.Directory.Phone(p.Phone)
	if ok {
		v.PhoneLink += "/" + phone.Number
		v.PhoneOwner = firstName(phone.Name)
	}
	delivered := "landing.step.delivered"
	if ok && at[payment.Shown] == "" && d.Pushes.Held(&p) {
		delivered = "landing.step.notdelivered"
	}
	v.Steps = []step{
		{Name: "sent", Key: "landing.step.sent", Icon: "bell", At: at[payment.Identified]},
		{Name: "delivered", Key: delivered, Icon: "bell", At: at[payment.Shown]},
		{Name: "opened", Key: "landing.step.opened", Icon: "phone", At: at[payment.Opened]},
		{Name: "approved", Key: "landing.step.approved", Icon: "lock", At: at[payment.PaymentAuthorized]},
	}
	mark(v.Steps)
	return nil
}

// mark gives the last step that happened the ring, and those before it ticks.
func mark(steps []step) {
	last := 0
	for i := range steps {
		if steps[i].At != "" {
			last = i
		}
	}
	for i := range steps {
		switch {
		case i == last:
			steps[i].Class = "now"
		case steps[i].At == "":
			steps[i].Class = "todo"
		default:
			steps[i].Ticked = true
		}
	}
}

func firstName(name string) string {
	for i, c := range name {
		if c == ' ' {
			return name[:i]
		}
	}
	return name
}
