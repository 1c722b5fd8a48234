package control

import (
	"liksom/server/directory"
)

// mostMinimum bounds the smallest amount of a payment through Stripe.
const mostMinimum = 99_999_999

// stripeView are the settings for payments through Stripe.
type stripeView struct {
	PreviewGate        string `json:"preview_gate"`
	Windows            string `json:"windows"`
	OnCardDecline      string `json:"on_card_decline"`
	Redirect           string `json:"redirect"`
	ProcessingDelay    string `json:"processing_delay"`
	RefundDelay        string `json:"refund_delay"`
	ExposeWalletCard   bool   `json:"expose_wallet_card"`
	MinAmount          int64  `json:"min_amount"`
	WebhookRetries     string `json:"webhook_retries"`
	AlsoEpaymentEvents bool   `json:"also_epayment_events"`
}

func viewStripe(s directory.StripeSettings) stripeView {
	processing, refund := s.Delays()
	return stripeView{
		PreviewGate: s.PreviewGate, Windows: s.Windows, OnCardDecline: s.OnCardDecline, Redirect: s.Redirect,
		ProcessingDelay: processing.String(), RefundDelay: refund.String(),
		ExposeWalletCard: s.ExposeWalletCard, MinAmount: s.MinAmount, WebhookRetries: s.WebhookRetries, AlsoEpaymentEvents: s.AlsoEpaymentEvents,
	}
}

func (v *stripeView) settings() (directory.StripeSettings, error) {
	s := directory.StripeSettings{
		PreviewGate: v.PreviewGate, Windows: v.Windows, OnCardDecline: v.OnCardDecline, Redirect: v.Redirect,
		ExposeWalletCard: v.ExposeWalletCard, MinAmount: v.MinAmount, WebhookRetries: v.WebhookRetries, AlsoEpaymentEvents: v.AlsoEpaymentEvents,
	}
	for _, word := range []struct {
		field, value string
		of           []string
	}{
		{"preview_gate", v.PreviewGate, []string{"on", "off"}},
		{"windows", v.Windows, []string{"two", "one"}},
		{"on_card_decline", v.OnCardDecline, []string{"fail", "retry"}},
		{"redirect", v.Redirect, []string{"page", "landing"}},
		{"webhook_retries", v.WebhookRetries, []string{"sandbox", "live"}},
	} {
		if err := oneOf("stripe."+word.field, word.value, word.of...); err != nil {
			return s, err
		}
	}
	if v.MinAmount < 1 || v.MinAmount > mostMinimum {
		return s, invalid("stripe.min_amount", "It must be between 1 and 99999999 minor units.")
	}
	for field, delay := range map[string]struct {
		text string
		into *directory.Duration
	}{
		"stripe.processing_delay": {v.ProcessingDelay, &s.ProcessingDelay},
		"stripe.refund_delay":     {v.RefundDelay, &s.RefundDelay},
	} {
		length, err := span(field, delay.text, maxDelay)
		if err != nil {
			return s, err
		}
		*delay.into = directory.Duration(length)
	}
	return s, nil
}
