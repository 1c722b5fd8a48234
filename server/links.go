package server

import (
	"context"
	"net/http"
	"net/url"

	"liksom/phoneapp"
	"liksom/qr"
	"liksom/server/payment"
)

// links are the addresses that lead to a payment of a world.
type links struct{ world *World }

// Landing is the landing page.
func (l links) Landing(r *http.Request, p payment.Payment) string {
	return l.world.base(r) + "/landing?token=" + url.QueryEscape(p.Token)
}

// App is the app's deep link.
func (links) App(p payment.Payment) string { return "vippsMT://?token=" + url.QueryEscape(p.Token) }

// Picture is the picture of the payment's QR code, as the merchant wants it.
func (l links) Picture(r *http.Request, p payment.Payment) string {
	return picture(l.world.base(r), p)
}

// Target is what that code says.
func (l links) Target(r *http.Request, p payment.Payment) string {
	return qr.Target(l.world.base(r), p.Code)
}

func picture(base string, p payment.Payment) string {
	return base + "/qr-image/v1?token=" + url.QueryEscape(qr.PictureToken(p))
}

// onLanding is the QR code on a landing page: a picture from the host the
// browser uses, saying the public address.
func (l links) onLanding(r *http.Request, p payment.Payment) (src, says string) {
	return picture(pageBase(r), p), l.Target(r, p)
}

// settled reads payments with those that are overdue ended first.
type settled struct {
	payment.Store
	service *payment.Service
}

// Get implements [payment.Store].
func (s settled) Get(ctx context.Context, id payment.ID) (payment.Payment, error) {
	return s.service.Get(ctx, id)
}

// Find implements [payment.Store].
func (s settled) Find(ctx context.Context, code string) (payment.Payment, error) {
	return s.service.Find(ctx, code)
}

// read tells phones what a scanned text says.
func (w *World) read(content string) (phoneapp.Scanned, error) {
	code, err := qr.Read(content, w.hosts()...)
	if err != nil {
		return phoneapp.Scanned{}, err
	}
	switch code.Kind {
	case qr.OneTime:
		return phoneapp.Scanned{Payment: code.ID}, nil
	case qr.Landing:
		return phoneapp.Scanned{Token: code.Token}, nil
	case qr.Redirect:
		sticker, _ := w.shelf.Find(code.ID)
		return phoneapp.Scanned{Redirect: sticker.Target, Sticker: code.ID}, nil
	case qr.Callback:
		return phoneapp.Scanned{Callback: code.ID}, nil
	case qr.Foreign:
		return phoneapp.Scanned{Foreign: code.Host}, nil
	case qr.Personal:
		return phoneapp.Scanned{Personal: true}, nil
	}
	return phoneapp.Scanned{}, nil
}

// hosts are those whose links this world takes for its own.
func (w *World) hosts() []string {
	own := []string{"localhost", "127.0.0.1", "[::1]"}
	for _, address := range []string{w.server.PublicURL(), w.server.URL()} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			own = append(own, u.Host)
			if w.name != "" {
				own = append(own, w.name+"."+u.Host)
			}
		}
	}
	return own
}

func (w *World) newPhones() *phoneapp.Hub {
	return phoneapp.New(phoneapp.Config{
		Left:    w.touch,
		Service: w.service, Payments: settled{w.store, w.service}, Feed: w.feed, Directory: w.directory, Clock: w.clock,
		Read: w.read, Faults: pushFaults{w.faults}, Express: w.express, Log: w.server.options.Log,
		Later: w.later, CheckIn: w.checkIn, Opened: w.shelf.Scanned, Added: w.added, Pushed: w.pushed,
	})
}
