package stripe

import (
	"errors"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/payment"
	"liksom/web"
)

// sessionOf finds the session of a page, settled and kept so.
func (r *Room) sessionOf(q *http.Request) (w *work, s *session, err error) {
	w, s, known := onPage[*session](r, q, mux.Vars(q)["session"])
	if !known {
		return nil, nil, nil
	}
	if s.Intent != "" {
		_, err = w.settle(s.Intent)
	}
	if s, _ = get[*session](w, s.ID); err == nil {
		err = w.expireDue(s)
	}
	if err == nil {
		err = w.keepNow()
	}
	s, _ = get[*session](w, s.ID)
	return w, s, err
}

// showCheckout is the hosted form of a session.
func (r *Room) showCheckout(rw http.ResponseWriter, q *http.Request) {
	w, s, err := r.sessionOf(q)
	if w == nil {
		r.noPage(rw, q)
		return
	}
	defer w.end()
	if err != nil {
		r.broken(rw, q, err)
		return
	}
	w.drawCheckout(rw, q, s, nil)
}

// typed is what was filled in on the form.
type typed struct {
	email, method, card string
	wrong               bool
}

func (w *work) drawCheckout(rw http.ResponseWriter, q *http.Request, s *session, f *typed) {
	site := w.Site()
	lang := site.Language(rw, q)
	say := func(key string, args ...string) string { return site.Say(lang, key, args...) }
	sum := func(value int64) string { return web.Amount(lang, strings.ToUpper(s.Currency), value) }
	v := &pageData{
		State: "open", Session: true, Merchant: merchantName(w.account, w.Directory), Amount: sum(s.total()), Action: w.near(q, w.checkoutPage(s)),
		Methods: offered(s), Chosen: "works", Email: w.emailOf(s), Heading: say("stripe.pay"),
	}
	v.EmailFixed, v.Method = v.Email != "", v.Methods[0]
	v.offerCards()
	if s.CancelURL != nil {
		v.Home = homeLink(*s.CancelURL)
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		v.Lines = append(v.Lines, lineData{l.Description, strconv.FormatInt(l.Quantity, 10), sum(l.Quantity * l.Price.Amount)})
	}
	in, begun := get[*intent](w, s.Intent)
	if begun {
		v.remember(s, in, say)
	}
	page := web.Page{Name: "stripe-checkout", Lang: lang, Brand: "vipps"}
	if f != nil {
		v.Method, v.Chosen, v.EmailWrong = f.method, f.card, f.wrong
		if !v.EmailFixed {
			v.Email = f.email
		}
		page.Status = http.StatusUnprocessableEntity
	}
	switch {
	case s.Status != "open":
		page.Name, v.State, v.Heading = "stripe-result", s.Status, say("stripe.session."+s.Status)
		v.Tone, v.Icon = "ok", "check"
		if s.Status == "complete" && s.SuccessURL != nil {
			v.Home = homeLink(w.successOf(s))
		}
		if s.Status == "expired" {
			v.Tone, v.Icon, v.Text = "warn", "clock", say("stripe.session.expired.text")
		}
	case begun && in.Status == needsAction:
		v.State, v.Heading, v.Text = "waiting", say("stripe.waiting"), say("stripe.waiting.text")
		if a, led := get[*attempt](w, in.Attempt); led {
			w.drawWaiting(q, v, a, lang)
		}
	}
	page.Title, page.Data = v.Heading+" – "+v.Merchant, v
	site.Render(rw, q, page)
}

// drawWaiting adds how long the payer has.
func (w *work) drawWaiting(q *http.Request, v *pageData, a *attempt, lang string) {
	v.Action = w.near(q, w.pageOf(a))
	if a.Ref.Reference == "" {
		return
	}
	if p, err := w.Payments.Get(w.ctx, a.Ref); err == nil {
		v.counts(w.Clock.Read(), &p, web.Ring{Class: "large", Size: 120, Stroke: 9}, lang)
	}
}

// offered are the ways to pay, wallets first.
func offered(s *session) []string {
	found := slices.Clone(s.Types)
	slices.SortStableFunc(found, func(a, b string) int {
		_, x := wallets[a]
		_, y := wallets[b]
		switch {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return found
}

// remember shows what was typed before, and why that came to nothing.
func (v *pageData) remember(s *session, in *intent, say func(string, ...string) string) {
	if email, ok := s.Details["email"].(string); ok && v.Email == "" {
		v.Email = email
	}
	if in.LastError == nil {
		return
	}
	reason := say("stripe.over.declined")
	switch {
	case in.LastError.DeclineCode != "":
		reason = say("stripe.over.card", "reason", say("refusal."+string(refusalOf(in.LastError.DeclineCode))))
		if in.LastError.Code == "card_declined" {
			v.Method = "card"
		}
	case in.LastError.Code == ranOut.Code:
		reason = say("stripe.over.expired")
	case in.LastError.Code == failed.Code:
		reason = say("stripe.over.failed")
	}
	v.Problem = reason + " " + say("stripe.again")
}

// refusalOf is the core's word for an issuer's.
func refusalOf(code string) payment.Refusal {
	for refusal, theirs := range declineCodes {
		if theirs == code {
			return refusal
		}
	}
	return payment.DeclinedByIssuer
}

func (w *work) checkoutPage(s *session) string { return w.Home() + "/stripe/c/pay/" + s.ID }

// successOf is where a completed session leads.
func (w *work) successOf(s *session) string {
	return strings.NewReplacer("{CHECKOUT_SESSION_ID}", s.ID, "%7BCHECKOUT_SESSION_ID%7D", s.ID, "%7bCHECKOUT_SESSION_ID%7d", s.ID).Replace(*s.SuccessURL)
}

// payCheckout is the form sent.
func (r *Room) payCheckout(rw http.ResponseWriter, q *http.Request) {
	q.Body = http.MaxBytesReader(rw, q.Body, 16<<10)
	f := &typed{email: strings.TrimSpace(q.PostFormValue("email")), method: q.PostFormValue("method"), card: q.PostFormValue("card")}
	w, s, err := r.sessionOf(q)
	if w == nil {
		r.noPage(rw, q)
		return
	}
	defer w.end()
	if err == nil && s.Status != "open" {
		w.drawCheckout(rw, q, s, nil)
		return
	}
	if fixed := w.emailOf(s); fixed != "" {
		f.email = fixed
	}
	if address, bad := mail.ParseAddress(f.email); err == nil && (bad != nil || address.Address != f.email || !takes(s, f.method)) {
		f.wrong = bad != nil || address.Address != f.email
		if !takes(s, f.method) {
			f.method = offered(s)[0]
		}
		w.drawCheckout(rw, q, s, f)
		return
	}
	to := ""
	if err == nil {
		to, err = w.pay(s, f)
	}
	if err != nil {
		r.broken(rw, q, err)
		return
	}
	r.lead(rw, r.near(q, to), http.StatusSeeOther)
}

// pay makes the session's intent and confirms it.
func (w *work) pay(s *session, f *typed) (to string, err error) {
	in, begun := get[*intent](w, s.Intent)
	if begun && in.Status == needsAction {
		a, _ := get[*attempt](w, in.Attempt)
		return w.pageOf(a), nil
	}
	s = edit(w, s)
	s.Details = details(f.email)
	if !begun {
		in = w.intentOf(s)
	}
	in = edit(w, in)
	m := &method{made: w.fresh("pm_", 24), Type: f.method, Redisplay: "limited", Metadata: map[string]string{}, Billing: emptyBilling()}
	m.Billing["email"] = f.email
	w.add(m)
	back := w.checkoutPage(s) + "/back"
	if f.method == "card" {
		m.Card = w.cardNamed(f.card)
		w.tryCard(in, m)
		return back, w.keepNow()
	}
	a, err := w.lead(in, m, back)
	if refused, ok := errors.AsType[*Error](err); ok && refused.kept {
		return back, w.keepNow() // where the payer reads why
	}
	if err != nil {
		return "", err
	}
	return w.pageOf(a), w.keepNow()
}

// cardNamed is a card of the form's.
func (w *work) cardNamed(chosen string) *card {
	c := cards["4242424242424242"]
	for _, one := range testCards {
		if one.Name == chosen && one.Refusal != "" {
			c = card{Brand: "visa", Last4: one.Last4, Outcome: declineCodes[one.Refusal]}
		}
	}
	c.ExpMonth, c.ExpYear, c.Fingerprint = 12, int64(w.now.Year()+2), "liksom"+c.Last4+"000000"
	return &c
}

// tryCard asks the issuer.
func (w *work) tryCard(in *intent, m *method) {
	about := w.subject(reference(in, 1))
	in.Method, in.LastError = m.ID, nil
	if m.Card.Outcome != "" {
		w.declineCard(in, m, about)
		return
	}
	w.authorize(in, m.ID, about, nil)
}

// intentOf makes the intent of a session: once somebody wants to pay.
func (w *work) intentOf(s *session) *intent {
	in := &intent{
		made: w.fresh("pi_", 24), Amount: s.total(), Currency: s.Currency, Types: s.Types, Allowed: s.Allowed, Excluded: s.Excluded,
		CaptureMethod: s.Data.CaptureMethod, Options: s.Options, Status: needsMethod, Customer: s.Customer, Description: s.Data.Description,
		Receipt: s.Data.Receipt, Statement: s.Data.Statement, SetupFuture: s.Data.SetupFuture, Shipping: s.Data.Shipping,
		Metadata: s.Data.Metadata, Session: s.ID,
	}
	in.Secret = in.ID + "_secret_" + w.IDs.Code(25)
	w.add(in)
	edit(w, s).Intent = in.ID
	w.emit(w.subject(reference(in, 1)), "payment_intent.created", w.intent(in))
	return in
}

// backToCheckout is where an attempt leads: on to the shop, or to the form
// again with what went wrong.
func (r *Room) backToCheckout(rw http.ResponseWriter, q *http.Request) {
	w, s, err := r.sessionOf(q)
	if w == nil {
		r.noPage(rw, q)
		return
	}
	defer w.end()
	switch {
	case err != nil:
		r.broken(rw, q, err)
	case s.Status == "complete" && s.SuccessURL != nil:
		r.lead(rw, w.successOf(s), http.StatusSeeOther)
	default:
		r.lead(rw, r.near(q, w.checkoutPage(s)), http.StatusSeeOther)
	}
}

// showReceipt is what a payer may keep.
func (r *Room) showReceipt(rw http.ResponseWriter, q *http.Request) {
	w, c, known := onPage[*charge](r, q, mux.Vars(q)["charge"])
	if !known || !c.Paid {
		if known {
			w.end()
		}
		r.noPage(rw, q)
		return
	}
	defer w.end()
	site := r.Site()
	lang := site.Language(rw, q)
	say := func(key string) string { return site.Say(lang, key) }
	currency := strings.ToUpper(c.Currency)
	in, _ := get[*intent](w, c.Intent)
	v := &pageData{Merchant: merchantName(w.account, r.Directory), Amount: web.Amount(lang, currency, c.Amount)}
	v.Receipt = []fact{
		{say("stripe.merchant"), v.Merchant}, {say("stripe.receipt.date"), time.Unix(c.Created, 0).UTC().Format("2006-01-02 15:04 UTC")},
		{say("stripe.reference"), orderText(in)}, {say("stripe.method"), site.Label(c.Type)}, {say("stripe.receipt.charge"), c.ID},
	}
	if c.Refunded > 0 {
		v.Receipt = append(v.Receipt, fact{say("stripe.receipt.refunded"), web.Amount(lang, currency, c.Refunded)})
	}
	site.Render(rw, q, web.Page{Name: "stripe-receipt", Lang: lang, Title: say("stripe.receipt") + " – " + v.Merchant, Data: v})
}
