package webhook

import (
	"time"

	"liksom/server/payment"
)

// SampleReference is what payments are called that are made up for a test.
const SampleReference = "liksom-test-event"

// Sample is the body of an event that was made up: of a payment of 1.00 that
// is nowhere kept, or of a check-in. False for the types that the simulator
// never sends.
func Sample(eventType, msn, currency, id string, now time.Time) ([]byte, bool) {
	if eventType == CheckedIn {
		c := CheckIn{MSN: msn, Token: id, QR: SampleReference, At: now}
		return c.Body(), true
	}
	for _, kind := range []payment.Kind{
		payment.PaymentCreated, payment.PaymentAuthorized, payment.PaymentAborted, payment.PaymentExpired,
		payment.PaymentTerminated, payment.PaymentCaptured, payment.PaymentCancelled, payment.PaymentRefunded,
	} {
		if TypeOf(kind) != eventType {
			continue
		}
		of := payment.ID{MSN: msn, Reference: SampleReference}
		p := payment.Payment{ID: of, Amount: payment.Amount{Currency: currency, Value: 100}}
		return Body(p, payment.Event{ID: of, Kind: kind, At: now, Amount: 100, PSP: id}), true
	}
	return nil, false
}
