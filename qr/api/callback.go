package api

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"liksom/qr"
)

// callbackView is a callback code as the merchant sees it.
type callbackView struct {
	MSN      string `json:"merchantSerialNumber"`
	Name     string `json:"merchantQrId"`
	Place    string `json:"locationDescription"`
	Category string `json:"category"`
	ImageURL string `json:"qrImageUrl"`
	Content  string `json:"qrContent"`
}

func (a *API) viewCallback(c *call, code *qr.Sticker, as wanted) callbackView {
	return callbackView{
		MSN: code.MSN, Name: code.Name, Place: code.Place, Category: code.Category,
		ImageURL: a.link(c.Request, code.ID, as), Content: qr.Target(a.Base(c.Request), code.ID),
	}
}

func (a *API) putCallback(c *call) (any, error) { return a.put(c, false) }

// putBeacon maps a MobilePay code that is printed already. The printed one is
// not ours to draw, so that a code of the simulator stands in for it.
func (a *API) putBeacon(c *call) (any, error) { return a.put(c, true) }

const longestPlace = 36 // characters

func (a *API) put(c *call, beacon bool) (any, error) {
	msn, err := c.unit()
	if err != nil {
		return nil, err
	}
	code := qr.Sticker{Kind: qr.Callback, MSN: msn, Name: named(c), Category: qr.InStore, Beacon: beacon}
	m, err := c.body()
	if err != nil {
		return nil, err
	}
	if !rightName(code.Name) {
		m.blame("merchantQrId", nameRule)
	}
	var given bool
	code.Place, given = m.text("locationDescription", true)
	if given && (code.Place == "" || utf8.RuneCountInString(code.Place) > longestPlace) {
		m.blame("locationDescription", "The field LocationDescription must be a string with a minimum length of 1 and a maximum length of 36.")
	}
	if category, given := m.text("category", false); given {
		code.Category = category
		if !slices.Contains([]string{qr.InStore, qr.Vending}, category) {
			m.blame("category", "The field Category must be IN_STORE or VENDING.")
		}
	}
	if err := a.finish(c, m); err != nil {
		return nil, err
	}
	err = a.Shelf.Put(c.Context(), code)
	if errors.Is(err, qr.ErrTaken) {
		return nil, &conflict{ID: code.Name}
	}
	return nil, err
}

const nameRule = "The field MerchantQrId must have 1 to 128 characters and no slash."

func rightName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n >= 1 && n <= longestID && !strings.Contains(name, "/")
}

func (a *API) listCallbacks(c *call) (any, error) {
	msn, err := c.unit()
	if err != nil {
		return nil, err
	}
	as, err := c.queried()
	if err != nil {
		return nil, err
	}
	views := []callbackView{}
	for _, code := range a.Shelf.List(qr.Callback, msn) {
		views = append(views, a.viewCallback(c, &code, as))
	}
	return views, nil
}

func (a *API) getCallback(c *call) (any, error) {
	msn, err := c.unit()
	if err != nil {
		return nil, err
	}
	as, err := c.queried()
	if err != nil {
		return nil, err
	}
	if !rightName(named(c)) {
		return nil, invalid(param{"MerchantQrId", nameRule})
	}
	code, known := a.Shelf.Get(qr.Callback, msn, named(c))
	if !known {
		return nil, plain(http.StatusNotFound)
	}
	return a.viewCallback(c, &code, as), nil
}

// queried reads how callback codes are wanted, which the query alone says;
// its names are compared without regard to case. The Accept header counts for
// nothing here.
func (c *call) queried() (wanted, error) {
	w := wanted{picture: qr.Picture{Format: qr.SVG}}
	size := qr.DefaultSize
	var wrong []param
	query := c.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		value := query.Get(name)
		switch {
		case strings.EqualFold(name, "QrImageFormat") && strings.EqualFold(value, "PNG"):
			w.picture.Format = qr.PNG
		case strings.EqualFold(name, "QrImageFormat") && !strings.EqualFold(value, "SVG"):
			wrong = append(wrong, param{"QrImageFormat", "The field QrImageFormat must be PNG or SVG."})
		case strings.EqualFold(name, "QrImageSize"):
			n, err := strconv.Atoi(value)
			if err != nil || n < qr.MinSize || n > qr.MaxSize {
				wrong = append(wrong, param{"QrImageSize", outside("QrImageSize", qr.MinSize, qr.MaxSize)})
			}
			size = n
		}
	}
	if wrong != nil {
		return w, invalid(wrong...)
	}
	if w.picture.Format == qr.PNG {
		w.picture.Size = size
	}
	return w, nil
}

func (a *API) deleteCallback(c *call) (any, error) {
	if !rightName(named(c)) {
		return nil, invalid(param{"MerchantQrId", nameRule})
	}
	return a.remove(c, qr.Callback)
}
