package landing

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/web"
)

// form is what somebody entered, and what was wrong with it.
type form struct {
	filled   bool
	number   string // as typed
	prefix   string
	remember bool
	problem  string
	// msisdn is the number a phone could be made for; "" for none.
	msisdn string
	// locked and story are for the storybook alone: a number that is fixed,
	// and what the page's script is to show.
	locked bool
	story  string
}

// readForm takes down what the number form was posted with.
func readForm(r *http.Request) form {
	return form{
		filled: true, number: strings.TrimSpace(r.PostFormValue("number")),
		prefix: digits(r.PostFormValue("prefix")), remember: r.PostFormValue("remember") != "",
	}
}

// full makes the MSISDN of what was typed: a whole number wins over the
// chosen country code, and the leading zero of Sweden and Finland is dropped.
func (f form) full() string {
	typed := digits(f.number)
	bare := strings.TrimSpace(f.number)
	if strings.HasPrefix(bare, "+") || f.prefix == "" {
		return strings.TrimPrefix(typed, "00")
	}
	if rest, ok := strings.CutPrefix(typed, "00"); ok {
		return rest
	}
	if dropsZero(f.prefix) {
		typed = strings.TrimPrefix(typed, "0")
	}
	if whole := f.prefix + typed; directory.ValidNumber(whole) || !strings.HasPrefix(typed, f.prefix) || !directory.ValidNumber(typed) {
		return whole
	}
	return typed
}

func dropsZero(prefix string) bool { return prefix == "46" || prefix == "358" }

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// check gives the number to send the request to, or fills in the form's
// problem. Whatever is wrong beyond the shape of the number gets one general
// message, as on the real page.
func (d *Door) check(lang string, p payment.Payment, f *form) (msisdn string, ok bool) {
	say := func(key string, args ...string) { f.problem = d.Site.Say(lang, key, args...) }
	full := f.full()
	if digits(f.number) == "" {
		say("landing.phone.err.empty")
		return "", false
	}
	market, known := directory.MarketOfNumber(full)
	national := len(full) - len(market.Prefix)
	if known && (national < market.MinDigits || national > market.MaxDigits) {
		say("landing.phone.err.length", "country", d.Site.Say(lang, "country."+market.Code), "n", span(market), "m", strconv.Itoa(national))
		return "", false
	}
	phone, exists := d.Directory.Phone(full)
	if exists && phone.MayPay(minimumAge(p)) {
		return full, true
	}
	say("landing.phone.err.unknown")
	if !exists && directory.ValidNumber(full) {
		f.msisdn = full
	}
	return "", false
}

func span(m directory.Market) string {
	if m.MinDigits == m.MaxDigits {
		return strconv.Itoa(m.MinDigits)
	}
	return fmt.Sprintf("%d–%d", m.MinDigits, m.MaxDigits)
}

func minimumAge(p payment.Payment) int {
	if p.Details == nil {
		return 0
	}
	return p.Details.MinimumAge
}

// rememberFor is how long a browser keeps a number.
const rememberFor = 180 * 24 * 60 * 60

// cookieName is per sales unit: a number saved with one shop is not shown in
// another.
func cookieName(msn string) string { return "liksom_payer_" + digits(msn) }

// remember keeps the number in this browser, or forgets it.
func (d *Door) remember(w http.ResponseWriter, r *http.Request, msn, msisdn string, keep bool) {
	c := &http.Cookie{
		Name: cookieName(msn), Value: msisdn, Path: d.Site.Prefix(r) + "/landing", MaxAge: rememberFor,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	}
	if !keep {
		c.Value, c.MaxAge = "", -1
	}
	http.SetCookie(w, c)
}

// remembered is the number this browser keeps for a sales unit.
func remembered(r *http.Request, msn string) (string, bool) {
	c, err := r.Cookie(cookieName(msn))
	if err != nil || !directory.ValidNumber(c.Value) {
		return "", false
	}
	return c.Value, true
}

// prefix is one choice of the list of country codes.
type prefix struct {
	Code string // "" for any other country
	On   bool
}

func prefixes(chosen string) []prefix {
	var out []prefix
	for _, code := range []string{"47", "46", "45", "358", ""} {
		out = append(out, prefix{Code: code, On: code == chosen})
	}
	return out
}

// split shows a whole number as the form does: country code, and the rest in
// groups.
func split(msisdn string) (code, national string) {
	m, ok := directory.MarketOfNumber(msisdn)
	if !ok {
		return "", msisdn
	}
	return m.Prefix, web.National(m.Prefix, msisdn[len(m.Prefix):])
}
