package webhook_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(text string) time.Time {
	v, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return v
}

var id = payment.ID{MSN: "123456", Reference: "demo-taxi-ride-0001"}

func TestBodyOfEachEvent(t *testing.T) {
	t.Parallel()
	approved := at("2026-01-19T16:26:32.099Z")
	plain := payment.Payment{ID: id, Amount: payment.Amount{Currency: "NOK", Value: 24900}}
	shared := plain
	shared.EndedAt, shared.CaptureBy = approved, approved.AddDate(0, 0, 180)
	shared.Terms.GuaranteedFor = 7 * 24 * time.Hour
	shared.Grant = &payment.Grant{
		Sub: "c06c4afe-d9e1-4c5d-939a-177d752a0944", Scopes: []string{"address", "birthDate", "email", "name", "nin", "phoneNumber"},
		Profile: payment.Profile{
			FirstName: "Kåre", LastName: "Østbø <&>", Email: "user@example.com", Phone: "4712345678", BirthDate: "1988-12-03", NIN: "01010112345",
			Addresses: []payment.Address{
				{ID: "a1", Type: "home", Line1: "Robert Levins gate 5", City: "Oslo", PostCode: "0154", Country: "NO"},
				{ID: "a2", Type: "work", Line1: "Torget 1", Line2: "2. etg", City: "Bergen", PostCode: "5014", Country: "NO"},
			},
		},
	}
	late := shared
	late.Grant, late.CaptureBy = nil, approved.Add(time.Hour)
	onlyNIN := shared
	onlyNIN.Grant = &payment.Grant{Sub: "s", Scopes: []string{"nin"}, Profile: payment.Profile{NIN: "1", FirstName: "not granted"}}
	express := shared
	express.Chosen = &payment.ShippingChoice{
		Address:  payment.Address{ID: "a2", Type: "work", Line1: "Torget 1", Line2: "2. etg", City: "Bergen", PostCode: "5014", Country: "NO"},
		OptionID: "home-std", OptionName: "Home, weekdays", Cost: 7900,
	}
	event := func(k payment.Kind, amount int64, key string) payment.Event {
		return payment.Event{ID: id, Kind: k, At: approved, Amount: amount, PSP: "3f0c1d52-7a64-4b0e-9d1e-6b8a5a0f1c11", Key: key}
	}
	for _, c := range []struct {
		name    string
		payment payment.Payment
		event   payment.Event
	}{
		{"created", plain, event(payment.PaymentCreated, 24900, "7c8b81e7-b08b-46e4-9729-191cb801c132")},
		{"authorized", shared, event(payment.PaymentAuthorized, 24900, "7c8b81e7-b08b-46e4-9729-191cb801c132")},
		{"authorized-without-profile", late, event(payment.PaymentAuthorized, 24900, "k")},
		{"authorized-express", express, event(payment.PaymentAuthorized, 32800, "k")},
		{"authorized-with-nin-alone", onlyNIN, event(payment.PaymentAuthorized, 24900, "k")},
		{"aborted", plain, event(payment.PaymentAborted, 24900, "k")},
		{"expired", plain, event(payment.PaymentExpired, 24900, "k")},
		{"terminated", plain, event(payment.PaymentTerminated, 24900, "")},
		{"captured", shared, event(payment.PaymentCaptured, 100, "capture-1")},
		{"cancelled", shared, event(payment.PaymentCancelled, 24800, "")},
		{"refunded", shared, event(payment.PaymentRefunded, 50, "refund-1")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			golden(t, c.name+".json", webhook.Body(c.payment, c.event))
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, strings.TrimSuffix(string(want), "\n"), string(got))
}

func TestBodyIsByteForByteThatOfVectorB(t *testing.T) {
	t.Parallel()
	got := webhook.Body(payment.Payment{Amount: payment.Amount{Currency: "NOK"}}, payment.Event{
		ID: id, Kind: payment.PaymentAuthorized, At: at("2026-01-19T17:26:32.099999+01:00"), Amount: 24900,
		PSP: "3f0c1d52-7a64-4b0e-9d1e-6b8a5a0f1c11", Key: "7c8b81e7-b08b-46e4-9729-191cb801c132",
	})
	require.Equal(t, vectorNamed(t, "B").body, string(got))
}

func TestTypeNames(t *testing.T) {
	t.Parallel()
	require.Equal(t, "epayments.payment.cancelled.v1", webhook.TypeOf(payment.PaymentCancelled))
	require.Empty(t, webhook.TypeOf(payment.Identified))
	require.True(t, webhook.KnownType("user.checked-in.v1"))
	require.True(t, webhook.KnownType("recurring.charge-canceled.v1"))
	require.False(t, webhook.KnownType("epayment.payment.created.v1"), "the singular is refused")
	for _, k := range []payment.Kind{
		payment.PaymentCreated, payment.PaymentAuthorized, payment.PaymentAborted, payment.PaymentExpired,
		payment.PaymentTerminated, payment.PaymentCaptured, payment.PaymentCancelled, payment.PaymentRefunded,
	} {
		require.True(t, webhook.KnownType(webhook.TypeOf(k)), k)
	}
}

// read is what a receiver's decoder makes of a body.
type read struct {
	MSN, Reference, PSPReference, Name string
	Amount                             struct {
		Currency string
		Value    int64
	}
	Timestamp      time.Time
	IdempotencyKey *string
	Success        bool
	UserDetails    *struct {
		Email, FirstName, LastName, MobileNumber, DateOfBirth string
		Addresses                                             []struct{ AddressLine1, AddressLine2, City, Country, PostCode string }
	}
	Sub string
}

func FuzzBodyReadsBackAsItWasMeant(f *testing.F) {
	for _, s := range []string{"", `"`, `\`, "\x00\x1f\x7f", "æøå", "\u2028\u2029", "\xff\xfe", "</script>&+", "😀", "a\nb\tc\r"} {
		f.Add(s, s, int64(100))
	}
	f.Fuzz(func(t *testing.T, one, two string, amount int64) {
		p := payment.Payment{
			Amount: payment.Amount{Currency: one}, CaptureBy: at("2026-01-19T16:26:32Z"),
			Grant: &payment.Grant{Sub: two, Scopes: []string{"name", "address"}, Profile: payment.Profile{
				FirstName: one, LastName: two, Email: one, Addresses: []payment.Address{{Line1: one, Line2: two, City: one}},
			}},
		}
		e := payment.Event{
			ID: payment.ID{MSN: two, Reference: one}, Kind: payment.PaymentAuthorized, PSP: one, Key: two,
			Amount: amount, At: at("2026-01-19T16:26:32.099Z"),
		}
		body := webhook.Body(p, e)
		require.True(t, utf8.Valid(body))
		var got read
		require.NoError(t, json.Unmarshal(body, &got), string(body))
		first, second := valid(one), valid(two)
		require.Equal(t, []string{second, first, first, "AUTHORIZED", first, second}, []string{
			got.MSN, got.Reference, got.PSPReference, got.Name, got.Amount.Currency, got.Sub,
		})
		require.Equal(t, amount, got.Amount.Value)
		require.Equal(t, two == "", got.IdempotencyKey == nil)
		require.NotNil(t, got.UserDetails)
		require.Equal(t, []string{first, second, ""}, []string{got.UserDetails.FirstName, got.UserDetails.LastName, got.UserDetails.Email})
		require.Equal(t, first, got.UserDetails.Addresses[0].AddressLine1)
		require.Equal(t, second, got.UserDetails.Addresses[0].AddressLine2)
	})
}

// valid is a string with each byte that is not UTF-8 replaced.
func valid(s string) string { return string([]rune(s)) }

func BenchmarkBody(b *testing.B) {
	e := payment.Event{ID: id, Kind: payment.PaymentCreated, At: at("2026-01-19T16:26:32.099Z"), Amount: 24900, PSP: "3f0c1d52-7a64-4b0e-9d1e-6b8a5a0f1c11", Key: "k"}
	p := payment.Payment{Amount: payment.Amount{Currency: "NOK"}}
	for b.Loop() {
		webhook.Body(p, e)
	}
}
