package payment

// MaxAmount is the largest amount of a payment in minor units, in every
// currency.
const MaxAmount = 65_000_000

// Amount is money in minor units: 100 is 1.00 in every currency used here.
type Amount struct {
	Currency string
	Value    int64
}
