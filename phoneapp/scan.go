package phoneapp

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"

	"liksom/server/directory"
	"liksom/server/payment"
)

// Scanned is what a scanned text says. At most one member is set; none means
// a code of ours that leads nowhere.
type Scanned struct {
	// Payment is the code of a payment.
	Payment string
	// Token is the token of a landing page's link.
	Token string
	// Foreign is the host of a link that is not ours.
	Foreign string
	// Personal tells a payer's own code.
	Personal bool
}

// ScanResult is what scanning led to.
type ScanResult struct {
	Kind    string   `json:"kind"` // payment
	Request *Request `json:"request,omitempty"`
}

// Scan is what a phone does with the text of a code. A code of a payment puts
// it on the phone, which then has it open. It refuses with [Taken] what
// another phone has open, with [Expired] and [AlreadyDecided] what has ended,
// with [NotFound] what never was, and with [BadMessage] what is no code to
// pay with.
func (h *Hub) Scan(ctx context.Context, number, content string) (ScanResult, error) {
	phone, ok := h.Directory.Phone(number)
	if !ok {
		return ScanResult{}, unknownPhone(number)
	}
	if content == "" {
		return ScanResult{}, bad("There is nothing to scan: content is missing.")
	}
	p, err := h.scanned(ctx, content)
	if err != nil {
		return ScanResult{}, err
	}
	r, err := h.take(ctx, &phone, &p)
	if err != nil {
		return ScanResult{}, err
	}
	return ScanResult{Kind: "payment", Request: &r}, nil
}

// scanned finds the payment that a text leads to.
func (h *Hub) scanned(ctx context.Context, content string) (payment.Payment, error) {
	s, err := h.Read(content)
	switch {
	case err != nil:
		return payment.Payment{}, bad(err.Error())
	case s.Foreign != "":
		return payment.Payment{}, bad("This link belongs to " + s.Foreign + ", which the app does not follow.")
	case s.Personal:
		return payment.Payment{}, bad("This code isn't for paying: it says who somebody is.")
	}
	code := s.Payment
	if s.Token != "" {
		code, _, _ = strings.Cut(s.Token, ".")
	}
	unknown := &Error{Code: NotFound, Message: "We can't find this code."}
	if code == "" {
		return payment.Payment{}, unknown
	}
	p, err := h.Payments.Find(ctx, code)
	if errors.Is(err, payment.Because(payment.UnknownPayment)) {
		return payment.Payment{}, unknown
	}
	if err != nil {
		return payment.Payment{}, err
	}
	if s.Token != "" && subtle.ConstantTimeCompare([]byte(s.Token), []byte(p.Token)) == 0 {
		return payment.Payment{}, unknown
	}
	return p, nil
}

// take makes a phone the one that has a payment open.
func (h *Hub) take(ctx context.Context, phone *directory.Phone, p *payment.Payment) (Request, error) {
	if p.Flow == payment.PushMessage && p.Phone != phone.Number {
		return Request{}, &Error{Code: NotFound, Message: "We can't find this code."}
	}
	if !p.Final() {
		if err := mayPay(phone, p); err != nil {
			return Request{}, err
		}
	}
	return h.apply(ctx, phone, p.ID, payment.Identify{Phone: phone.Number, Holds: true})
}
