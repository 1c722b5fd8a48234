package phoneapp

import (
	"errors"

	"liksom/server/payment"
)

// Code says why a phone's message was refused, in the words of the protocol.
type Code string

// The codes of the protocol (simulator contract, section 4).
const (
	NotFound        Code = "not_found"
	AlreadyDecided  Code = "already_decided"
	Expired         Code = "expired"
	Taken           Code = "taken"
	ConsentRequired Code = "consent_required"
	CardDeclined    Code = "card_declined"
	BadMessage      Code = "bad_message"
)

// Error is a refusal that the phone is told of. Every other error of this
// package is trouble inside, which nobody outside is shown.
type Error struct {
	Code    Code
	Message string
	// Remedy is "retry" or "address" where that is known to help.
	Remedy string
	// Reason tells two codes apart that are not to pay with, for the words
	// they have on the screen: "foreign", with the link's Host, and
	// "personal".
	Reason, Host string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// codes is the only table from the wallet core's reasons to the protocol's.
var codes = map[payment.Reason]Code{
	payment.UnknownPayment:  NotFound,
	payment.AlreadyApproved: AlreadyDecided,
	payment.AlreadyDecided:  AlreadyDecided,
	payment.RanOut:          Expired,
	payment.Taken:           Taken,
	payment.ConsentMissing:  ConsentRequired,
	payment.CardRefused:     CardDeclined,
	payment.BeingProcessed:  AlreadyDecided,
}

// refusal turns a refusal of the wallet core into one of the protocol; other
// errors stay as they are.
func refusal(err error) error {
	var e *payment.Error
	if !errors.As(err, &e) {
		return err
	}
	code, known := codes[e.Reason]
	if !known {
		code = BadMessage
	}
	return &Error{Code: code, Message: e.Message}
}

func bad(message string) error { return &Error{Code: BadMessage, Message: message} }

func unknownPhone(number string) error {
	return &Error{Code: NotFound, Message: "No phone has the number " + number + "."}
}

// refused tells whether an error is a refusal, rather than trouble inside.
func refused(err error) bool {
	var e *Error
	return errors.As(err, &e)
}
