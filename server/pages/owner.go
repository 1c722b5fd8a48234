package pages

import (
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/directory"
)

// Share is what the owner of a phone shared with one sales unit.
type Share struct {
	MSN      string    `json:"msn"`
	Merchant string    `json:"merchant"`
	Scopes   []string  `json:"scopes"`
	At       time.Time `json:"at"` // when something was shared last
}

// activity is what a phone looks back on.
func (d *Door) activity(w http.ResponseWriter, r *http.Request, p directory.Phone) {
	past, err := d.Activity(r.Context(), p.Number)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.json(w, r, "application/json", map[string]any{"past": past})
}

// shared is what the owner shared and may take back.
func (d *Door) shared(w http.ResponseWriter, r *http.Request, p directory.Phone) {
	shares, err := d.Shared(r.Context(), p.Number)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.json(w, r, "application/json", map[string]any{"shares": shares})
}

// revoke takes back what was granted to a sales unit.
func (d *Door) revoke(w http.ResponseWriter, r *http.Request, p directory.Phone) {
	if err := d.Revoke(r.Context(), p.Number, mux.Vars(r)["msn"]); err != nil {
		d.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
