package scenarios

type createStep struct {
	// Made up when left out.
	Reference string `json:"reference,omitempty" scenario:"short"`
	// In minor units: 25000 is 250.00, which is usual. What is no whole number is sent as it stands.
	Amount any `json:"amount,omitempty"`
	// The sales unit's when left out.
	Currency string `json:"currency,omitempty"`
	// WEB_REDIRECT, NATIVE_REDIRECT, PUSH_MESSAGE or QR.
	Flow string `json:"flow,omitempty"`
	// The customer's number.
	Phone string `json:"phone,omitempty"`
	// What is paid for.
	Description string `json:"description,omitempty"`
	// What the customer is asked to share, such as "name phoneNumber".
	Scope string `json:"scope,omitempty"`
	// Where the customer goes afterwards.
	ReturnURL string `json:"returnUrl,omitempty"`
	// Members of the request's body, over all others.
	Body map[string]any `json:"body,omitempty"`
	// Members that are left out of the body.
	Without []string `json:"without,omitempty"`
	sending
}

// sending is how a request of the merchant goes out.
type sending struct {
	// The idempotency key; a new one for each request when left out.
	Key string `json:"key,omitempty"`
	// The sales unit, 123456 when left out.
	MSN string `json:"msn,omitempty"`
	// Headers, over the usual ones; an empty one is not sent.
	Headers map[string]string `json:"headers,omitempty"`
	// How many requests.
	Times int `json:"times,omitempty"`
	// All of them at once, in place of one after the other.
	AtOnce bool `json:"at-once,omitempty"`
}

type paymentStep struct {
	// The payment; the one made last when left out.
	Reference string `json:"reference,omitempty" scenario:"short"`
	// In minor units; for capture all that is reserved, for refund all that is captured when left out.
	Amount any `json:"amount,omitempty"`
	// The payment's when left out.
	Currency string `json:"currency,omitempty"`
	// For cancel: only if nobody has approved yet.
	OnlyWaiting bool `json:"only-waiting,omitempty"`
	// The body as it is sent, in place of the usual one.
	Body map[string]any `json:"body,omitempty"`
	sending
}

type callStep struct {
	// GET unless a body is given.
	Method string `json:"method,omitempty"`
	// From the world's root, such as /epayment/v1/payments.
	Path string `json:"path" scenario:"short"`
	// The body as JSON.
	JSON any `json:"json,omitempty"`
	// The body as text, as it stands.
	Text string `json:"text,omitempty"`
	// Without keys and token.
	Anonymous bool `json:"anonymous,omitempty"`
	sending
}

type registerStep struct {
	// Where webhooks shall go.
	URL string `json:"url,omitempty" scenario:"short"`
	// A built-in receiver, in place of url.
	Sink string `json:"sink,omitempty"`
	// Event types; those of payments when left out.
	Events []string `json:"events,omitempty"`
	sending
}

type unregisterStep struct {
	// The registration's id.
	ID string `json:"id" scenario:"short"`
	sending
}

type orderStep struct {
	// Made up when left out.
	Reference string `json:"reference,omitempty"`
	// In minor units, 25000 when left out.
	Amount int64 `json:"amount,omitempty" scenario:"short"`
	// The sales unit's when left out.
	Currency string `json:"currency,omitempty"`
	// WEB_REDIRECT when left out.
	Flow string `json:"flow,omitempty"`
	// The customer's number, as typed.
	Phone string `json:"phone,omitempty"`
	// What is ordered.
	Description string `json:"description,omitempty"`
	// What the customer is asked to share.
	Scope string `json:"scope,omitempty"`
	// The shop ships and captures later.
	Later bool `json:"later,omitempty"`
	// The customer stands in front of the merchant.
	Present bool `json:"present,omitempty"`
}

type shopStep struct {
	// start, poll, capture, refund, release, cancel, again, return, refresh or leave.
	Do string `json:"do" scenario:"short" of:"start poll refresh capture refund release cancel again return leave"`
	// The order; the last one when left out.
	Reference string `json:"reference,omitempty"`
	// In minor units, for capture and refund; the order's amount when left out.
	Amount int64 `json:"amount,omitempty"`
	// How often.
	Times int `json:"times,omitempty"`
	// All of them at once.
	AtOnce bool `json:"at-once,omitempty"`
}
