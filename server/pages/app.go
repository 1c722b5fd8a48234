package pages

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/web"
)

// Code is a QR code that a phone can scan.
type Code struct {
	Content string `json:"content"` // what it says
	Picture string `json:"picture"` // the address of its picture, on this host
	Title   string `json:"title"`
	Note    string `json:"note"`
}

// Money is a payment's amount in the words of our own pages.
func Money(p *payment.Payment) string { return web.Amount("en", p.Amount.Currency, p.Amount.Value) }

// registerApp adds what a phone's page asks for beside itself: its pictures,
// the codes at hand, and what makes it an app.
func (d *Door) registerApp(r *mux.Router) {
	get := []string{http.MethodGet, http.MethodHead}
	r.HandleFunc("/phone/worker.js", d.worker).Methods(get...)
	r.HandleFunc("/phone/{number}/manifest.webmanifest", d.ofPhone(d.manifest)).Methods(get...)
	r.HandleFunc("/phone/{number}/desk", d.ofPhone(d.desk)).Methods(get...)
	r.HandleFunc("/phone/{number}/activity", d.ofPhone(d.activity)).Methods(get...)
	r.HandleFunc("/phone/{number}/shared", d.ofPhone(d.shared)).Methods(get...)
	r.HandleFunc("/phone/{number}/shared/{msn}", d.ofPhone(d.revoke)).Methods(http.MethodDelete)
	r.HandleFunc("/phone/{number}/me.svg", d.ofPhone(d.ownCode)).Methods(get...)
	r.HandleFunc("/phone/{number}/open.svg", d.ofPhone(d.openCode)).Methods(get...)
}

// ofPhone answers 404 for a number that no phone has.
func (d *Door) ofPhone(next func(http.ResponseWriter, *http.Request, directory.Phone)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, ok := d.Directory.Phone(mux.Vars(r)["number"])
		if !ok {
			http.NotFound(w, r)
			return
		}
		next(w, r, p)
	}
}

// icon is a picture of an app.
type icon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

// manifest lets a phone be put on a home screen, each under its own name.
func (d *Door) manifest(w http.ResponseWriter, r *http.Request, p directory.Phone) {
	first, _, _ := strings.Cut(p.Name, " ")
	page := d.Site.Prefix(r) + "/phone/" + p.Number
	d.json(w, r, "application/manifest+json", map[string]any{
		"id": page, "start_url": page, "scope": d.Site.Prefix(r) + "/phone/", "display": "standalone", "lang": p.Language,
		"name": first + ", simulated", "short_name": first, "theme_color": "#FFC53D", "background_color": "#FFC53D",
		"icons": []icon{
			{d.Site.Asset(r, "icon-192.png"), "192x192", "image/png", "any maskable"},
			{d.Site.Asset(r, "icon-512.png"), "512x512", "image/png", "any maskable"},
			{d.Site.Asset(r, "mark.svg"), "any", "image/svg+xml", ""},
		},
	})
}

// worker keeps the shell of the phones' pages for when there is no network.
// It must come from where the pages are, or it could not serve them.
func (d *Door) worker(w http.ResponseWriter, r *http.Request) {
	asset := r.Clone(r.Context())
	asset.URL.Path = "/assets/newest/phone/worker.js" // no hash, hence never kept
	d.Site.ServeAsset(w, asset)
}

func (d *Door) desk(w http.ResponseWriter, r *http.Request, _ directory.Phone) {
	codes, err := d.Desk(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.json(w, r, "application/json", map[string]any{"codes": codes})
}

// ownCode is the picture of who the phone's owner is.
func (d *Door) ownCode(w http.ResponseWriter, r *http.Request, p directory.Phone) {
	d.picture(w, r, d.Personal(p))
}

// openCode is the picture that leads a real phone to this page.
func (d *Door) openCode(w http.ResponseWriter, r *http.Request, p directory.Phone) {
	d.picture(w, r, d.Site.Address(r)+"/phone/"+p.Number)
}

func (d *Door) picture(w http.ResponseWriter, r *http.Request, text string) {
	svg, err := d.Draw(text)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = w.Write(svg)
}

func (d *Door) json(w http.ResponseWriter, r *http.Request, kind string, body any) {
	out, err := json.Marshal(body)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(out)
}
