package stripe

import (
	"encoding/json"
	"fmt"

	"liksom/server/payment"
)

// record is something that the room keeps. Values are never changed once
// kept: who changes one works on a copy, and replaces slices and maps in it.
type record interface {
	key() string
	kind() string
	// order numbers the records in the order of their making.
	order() *int64
}

// made is what all records have in common. Times are seconds since 1970 on
// the simulated clock.
type made struct {
	ID      string
	Account string
	Number  int64
	Created int64
}

func (m *made) key() string   { return m.ID }
func (m *made) order() *int64 { return &m.Number }

// The states of an intent.
const (
	needsMethod  = "requires_payment_method"
	needsConfirm = "requires_confirmation"
	needsAction  = "requires_action"
	needsCapture = "requires_capture"
	processing   = "processing"
	canceled     = "canceled"
	succeeded    = "succeeded"
)

// intent is a PaymentIntent.
type intent struct {
	made
	Secret                   string
	Amount, Received         int64
	Currency                 string
	Types, Allowed, Excluded []string
	Automatic                string // "", "always" or "never": where it may lead
	CaptureMethod            string
	Options                  map[string]map[string]string // by type and name
	Status                   string
	Method                   string
	Customer                 string
	Description, Receipt     *string
	Statement, Suffix        *string
	SetupFuture              *string
	Shipping                 object
	Metadata                 map[string]string
	LastError                *failure
	Charge                   string
	Canceled                 int64
	CancelReason             *string
	Session                  string // of Checkout
	Attempts                 int
	Attempt                  string // the one that the status tells of
}

func (*intent) kind() string { return "intent" }

// manual tells whether the merchant captures.
func (in *intent) manual() bool {
	return in.CaptureMethod == "manual" || in.Options["vipps"]["capture_method"] == "manual"
}

// failure is why the last attempt came to nothing.
type failure struct {
	Type, Code, DeclineCode, Message string
	Charge, Method                   string
}

// attempt is one try to pay an intent where the payer is led away, named by
// the nonce of its page.
type attempt struct {
	made
	Intent string
	// Ref is the payment of the core; empty for a card's authentication.
	Ref       payment.ID
	Method    string
	ReturnURL string
	// Seen is how far the core's log has been applied.
	Seen payment.Seq
	// Refusal is the issuer's last word.
	Refusal payment.Refusal
	// Outcome is "" while it runs, then one of the words for redirect_status,
	// or "canceled".
	Outcome string
	// Code is why it failed.
	Code string
	// Processed tells that the detour through processing was taken.
	Processed bool
}

func (*attempt) kind() string { return "attempt" }

// method is a PaymentMethod.
type method struct {
	made
	Type      string
	Billing   object
	Metadata  map[string]string
	Redisplay string
	Customer  string
	Card      *card
	// Used tells that it has been tried: only a card can be tried again.
	Used bool
}

func (*method) kind() string { return "method" }

// card is what is kept of a card: never its number.
type card struct {
	Brand, Last4      string
	ExpMonth, ExpYear int64
	Outcome           string // "" works, a decline code, or [authenticate]
	Fingerprint       string
}

// charge is a Charge.
type charge struct {
	made
	Intent, Method, Customer string
	Amount                   int64
	Captured, Refunded       int64
	Currency                 string
	Status                   string
	Paid, Released           bool
	Failure                  string // code
	Decline                  string
	Description, Receipt     *string
	Metadata                 map[string]string
	Billing                  object
	Type                     string
	Card                     *card // of the method, or in the payer's wallet
}

func (*charge) kind() string { return "charge" }

// refund is a Refund.
type refund struct {
	made
	Charge, Intent, Method, Customer string
	Amount                           int64
	Currency                         string
	Reason                           *string
	Metadata                         map[string]string
	Status                           string
	Type                             string
}

func (*refund) kind() string { return "refund" }

// customer is a Customer.
type customer struct {
	made
	Name, Email, Phone, Description *string
	Address, Shipping               object
	Locales                         []string
	Metadata                        map[string]string
	Deleted                         bool
}

func (*customer) kind() string { return "customer" }

// session is a Checkout Session.
type session struct {
	made
	Secret                           string
	Mode, UI, Status, PaymentStatus  string
	Lines                            []line
	Types, Allowed, Excluded         []string
	Currency                         string
	SuccessURL, CancelURL, ReturnURL *string
	Options                          map[string]map[string]string
	Data                             sessionData
	Customer, Intent                 string
	Email, Reference, Locale, Submit *string
	Creation                         string
	BillingCollection                *string
	ShippingCountries                []string
	AsksPhone                        bool
	Metadata                         map[string]string
	Expires                          int64
	Details                          object
}

func (*session) kind() string { return "session" }

func (s *session) total() int64 {
	var sum int64
	for i := range s.Lines {
		sum += s.Lines[i].Quantity * s.Lines[i].Price.Amount
	}
	return sum
}

// sessionData is what a session says of the intent it will make.
type sessionData struct {
	CaptureMethod          string
	Description, Receipt   *string
	Statement, SetupFuture *string
	Metadata               map[string]string
	Shipping               object
}

// line is an item of a session.
type line struct {
	ID          string
	Description string
	Quantity    int64
	Price       price
}

// product is a Product, price a Price of one.
type product struct {
	made
	Name        string
	Description *string
	Images      []string
	Metadata    map[string]string
}

func (*product) kind() string { return "product" }

type price struct {
	made
	Product  string
	Currency string
	Amount   int64
	Metadata map[string]string
}

func (*price) kind() string { return "price" }

// token is a ConfirmationToken.
type token struct {
	made
	Method      method // what it previews; saved when used
	Saved       bool   // the method exists already
	ReturnURL   *string
	SetupFuture *string
	Shipping    object
	Expires     int64
	Intent      string
}

func (*token) kind() string { return "token" }

// customerSession is a CustomerSession; its ID is its secret.
type customerSession struct {
	made
	Customer string
	Enabled  []string
	Features object
	Expires  int64
}

func (*customerSession) kind() string { return "customer_session" }

// event is an Event.
type event struct {
	made
	Type     string
	Version  string
	Data     json.RawMessage
	Previous json.RawMessage
	Request  string
	Key      string
	// Deliveries are those it caused.
	Deliveries []string
	// Subject is what it is about, for the queue its deliveries wait in.
	Subject payment.ID
}

func (*event) kind() string { return "event" }

// endpoint is a WebhookEndpoint.
type endpoint struct {
	made
	URL         string
	Events      []string
	Version     *string
	Description *string
	Metadata    map[string]string
	Secret      string
	Disabled    bool
}

func (*endpoint) kind() string { return "endpoint" }

// answered is the kept answer to a request with an idempotency key.
type answered struct {
	made
	Print   string
	Status  int
	Body    []byte
	Request string
}

func (*answered) kind() string { return "answer" }

// habits are what an account's requests have told.
type habits struct {
	made
	Version string // of events
}

func (*habits) kind() string { return "habits" }

// kinds make a record of each kind.
var kinds = map[string]func() record{
	"intent":           func() record { return new(intent) },
	"attempt":          func() record { return new(attempt) },
	"method":           func() record { return new(method) },
	"charge":           func() record { return new(charge) },
	"refund":           func() record { return new(refund) },
	"customer":         func() record { return new(customer) },
	"session":          func() record { return new(session) },
	"product":          func() record { return new(product) },
	"price":            func() record { return new(price) },
	"token":            func() record { return new(token) },
	"customer_session": func() record { return new(customerSession) },
	"event":            func() record { return new(event) },
	"endpoint":         func() record { return new(endpoint) },
	"answer":           func() record { return new(answered) },
	"habits":           func() record { return new(habits) },
}

// documentKind is what the documents of a kind of records are kept as.
func documentKind(kind string) string { return "stripe." + kind }

func decode(kind string, body []byte) (record, error) {
	r := kinds[kind]()
	if err := json.Unmarshal(body, r); err != nil {
		return nil, fmt.Errorf("read a %s of the Stripe side: %w", kind, err)
	}
	return r, nil
}
