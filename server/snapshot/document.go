// Package snapshot says how a whole world is written as one document
// (simulator contract, section 4).
//
// What can be set through the control API stands in the form of its bodies;
// what happened stands as the store keeps it. Spans of time are nanoseconds
// there, bytes are base64.
package snapshot

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"liksom/server/payment"
	"liksom/server/store"
	"liksom/server/webhook"
)

// The mark of a document, and the version of its form.
const (
	Format  = "liksom.snapshot"
	Version = 1
)

// Document is one world.
type Document struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	TakenAt time.Time `json:"takenAt"` // real time
	Clock   Clock     `json:"clock"`

	// These are bodies of the control API, whole ones.
	Settings  json.RawMessage   `json:"settings"`
	Merchants []json.RawMessage `json:"merchants"`
	Phones    []json.RawMessage `json:"phones"`
	Faults    []json.RawMessage `json:"faults"`
	// Sinks are the built-in receivers by name, with what they got.
	Sinks map[string]json.RawMessage `json:"sinks"`

	// Numbering is how far the log and the deliveries were numbered. It is a
	// pointer so that it is written for a world where nothing has happened.
	Numbering     *Numbering             `json:"numbering"`
	Payments      []payment.Payment      `json:"payments"`
	Events        []payment.Event        `json:"events"`
	Answers       []Answer               `json:"answers"`
	Deadlines     []Deadline             `json:"deadlines"`
	Registrations []webhook.Registration `json:"registrations"`
	Deliveries    []webhook.Delivery     `json:"deliveries"`
	Attempts      []webhook.Attempt      `json:"attempts"`
	// Documents are what else rooms keep, by kind and key: QR codes,
	// check-ins, receipts of orders, how often all tokens were ended.
	Documents map[string]map[string]json.RawMessage `json:"documents"`
}

// Clock is the world's time when the document was made.
type Clock struct {
	Now    time.Time `json:"now"`
	Speed  float64   `json:"speed"`
	Frozen bool      `json:"frozen"`
}

// Numbering is the newest number ever given.
type Numbering struct {
	Events     payment.Seq `json:"events"`
	Deliveries int64       `json:"deliveries"`
}

// Deadline is a due row.
type Deadline struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Key  string    `json:"key"`
}

// Answer is a kept answer to a request that must not take effect twice.
type Answer struct {
	Key string `json:"key"`
	MSN string `json:"msn"`
	// Print is the digest of the request, in hexadecimal.
	Print  string `json:"print"`
	Answer []byte `json:"answer"`
}

// apart are the kinds of documents that stand in members of their own.
var apart = map[string]string{
	"phone": "phones", "unit": "merchants", "client": "merchants", "settings": "settings", "clock": "clock",
}

// Put fills in what a store keeps.
func (d *Document) Put(dump store.Dump) { //nolint:gocritic // a dump is handed over once
	d.Numbering = &Numbering{dump.Head, dump.LastDelivery}
	d.Payments, d.Events = list(dump.Payments), list(dump.Events)
	d.Registrations, d.Deliveries, d.Attempts = list(dump.Registrations), list(dump.Deliveries), list(dump.Attempts)
	d.Answers, d.Deadlines = []Answer{}, []Deadline{}
	for _, a := range dump.Answers {
		d.Answers = append(d.Answers, Answer{a.Key, a.MSN, hex.EncodeToString(a.Print[:]), a.Answer})
	}
	for _, row := range dump.Due {
		d.Deadlines = append(d.Deadlines, Deadline{row.At, row.Kind, row.Key})
	}
	d.Documents = map[string]map[string]json.RawMessage{}
	for _, one := range dump.Documents {
		if apart[one.Kind] != "" {
			continue
		}
		if d.Documents[one.Kind] == nil {
			d.Documents[one.Kind] = map[string]json.RawMessage{}
		}
		d.Documents[one.Kind][one.Key] = one.Body
	}
}

// list is a list that is written as one even when it is empty.
func list[T any](l []T) []T { return append([]T{}, l...) }

// Dump is what a store is to keep for the document, without what stands in
// the form of bodies. The document must have been read by [Read].
func (d *Document) Dump() (store.Dump, error) {
	dump := store.Dump{
		Head: d.Numbering.Events, LastDelivery: d.Numbering.Deliveries, Payments: d.Payments, Events: d.Events,
		Registrations: d.Registrations, Deliveries: d.Deliveries, Attempts: d.Attempts,
	}
	for _, a := range d.Answers {
		kept := store.Answer{Key: a.Key, MSN: a.MSN, Reply: payment.Reply{Answer: a.Answer}}
		if n, err := hex.Decode(kept.Print[:], []byte(a.Print)); err != nil || n != len(kept.Print) {
			return store.Dump{}, fmt.Errorf("the print of the answer %s is no digest", a.Key)
		}
		dump.Answers = append(dump.Answers, kept)
	}
	for _, row := range d.Deadlines {
		dump.Due = append(dump.Due, payment.Due{At: row.At.UTC(), Kind: row.Kind, Key: row.Key})
	}
	for kind, entries := range d.Documents {
		for key, body := range entries {
			dump.Documents = append(dump.Documents, store.Document{Kind: kind, Key: key, Body: body})
		}
	}
	return dump, nil
}
