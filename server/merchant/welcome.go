package merchant

import (
	"fmt"
	"html"
	"net/http"
	"path"
)

// welcome greets a customer who comes back, in whatever browser. The return
// proves nothing: how the payment stands is asked for.
func (s *Shop) welcome(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "The shop takes webhooks and shows orders.", http.StatusMethodNotAllowed)
		return
	}
	e := s.find(path.Base(r.URL.Path))
	if e == nil {
		http.Error(w, "There is no such order.", http.StatusNotFound)
		return
	}
	if _, err := r.Cookie("shop"); s.has(NeedsCookie) && err != nil {
		http.Error(w, "Your session is over.", http.StatusForbidden)
		return
	}
	if s.has(TrustsRedirect) {
		s.change(e, func(e *entry) {
			e.State = Paid
			e.Shipped++
		})
	} else if s.open(e) {
		_ = s.Refresh(r.Context(), e.Reference) // what is known is shown
	}
	o, _ := s.Order(e.Reference)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = fmt.Fprintf(w, "<!doctype html><title>Order %[1]s</title><h1>%[2]s</h1><p>Order <b>%[1]s</b>", html.EscapeString(o.Reference), html.EscapeString(o.Says()))
}

// Says tells the customer how the order stands, in a sentence.
func (o Order) Says() string {
	switch o.State {
	case Paid:
		return "Thank you. Order " + o.Reference + " is paid."
	case Saved, Waiting, Reserved:
		return "We are waiting for the bank."
	}
	return "You weren't charged."
}
