package directory_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/payment"
)

func owner() directory.Phone {
	p := directory.NewPhone("4712345678", "Kari Demo", "NO")
	p.Profile = payment.Profile{
		FirstName: "Kari", LastName: "Demo", Email: "kari@demo.example", Phone: "4700000000", BirthDate: "1988-12-03", NIN: "03128812345",
		Addresses: []payment.Address{{Type: "home", Line1: "Fjordveien 7", City: "Bergen", PostCode: "5003", Country: "NO"}},
	}
	return p
}

func TestAGrantCoversTheScopesOnly(t *testing.T) {
	t.Parallel()
	all := owner().Profile
	tests := []struct {
		name   string
		scopes []string
		want   payment.Profile
	}{
		{"nothing for nothing", nil, payment.Profile{}},
		{"both names for name", []string{"name"}, payment.Profile{FirstName: "Kari", LastName: "Demo"}},
		{"the address of mail for email", []string{"email"}, payment.Profile{Email: all.Email}},
		{"the phone's own number for phoneNumber", []string{"phoneNumber"}, payment.Profile{Phone: "4712345678"}},
		{"the day for birthDate", []string{"birthDate"}, payment.Profile{BirthDate: all.BirthDate}},
		{"the addresses for address", []string{"address"}, payment.Profile{Addresses: all.Addresses}},
		{"the national number for nin", []string{"nin"}, payment.Profile{NIN: all.NIN}},
		{"several for several", []string{"name", "nin"}, payment.Profile{FirstName: "Kari", LastName: "Demo", NIN: all.NIN}},
		{"nothing for an unknown word", []string{"shoeSize"}, payment.Profile{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := owner()
			require.Equal(t, payment.Grant{Sub: p.Sub("123456"), Scopes: tt.scopes, Profile: tt.want}, p.Grant("123456", tt.scopes))
		})
	}
}

func TestAPayerHasOneNamePerUnit(t *testing.T) {
	t.Parallel()
	kari, ola := owner(), directory.NewPhone("4787654321", "Ola Demo", "NO")
	sub := kari.Sub("123456")
	id, err := uuid.Parse(sub)
	require.NoError(t, err)
	require.Equal(t, uuid.Version(5), id.Version())
	require.Equal(t, uuid.RFC4122, id.Variant())
	again := directory.NewPhone(kari.Number, "Somebody Else", "DK")
	require.Equal(t, sub, again.Sub("123456"), "always the same for both")
	require.NotEqual(t, sub, kari.Sub("234567"))
	require.NotEqual(t, sub, ola.Sub("123456"))
	require.Equal(t, "7ba45da7-2c37-5158-a745-ae9f7a37d1f3", sub, "it stays the same in later versions")
}

func TestWhoMayPay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name         string
		age, minimum int
		may          bool
	}{
		{"an adult", 37, 0, true},
		{"nobody under 15", 14, 0, false},
		{"somebody of 15", 15, 0, true},
		{"nobody under 15, whatever the merchant says", 14, 10, false},
		{"nobody below the merchant's limit", 17, 18, false},
		{"somebody as old as the limit", 18, 18, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := owner()
			p.Age = tt.age
			require.Equal(t, tt.may, p.MayPay(tt.minimum))
		})
	}
}

func TestANewPhoneHasFourCards(t *testing.T) {
	t.Parallel()
	p := owner()
	refusals := make([]payment.Refusal, 0, len(p.Cards))
	for _, c := range p.Cards {
		require.Regexp(t, `^\d{6}$`, c.BIN)
		require.Regexp(t, `^\d{4}$`, c.Last4)
		paid := c.Payment()
		require.Equal(t, payment.Card{ID: c.ID, BIN: c.BIN, Last4: c.Last4, Refusal: paid.Refusal}, paid)
		refusals = append(refusals, paid.Refusal)
	}
	require.Equal(t, []payment.Refusal{"", payment.DeclinedByIssuer, payment.InsufficientFunds, payment.CardExpired}, refusals)
}

func TestACardIsFoundByItsIDOrByDefault(t *testing.T) {
	t.Parallel()
	p := owner()
	first, ok := p.Card("")
	require.True(t, ok)
	require.Equal(t, p.Cards[0], first)
	third, ok := p.Card(p.Cards[2].ID)
	require.True(t, ok)
	require.Equal(t, p.Cards[2], third)
	_, ok = p.Card("card-unknown")
	require.False(t, ok)
	p.Cards = nil
	_, ok = p.Card("")
	require.False(t, ok)
}

func TestSpansAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()
	for _, span := range []time.Duration{0, time.Millisecond, 90 * time.Second, 25 * time.Hour} {
		text, err := directory.Duration(span).MarshalText()
		require.NoError(t, err)
		var back directory.Duration
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, directory.Duration(span), back)
	}
	var d directory.Duration
	require.Error(t, d.UnmarshalText([]byte("soon")))
}

func TestHowLongAReservationLasts(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	settings := directory.DefaultSettings()
	tests := []struct {
		name   string
		market string
		late   bool
		want   time.Duration
	}{
		{"half a year in Norway", "NO", false, 180 * day},
		{"two weeks in Denmark", "DK", false, 14 * day},
		{"two weeks in Finland", "FI", false, 14 * day},
		{"half a year in Denmark with leave to capture late", "DK", true, 180 * day},
		{"as in Norway where the market is unknown", "XX", false, 180 * day},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			u := directory.Unit{Market: tt.market, Switches: directory.Ordinary()}
			u.Switches.LateCapture = tt.late
			require.Equal(t, payment.Terms{CaptureFor: tt.want, GuaranteedFor: 7 * day, RefundFor: 365 * day}, u.Terms(&settings))
		})
	}
}

func TestACardMayDeclineOnceOrAnswerLate(t *testing.T) {
	t.Parallel()
	second := directory.Card{ID: "a", Outcome: directory.WorksSecond}
	require.Equal(t, payment.DeclinedByIssuer, second.Payment().Refusal)
	require.Equal(t, payment.DeclinedByIssuer, second.Tried(false).Refusal)
	require.Empty(t, second.Tried(true).Refusal)
	require.Zero(t, second.Takes())
	slow := directory.Card{ID: "b", Outcome: directory.WorksSlowly}
	require.Empty(t, slow.Payment().Refusal)
	require.Equal(t, 8*time.Second, slow.Takes())
	bad := directory.Card{ID: "c", Outcome: string(payment.InsufficientFunds)}
	require.Equal(t, payment.InsufficientFunds, bad.Tried(true).Refusal)
}
