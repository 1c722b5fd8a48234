package api

import (
	"context"
	"errors"
	"net/http"

	"liksom/qr"
	"liksom/server/payment"
)

type oneTimeView struct {
	URL       string `json:"url"`
	ExpiresIn int64  `json:"expiresIn"`
}

// oneTime gives the code of a payment whose landing page, deep link or code
// the merchant sends (QR contract, section 5.2).
func (a *API) oneTime(c *call) (any, error) {
	m, err := c.body()
	if err != nil {
		return nil, err
	}
	as, err := c.form(m)
	if err != nil {
		return nil, err
	}
	link, _ := m.text("url", true)
	if err := a.finish(c, m); err != nil {
		return nil, err
	}
	p, err := a.waiting(c.Context(), link)
	if errors.Is(err, payment.Because(payment.UnknownPayment)) || err == nil && !c.speaksFor(p.MSN) {
		return nil, &refusal{status: http.StatusBadRequest, title: "Validation error", detail: "Supplied landing page token is not valid"}
	}
	if err != nil {
		return nil, err
	}
	left := p.Deadline.Sub(a.Now())
	if p.Final() || left <= 0 {
		return nil, &refusal{status: http.StatusBadRequest, title: "Order timeout", detail: "Payment has already timed out"}
	}
	return oneTimeView{URL: a.link(c.Request, p.Code, as), ExpiresIn: seconds(left)}, nil
}

func (a *API) waiting(ctx context.Context, link string) (payment.Payment, error) {
	code, err := qr.Read(link, a.Hosts()...)
	switch {
	case err == nil && code.Kind == qr.Landing:
		return a.Landing(ctx, code.Token)
	case err == nil && code.Kind == qr.OneTime:
		return a.Code(ctx, code.ID)
	}
	return payment.Payment{}, payment.Because(payment.UnknownPayment)
}
