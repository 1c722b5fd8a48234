package stripe

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"liksom/server/clock"
	"liksom/server/payment"
	"liksom/web"
)

// pageData is what the templates of this side see.
type pageData struct {
	State, Merchant, Amount string
	Reference, Intent       string
	Action                  string
	Clock                   *count
	Count                   *web.Ring
	Home                    template.HTMLAttr
	HomeShown               string
	Heading, Text           string
	Tone, Icon              string // of a result
	// Cards are those to test with, Refused is why the last one was.
	Cards           []string
	Chosen, Refused string
	// Authentication is the bank's page for the owner of a card.
	Authentication bool

	// Session tells that the page is one of Checkout.
	Session                bool
	Lines                  []lineData
	Email                  string
	EmailFixed, EmailWrong bool
	Methods                []string
	Method                 string
	Problem                string
	Receipt                []fact
}

// count is a countdown by the world's clock, for scripts.
type count struct {
	Now, Deadline, Since string
	Speed                float64
	Frozen               bool
}

// counts puts a countdown on the page.
func (v *pageData) counts(now clock.Reading, p *payment.Payment, ring web.Ring, lang string) {
	ends := p.Ends()
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
	v.Clock = &count{Now: stamp(now.Now), Deadline: stamp(ends), Since: stamp(p.Since), Speed: now.Speed, Frozen: now.Frozen}
	left := max(0, ends.Sub(now.Now))
	ring.Text = web.Remaining(lang, left)
	ring = ring.Of(left, ends.Sub(p.Since))
	v.Count = &ring
}

type lineData struct {
	Name     string
	Quantity string
	Sum      string
}

type fact struct{ Key, Value string }

// drawAttempt draws the test payment page.
func (r *Room) drawAttempt(rw http.ResponseWriter, q *http.Request, w *work, a *attempt, in *intent, p *payment.Payment) {
	site := r.Site()
	lang := site.Language(rw, q)
	say := func(key string, args ...string) string { return site.Say(lang, key, args...) }
	v := &pageData{
		State: "open", Merchant: merchantName(w.account, r.Directory), Amount: web.Amount(lang, strings.ToUpper(in.Currency), in.Amount),
		Reference: orderText(in), Intent: in.ID, Action: r.near(q, w.pageOf(a)), Chosen: "works",
		HomeShown: shownAddress(a.ReturnURL), Authentication: a.Ref.Reference == "",
	}
	v.offerCards()
	if refused := q.URL.Query().Get("refused"); refused != "" && declineCodes[payment.Refusal(refused)] != "" {
		v.Refused = say("refusal." + refused)
	}
	title, name := say("stripe.test.title"), "stripe-test"
	switch {
	case a.running(in) && a.Ref.Reference != "":
		v.counts(r.Clock.Read(), p, web.Ring{Size: 56, Stroke: 5}, lang)
	case a.running(in):
		title = say("stripe.auth.title")
	default:
		v.fillOver(a, in, say)
		v.Home = homeLink(homeOf(a, in, w.typeOf(a)))
		name = "stripe-result"
	}
	v.Heading = title
	if name == "stripe-result" {
		v.Heading = say("stripe.over")
	}
	site.Render(rw, q, web.Page{Name: name, Lang: lang, Brand: "vipps", Title: v.Heading + " – " + v.Merchant, Data: v})
}

// offerCards has a card to test with chosen.
func (v *pageData) offerCards() {
	for _, one := range testCards {
		v.Cards = append(v.Cards, one.Name)
	}
}

// fillOver says what became of an attempt.
func (v *pageData) fillOver(a *attempt, in *intent, say func(string, ...string) string) {
	v.State, v.Tone, v.Icon = "failed", "bad", "cross"
	switch {
	case a.Outcome == succeeded:
		v.State, v.Tone, v.Icon, v.Text = "paid", "ok", "check", say("stripe.over.paid")
	case a.Outcome == "pending":
		v.State, v.Tone, v.Icon, v.Text = "paid", "ok", "clock", say("stripe.over.pending")
	case a.Code == ranOut.Code:
		v.State, v.Tone, v.Icon, v.Text = "expired", "warn", "clock", say("stripe.over.expired")
	case a.Outcome == canceled:
		v.State, v.Tone, v.Icon, v.Text = "expired", "mute", "cross", say("stripe.over.canceled")
	case a.Refusal != "":
		v.Text = say("stripe.over.card", "reason", say("refusal."+string(a.Refusal)))
	case a.Code == failed.Code:
		v.Text = say("stripe.over.failed")
	default:
		v.Text = say("stripe.over.declined")
	}
}

// shownAddress is where a browser goes, as people read it.
func shownAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	return u.Host + u.Path
}

// homeLink is the attribute that leads to the merchant. The address has been
// checked when it was given; schemes of apps are fine.
func homeLink(address string) template.HTMLAttr {
	return template.HTMLAttr(`href="` + template.HTMLEscapeString(address) + `"`) //nolint:gosec // escaped, and no scheme that runs anything
}
