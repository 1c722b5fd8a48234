package pages

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"liksom/web"
)

// Sticker is a merchant's code as it is printed, in the wallet's band and the
// language of its market.
type Sticker struct {
	ID   string // of the code
	Name string // the merchant's own id
	// Title is what people call it: "Taxi 122".
	Title string
	// Content is what the code says; Picture (SVG) and Bitmap (PNG) are the
	// addresses of its picture on this host.
	Content, Picture, Bitmap string
	Brand, Language          string
}

// sheet is a way to put stickers on paper.
type sheet struct {
	ID, Word, Measure string
	// Room is how many stickers fit.
	Room int
}

// sheets are the sizes of the brief, section 13; the first is the usual one.
func sheets() []sheet {
	return []sheet{
		{"a4-4", "4 on A4", "90 × 130 mm", 4},
		{"a4-6", "6 on A4", "90 × 86 mm", 6},
		{"a6-1", "1 on A6", "90 × 130 mm", 1},
	}
}

// print is the page of stickers to cut out: those that ?ids= names, else all.
func (d *Door) print(w http.ResponseWriter, r *http.Request) {
	all := d.Stickers(r)
	chosen := all
	query := r.URL.Query()
	if query.Has("ids") {
		ids := strings.Split(query.Get("ids"), ",")
		chosen = slices.DeleteFunc(slices.Clone(all), func(s Sticker) bool { return !slices.Contains(ids, s.ID) })
	}
	sizes := sheets()
	size := sizes[0]
	if at := slices.IndexFunc(sizes, func(s sheet) bool { return s.ID == query.Get("sheet") }); at >= 0 {
		size = sizes[at]
	}
	d.Site.Render(w, r, web.Page{Name: "stickers", Lang: "en", Title: "QR stickers – Liksom", Data: map[string]any{
		"All": len(all), "Chosen": len(chosen), "Sheets": slices.Collect(slices.Chunk(chosen, size.Room)), "Sizes": sizes, "Size": size,
		"IDs": query.Get("ids"), "Alone": alone(chosen), "First": first(chosen),
	}})
}

// sampleCode is what a code looks like that is about to be made: it says where
// all codes lead, without an id.
func (d *Door) sampleCode(w http.ResponseWriter, r *http.Request) {
	d.picture(w, r, d.Site.Address(r)+"/qr/000000000")
}

// alone tells whether the codes lead to an address that only this computer
// has.
func alone(stickers []Sticker) bool {
	if len(stickers) == 0 {
		return false
	}
	u, err := url.Parse(stickers[0].Content)
	if err != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// first is the only sticker chosen, which can be taken as a file; nil when
// there are more or none.
func first(stickers []Sticker) *Sticker {
	if len(stickers) != 1 {
		return nil
	}
	return &stickers[0]
}
