package webhook

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"liksom/server/payment"
)

// Family is a kind of registrations whose deliveries look otherwise than the
// Webhooks API's, and are repeated otherwise. They share everything else: the
// queues, the record, the faults, the way out.
type Family interface {
	// Prefix is what the ids of its registrations begin with.
	Prefix() string
	// Header is what is sent with a body that is signed with a secret at a
	// time, and the string that was signed.
	Header(secret string, u *url.URL, body []byte, at time.Time) (header http.Header, signed string)
	// Signature names the header with the signature.
	Signature() string
	// Next is when a delivery is tried again after so many tries in vain, of
	// which the first was at first and the last at last; false when it is given
	// up.
	Next(tries int, first, last time.Time) (time.Time, bool)
	// Timeout is how long a receiver has to answer, in real time.
	Timeout() time.Duration
}

// Immortal is what the ids of registrations begin with that are never removed
// because their receiver accepts nothing: those of other families.
const Immortal = "we_"

// Batch is what a room beside the log has kept: documents, of which one
// without a body is removed, deliveries that are due when they were created
// or once those before them in their queue are out of the way, and due rows.
type Batch struct {
	Documents  []Document
	Deliveries []Delivery
	Due        []payment.Due
}

// Document is a small named text.
type Document struct {
	Kind, Key string
	Body      []byte
}

// Keeper keeps batches, each in one transaction.
type Keeper interface {
	Keep(ctx context.Context, b Batch) (payment.Committed, error)
}

// family finds the one that a registration is of; nil for the Webhooks API's.
func (s *Sender) family(registration string) Family {
	if f := s.options.Family; f != nil && strings.HasPrefix(registration, f.Prefix()) {
		return f
	}
	return nil
}

// limit is how long the receiver of a delivery may take.
func (s *Sender) limit(registration string) time.Duration {
	if f := s.family(registration); f != nil {
		return f.Timeout()
	}
	return s.timeout()
}

// next is when a delivery is tried again, if it is.
func (s *Sender) next(d *Delivery, last time.Time) (time.Time, bool) {
	if f := s.family(d.Registration); f != nil {
		return f.Next(d.Tries, d.FirstAt, last)
	}
	return Next(d.Tries, d.FirstAt, last)
}

// signed is what is sent with a body, the string that was signed, and the name
// of the header with the signature.
func (how *sending) signed(r *Registration, secret string, u *url.URL, body, sent []byte, at time.Time) (http.Header, string, string) {
	if how.family == nil {
		s := Sign(secret, u, body, at)
		return headers(r.ID, s, len(sent)), s.StringToSign, HeaderAuthorization
	}
	header, signed := how.family.Header(secret, u, body, at)
	header["Host"] = []string{Host(u)}
	return header, signed, how.family.Signature()
}

// over is how long the tries of a delivery went on, in words.
func over(tried time.Duration) string {
	if tried > keepTrying-24*time.Hour {
		return "seven days"
	}
	return tried.Round(time.Minute).String()
}
