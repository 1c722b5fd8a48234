package pages

import (
	"net/http"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/server/problem"
	"liksom/web"
)

// registerConsole adds the console's inner pages (brief, section 11). Each
// path has an address of its own, so that every view can be linked to; what
// it shows comes from the control API.
func (d *Door) registerConsole(r *mux.Router, get []string) {
	for path, title := range map[string]string{
		"/console/payments/{msn}/{reference}": "Payments",
		"/console/webhooks":                   "Webhooks",
		"/console/webhooks/{delivery}":        "Webhooks",
		"/console/merchants":                  "Merchants",
		"/console/control":                    "Clock and faults",
		"/console/requests":                   "Requests",
		"/console/requests/{n}":               "Requests",
		"/console/qr":                         "QR codes",
		"/console/scenarios":                  "Scenarios",
		"/console/scenarios/{id}":             "Scenarios",
		"/console/settings":                   "Settings",
	} {
		r.HandleFunc(path, d.console(title)).Methods(get...)
		r.HandleFunc(path, problem.Only("GET, HEAD"))
	}
	r.HandleFunc("/console/qr/print", d.print).Methods(get...)
	r.HandleFunc("/console/qr/print", problem.Only("GET, HEAD"))
	r.HandleFunc("/console/qr/sample.svg", d.sampleCode).Methods(get...)
	r.HandleFunc("/console/language", d.saveLanguage).Methods(http.MethodPost)
	r.HandleFunc("/console/language", problem.Only("POST"))
	r.HandleFunc("/console/start", d.start).Methods(get...)
	r.HandleFunc("/console/start", problem.Only("GET, HEAD"))
}

// beginning is what the console's script begins with.
type beginning struct {
	Prefix  string        `json:"prefix"`
	Address string        `json:"address"`
	Clock   clock.Reading `json:"clock"`
	Demo    demo          `json:"demo"`
	// Language is the one that this browser keeps for the customers' pages.
	Language string `json:"language"`
}

// demo are the ready-made keys, for the first request somebody sends.
type demo struct {
	MSN      string `json:"msn"`
	ClientID string `json:"clientId"`
	Secret   string `json:"secret"`
	Key      string `json:"key"`
	Phone    string `json:"phone"`
}

// console is the shell of one page of the console.
func (d *Door) console(title string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d.Site.Render(w, r, web.Page{Name: "console", Lang: "en", Title: title + " – Liksom", TellsItself: true, Data: map[string]any{
			"Boot": beginning{
				Prefix: d.Site.Prefix(r), Address: d.Site.Address(r), Clock: d.Clock.Read(),
				Language: web.SavedLanguage(r),
				Demo:     demo{directory.DemoMSN, directory.DemoClientID, directory.DemoSecret, directory.DemoSubscriptionKey, directory.DemoPhone},
			},
		}})
	}
}

// saveLanguage has this browser show the customers' pages in a language, as
// choosing it on one of them does; the empty one leaves it to the browser.
func (d *Door) saveLanguage(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if !d.Site.SaveLanguage(w, r, r.PostFormValue("lang")) {
		problem.Write(w, problem.Document{Status: http.StatusBadRequest, Instance: r.URL.Path, Detail: "There is no such language. " + problem.Instead(r.PostFormValue("lang"), web.Languages())})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
