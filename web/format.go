package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The formats of everything people read. static/format.js has the same ones
// for what runs in the browser; testdata/formats.json is the table both are
// tested with.

const (
	nbsp  = "\u00a0"
	minus = "\u2212"
)

// style is how a language writes money.
type style struct {
	thousands, decimal string
	own, unit          string // the crown that is written short, and how
	before             bool   // the unit stands before the number
}

func styleOf(lang string) style {
	switch lang {
	case "nb":
		return style{thousands: nbsp, decimal: ",", own: "NOK", unit: "kr"}
	case "sv":
		return style{thousands: nbsp, decimal: ",", own: "SEK", unit: "kr"}
	case "da":
		return style{thousands: ".", decimal: ",", own: "DKK", unit: "kr."}
	case "fi":
		return style{thousands: nbsp, decimal: ","}
	}
	return style{thousands: ",", decimal: ".", before: true}
}

// Amount writes money, given in minor units, as a language does: "NOK 350.00",
// "350,00 kr", "29,90 €".
func Amount(lang, currency string, minor int64) string {
	s := styleOf(lang)
	number := Number(lang, minor)
	sign := ""
	if minor < 0 {
		sign, number = minus, strings.TrimPrefix(number, minus)
	}
	switch {
	case currency == "EUR" && s.before:
		return sign + "€" + number
	case s.before:
		return sign + currency + nbsp + number
	case currency == "EUR":
		return sign + number + nbsp + "€"
	case currency == s.own:
		return sign + number + nbsp + s.unit
	}
	return sign + number + nbsp + currency
}

// Number writes an amount without its unit, as in order lines.
func Number(lang string, minor int64) string {
	s := styleOf(lang)
	sign, abs := "", uint64(minor) //nolint:gosec // the sign is taken off below
	if minor < 0 {
		sign, abs = minus, -abs
	}
	whole := strconv.FormatUint(abs/100, 10)
	var grouped strings.Builder
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			grouped.WriteString(s.thousands)
		}
		grouped.WriteRune(digit)
	}
	return fmt.Sprintf("%s%s%s%02d", sign, grouped.String(), s.decimal, abs%100)
}

// Phone writes a number, stored as digits with the country code, in groups:
// "+47 123 45 678".
func Phone(msisdn string) string {
	for _, country := range []struct {
		code   string
		groups []int
	}{
		{"47", []int{3, 2, 3}},
		{"45", []int{2, 2, 2, 2}},
		{"358", []int{2, 3, 4}},
		{"46", []int{2, 3, 2, 2}},
	} {
		if national, ok := strings.CutPrefix(msisdn, country.code); ok && national != "" {
			return "+" + country.code + nbsp + group(national, country.groups)
		}
	}
	if len(msisdn) < 3 {
		return msisdn
	}
	return "+" + msisdn[:2] + nbsp + group(msisdn[2:], nil)
}

// National writes the part of a number behind the country code.
func National(code, national string) string {
	_, shown, _ := strings.Cut(Phone(code+national), nbsp)
	return shown
}

// group splits digits into groups of the given sizes, then into threes.
func group(digits string, sizes []int) string {
	var parts []string
	for digits != "" {
		n := 3
		if len(sizes) > 0 {
			n, sizes = sizes[0], sizes[1:]
		}
		n = min(n, len(digits))
		parts, digits = append(parts, digits[:n]), digits[n:]
	}
	return strings.Join(parts, nbsp)
}

// TimeOfDay writes a time in 24 hours, "14:32:07" or "14.32.07".
func TimeOfDay(lang string, t time.Time, seconds bool) string {
	layout := "15:04"
	if seconds {
		layout = "15:04:05"
	}
	out := t.Format(layout)
	if lang == "da" || lang == "fi" {
		return strings.ReplaceAll(out, ":", ".")
	}
	return out
}

// Remaining writes how long is left, rounded up, so that the last value
// before zero is "0:01": "4:12", "3 h 20 min", "12 days".
func Remaining(lang string, d time.Duration) string {
	s := int64((d + time.Second - 1) / time.Second)
	switch {
	case s <= 0:
		return "0:00"
	case s < 3600:
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	case s < 2*24*3600:
		m := (s + 59) / 60
		return fmt.Sprintf("%d%sh %d%smin", m/60, nbsp, m%60, nbsp)
	}
	return fmt.Sprintf("%d%s%s", (s+86399)/86400, nbsp, days(lang))
}

func days(lang string) string {
	switch lang {
	case "nb":
		return "dager"
	case "da":
		return "dage"
	case "sv":
		return "dagar"
	case "fi":
		return "päivää"
	}
	return "days"
}

// Age writes how long ago something was: "24 s", "4 min", "2 h", and the date
// from a day on.
func Age(now, then time.Time) string {
	s := int64(now.Sub(then) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d%ss", max(s, 0), nbsp)
	case s < 3600:
		return fmt.Sprintf("%d%smin", s/60, nbsp)
	case s < 24*3600:
		return fmt.Sprintf("%d%sh", s/3600, nbsp)
	}
	return then.Format("2006-01-02")
}

// Shortened writes a long reference as its first eight and last three
// characters.
func Shortened(reference string) string {
	r := []rune(reference)
	if len(r) <= 18 {
		return reference
	}
	return string(r[:8]) + "…" + string(r[len(r)-3:])
}

// Clipped is the beginning of a text, of at most n characters.
func Clipped(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}

// Initials are what an avatar shows: those of a name's first two words.
func Initials(name string) string {
	var out []rune
	for word := range strings.FieldsSeq(name) {
		if r, _ := utf8.DecodeRuneInString(word); len(out) < 2 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			out = append(out, unicode.ToUpper(r))
		}
	}
	if len(out) == 0 {
		return "?"
	}
	return string(out)
}

// Tint is the colour of an avatar, one of four, chosen by the sales unit's
// number: "", "b", "c" or "d".
func Tint(msn string) string {
	n := 3
	for _, c := range msn {
		n = (n*10 + int(c)) % 4
	}
	return [...]string{"d", "c", "b", ""}[n]
}
