package epayment

import "liksom/server/payment"

// verdicts are the amounts to test with, in minor units, and what the app's
// user is then told of any card (section 9.2).
var verdicts = map[int64]struct {
	refusal payment.Refusal
	market  string // "" for all
}{
	151: {refusal: payment.InsufficientFunds},
	182: {refusal: payment.DeclinedByIssuer},
	183: {refusal: payment.FraudSuspected},
	184: {refusal: payment.LimitExceeded},
	186: {refusal: payment.CardExpired},
	187: {refusal: payment.CardInvalid},
	197: {payment.AuthenticationDenied, "NO"},
	201: {refusal: payment.ResultUnknown},
	202: {payment.AuthenticationNeeded, "NO"},
}

// verdictOn is what issuers say of a payment of this amount in a market, ""
// where each card decides.
func verdictOn(amount int64, market string) payment.Refusal {
	v := verdicts[amount]
	if v.market != "" && v.market != market {
		return ""
	}
	return v.refusal
}

// denials are the amounts of refunds to test with (section 9.3).
var denials = map[int64]payment.Reason{
	123: payment.RefundState,
	124: payment.RefundTooLate,
}

// denial is why a refund of this amount is refused that would else succeed,
// "" for no reason.
func (c *call) denial(amount int64) payment.Reason {
	if reason := denials[amount]; reason != "" {
		return reason
	}
	if !c.unit.Switches.RefundsPossible {
		return payment.RefundImpossible
	}
	return ""
}
