package store

import (
	"liksom/server/payment"
	"liksom/server/webhook"
)

// Dump is everything that one world's store keeps, with times to the
// millisecond. Two stores with equal dumps answer alike.
type Dump struct {
	// Head is how far the log was ever numbered, LastDelivery the deliveries.
	Head         payment.Seq
	LastDelivery int64

	Payments []payment.Payment // by their numbers
	Events   []payment.Event   // by position
	Answers  []Answer          // by their keys
	// Due are the rows in the order they were written, those under way, too.
	// They have no numbers: a store gives its own.
	Due           []payment.Due
	Registrations []webhook.Registration // by their numbers
	Deliveries    []webhook.Delivery     // by their numbers
	Attempts      []webhook.Attempt      // by the deliveries' numbers and their own
	Documents     []Document             // by kind and key
}

// Answer is the kept answer to a request that must not take effect twice.
type Answer struct {
	Key string
	// MSN is the sales unit it was given to.
	MSN string
	payment.Reply
}

// Document is a small named text; see directory.Documents.
type Document struct {
	Kind, Key string
	Body      []byte
}
