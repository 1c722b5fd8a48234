package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// start is when the tests' worlds begin.
var start = time.Date(2031, time.March, 14, 9, 26, 53, 589_000_000, time.UTC)

const unit = "123456"

var errRefused = errors.New("refused")

// Plan delivers each public event to every registration that wants its kind,
// under an id that tells which: "registration:seq".
func Plan(_ payment.Payment, e payment.Event, registrations []webhook.Registration) []webhook.Delivery {
	var planned []webhook.Delivery
	for _, r := range registrations {
		if r.Wants(string(e.Kind)) {
			planned = append(planned, webhook.Delivery{
				ID: deliveryID(r.ID, e.Seq), Registration: r.ID, Payment: e.ID, Event: e.Seq, Type: string(e.Kind),
				Body: []byte(`{"name":"` + e.Kind + `"}`), CreatedAt: e.At,
			})
		}
	}
	return planned
}

func deliveryID(registration string, seq payment.Seq) string {
	return fmt.Sprintf("%s:%d", registration, seq)
}

func id(reference string) payment.ID { return payment.ID{MSN: unit, Reference: reference} }

// draft is a payment as it is before a store has seen it.
func draft(id payment.ID) payment.Payment {
	return payment.Payment{
		ID: id, Code: "p" + id.MSN + id.Reference, Token: "p" + id.Reference + ".token", Source: "epayment", PSP: "psp-" + id.Reference,
		Amount: payment.Amount{Currency: "NOK", Value: 1000}, State: payment.Created, Flow: payment.WebRedirect, Method: "WALLET",
		CreatedAt: start, Window: payment.Landing, Since: start, Deadline: start.Add(5 * time.Minute),
		Description: "One pair of socks", ReturnURL: "https://shop.example/home",
	}
}

// rich is a payment with every member set.
func rich(id payment.ID) payment.Payment {
	p := draft(id)
	p.Sums = payment.Sums{Authorized: 1000, Captured: 600, Cancelled: 100, Refunded: 50}
	p.State, p.EndedAt, p.CaptureBy = payment.Authorized, start.Add(time.Minute), start.Add(180*24*time.Hour)
	p.Phone, p.Suggested, p.Holder, p.Key = "4712345678", "4787654321", "4512345678", "key-1"
	p.Scopes = []string{"name", "phoneNumber"}
	p.Terms = payment.Terms{CaptureFor: 180 * 24 * time.Hour, GuaranteedFor: 14 * 24 * time.Hour, RefundFor: 365 * 24 * time.Hour}
	p.Card = &payment.Card{ID: "card-1", BIN: "429198", Last4: "4242", Refusal: payment.CardExpired}
	p.Grant = &payment.Grant{Sub: "sub", Scopes: p.Scopes, Profile: payment.Profile{
		FirstName: "Kari", LastName: "Demo", Email: "kari@demo.example", Phone: "4712345678", BirthDate: "1988-12-03", NIN: "03128812345",
		Addresses: []payment.Address{{ID: "home", Type: "home", Line1: "Fjordveien 7", Line2: "B", City: "Bergen", PostCode: "5003", Country: "NO"}},
	}}
	p.Details = &payment.Details{
		Metadata: []payment.Pair{{Name: "b", Value: "<2>"}, {Name: "a", Value: "æøå & \"more\""}},
		Receipt: &payment.Receipt{Currency: "NOK", Tip: 5, Number: "0527", Lines: []payment.Line{
			{ID: "1", Name: "Sock", Total: 1000, ExcludesTax: 800, Tax: 200, Quantity: "2.5", Discount: 1, Return: true, Shipping: true},
		}},
		CustomerPresent: true, MinimumAge: 18, ReceiptURL: "https://r.example", TermsURL: "https://t.example", PrivacyURL: "https://p.example",
		QRFormat: "image/png", QRSize: 512,
	}
	return p
}

func happened(id payment.ID, kind payment.Kind, at time.Time) payment.Event {
	return payment.Event{ID: id, Kind: kind, At: at, Amount: 1000, PSP: "psp-" + id.Reference}
}

// created is the change that makes a payment.
func created(p payment.Payment) payment.Change {
	return payment.Change{
		Payment: &p, Events: []payment.Event{happened(p.ID, payment.PaymentCreated, p.CreatedAt)},
		Later: []payment.Due{{At: p.Deadline, Kind: payment.DueWindow, Key: p.ID.String()}},
	}
}

// creating is the operation that makes a payment, refused if there is one.
func creating(p payment.Payment) payment.Op {
	return payment.Op{ID: p.ID, Step: func(c payment.Current) (payment.Change, error) {
		if c.Payment != nil {
			return payment.Change{}, errRefused
		}
		return created(p), nil
	}}
}

// recording is the operation that adds an event and alters the payment.
func recording(id payment.ID, kind payment.Kind, at time.Time, alter func(*payment.Payment)) payment.Op {
	return payment.Op{ID: id, Step: func(c payment.Current) (payment.Change, error) {
		if c.Payment == nil {
			return payment.Change{}, payment.Unknown(id)
		}
		p := *c.Payment
		if alter != nil {
			alter(&p)
		}
		return payment.Change{Payment: &p, Events: []payment.Event{happened(id, kind, at)}}, nil
	}}
}

func refusing(id payment.ID) payment.Op {
	return payment.Op{ID: id, Step: func(payment.Current) (payment.Change, error) { return payment.Change{}, errRefused }}
}

func apply(t *testing.T, s Store, ops ...payment.Op) payment.Committed {
	t.Helper()
	done, err := s.Apply(t.Context(), ops...)
	require.NoError(t, err)
	return done
}

func create(t *testing.T, s Store, references ...string) {
	t.Helper()
	for _, reference := range references {
		apply(t, s, creating(draft(id(reference))))
	}
}

func get(t *testing.T, s Store, id payment.ID) payment.Payment {
	t.Helper()
	p, err := s.Get(t.Context(), id)
	require.NoError(t, err)
	return p
}

// after reads the whole log.
func after(t *testing.T, s Store, pos payment.Seq) []payment.Event {
	t.Helper()
	events, err := s.After(t.Context(), pos, 0)
	require.NoError(t, err)
	return events
}

func claim(t *testing.T, s Store, now time.Time, limit int) []payment.Due {
	t.Helper()
	rows, err := s.Claim(t.Context(), now, limit)
	require.NoError(t, err)
	return rows
}

// add writes due rows that are named by their keys, in the order given.
func add(t *testing.T, s Store, rows ...payment.Due) {
	t.Helper()
	require.NoError(t, s.Add(t.Context(), rows...))
}

func row(key string, at time.Time) payment.Due { return payment.Due{At: at, Kind: "tick", Key: key} }

func keys(rows []payment.Due) []string {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Key
	}
	return names
}

func references(payments []payment.Payment) []string {
	names := make([]string, len(payments))
	for i := range payments {
		names[i] = payments[i].Reference
	}
	return names
}

// seqs are 1 to n.
func seqs(n int) []payment.Seq {
	all := make([]payment.Seq, n)
	for i := range all {
		all[i] = payment.Seq(i + 1)
	}
	return all
}

func positions(events []payment.Event) []payment.Seq {
	all := make([]payment.Seq, len(events))
	for i := range events {
		all[i] = events[i].Seq
	}
	return all
}

func requireUnknown(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
}

// background is for goroutines that may outlive a failed test's context.
func background() context.Context { return context.Background() }
