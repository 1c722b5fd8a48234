package pages

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"liksom/server/clock"
	"liksom/server/directory"
	"liksom/web"
)

// The storybook shows the pages of phones in every state with canned data,
// drawn by the code that draws them always. It tells nothing of the world and
// changes nothing in it, so it is there without a switch: whoever wonders what
// a screen looks like can look.

// PhoneStories names the screens of the storybook, under
// /console/storybook/phone/{name}; web/static/phone/stories.js has the data.
func PhoneStories() []string {
	return []string{
		"lock", "lock-empty", "lock-many", "home", "home-empty", "home-loading", "home-banner", "offline", "noanswer", "scan", "scan-empty", "scan-none", "scan-foreign",
		"opened", "opened-not", "terms", "consent", "address", "delivery", "delivery-asking", "delivery-failed", "pay", "pay-plain", "pay-lines", "pay-offline", "pay-auto", "pay-days", "pay-long",
		"cards", "pin", "pin-wrong", "fingerprint", "code", "busy", "success", "success-return", "declined", "expired", "cancelled", "withdrawn",
		"taken", "checkin", "checkin-failed", "activity", "receipt", "me", "profile", "myqr",
	}
}

// WallStories names the walls of the storybook, under /console/storybook/{name}.
func WallStories() []string { return slices.Sorted(maps.Keys(walls())) }

// walls tells how many phones hang on which.
func walls() map[string]int {
	return map[string]int{"wall": 8, "wall-six": 6, "wall-twenty": 20, "wall-empty": 0}
}

func (d *Door) registerStorybook(r *mux.Router, get []string) {
	r.HandleFunc("/console/storybook", d.storybook).Methods(get...)
	r.HandleFunc("/console/storybook/phone/{story}", d.phoneStory).Methods(get...)
	for name, phones := range walls() {
		r.HandleFunc("/console/storybook/"+name, d.wallStory(phones)).Methods(get...)
	}
}

// chapter is one kind of pages, with links to each.
type chapter struct {
	Title, Path string
	Stories     []string
}

func (d *Door) storybook(w http.ResponseWriter, r *http.Request) {
	d.Site.Render(w, r, web.Page{Name: "storybook", Lang: "en", Title: "Storybook – Liksom", Data: []chapter{
		{"Landing page", "/landing/storybook/", d.LandingStories},
		{"Phone", "/console/storybook/phone/", PhoneStories()},
		{"Phone wall", "/console/storybook/", WallStories()},
	}})
}

// storyPhone is whose phone the stories show.
func storyPhone(r *http.Request) directory.Phone {
	if r.URL.Query().Get("brand") == "mobilepay" {
		return directory.NewPhone("4512345678", "Freja Demo", "DK")
	}
	return directory.NewPhone(directory.DemoPhone, "Kari Demo", "NO")
}

// others are the phones beside the story's own.
func others() []directory.Phone {
	ola, elsa, aino := directory.NewPhone("4787654321", "Ola Demo", "NO"), directory.NewPhone("46701234567", "Elsa Demo", "SE"), directory.NewPhone("358401234567", "Aino Demo", "FI")
	ola.Cards[0].Outcome = "insufficient_funds"
	elsa.Autopilot.Mode = "decline"
	aino.Online = false
	return []directory.Phone{ola, elsa, aino}
}

// storyBoot is what a story's script begins with: its clock hardly moves.
func (d *Door) storyBoot(w http.ResponseWriter, r *http.Request, story string) boot {
	b := d.boot(r)
	at := time.Date(2026, 11, 21, 14, 32, 7, 0, time.UTC)
	b.Story, b.Lang, b.Clock, b.Phones = story, d.Site.Language(w, r), clock.Reading{Now: at, Real: at, Speed: 1e-9}, nil
	b.Shops = []Shop{{MSN: directory.DemoMSN, Name: "Demo Taxi", Currency: "NOK", ClientID: directory.DemoClientID, Secret: directory.DemoSecret, Key: directory.DemoSubscriptionKey}}
	return b
}

func (d *Door) phoneStory(w http.ResponseWriter, r *http.Request) {
	story := mux.Vars(r)["story"]
	if !slices.Contains(PhoneStories(), story) {
		d.Site.NotHere(w, r, "")
		return
	}
	p := storyPhone(r)
	b := d.storyBoot(w, r, story)
	b.Phone, b.Phones = &p, append([]directory.Phone{p}, others()...)
	d.Site.Render(w, r, web.Page{Name: "phone", Lang: b.Lang, Brand: p.Rules().Brand, Title: p.Name + ", " + story, Data: map[string]any{"Boot": b, "Name": p.Name, "Number": p.Number}})
}

// wallStory shows a wall of some phones.
func (d *Door) wallStory(phones int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b := d.storyBoot(w, r, "wall")
		names := []string{"Kari Demo", "Ola Demo", "Freja Demo", "Elsa Demo", "Aino Demo", "Nora Donaudampfschifffahrtsgesellschaft", "Per", "Siv Demo"}
		b.Phones = []directory.Phone{}
		for i := range phones {
			p := storyPhone(r)
			p.Number, p.Name = p.Number[:len(p.Number)-2]+fmt.Sprintf("%02d", i), names[i%len(names)]
			b.Phones = append(b.Phones, p)
		}
		d.Site.Render(w, r, web.Page{Name: "phones", Lang: b.Lang, Title: "Phones – Liksom", Data: map[string]any{"Boot": b, "Phones": b.Phones, "Problem": "", "Number": "", "Name": ""}})
	}
}
