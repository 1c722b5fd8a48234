package payment

import "time"

// ID names a payment: references are unique within a sales unit for ever, and
// several units may use the same one.
type ID struct {
	MSN       string
	Reference string
}

// String is the form used in due rows and logs: "msn/reference".
func (id ID) String() string { return id.MSN + "/" + id.Reference }

// ParseID reads what [ID.String] wrote.
func ParseID(s string) (ID, bool) {
	for i := range len(s) {
		if s[i] == '/' {
			return ID{MSN: s[:i], Reference: s[i+1:]}, i > 0 && i < len(s)-1
		}
	}
	return ID{}, false
}

// State is where a payment stands. All but Created are final.
type State string

// The states of a payment.
const (
	Created    State = "CREATED"
	Authorized State = "AUTHORIZED"
	Aborted    State = "ABORTED"
	Expired    State = "EXPIRED"
	Terminated State = "TERMINATED"
)

// Flow is how the payer is reached.
type Flow string

// The flows of a payment.
const (
	WebRedirect    Flow = "WEB_REDIRECT"
	NativeRedirect Flow = "NATIVE_REDIRECT"
	PushMessage    Flow = "PUSH_MESSAGE"
	QR             Flow = "QR"
)

// Window is what a waiting payment waits for.
type Window string

// The windows of a waiting payment.
const (
	// Landing runs from create until somebody is identified as the payer.
	Landing Window = "landing"
	// Approval runs from identification until the payer answers.
	Approval Window = "approval"
	// Fixed is a deadline set from outside, in place of both windows.
	Fixed Window = "fixed"
)

// Payment is one payment and all that is known of it. Values are copied
// freely; what pointers and slices lead to is never changed once stored.
type Payment struct {
	ID
	// Code is the short public handle: what a one-time QR code says and what
	// a phone calls the request. Unique within a world.
	Code string
	// Token opens the landing page. It starts with the code and a dot.
	Token string
	// Source names the API that the payment came by, "epayment" or "stripe".
	Source string
	// PSP is the operator's reference of the creation.
	PSP string
	// Number is the log position of the creation; newer payments have larger
	// ones. The store sets it.
	Number Seq

	Amount Amount
	Sums   Sums
	State  State
	Flow   Flow
	// Method is how the merchant wants to be paid: "WALLET", "CARD".
	Method string

	CreatedAt time.Time
	// Window and Deadline say what a waiting payment waits for, and until
	// when. A deadline that equals now has passed.
	Window   Window
	Since    time.Time // when the window began
	Deadline time.Time
	EndedAt  time.Time // when the final state was reached; zero while waiting

	// Landed tells that the landing page has been opened.
	Landed bool
	// Phone is the payer's number once known: from create for a push, from
	// identification otherwise.
	Phone string
	// Suggested is the number the merchant named at create, if any.
	Suggested string
	// Holder is the phone that has a payment taken by link or code open.
	Holder string

	// Key is the idempotency key of the create request.
	Key         string
	Description string
	ReturnURL   string
	// Scopes are the profile details asked for, in canonical order.
	Scopes []string
	Terms  Terms
	// Card is what the payer paid with, after approval.
	Card *Card
	// Grant is what the payer agreed to share, after approval.
	Grant *Grant
	// CaptureBy is when the reservation ends; zero before approval.
	CaptureBy time.Time
	// Lapsed tells that the reservation's end gave back what was left, and
	// not the merchant.
	Lapsed bool
	// Offer is what the merchant answered last about an address, Chosen what
	// the payer chose: for payments with shipping.
	Offer  *ShippingOffer
	Chosen *ShippingChoice
	// Verdict is what issuers say of this payment whatever the card; empty
	// where each card decides.
	Verdict Refusal
	// RefusalEnds tells that a refused card is final: no other may be tried.
	RefusalEnds bool
	// Takes is how long the issuer takes at least to decide on an approval.
	Takes time.Duration
	// Challenged is the phone whose owner was asked to confirm with the code.
	Challenged string
	// Pending is what the payer agreed to while the issuer takes its time.
	Pending *Agreement
	// Details are the members that few payments have.
	Details *Details
}

// Sums are the running amounts of a payment, in its currency.
type Sums struct {
	Authorized int64
	Captured   int64
	Cancelled  int64
	Refunded   int64
}

// Capturable is what is left to capture.
func (s Sums) Capturable() int64 { return s.Authorized - s.Captured - s.Cancelled }

// Refundable is what is left to refund.
func (s Sums) Refundable() int64 { return s.Captured - s.Refunded }

// Terms are the time limits a sales unit's market gives a reservation, taken
// down when the payment is created.
type Terms struct {
	// CaptureFor is how long after approval the money stays reserved.
	CaptureFor time.Duration
	// GuaranteedFor is how long after approval a capture cannot fail.
	GuaranteedFor time.Duration
	// RefundFor is how long after approval a refund is possible.
	RefundFor time.Duration
}

// GuaranteedUntil is the end of the capture guarantee of an authorized
// payment, never later than the end of the reservation.
func (p *Payment) GuaranteedUntil() time.Time {
	until := p.EndedAt.Add(p.Terms.GuaranteedFor)
	if p.CaptureBy.Before(until) {
		return p.CaptureBy
	}
	return until
}

// Final tells whether nothing can lead out of the payment's state.
func (p *Payment) Final() bool { return p.State != Created }

// Processing tells whether the payer has approved and the issuer has not
// decided yet. Until it has, no window ends the payment.
func (p *Payment) Processing() bool { return p.State == Created && p.Pending != nil }

// Ends is when what a waiting payment waits for is over: its window, or the
// processing of an approval. The zero time is never.
func (p *Payment) Ends() time.Time {
	if p.Processing() {
		return p.Pending.Until
	}
	return p.Deadline
}

// overdue tells whether a waiting payment's time has passed at now.
func (p *Payment) overdue(now time.Time) bool {
	ends := p.Ends()
	return p.State == Created && !ends.IsZero() && !now.Before(ends)
}

// Card is a payment card as the merchant may know it, with what the issuer
// will say.
type Card struct {
	ID    string
	BIN   string // first six digits
	Last4 string
	// Refusal is why the issuer refuses the card; empty when it works.
	Refusal Refusal
}

// Refusal is an issuer's reason to refuse a card.
type Refusal string

// The refusals a card can be set to.
const (
	DeclinedByIssuer  Refusal = "declined"
	InsufficientFunds Refusal = "insufficient_funds"
	CardExpired       Refusal = "expired"
)

// The verdicts that only a payment can have, on whatever card. The last two
// are no refusals for good.
const (
	FraudSuspected       Refusal = "fraud_suspected"
	LimitExceeded        Refusal = "limit_exceeded"
	CardInvalid          Refusal = "invalid"
	AuthenticationDenied Refusal = "authentication_denied"
	// AuthenticationNeeded refuses a payer's first try; the next one counts
	// as confirmed with the code.
	AuthenticationNeeded Refusal = "authentication_needed"
	// ResultUnknown leaves an approval processing for an hour.
	ResultUnknown Refusal = "result_unknown"
)

// Grant is the payer's consent and what it covers.
type Grant struct {
	// Sub names the payer to this sales unit, always the same for both.
	Sub    string
	Scopes []string
	// Given are the scopes consented to with this payment. The others were
	// granted before and not asked for again.
	Given []string
	// Profile holds the details of the scopes granted, no others.
	Profile Profile
}

// Profile is what a payer may share.
type Profile struct {
	FirstName string    `json:"firstName,omitempty"`
	LastName  string    `json:"lastName,omitempty"`
	Email     string    `json:"email,omitempty"`
	Phone     string    `json:"phoneNumber,omitempty"`
	BirthDate string    `json:"birthDate,omitempty"` // YYYY-MM-DD
	NIN       string    `json:"nin,omitempty"`
	Addresses []Address `json:"addresses,omitempty"` // the first is the default one
}

// Address is a postal address.
type Address struct {
	ID       string `json:"id,omitempty"`
	Type     string `json:"type,omitempty"` // home, work, other
	Line1    string `json:"addressLine1"`
	Line2    string `json:"addressLine2,omitempty"`
	City     string `json:"city"`
	PostCode string `json:"postCode"`
	Country  string `json:"country"` // ISO 3166-1 alpha-2
}

// Details are the rarer members of a payment.
type Details struct {
	Metadata []Pair
	Receipt  *Receipt
	// CustomerPresent tells a physical point of sale.
	CustomerPresent bool
	MinimumAge      int
	ReceiptURL      string
	TermsURL        string
	PrivacyURL      string
	// QRFormat and QRSize are the picture the merchant asked for:
	// "image/svg+xml", "image/png" or "text/targeturl", and pixels.
	QRFormat string
	QRSize   int
	// NoCompanyCards tells that the merchant takes no cards of companies.
	NoCompanyCards bool
	Shipping       *Shipping
	Airline        *Airline
	Passthrough    *Passthrough
}

// Airline is what an airline adds to a payment.
type Airline struct {
	AgencyInvoiceNumber string
	Code                string // three digits
	Designator          string // two letters
	Passenger           string
	Ticket              string
}

// Passthrough is what a payment service provider adds, who charges the card
// itself.
type Passthrough struct {
	PSP         string // the provider's own reference
	CallbackURL string
	Cards       []string // the types allowed
	PreferVisa  bool     // of a card that is Visa and Dankort both
	KeyID       string
}

// Pair is one entry of a payment's metadata, in the order sent.
type Pair struct{ Name, Value string }

// Receipt is the bill shown to the payer.
type Receipt struct {
	Lines    []Line
	Currency string
	Tip      int64
	Number   string
	POS      string
	Barcode  *Barcode
	Sources  *Sources
}

// Barcode is printed below a receipt.
type Barcode struct {
	Format string // "EAN-13", "CODE 39", "CODE 128"
	Data   string
}

// Sources are how much was paid in which way, in minor units; nil where
// nothing is said.
type Sources struct {
	GiftCard *int64
	Card     *int64
	Voucher  *int64
	Cash     *int64
}

// Line is one order line of a receipt, in minor units of its currency.
type Line struct {
	ID          string
	Name        string
	Total       int64 // tax included
	ExcludesTax int64 // total without tax
	Tax         int64
	TaxRate     int // hundredths of a percent
	UnitPrice   int64
	Quantity    string
	Unit        string // "PCS", "KG", …
	Discount    int64
	ProductURL  string
	Return      bool
	Shipping    bool
}
