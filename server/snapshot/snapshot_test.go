package snapshot_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/snapshot"
	"liksom/server/store"
	"liksom/server/webhook"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/snapshot.json"

var morning = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// world is a store's dump with something of every kind.
func world() store.Dump {
	id := payment.ID{MSN: "123456", Reference: "taxi-ride-000417"}
	card := int64(100)
	p := payment.Payment{
		ID: id, Code: "pbXODKowxb2", Token: "pbXODKowxb2.secret", Source: "epayment", PSP: "psp-1", Number: 2,
		Amount: payment.Amount{Currency: "NOK", Value: 24900}, Sums: payment.Sums{Authorized: 24900}, State: payment.Authorized,
		Flow: payment.WebRedirect, Method: "WALLET", CreatedAt: morning, Window: payment.Approval, Since: morning, Deadline: morning.Add(5 * time.Minute),
		EndedAt: morning.Add(time.Minute), Phone: "4712345678", Key: "key-1", Description: "Ride <1> & \"more\"", ReturnURL: "https://shop.example/",
		Scopes: []string{"name"}, Terms: payment.Terms{CaptureFor: time.Hour},
		Card:  &payment.Card{ID: "works", BIN: "429198", Last4: "4242"},
		Grant: &payment.Grant{Sub: "sub", Scopes: []string{"name"}, Profile: payment.Profile{FirstName: "Kari"}},
		Details: &payment.Details{
			Metadata: []payment.Pair{{Name: "CarID", Value: "7"}}, QRFormat: "image/png",
			Receipt: &payment.Receipt{Currency: "NOK", POS: "till", Sources: &payment.Sources{GiftCard: &card}, Lines: []payment.Line{{ID: "1", ProductURL: "https://shop.example/1"}}},
		},
	}
	return store.Dump{
		Head: 3, LastDelivery: 1, Payments: []payment.Payment{p},
		Events: []payment.Event{
			{Seq: 2, ID: id, Kind: payment.PaymentCreated, At: morning, Amount: 24900, PSP: "psp-1"},
			{Seq: 3, ID: id, Kind: payment.PaymentAuthorized, At: morning.Add(time.Minute), Amount: 24900, By: "console"},
		},
		Answers:       []store.Answer{{Key: "epayment/create/123456/key-1", MSN: "123456", Reply: payment.Reply{Print: [32]byte{1, 2}, Answer: []byte("201{}")}}},
		Due:           []payment.Due{{At: morning.Add(time.Hour), Kind: payment.DueRelease, Key: id.String()}},
		Registrations: []webhook.Registration{{ID: "r1", MSN: "123456", Client: "client", URL: "https://shop.example/hook", Events: []string{"epayments.payment.created.v1"}, Secret: "secret", CreatedAt: morning, Number: 1}},
		Deliveries:    []webhook.Delivery{{ID: "d1", Registration: "r1", Payment: id, Event: 2, Type: "epayments.payment.created.v1", Body: []byte(`{}`), Status: webhook.Delivered, CreatedAt: morning, Tries: 1, Number: 1}},
		Attempts: []webhook.Attempt{{
			Delivery: "d1", N: 1, At: morning, Real: morning, Took: 3 * time.Millisecond, URL: "https://shop.example/hook",
			Header: map[string][]string{"X-Ms-Date": {"now"}}, Body: []byte(`{}`), Signed: "POST\n/hook", Status: 200, AnswerHeader: map[string][]string{"Server": {"shop"}},
		}},
		Documents: []store.Document{
			{Kind: "qr-redirect", Key: "123456/table-7", Body: []byte(`{"Kind":"redirect","createdAt":"2026-11-21T10:00:00Z"}`)},
			{Kind: "phone", Key: "4712345678", Body: []byte(`{}`)},
		},
	}
}

func document() snapshot.Document {
	d := snapshot.Document{
		Format: snapshot.Format, Version: snapshot.Version, TakenAt: morning, Clock: snapshot.Clock{Now: morning.Add(time.Hour), Speed: 60, Frozen: true},
		Settings:  json.RawMessage(`{"landingWindow":"5m0s"}`),
		Merchants: []json.RawMessage{json.RawMessage(`{"msn":"123456"}`)}, Phones: []json.RawMessage{json.RawMessage(`{"number":"4712345678"}`)},
		Faults: []json.RawMessage{}, Sinks: map[string]json.RawMessage{"shop": json.RawMessage(`{"status":200}`)},
	}
	d.Put(world())
	return d
}

func written(t testing.TB) []byte {
	t.Helper()
	d := document()
	text, err := snapshot.Write(&d)
	require.NoError(t, err)
	return bytes.TrimSpace(text)
}

func TestASnapshotHasThisForm(t *testing.T) {
	t.Parallel()
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, written(t), "", "  "))
	pretty.WriteByte('\n')
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(golden, pretty.Bytes(), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), pretty.String())
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	t.Parallel()
	d, mistakes := snapshot.Read(written(t))
	require.Empty(t, mistakes)
	got, err := d.Dump()
	require.NoError(t, err)
	want := world()
	want.Documents = want.Documents[:1] // phones stand in a member of their own
	require.Equal(t, want, got)
}

func TestMistakesAreToldAllAtOnceEachWithItsPlace(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(
		`"code":"pbXODKowxb2"`, `"code":""`,
		`"kind":"AUTHORIZED"`, `"kind":""`,
		`"kind":"release"`, `"kind":""`,
		`"status":"delivered"`, `"status":"lost"`,
		`"delivery":"d1"`, `"delivery":"d2"`,
		`"secret":"secret"`, `"secret":""`,
		`"speed":60`, `"speed":100001`,
	).Replace(string(written(t)))
	_, mistakes := snapshot.Read([]byte(text))
	var places []string
	for _, m := range mistakes {
		require.NotEmpty(t, m.Reason)
		places = append(places, m.Name)
	}
	require.Equal(t, []string{
		"clock.speed", "payments[0].code", "events[1].kind", "registrations[0]", "deliveries[0].status", "attempts[0].delivery", "deadlines[0].kind",
	}, places)
}

func TestWhatIsNoSnapshotIsToldSo(t *testing.T) {
	t.Parallel()
	whole := string(written(t))
	for name, c := range map[string]struct{ text, place, says string }{
		"nothing":                   {``, "$", "empty"},
		"a list":                    {`[]`, "$", "object"},
		"half of one":               {whole[:len(whole)/2], "$", ""},
		"another version":           {strings.Replace(whole, `"version":1`, `"version":2`, 1), "format", "version 1"},
		"a member too many":         {strings.Replace(whole, `"faults"`, `"fautls":[],"faults"`, 1), "fautls", "Did you mean faults?"},
		"a member too few":          {strings.Replace(whole, `"faults":[],`, ``, 1), "faults", "missing"},
		"an unknown inner member":   {strings.Replace(whole, `"psp":"psp-1"`, `"pps":"psp-1"`, 1), "payments[0].pps", "no member"},
		"a text for a number":       {strings.Replace(whole, `"value":24900`, `"value":"much"`, 1), "payments[0].amount.value", "wrong kind"},
		"an event without payment":  {strings.Replace(whole, `"id":{"msn":"123456"`, `"id":{"msn":"654321"`, 1), "events[0].id", "no payment"},
		"a position beyond the log": {strings.Replace(whole, `"events":3,`, `"events":2,`, 1), "events[1].seq", "numbering.events"},
		"a huge log":                {strings.Replace(whole, `"events":3,`, `"events":99999999999,`, 1), "numbering", "at most"},
		"phones twice":              {strings.Replace(whole, `"documents":{`, `"documents":{"phone":{},`, 1), "documents.phone", "phones"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, mistakes := snapshot.Read([]byte(c.text))
			require.NotEmpty(t, mistakes)
			require.Equal(t, c.place, mistakes[0].Name)
			require.Contains(t, mistakes[0].Reason, c.says)
		})
	}
}

// FuzzRead holds against any text: what is taken makes a dump, and is read the
// same once it has been written.
func FuzzRead(f *testing.F) {
	f.Add(written(f))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"format":"liksom.snapshot","version":1,"payments":[null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, mistakes := snapshot.Read(text)
		if len(mistakes) > 0 {
			return
		}
		_, err := d.Dump()
		require.NoError(t, err)
		again, err := snapshot.Write(&d)
		require.NoError(t, err)
		_, mistakes = snapshot.Read(again)
		require.Empty(t, mistakes)
	})
}
