package epayment

import (
	"errors"
	"fmt"
	"net/http"

	"liksom/server/payment"
	"liksom/server/problem"
)

// code is one coded error of the API (ePayment contract, section 8.4).
type code struct {
	number string
	title  string
	status int
	// detail is what is told unless somebody knows more.
	detail string
}

// The coded errors. The two of number 4150 differ in their titles.
var (
	internalError       = code{"3010", "Internal error", 500, "The request could not be handled."}
	captureConflict     = code{"4010", "Capture idempotency conflict", 409, "A capture with this Idempotency-Key had another body."}
	idempotencyError    = code{"4020", "Idempotency error", 409, "This Idempotency-Key was already used for another request."}
	invalidAmount       = code{"4040", "Invalid amount", 400, "The amount must be a whole number of minor units."}
	invalidToken        = code{"4050", "Invalid CustomerToken", 400, "customer.customerToken is not known, or older than 15 minutes: have the customer check in again."}
	invalidPersonalQR   = code{"4060", "Invalid PersonalQr", 400, "customer.personalQr is not the full text of a personal QR code."}
	invalidPhone        = code{"4070", "Invalid phone number", 400, "The number must have country code and digits only, such as 4712345678."}
	invalidScope        = code{"4080", "Invalid scope", 400, "profile.scope has a word that is no scope."}
	invalidURL          = code{"4090", "Invalid URL", 400, "A URL of the request is not valid."}
	metadataFull        = code{"4100", "Metadata capacity exceeded", 400, "metadata has more than 5 members: leave some out."}
	metadataTwice       = code{"4110", "Metadata duplicate keys not allowed", 400, "metadata has the same key twice."}
	metadataKeyLong     = code{"4120", "Metadata key length exceeded", 400, "metadata has a key of more than 100 characters."}
	metadataValueLong   = code{"4130", "Metadata value length exceeded", 400, "metadata has a value of more than 500 characters."}
	missingParameter    = code{"4140", "Missing required parameter", 400, "The request lacks something that its flow needs."}
	referenceExists     = code{"4150", "Reference exists", 409, "This reference already exists: use a new one for each payment."}
	refundConflict      = code{"4150", "Refund idempotency conflict", 409, "A refund with this Idempotency-Key had another body."}
	invalidMethod       = code{"4160", "Invalid payment method type", 400, "paymentMethod.type does not fit the rest of the request."}
	blockingImpossible  = code{"5010", "Blocking sources not applicable", 400, "paymentMethod.blockedSources is for WALLET payments of sales units in Denmark and Finland."}
	expressNotAllowed   = code{"5020", "Express payment not allowed", 403, "This sales unit is not enabled for Express: leave shipping out."}
	illegalScope        = code{"5030", "Illegal scope", 403, "This sales unit may not ask for nin: leave it out of profile.scope."}
	wrongCurrency       = code{"5040", "Invalid currency for merchant", 400, "The currency is not the sales unit's."}
	longLivingForbidden = code{"5050", "Long-living payment not allowed", 403, "This sales unit may not make long-living payments: leave expiresAt out."}
	bankNotVerified     = code{"5060", "Merchant bank account not verified", 403, "The bank account of this sales unit is not verified yet."}
	cannotCreate        = code{"5070", "Payment cannot be created", 422, "This payment cannot be made."}
	pushNotAllowed      = code{"5080", "PUSH_MESSAGE not allowed", 403, "This sales unit is not approved for PUSH_MESSAGE: use another userFlow."}
	unknownReference    = code{"5090", "Reference not found", 404, "This reference does not exist for this sales unit."}
	refundImpossible    = code{"5100", "Refund not possible", 400, "This sales unit cannot refund."}
	amountTooSmall      = code{"6010", "Amount too small", 400, "The amount is below the currency's minimum."}
	refundEarly         = code{"6020", "Attempted refund before reservation", 400, "The payer has not approved this payment yet."}
	cancelTooLate       = code{"6030", "Cancel period expired", 400, "The reservation has ended."}
	cancelCaptured      = code{"6040", "Cannot cancel a captured payment", 400, "All of the amount is captured: refund it instead."}
	cancelUnreserved    = code{"6050", "Cannot cancel a non-reserved payment", 400, "There is no reservation to cancel."}
	cancelAuthorized    = code{"6060", "Cannot cancel authorized payment", 400, "The payer has approved: leave cancelTransactionOnly out."}
	captureCancelled    = code{"6070", "Cannot capture a cancelled payment", 400, "The rest of the reservation was cancelled."}
	captureEarly        = code{"6080", "Cannot capture before reservation", 400, "The payer has not approved this payment yet."}
	captureTooMuch      = code{"6090", "Capture amount too high", 400, "More was asked than is left to capture."}
	captureTooLate      = code{"6100", "Capture period expired", 400, "The reservation has ended."}
	expiresLate         = code{"6110", "Expiration date is too late", 400, "expiresAt must be less than 60 days ahead."}
	expiresSoon         = code{"6120", "Expiration date is too soon", 400, "expiresAt must be more than 10 minutes ahead."}
	receiptMissing      = code{"6130", "Long living payments require a receipt", 400, "A payment with expiresAt needs a receipt: add it."}
	captureInFull       = code{"6140", "Must capture full amount", 400, "This sales unit captures in full."}
	refundTooMuch       = code{"6150", "Not enough refundable", 400, "More was asked than is refundable."}
	orderProcessing     = code{"6160", "Order processing", 423, "Another operation on this payment is under way: try again."}
	alreadyCaptured     = code{"6170", "Payment already captured", 400, "All of the amount is captured already."}
	alreadyRefunded     = code{"6180", "Payment already refunded", 400, "All of the captured amount is refunded already."}
	cancelState         = code{"6190", "Payment cannot be cancelled", 400, "The payment's state does not allow it."}
	captureState        = code{"6200", "Payment cannot be captured", 400, "The payment's state does not allow it."}
	refundState         = code{"6210", "Payment cannot be refunded", 400, "The payment's state does not allow it."}
	refundTooLate       = code{"6220", "Refund period expired", 400, "Refunds are possible for 365 days after the approval."}
	alreadyReserved     = code{"6230", "Payment is already reserved", 400, "The payment is approved already."}
	cancelProcessing    = code{"6250", "Cannot cancel processing payment", 400, "The payer's approval is being processed: try again."}
	fundsUnavailable    = code{"6260", "Funds unavailable", 400, "The reserved money is no longer there."}
	captureTryAgain     = code{"6280", "Capture failed, please try again later", 400, "Try again with the same Idempotency-Key."}
	customerNotFound    = code{"7010", "Customer not found", 400, "The number has no user who can pay this business."}
	approveFailed       = code{"10010", "Approve failed", 400, "The payment could not be approved."}
	approveNotAllowed   = code{"10020", "Approve not allowed", 400, "Express payments cannot be force approved."}
	notIdentified       = code{"10030", "Identification required", 400, "This phone's owner has never approved a payment by hand: do so once, or mark the phone as identified."}
	invalidSource       = code{"10040", "Invalid payment source", 400, "None of this phone's cards can pay: mend one."}
	noCards             = code{"10050", "No cards", 400, "This phone has no card: add one."}
	notSupported        = code{"10060", "Operation not supported", 400, "This operation is not supported."}
	limitExceeded       = code{"10070", "Payment limit exceeded", 400, "The amount is over the payer's limit."}
)

// because gives the code with a detail that says more.
func (c code) because(detail string) code {
	c.detail = detail
	return c
}

// codes are all of them, for whoever knows only a number. The first of a
// number counts.
func codes() []code {
	return []code{
		internalError, captureConflict, idempotencyError, invalidAmount, invalidToken, invalidPersonalQR, invalidPhone,
		invalidScope, invalidURL, metadataFull, metadataTwice, metadataKeyLong, metadataValueLong, missingParameter,
		referenceExists, refundConflict, invalidMethod, blockingImpossible, expressNotAllowed, illegalScope,
		wrongCurrency, longLivingForbidden, bankNotVerified, cannotCreate, pushNotAllowed, unknownReference,
		refundImpossible, amountTooSmall, refundEarly, cancelTooLate, cancelCaptured, cancelUnreserved,
		cancelAuthorized, captureCancelled, captureEarly, captureTooMuch, captureTooLate, expiresLate, expiresSoon,
		receiptMissing, captureInFull, refundTooMuch, orderProcessing, alreadyCaptured, alreadyRefunded, cancelState,
		captureState, refundState, refundTooLate, alreadyReserved, cancelProcessing, fundsUnavailable,
		captureTryAgain, customerNotFound, approveFailed, approveNotAllowed, notIdentified, invalidSource, noCards,
		notSupported, limitExceeded,
	}
}

// reasons is the only table from what the wallet core refuses to codes. That
// of a reused key depends on the operation and stands in [operation].
var reasons = map[payment.Reason]code{
	payment.UnknownPayment:   unknownReference,
	payment.ReferenceTaken:   referenceExists,
	payment.BadAmount:        invalidAmount,
	payment.NotReserved:      captureEarly,
	payment.CaptureCancelled: captureCancelled,
	payment.FullyCaptured:    alreadyCaptured,
	payment.CaptureTooMuch:   captureTooMuch,
	payment.CaptureTooLate:   captureTooLate,
	payment.CaptureInFull:    captureInFull,
	payment.CaptureState:     captureState,
	payment.CancelAuthorized: cancelAuthorized,
	payment.CancelState:      cancelState,
	payment.CancelCaptured:   cancelCaptured,
	payment.CancelTooLate:    cancelTooLate,
	payment.CancelProcessing: cancelProcessing,
	payment.RefundEarly:      refundEarly,
	payment.RefundState:      refundState,
	payment.RefundTooMuch:    refundTooMuch,
	payment.FullyRefunded:    alreadyRefunded,
	payment.RefundTooLate:    refundTooLate,
	payment.RefundImpossible: refundImpossible,
	payment.AlreadyApproved:  alreadyReserved,
	payment.AlreadyDecided:   approveFailed,
	payment.RanOut:           approveFailed,
}

// refused is a coded error of this package's own rules.
type refused struct{ code }

func (e refused) Error() string { return e.number + " " + e.title + ": " + e.detail }

func refuse(c code) error { return refused{c} }

func refusef(c code, format string, args ...any) error {
	return refused{c.because(fmt.Sprintf(format, args...))}
}

// invalid is a validation problem: all violations of a request's shape.
type invalid []problem.Detail

func (e invalid) Error() string { return fmt.Sprintf("%d fields are not valid", len(e)) }

// notAllowed is a plain problem of status 403.
type notAllowed string

func (e notAllowed) Error() string { return string(e) }

// document renders an error, which of a reused key says [operation.reused]. It
// answers false for one that says nothing
// clients may know.
func document(err error, instance string) (problem.Document, bool) {
	doc := problem.Document{Instance: instance}
	var own refused
	var core *payment.Error
	var bad invalid
	var plain notAllowed
	switch {
	case errors.As(err, &own):
		coded(&doc, own.code, own.detail)
	case errors.As(err, &core):
		c, known := reasons[core.Reason]
		if !known {
			return doc, false
		}
		coded(&doc, c, core.Message)
	case errors.As(err, &bad):
		doc.Status, doc.Detail, doc.ExtraDetails = http.StatusBadRequest, counted(len(bad)), bad
	case errors.As(err, &plain):
		doc.Status, doc.Detail = http.StatusForbidden, string(plain)
	default:
		return doc, false
	}
	return doc, true
}

func coded(doc *problem.Document, c code, detail string) {
	doc.Status, doc.Title, doc.Detail = c.status, c.title, detail
	doc.ExtraDetails = []problem.Detail{{Name: "ErrorCode", Reason: c.number}}
}

func counted(n int) string {
	if n == 1 {
		return "1 field is not valid, see extraDetails."
	}
	return fmt.Sprintf("%d fields are not valid, see extraDetails.", n)
}

// operation is what the errors of one route have of their own.
type operation struct {
	name string
	// conflict is the code for a key used before with another body.
	conflict code
	// keyed operations look their key up before anything else.
	keyed bool
}

var (
	creation     = operation{"create", idempotencyError, true}
	capturing    = operation{"capture", captureConflict, true}
	cancelling   = operation{"cancel", idempotencyError, true}
	refunding    = operation{"refund", refundConflict, true}
	reading      = operation{name: "get"}
	forceApprove = operation{name: "approve"}
)

// reused is the conflict of a key that was used before with another body.
func (op operation) reused(key string) code {
	if op.conflict == idempotencyError {
		return op.conflict.because("Idempotency-Key " + key + " was already used for another request.")
	}
	return op.conflict
}

// kept tells whether an answer is stored for its key: what succeeded, and
// coded errors but those that a new try may mend (section 7).
func kept(doc problem.Document) bool {
	if codeOf(doc) == "" {
		return false
	}
	switch {
	case doc.Status >= 500, doc.Status == http.StatusLocked, doc.Status == http.StatusTooManyRequests:
		return false
	}
	return codeOf(doc) != captureTryAgain.number
}
