package server

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"liksom/phoneapp"
	"liksom/qr"
	qrapi "liksom/qr/api"
	"liksom/server/gateway"
	"liksom/server/payment"
	"liksom/server/webhook"
)

// furnishCodes makes the room where merchants' codes are kept and payers
// check in.
func (w *World) furnishCodes(ctx context.Context) error {
	keeping := qr.Keeping{Documents: w.store, Code: w.ids.Code, Now: w.clock.Now, Later: w.later}
	var err error
	if w.shelf, err = qr.NewShelf(ctx, keeping); err != nil {
		return err
	}
	w.shelf.Told = w.codeTold
	w.counter = &qr.Counter{Keeping: keeping, Shelf: w.shelf, Random: w.ids.Bytes, Announce: w.announce}
	return w.counter.Open(ctx)
}

// later writes due rows and wakes the timer.
func (w *World) later(ctx context.Context, rows ...payment.Due) error {
	if err := w.store.Add(ctx, rows...); err != nil {
		return err
	}
	for _, row := range rows {
		w.timer.Alarm(row.At)
	}
	return nil
}

// resetCodes removes a sales unit's codes and who checked in there, or
// everybody's.
func (w *World) resetCodes(ctx context.Context, msn string) error {
	return errors.Join(w.shelf.Reset(ctx, msn), w.counter.Reset(ctx, msn))
}

// announce tells the merchant of a check-in. What the payer has begun goes on
// when the phone goes away; only the world's own end cuts it short.
func (w *World) announce(ctx context.Context, t qr.Ticket, name string) error {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(w.work, cancel)()
	err := w.sender.CheckIn(ctx, webhook.CheckIn{ID: w.ids.UUID(), MSN: t.MSN, Token: t.Token, QR: name, At: t.At}, w.covers)
	if errors.Is(err, webhook.ErrNobody) || errors.Is(err, webhook.ErrNotAccepted) {
		return fmt.Errorf("%w: %w", qr.ErrNotTold, err)
	}
	return err
}

// checkIn lets a phone check in, in the words of phones.
func (w *World) checkIn(ctx context.Context, number, code string) (phoneapp.CheckIn, error) {
	done, err := w.counter.CheckIn(ctx, code, number)
	if errors.Is(err, qr.ErrUnknown) {
		return phoneapp.CheckIn{}, &phoneapp.Error{Code: phoneapp.NotFound, Message: "We can't find this code."}
	}
	if err != nil {
		return phoneapp.CheckIn{}, err
	}
	unit, _ := w.directory.Unit(done.Sticker.MSN)
	return phoneapp.CheckIn{
		MSN: unit.MSN, MerchantName: unit.Name, Brand: unit.Rules().Brand, MerchantQRID: done.Sticker.Name,
		Place: done.Sticker.Place, Category: done.Sticker.Category, Reached: done.Failure == nil, Text: done.Notice(),
	}, nil
}

// checkInFromPage has a phone scan a code that a browser has opened.
func (w *World) checkInFromPage(r *http.Request, number, id string) (qr.Outcome, error) {
	done, err := w.phones.Scan(r.Context(), number, qr.Target(w.URL(), id))
	var refused *phoneapp.Error
	switch {
	case errors.As(err, &refused) && refused.Code == phoneapp.NotFound:
		return qr.Outcome{}, qr.ErrUnknown
	case err != nil:
		return qr.Outcome{}, err
	case done.CheckIn == nil: // it has become another kind of code meanwhile
		return qr.Outcome{}, qr.ErrUnknown
	}
	return qr.Outcome{Reached: done.CheckIn.Reached, Text: done.CheckIn.Text}, nil
}

// codesDoor is the imitated QR API, and what codes and pictures lead to.
func (w *World) codesDoor() http.Handler {
	pictures := mux.NewRouter()
	pictures.NotFoundHandler = http.HandlerFunc(gateway.NotFound)
	qr.NewDoor(qr.Config{
		Find: w.service.Find, Base: w.base, Now: w.clock.Now, Sticker: w.shelf.Find, CheckIn: w.checkInFromPage, Scanned: w.shelf.Scanned,
		Shop:   func(msn string) string { unit, _ := w.directory.Unit(msn); return unit.Name },
		Owners: w.owners, Log: w.server.options.Log,
	}).Mount(pictures)
	open, api := ownPagesOnly(pictures), w.qrAPI()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == qrapi.Prefix || strings.HasPrefix(r.URL.Path, qrapi.Prefix+"/") {
			api.ServeHTTP(rw, r)
			return
		}
		open.ServeHTTP(rw, r)
	})
}

func (w *World) owners() []qr.Owner {
	var all []qr.Owner
	for _, phone := range w.directory.Phones() {
		all = append(all, qr.Owner{Number: phone.Number, Name: phone.Name})
	}
	return all
}

func (w *World) qrAPI() http.Handler {
	api := qrapi.New(qrapi.Options{
		Shelf: w.shelf, Counter: w.counter, Landing: w.landed, Code: w.service.Find, Hosts: w.hosts,
		Now: w.clock.Now, Base: w.base, Objection: webhook.Objection, Note: gateway.Note, Log: w.server.options.Log,
		StrictURLs:   func() bool { return w.directory.Settings().StrictURLs },
		StrictBodies: func() bool { return w.directory.Settings().StrictBodies },
	})
	// A partner's call without a sales unit is answered where it concerns
	// none, as in the exchange of codes (QR contract, section 2).
	front := gateway.API{Name: "qr", Prefix: "/qr", UnitOptional: true, Refuse: qrapi.Refuse}
	return w.gateway.WrapRouter(front, api.Routes())
}

// landed gets the payment of a landing page's token.
func (w *World) landed(ctx context.Context, token string) (payment.Payment, error) {
	code, _, _ := strings.Cut(token, ".")
	p, err := w.service.Find(ctx, code)
	if err == nil && subtle.ConstantTimeCompare([]byte(token), []byte(p.Token)) == 0 {
		err = payment.Unknown(payment.ID{Reference: code})
	}
	return p, err
}

// customers tells the ePayment API whom a merchant means.
type customers struct{ counter *qr.Counter }

// Token implements epayment's Customers.
func (c customers) Token(msn, token string) (string, bool) {
	ticket, known := c.counter.Ticket(token)
	return ticket.Number, known && ticket.MSN == msn
}

// PersonalQR implements epayment's Customers.
func (c customers) PersonalQR(content string) (string, bool) {
	person, ok := qr.ReadPerson(content)
	return person.Number, ok
}

// personalQR is the text of a phone's own code, as its app would show it.
func (w *World) personalQR(number, version string) string {
	return qr.Person{Number: number, Version: version, MadeAt: w.clock.Now()}.Code()
}
