package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"liksom/qr"
	"liksom/server/directory"
	"liksom/server/pages"
	"liksom/server/payment"
)

// drawn is the picture of a code for a page.
func drawn(text string) ([]byte, error) { return qr.Draw(text, qr.SVG, 0) }

// ownCode is the text of a phone's own code, as is usual in its market.
func (w *World) ownCode(phone directory.Phone) string {
	if phone.Rules().Brand == "mobilepay" {
		return w.personalQR(phone.Number, "2.0")
	}
	return w.personalQR(phone.Number, "1.0")
}

// deskSize bounds the list of codes at hand.
const deskSize = 24

// onDesk gives the codes that can be scanned now: what waits to be paid by
// code or link, and the merchants' own stickers.
func (w *World) onDesk(r *http.Request) ([]pages.Code, error) {
	codes, err := w.payable(r.Context(), w.base(r))
	if err != nil {
		return nil, err
	}
	for i := range codes {
		codes[i].Picture = prefixOf(r) + codes[i].Picture
	}
	for _, s := range w.stickers() {
		unit, _ := w.directory.Unit(s.MSN)
		code := pages.Code{
			Content: qr.Target(w.base(r), s.ID), Picture: prefixOf(r) + pictureOf(s.ID),
			Title: cmp.Or(s.Place, unit.Name), Note: "Callback",
		}
		if s.Kind == qr.Redirect {
			code.Note = "Sticker " + s.Name
		}
		codes = append(codes, code)
	}
	return codes[:min(deskSize, len(codes))], nil
}

// payable gives the codes of payments that nobody was asked for by push.
func (w *World) payable(ctx context.Context, base string) ([]pages.Code, error) {
	found, err := w.store.List(ctx, payment.Query{State: payment.Created, Limit: deskSize})
	if err != nil {
		return nil, err
	}
	codes := []pages.Code{}
	now := w.clock.Now()
	for i := range found {
		p := &found[i]
		if ends := p.Ends(); p.Flow == payment.PushMessage || !ends.IsZero() && !now.Before(ends) {
			continue
		}
		unit, _ := w.directory.Unit(p.MSN)
		codes = append(codes, pages.Code{
			Content: qr.Target(base, p.Code), Picture: pictureOf(p.Code), Title: pages.Money(p), Note: cmp.Or(p.Description, unit.Name),
		})
	}
	return codes, nil
}

// stickers are the merchants' codes, newest first.
func (w *World) stickers() []qr.Sticker {
	var all []qr.Sticker
	for _, unit := range w.directory.Units() {
		all = append(all, w.shelf.List(qr.Redirect, unit.MSN)...)
		all = append(all, w.shelf.List(qr.Callback, unit.MSN)...)
	}
	slices.SortFunc(all, func(a, b qr.Sticker) int { return cmp.Compare(b.Number, a.Number) })
	return all
}

func pictureOf(code string) string {
	return "/qr-image/v1?token=" + qr.Picture{Code: code, Format: qr.SVG}.Token()
}
