package landing

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"liksom/server/directory"
	"liksom/server/payment"
)

// here names the one who cancelled on this page, in the log: only then is it
// told so, and not that the no came from the app.
const here = "landing"

// maxForm bounds what a form may send.
const maxForm = 16 << 10

// act does what a form asks for, and leads back to the page. The token in the
// form is the proof that it came from the page: nobody else knows it.
func (d *Door) act(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "This form could not be read.", http.StatusBadRequest)
		return
	}
	token := r.PostFormValue("token")
	head := d.Feed.Head()
	p, ok := d.find(w, r, token)
	if !ok {
		return
	}
	var err error
	switch r.PostFormValue("action") {
	case "identify", "makephone":
		if f, ok := d.identify(w, r, p, &err); !ok {
			d.draw(w, r, p, head, f)
			return
		}
	case "cancel":
		_, err = d.Payments.Do(r.Context(), p.ID, payment.Decline{By: here}, nil)
	case "approve":
		err = d.Payer.Approve(r.Context(), p.ID)
	case "decline":
		err = d.Payer.Decline(r.Context(), p.ID)
	case "cardfail":
		err = d.Payer.FailCard(r.Context(), p.ID)
	case "expire":
		err = d.Payer.Expire(r.Context(), p.ID)
	case "resend":
		err = d.Pushes.Again(r.Context(), p.ID)
	case "freeze", "resume":
		err = d.Freeze(r.Context(), r.PostFormValue("action") == "freeze")
	default:
		http.Error(w, "This form asks for nothing known.", http.StatusBadRequest)
		return
	}
	var refusal *payment.Error
	if err != nil && !errors.As(err, &refusal) {
		d.fail(w, r, err)
		return
	}
	// A refusal needs no words of its own: the page tells what became of the
	// payment.
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", d.self(r, token, r.PostFormValue("brand"), true))
	w.WriteHeader(http.StatusSeeOther)
}

// identify takes the payer's number. It answers false, with the form and what
// is wrong with it, when there is none to send a request to.
func (d *Door) identify(w http.ResponseWriter, r *http.Request, p payment.Payment, failed *error) (form, bool) {
	f := readForm(r)
	lang := d.Site.Language(w, r)
	if p.Final() {
		return f, true
	}
	if unit, _ := d.Directory.Unit(p.MSN); unit.Switches.PhoneLocked && p.Suggested != "" {
		f.prefix, f.number = split(p.Suggested)
	}
	msisdn, ok := d.check(lang, p, &f)
	if !ok && f.msisdn != "" && r.PostFormValue("action") == "makephone" {
		if err := d.makePhone(r.Context(), f.msisdn); err != nil {
			*failed = err
			return f, true
		}
		f.problem = ""
		msisdn, ok = d.check(lang, p, &f)
	}
	if !ok {
		return f, false
	}
	d.remember(w, r, p.MSN, msisdn, f.remember)
	_, *failed = d.Payments.Do(r.Context(), p.ID, payment.Identify{Phone: msisdn}, nil)
	return f, true
}

// makePhone adds a phone for a number that nobody has.
func (d *Door) makePhone(ctx context.Context, msisdn string) error {
	market := "NO"
	if m, ok := directory.MarketOfNumber(msisdn); ok {
		market = m.Code
	}
	err := d.Directory.AddPhone(ctx, directory.NewPhone(msisdn, "Phone "+msisdn[len(msisdn)-4:], market))
	if errors.Is(err, directory.ErrExists) {
		return nil
	}
	return err
}

// self is the page's own address. A browser that watched the payment says so:
// it is led home, while one that comes later learns that all is done already.
func (d *Door) self(r *http.Request, token, brand string, watched bool) string {
	q := url.Values{"token": {token}}
	if brand == "vipps" || brand == "mobilepay" {
		q.Set("brand", brand)
	}
	if watched {
		q.Set("seen", "1")
	}
	return d.Site.Prefix(r) + "/landing?" + q.Encode()
}
