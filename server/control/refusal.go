package control

import (
	"errors"
	"net/http"

	"liksom/server/fault"
	"liksom/server/payment"
	"liksom/server/problem"
)

// codes gives the wallet core's reasons the codes of the phone protocol, so
// that a script meets one word for one thing. Reasons that no command of this
// door can meet are not in it.
var codes = map[payment.Reason]string{
	payment.UnknownPayment:  "not_found",
	payment.AlreadyApproved: "already_decided",
	payment.AlreadyDecided:  "already_decided",
	payment.RanOut:          "expired",
	payment.Taken:           "taken",
	payment.ConsentMissing:  "consent_required",
	payment.CardRefused:     "card_declined",
	payment.BeingProcessed:  "already_decided",
	payment.ShippingMissing: "bad_message",
	payment.ShippingWrong:   "bad_message",
	payment.NoPayer:         "no_payer",
}

// meaning is how a code is told here.
type meaning struct {
	status int
	title  string
	mend   string // what to do about it
}

// meanings is the only table from codes to statuses.
var meanings = map[string]meaning{
	"not_found":        {http.StatusNotFound, "Not found", "GET /sim/v1/payments lists the payments, GET /sim/v1/phones the phones; references are case-sensitive."},
	"already_decided":  {http.StatusConflict, "Already decided", "To try again, make a new payment with a reference of its own."},
	"expired":          {http.StatusConflict, "Expired", "Make a new payment, and answer it in time or with the clock frozen."},
	"taken":            {http.StatusConflict, "Open on another phone", "Answer on that phone, or have it let the payment go."},
	"consent_required": {http.StatusBadRequest, "Consent required", `Say "consent": true or false.`},
	"card_declined":    {http.StatusUnprocessableEntity, "Card declined", "GET /sim/v1/phones/{number} lists the cards and what the issuer says to each."},
	"no_payer":         {http.StatusConflict, "No payer", ""},
	"bad_message":      {http.StatusBadRequest, "Bad request", ""},
}

// refused tells of a refusal by another room; false when the error is none.
func refused(err error) (problem.Document, bool) {
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		doc, _, known := document(invalid(wrong.Field, wrong.Reason))
		return doc, known
	}
	code, message := "", ""
	var more []problem.Detail
	var core *payment.Error
	var phone *PhoneError
	switch {
	case errors.As(err, &core):
		code, message = codes[core.Reason], core.Message
		if code == "" {
			code = string(core.Reason)
		}
	case errors.As(err, &phone):
		code, message = phone.Code, phone.Message
		more = phone.more()
	default:
		return problem.Document{}, false
	}
	m, known := meanings[code]
	if !known {
		m = meaning{status: http.StatusConflict}
	}
	if m.mend != "" {
		message += " " + m.mend
	}
	return problem.Document{
		Status: m.status, Title: m.title, Detail: message,
		ExtraDetails: append([]problem.Detail{{Name: "ErrorCode", Reason: code}}, more...),
	}, true
}

// more is what a refusal tells beyond its code.
func (e *PhoneError) more() []problem.Detail {
	var out []problem.Detail
	for _, d := range []problem.Detail{{Name: "Reason", Reason: e.Reason}, {Name: "Host", Reason: e.Host}} {
		if d.Reason != "" {
			out = append(out, d)
		}
	}
	return out
}
