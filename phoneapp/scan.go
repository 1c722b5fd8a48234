package phoneapp

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"

	"liksom/server/directory"
	"liksom/server/payment"
)

// Scanned is what a scanned text says. At most one member but Sticker is set; none means
// a code of ours that leads nowhere.
type Scanned struct {
	// Payment is the code of a payment.
	Payment string
	// Token is the token of a landing page's link.
	Token string
	// Redirect is the page that a merchant's code leads to.
	Redirect string
	// Sticker is the id of that code.
	Sticker string
	// Callback is the id of a merchant's code that one checks in with.
	Callback string
	// Foreign is the host of a link that is not ours.
	Foreign string
	// Personal tells a payer's own code.
	Personal bool
}

// ScanResult is what scanning led to: the member of its kind is set.
type ScanResult struct {
	Kind    string   `json:"kind"` // payment, redirect, checkin
	Request *Request `json:"request,omitempty"`
	// URL is the merchant's page to open.
	URL string `json:"url,omitempty"`
	*CheckIn
}

// CheckIn is what a payer is shown who checks in with a merchant's code.
type CheckIn struct {
	MSN          string `json:"msn"`
	MerchantName string `json:"merchantName"`
	Brand        string `json:"brand"`
	MerchantQRID string `json:"merchantQrId"`
	Place        string `json:"locationDescription"`
	Category     string `json:"category"`
	// Reached tells whether the merchant answered; Text puts it in words.
	Reached bool   `json:"reached"`
	Text    string `json:"text"`
}

// Scan is what a phone does with the text of a code. A code of a payment puts
// it on the phone, which then has it open; a merchant's code gives the page to
// open, or checks the payer in and tells all of the phone's sockets how the
// merchant answered, which may take as long as the merchant takes. It refuses
// with [Taken] what another phone has open, with [Expired] and
// [AlreadyDecided] what has ended, with [NotFound] what never was, and with
// [BadMessage] what is no code to pay with.
func (h *Hub) Scan(ctx context.Context, number, content string) (ScanResult, error) {
	phone, ok := h.Directory.Phone(number)
	if !ok {
		return ScanResult{}, unknownPhone(number)
	}
	if content == "" {
		return ScanResult{}, bad("There is nothing to scan: content is missing.")
	}
	s, err := h.Read(content)
	switch {
	case err != nil:
		return ScanResult{}, bad("This code holds no link: the app does not know what to do with it.")
	case s.Foreign != "":
		return ScanResult{}, &Error{
			Code: BadMessage, Message: "This link belongs to " + s.Foreign + ", which the app does not follow.", Reason: "foreign", Host: s.Foreign,
		}
	case s.Personal:
		return ScanResult{}, &Error{Code: BadMessage, Message: "This code isn't for paying: it says who somebody is.", Reason: "personal"}
	case s.Redirect != "":
		if h.Opened != nil {
			if err := h.Opened(ctx, s.Sticker); err != nil {
				return ScanResult{}, err
			}
		}
		return ScanResult{Kind: "redirect", URL: s.Redirect}, nil
	case s.Callback != "":
		return h.checkIn(ctx, number, s.Callback)
	}
	p, err := h.scanned(ctx, s)
	if err != nil {
		return ScanResult{}, err
	}
	r, err := h.take(ctx, &phone, &p)
	if err != nil {
		return ScanResult{}, err
	}
	return ScanResult{Kind: "payment", Request: &r}, nil
}

// checksIn tells whether a text is a code to check in with.
func (h *Hub) checksIn(content string) bool {
	s, err := h.Read(content)
	return err == nil && s.Callback != ""
}

// checkIn checks the payer in and shows how the merchant answered.
func (h *Hub) checkIn(ctx context.Context, number, code string) (ScanResult, error) {
	done, err := h.CheckIn(ctx, number, code)
	if err != nil {
		return ScanResult{}, err
	}
	h.send(number, checkInMessage{Type: "checkin", CheckIn: done})
	return ScanResult{Kind: "checkin", CheckIn: &done}, nil
}

// scanned finds the payment that a code leads to.
func (h *Hub) scanned(ctx context.Context, s Scanned) (payment.Payment, error) {
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
