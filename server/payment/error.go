package payment

import (
	"errors"
	"fmt"
)

// Class is the broad sort of an error; an edge that does not care for the
// exact reason maps the class.
type Class int

// The classes of errors.
const (
	Internal Class = iota
	Invalid
	NotFound
	Conflict
	WrongState
	TooLate
	Forbidden
)

// Reason says exactly which rule refused a command.
type Reason string

// The reasons for a refusal. The comment gives the code the ePayment API has
// for it, so that the tables are easy to compare.
const (
	UnknownPayment   Reason = "unknown_payment"   // 5090
	ReferenceTaken   Reason = "reference_taken"   // 4150
	KeyReused        Reason = "key_reused"        // 4010, 4020, 4150
	BadAmount        Reason = "bad_amount"        // 4040
	NotReserved      Reason = "not_reserved"      // 6080: capture before approval
	CaptureCancelled Reason = "capture_cancelled" // 6070
	FullyCaptured    Reason = "fully_captured"    // 6170
	CaptureTooMuch   Reason = "capture_too_much"  // 6090
	CaptureTooLate   Reason = "capture_too_late"  // 6100
	CaptureInFull    Reason = "capture_in_full"   // 6140
	CaptureState     Reason = "capture_state"     // 6200
	CancelAuthorized Reason = "cancel_authorized" // 6060
	CancelState      Reason = "cancel_state"      // 6190
	CancelCaptured   Reason = "cancel_captured"   // 6040
	CancelTooLate    Reason = "cancel_too_late"   // 6030
	CancelProcessing Reason = "cancel_processing" // 6250
	RefundEarly      Reason = "refund_early"      // 6020
	RefundState      Reason = "refund_state"      // 6210
	RefundTooMuch    Reason = "refund_too_much"   // 6150
	FullyRefunded    Reason = "fully_refunded"    // 6180
	RefundTooLate    Reason = "refund_too_late"   // 6220
	RefundImpossible Reason = "refund_impossible" // 5100
	AlreadyApproved  Reason = "already_approved"  // 6230
	AlreadyDecided   Reason = "already_decided"   // answered, withdrawn
	RanOut           Reason = "ran_out"           // expired
	Taken            Reason = "taken"             // open on another phone
	ConsentMissing   Reason = "consent_missing"   // scopes asked for, no answer given
	CardRefused      Reason = "card_refused"      // the issuer said no; another card may be tried
	NoPayer          Reason = "no_payer"          // nobody identified yet
	BeingProcessed   Reason = "being_processed"   // approved, and the issuer has not decided yet
	ShippingMissing  Reason = "shipping_missing"  // no address and option chosen
	ShippingWrong    Reason = "shipping_wrong"    // chosen what is not offered
)

var classes = map[Reason]Class{
	UnknownPayment: NotFound,
	ReferenceTaken: Conflict, KeyReused: Conflict, Taken: Conflict,
	BadAmount: Invalid, ConsentMissing: Invalid, ShippingMissing: Invalid, ShippingWrong: Invalid,
	CaptureTooLate: TooLate, CancelTooLate: TooLate, RefundTooLate: TooLate, RanOut: TooLate,
}

// Error is a refusal: a rule of the wallet core said no, and nothing changed
// but what the error's comment says.
type Error struct {
	Reason Reason
	// Message tells a person what was refused and why.
	Message string
	// State is the payment's state at the refusal, if there is a payment.
	State State
	// Refusal is the issuer's word, for [CardRefused].
	Refusal Refusal
	// Left is what could still be captured or refunded, where that matters.
	Left int64
}

func (e *Error) Error() string { return string(e.Reason) + ": " + e.Message }

// Class is the broad sort of the refusal.
func (e *Error) Class() Class {
	if c, ok := classes[e.Reason]; ok {
		return c
	}
	return WrongState
}

// Is lets errors.Is compare by reason: errors.Is(err, payment.Because(RanOut)).
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Message == "" && t.Reason == e.Reason
}

// Because is an error to compare with by errors.Is.
func Because(r Reason) error { return &Error{Reason: r} }

// ReasonOf is the reason of a refusal, or "" for any other error.
func ReasonOf(err error) Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

func refuse(p *Payment, r Reason, format string, args ...any) *Error {
	e := &Error{Reason: r, Message: fmt.Sprintf(format, args...)}
	if p != nil {
		e.State = p.State
	}
	return e
}

// Unknown is the refusal for a payment that does not exist.
func Unknown(id ID) *Error {
	return refuse(nil, UnknownPayment, "Reference %s does not exist for MSN %s.", id.Reference, id.MSN)
}
