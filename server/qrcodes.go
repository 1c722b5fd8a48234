package server

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"liksom/qr"
	"liksom/server/control"
	"liksom/server/pages"
	"liksom/server/payment"
)

// oneTimeListed bounds how many of the newest payments are looked through for
// codes of one payment.
const oneTimeListed = 200

// qrCodes gives the merchants' codes and the newest codes for one payment, as
// the control API lists them.
func (w *World) qrCodes(r *http.Request) ([]control.QRCode, error) {
	found, err := w.store.List(r.Context(), payment.Query{Limit: oneTimeListed})
	if err != nil {
		return nil, err
	}
	base, codes := w.base(r), []control.QRCode{}
	for i := range found {
		if found[i].Flow == payment.QR {
			codes = append(codes, w.oneTimeView(base, &found[i]))
		}
	}
	for _, s := range w.stickers() {
		codes = append(codes, viewSticker(base, s))
	}
	return codes, nil
}

// codeTold is a merchant's code as streams tell it, which know no request.
func (w *World) codeTold(s qr.Sticker, removed bool) {
	w.news.Code(viewSticker(w.URL(), s), removed)
}

func viewSticker(base string, s qr.Sticker) control.QRCode {
	kind := control.QRRedirect
	if s.Kind == qr.Callback {
		kind = control.QRCallback
	}
	return control.QRCode{
		ID: s.ID, Kind: kind, MSN: s.MSN, Name: s.Name, Title: cmp.Or(s.Place, titled(s.Name)), State: control.QRLive,
		Content: qr.Target(base, s.ID), SVG: pictureOf(s.ID), PNG: bitmapOf(s.ID),
		Target: s.Target, Place: s.Place, Scans: s.Scans, EndsAt: s.EndsAt,
	}
}

func (w *World) oneTimeView(base string, p *payment.Payment) control.QRCode {
	v := control.QRCode{
		ID: p.Code, Kind: control.QROneTime, MSN: p.MSN, Name: p.Reference, Title: cmp.Or(p.Description, p.Reference),
		Amount: &p.Amount, EndsAt: p.Ends(),
	}
	now := w.clock.Now()
	switch {
	case p.State == payment.Expired || p.State == payment.Created && !v.EndsAt.IsZero() && !now.Before(v.EndsAt):
		v.State = control.QROver
	case p.Final():
		v.State = control.QRUsed
	default:
		v.State, v.Content, v.SVG, v.PNG = control.QRLive, qr.Target(base, p.Code), pictureOf(p.Code), bitmapOf(p.Code)
	}
	return v
}

// bitmapOf is the path of a code's picture to print or to send.
func bitmapOf(code string) string {
	return "/qr-image/v1?token=" + qr.Picture{Code: code, Format: qr.PNG, Size: qr.DefaultSize}.Token()
}

// titled makes a name for people out of a merchant's own id: "taxi_122_qr" is
// Taxi 122.
func titled(id string) string {
	words := strings.FieldsFunc(id, func(c rune) bool { return c == '_' || c == '-' || c == ' ' })
	if len(words) > 1 && strings.EqualFold(words[len(words)-1], "qr") {
		words = words[:len(words)-1]
	}
	title := strings.Join(words, " ")
	first, size := utf8.DecodeRuneInString(title)
	if size == 0 {
		return id
	}
	return string(unicode.ToUpper(first)) + title[size:]
}

// printable gives the merchants' codes as stickers are made of them, oldest
// first, so that those made in a row are printed in that row.
func (w *World) printable(r *http.Request) []pages.Sticker {
	var all []pages.Sticker
	for _, s := range slices.Backward(w.stickers()) {
		v := viewSticker(w.base(r), s)
		sticker := pages.Sticker{ID: v.ID, Name: v.Name, Title: v.Title, Content: v.Content, Picture: prefixOf(r) + v.SVG, Bitmap: prefixOf(r) + v.PNG, Brand: "vipps", Language: "en"}
		if unit, known := w.directory.Unit(s.MSN); known {
			sticker.Brand, sticker.Language = unit.Rules().Brand, unit.Rules().Language
		}
		all = append(all, sticker)
	}
	return all
}
