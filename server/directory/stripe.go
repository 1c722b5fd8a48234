package directory

import "time"

// StripeSettings are for payments that come through Stripe. Their names are
// those of the Stripe contract, section 12.
type StripeSettings struct {
	// PreviewGate has requests that name Vipps carry the preview flag: "on" or
	// "off".
	PreviewGate string `json:"preview_gate"`
	// Windows are "two", from confirm until the page is opened and from there
	// until approval, or "one" from confirm on.
	Windows string `json:"windows"`
	// OnCardDecline says whether a refused card ends the attempt, "fail", or
	// another may be tried, "retry".
	OnCardDecline string `json:"on_card_decline"`
	// Redirect is where the payer is led to: the test payment "page", or the
	// wallet's own "landing" page.
	Redirect string `json:"redirect"`
	// ProcessingDelay lies between approval and result, RefundDelay between a
	// refund and its success.
	ProcessingDelay Duration `json:"processing_delay"`
	RefundDelay     Duration `json:"refund_delay"`
	// ExposeWalletCard shows the card in a charge's details.
	ExposeWalletCard bool `json:"expose_wallet_card"`
	// MinAmount is the smallest amount of a payment, in minor units.
	MinAmount int64 `json:"min_amount"`
	// WebhookRetries is how long events are repeated: "sandbox" or "live".
	WebhookRetries string `json:"webhook_retries"`
	// AlsoEpaymentEvents tells of these payments through the Webhooks API too.
	AlsoEpaymentEvents bool `json:"also_epayment_events"`
}

// DefaultStripe are the settings of a world that was told nothing.
func DefaultStripe() StripeSettings {
	return StripeSettings{
		PreviewGate: "on", Windows: "two", OnCardDecline: "fail", Redirect: "page", MinAmount: 300, WebhookRetries: "sandbox",
	}
}

// Delays are how long approvals and refunds take.
func (s *StripeSettings) Delays() (processing, refund time.Duration) {
	return time.Duration(s.ProcessingDelay), time.Duration(s.RefundDelay)
}
