package stripe

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/payment"
	"liksom/web"
)

// Pages serves what lies below /stripe/.
func (r *Room) Pages() http.Handler {
	routes := mux.NewRouter()
	const authorize = "/stripe/authorize/{account}/{nonce}"
	routes.HandleFunc(authorize, r.showAttempt).Methods(http.MethodGet, http.MethodHead)
	routes.HandleFunc(authorize+"/return", r.goHome).Methods(http.MethodGet, http.MethodHead)
	routes.HandleFunc(authorize+"/{deed:authorize|fail|phone}", r.actOnAttempt).Methods(http.MethodPost)
	routes.HandleFunc("/stripe/c/pay/{session}", r.showCheckout).Methods(http.MethodGet, http.MethodHead)
	routes.HandleFunc("/stripe/c/pay/{session}", r.payCheckout).Methods(http.MethodPost)
	routes.HandleFunc("/stripe/c/pay/{session}/back", r.backToCheckout).Methods(http.MethodGet, http.MethodHead)
	routes.HandleFunc("/stripe/receipts/{charge}", r.showReceipt).Methods(http.MethodGet, http.MethodHead)
	routes.NotFoundHandler = http.HandlerFunc(r.noPage)
	return routes
}

// onPage begins a work for a page and gives it with a record that the path
// names; it answers where there is none. Without a record, end has been called.
func onPage[T record](r *Room, q *http.Request, id string) (*work, T, bool) {
	r.mu.Lock()
	one, _ := r.rows[id].(T)
	_, known := r.rows[id].(T)
	r.mu.Unlock()
	if !known {
		return nil, one, false
	}
	account, _ := r.account(ownerOf(one))
	return r.begin(q.Context(), account, r.Clock.Now()), one, true
}

// attemptOf finds the attempt of a page, settled and kept so.
func (r *Room) attemptOf(q *http.Request) (w *work, a *attempt, in *intent, err error) {
	vars := mux.Vars(q)
	w, a, known := onPage[*attempt](r, q, vars["nonce"])
	if !known {
		return nil, nil, nil, nil
	}
	if a.Account != vars["account"] {
		w.end()
		return nil, nil, nil, nil
	}
	if _, err = w.settle(a.Intent); err == nil {
		err = w.keepNow()
	}
	a, _ = get[*attempt](w, a.ID)
	in, _ = get[*intent](w, a.Intent)
	return w, a, in, err
}

// keepNow keeps what was changed so far.
func (w *work) keepNow() error {
	err := w.commit()
	w.drop()
	return err
}

// running tells whether the payer can still decide.
func (a *attempt) running(in *intent) bool {
	return a.Outcome == "" && in.Attempt == a.ID && in.Status == needsAction
}

// showAttempt is the page that a payer is led to. Seeing it for the first time
// starts the time to approve; a HEAD, as link previews send, does not.
func (r *Room) showAttempt(rw http.ResponseWriter, q *http.Request) {
	w, a, in, err := r.attemptOf(q)
	if w == nil {
		r.noPage(rw, q)
		return
	}
	defer w.end()
	if err != nil {
		r.broken(rw, q, err)
		return
	}
	var p payment.Payment
	if a.running(in) && a.Ref.Reference != "" {
		if p, err = w.visit(a, q.Method != http.MethodHead); err != nil {
			r.broken(rw, q, err)
			return
		}
		if q.Method != http.MethodHead && (w.settings().Redirect == "landing" || q.URL.Query().Get("device") == "mobile") {
			r.lead(rw, r.Landing(q, p), http.StatusFound)
			return
		}
	}
	r.drawAttempt(rw, q, w, a, in, &p)
}

// visit notes that the page was opened, and gives the payment of the core.
func (w *work) visit(a *attempt, opened bool) (payment.Payment, error) {
	if !opened || w.settings().Windows == "one" {
		return w.Payments.Get(w.ctx, a.Ref)
	}
	until := w.now.Add(time.Duration(w.Directory.Settings().ApprovalWindow))
	p, err := w.do(a.Ref, payment.Visit{Until: until})
	var refused *payment.Error
	if errors.As(err, &refused) {
		err = nil // it ended just now, as the page will tell
	}
	return p, err
}

// actOnAttempt does what a button of the test payment page says.
func (r *Room) actOnAttempt(rw http.ResponseWriter, q *http.Request) {
	card := q.PostFormValue("card") // read before the lock is taken
	w, a, in, err := r.attemptOf(q)
	if w == nil {
		r.noPage(rw, q)
		return
	}
	defer w.end()
	to := w.pageOf(a)
	if err == nil && a.running(in) {
		to, err = w.actOn(q, a, in, mux.Vars(q)["deed"], card)
	}
	if err != nil {
		r.broken(rw, q, err)
		return
	}
	if now, _ := get[*attempt](w, a.ID); now.Outcome != "" {
		to = w.pageOf(a) + "/return"
	}
	r.lead(rw, r.near(q, to), http.StatusSeeOther)
}

// testCards are what the test page offers to pay with.
var testCards = []struct {
	Name    string
	Refusal payment.Refusal
	Last4   string
}{
	{"works", "", "4242"}, {"declined", payment.DeclinedByIssuer, "0002"},
	{"insufficient_funds", payment.InsufficientFunds, "9995"}, {"expired", payment.CardExpired, "0069"},
}

func (w *work) actOn(q *http.Request, a *attempt, in *intent, deed, chosen string) (to string, err error) {
	to = w.pageOf(a)
	if a.Ref.Reference == "" {
		w.judgeCard(edit(w, in), edit(w, a), deed)
		return to, w.keepNow()
	}
	p, err := w.visit(a, true)
	if err != nil {
		return to, err
	}
	var cmd payment.Command
	switch deed {
	case "phone":
		return w.Landing(q, p), nil
	case "fail":
		cmd = payment.Decline{By: testPage}
	default:
		cmd = payment.Approve{Phone: p.Holder, Card: testCard(chosen), By: testPage}
		if p.Holder == "" {
			cmd = payment.Approve{Phone: p.Phone, Card: testCard(chosen), By: testPage}
		}
	}
	var refused *payment.Error
	if _, err := w.do(a.Ref, cmd); err != nil && !errors.As(err, &refused) {
		return to, err
	}
	if refused != nil && refused.Reason == payment.CardRefused && w.settings().OnCardDecline == "retry" {
		to += "?refused=" + url.QueryEscape(string(refused.Refusal))
	}
	if _, err := w.settle(in.ID); err != nil {
		return to, err
	}
	return to, w.keepNow()
}

func testCard(chosen string) payment.Card {
	for _, one := range testCards {
		if one.Name == chosen {
			return payment.Card{ID: "test-" + one.Last4, BIN: "429198", Last4: one.Last4, Refusal: one.Refusal}
		}
	}
	return payment.Card{ID: "test-4242", BIN: "429198", Last4: "4242"}
}

// judgeCard is what the bank says of the owner of a card.
func (w *work) judgeCard(in *intent, a *attempt, deed string) {
	if deed != "authorize" {
		w.fail(in, a, failed)
		return
	}
	a.Outcome = succeeded
	w.authorize(in, a.Method, w.subject(reference(in, 1)), nil)
	if m, known := get[*method](w, a.Method); known {
		w.saveCard(in, m)
	}
}

// goHome leads back to the merchant with what became of the attempt (Stripe
// contract, section 8.4).
func (r *Room) goHome(rw http.ResponseWriter, q *http.Request) {
	w, a, in, err := r.attemptOf(q)
	if w == nil {
		r.noPage(rw, q)
		return
	}
	defer w.end()
	switch {
	case err != nil:
		r.broken(rw, q, err)
	case a.running(in):
		r.lead(rw, r.near(q, w.pageOf(a)), http.StatusSeeOther)
	default:
		r.lead(rw, homeOf(a, in, w.typeOf(a)), http.StatusSeeOther)
	}
}

func (w *work) typeOf(a *attempt) string {
	m, _ := get[*method](w, a.Method)
	if m == nil {
		return "vipps"
	}
	return m.Type
}

// homeOf is the merchant's address with what became of an attempt.
func homeOf(a *attempt, in *intent, kind string) string {
	status := a.Outcome
	if status == canceled || status == "" {
		status = "failed"
	}
	return withParams(a.ReturnURL, "payment_intent", in.ID, "payment_intent_client_secret", in.Secret, "redirect_pm_type", kind, "redirect_status", status)
}

// withParams puts parameters behind those that an address has, in the place of
// those of the same names.
func withParams(address string, pairs ...string) string {
	rest, fragment, hasFragment := strings.Cut(address, "#")
	before, query, _ := strings.Cut(rest, "?")
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		ours := false
		for i := 0; i < len(pairs); i += 2 {
			ours = ours || pairs[i] == name
		}
		if pair != "" && !ours {
			kept = append(kept, pair)
		}
	}
	for i := 0; i < len(pairs); i += 2 {
		kept = append(kept, pairs[i]+"="+url.QueryEscape(pairs[i+1]))
	}
	out := before + "?" + strings.Join(kept, "&")
	if hasFragment {
		out += "#" + fragment
	}
	return out
}

// near is an address of our own on the host that the browser uses.
func (r *Room) near(q *http.Request, address string) string {
	if rest, ours := strings.CutPrefix(address, r.Home()); ours {
		return r.Site().Prefix(q) + rest
	}
	return address
}

// lead sends the browser elsewhere; nothing of it is kept.
func (r *Room) lead(rw http.ResponseWriter, to string, status int) {
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("Referrer-Policy", "no-referrer")
	rw.Header().Set("Location", to)
	rw.WriteHeader(status)
}

func (r *Room) noPage(rw http.ResponseWriter, q *http.Request) {
	site := r.Site()
	lang := site.Language(rw, q)
	site.Render(rw, q, web.Page{
		Name: "stripe-result", Status: http.StatusNotFound, Lang: lang, Title: site.Say(lang, "stripe.unknown"),
		Data: &pageData{State: "unknown", Heading: site.Say(lang, "stripe.unknown"), Text: site.Say(lang, "stripe.unknown.text")},
	})
}

func (r *Room) broken(rw http.ResponseWriter, q *http.Request, err error) {
	r.Log.ErrorContext(q.Context(), "a page of the Stripe side", "err", err)
	http.Error(rw, "This page could not be drawn; the simulator's log has more.", http.StatusInternalServerError)
}

func takes(s *session, kind string) bool { return slices.Contains(s.Types, kind) }
