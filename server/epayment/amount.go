package epayment

import (
	"math"
	"strconv"

	"liksom/server/payment"
)

// money is an amount as sent (section 2.2).
type money struct {
	payment.Amount
	// whole tells that the value is a whole number; if not, it is 0.
	whole bool
}

// currencies are those that an amount can be in.
var currencies = []string{"NOK", "DKK", "EUR", "SEK", "USD", "GBP"}

// minima are the least amounts of a payment.
var minima = map[string]int64{"NOK": 100, "DKK": 1, "EUR": 1, "SEK": 100, "USD": 1, "GBP": 1}

// amount reads an amount. A value that is no whole number has a code of its
// own, so it is not counted as a violation here.
func (r *reader) amount(of int32, name string) money {
	at := r.object(of, name, true)
	var m money
	m.Currency = r.oneOf(at, "currency", true, currencies...)
	value := r.member(at, "value", true)
	if value == absent {
		return m
	}
	n := &r.nodes[value]
	switch n.kind {
	case isNumber:
		m.Value, m.whole = wholeNumber(n.text)
	case isString: // never accepted, and never a violation of shape
	default:
		r.blameValue(value)
	}
	r.entry(value, string(n.kind)+n.text)
	return m
}

// wholeNumber reads a number without fraction and exponent. One that is too
// large for any amount is cut down to the largest there is.
func wholeNumber(digits string) (int64, bool) {
	if !whole(digits) {
		return 0, false
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	switch {
	case err == nil:
		return v, true
	case digits[0] == '-':
		return math.MinInt64, true
	}
	return math.MaxInt64, true
}

// bounded blames an amount outside what any payment may have.
func (r *reader) bounded(m money, path string) {
	if m.whole && (m.Value < 0 || m.Value > payment.MaxAmount) {
		r.blame(path, outside("Value", 0, payment.MaxAmount))
	}
}
