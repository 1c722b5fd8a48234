package directory_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

// TestWhichNumbersAreValid follows the ePayment contract, section 2.5: nine to
// fifteen digits, no leading zero, and the national length where the country
// is known.
func TestWhichNumbersAreValid(t *testing.T) {
	t.Parallel()
	digits := func(code string, n int) string { return code + strings.Repeat("7", n) }
	tests := []struct {
		name   string
		number string
		valid  bool
	}{
		{"a Norwegian number has eight digits", digits("47", 8), true},
		{"a Norwegian number has not seven", digits("47", 7), false},
		{"a Norwegian number has not nine", digits("47", 9), false},
		{"a Danish number has eight digits", digits("45", 8), true},
		{"a Danish number has not seven", digits("45", 7), false},
		{"a Danish number has not nine", digits("45", 9), false},
		{"a Swedish number has seven digits", digits("46", 7), true},
		{"a Swedish number has up to ten", digits("46", 10), true},
		{"a Swedish number has not six", digits("46", 6), false},
		{"a Swedish number has not eleven", digits("46", 11), false},
		{"a Finnish number of five digits is shorter than any number may be", digits("358", 5), false},
		{"a Finnish number has six digits", digits("358", 6), true},
		{"a Finnish number has up to eleven", digits("358", 11), true},
		{"a Finnish number has not twelve", digits("358", 12), false},
		{"another country's number has nine digits in all", "441234567", true},
		{"another country's number has up to fifteen", digits("44", 13), true},
		{"no number has eight digits in all", "44123456", false},
		{"no number has sixteen", digits("44", 14), false},
		{"no number begins with a zero", "04712345678", false},
		{"no number is in the national form", "12345678", false},
		{"a plus is no digit", "+4712345678", false},
		{"a letter is no digit", "47123456a8", false},
		{"a space is no digit", "47 12345678", false},
		{"digits of other scripts are none here", "47١٢٣٤٥٦٧٨", false},
		{"nothing is no number", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.valid, directory.ValidNumber(tt.number), tt.number)
		})
	}
}

func TestEveryReadyMadePhoneHasAValidNumberOfItsMarket(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	for _, p := range d.Phones() {
		require.True(t, directory.ValidNumber(p.Number), p.Number)
		m, ok := directory.MarketOfNumber(p.Number)
		require.True(t, ok)
		require.Equal(t, p.Market, m.Code)
	}
	_, ok := directory.MarketOfNumber("441234567")
	require.False(t, ok)
	_, ok = directory.MarketOfNumber("47")
	require.False(t, ok, "a country code alone is no number")
}

func FuzzValidNumber(f *testing.F) {
	f.Add("4712345678")
	f.Add("+47 123")
	f.Fuzz(func(t *testing.T, s string) {
		if !directory.ValidNumber(s) {
			return
		}
		require.Regexp(t, `^[1-9]\d{8,14}$`, s)
	})
}
