package scenarios

import "liksom/server/client"

// document is a script as it is written. The members' comments are shown by
// editors, from the schema made of these types.
type document struct {
	// The script's name: small letters, digits and hyphens.
	ID string `json:"id"`
	// What it is called in lists.
	Title string `json:"title"`
	// Two sentences: what goes wrong in the world, and what a sound shop does.
	About string `json:"about,omitempty"`
	// Words to find it by.
	Tags []string `json:"tags,omitempty"`
	// Starts the built-in shop before the first step.
	Shop *shopSetup `json:"shop,omitempty"`
	// What the world is like in which it runs.
	World *worldSetup `json:"world,omitempty"`
	// Variables, for ${name} and in expressions.
	Vars map[string]any `json:"vars,omitempty"`
	// Habits of the built-in shop with any of which the script must fail.
	FailsWith []string `json:"fails-with,omitempty"`
	// What to do, in order.
	Steps []step `json:"steps"`
	// What to do at the end, however it ended.
	Finally []step `json:"finally,omitempty"`
}

// shopSetup says how the built-in shop is. `true` is enough.
type shopSetup struct {
	// Whether there is one; true unless said otherwise.
	On *bool `json:"on,omitempty" scenario:"short"`
	// Its bad habits.
	Habits []string `json:"habits,omitempty"`
	// The path, and query if any, at which it takes webhooks.
	Hook string `json:"hook,omitempty"`
	// Whose sales unit it is.
	MSN string `json:"msn,omitempty"`
	// false leaves registering its webhook to a step `shop: start`.
	Start *bool `json:"start,omitempty"`
}

// worldSetup says what the world is like.
type worldSetup struct {
	// Whether its clock stands still; true unless said otherwise.
	Frozen *bool `json:"frozen,omitempty"`
	// The time it begins with, such as 2030-01-31T12:00:00Z.
	Now string `json:"now,omitempty"`
	// Simulated seconds per real one.
	Speed float64 `json:"speed,omitempty"`
	// Settings to change.
	Settings *client.Settings `json:"settings,omitempty"`
	// Sales units to change, or to add where the number is new.
	Merchants []client.Merchant `json:"merchants,omitempty"`
	// Phones to change, or to add where the number is new.
	Phones []phoneStep `json:"phones,omitempty"`
}

// step is one thing to do: exactly one of the verbs, and what goes with any.
type step struct {
	// What the step is called in reports.
	Name string `json:"name,omitempty"`
	// The variable that keeps what came of it.
	As string `json:"as,omitempty"`
	// Skips the step unless this is true.
	If expression `json:"if,omitempty"`
	// How long it may take; in real time, or as "10m simulated" on the world's clock.
	Within within `json:"within,omitempty"`
	// The answer that is wanted: 409, 4xx, any, none (no answer came), or a list of them.
	Status []string `json:"status,omitempty"`
	// The coded error that is wanted, such as 6010.
	Code string `json:"code,omitempty"`

	// The merchant makes a payment.
	Create *createStep `json:"create,omitempty"`
	// The merchant reads a payment.
	Get *paymentStep `json:"get,omitempty"`
	// The merchant takes reserved money.
	Capture *paymentStep `json:"capture,omitempty"`
	// The merchant gives captured money back.
	Refund *paymentStep `json:"refund,omitempty"`
	// The merchant withdraws a payment, or releases what is reserved.
	Cancel *paymentStep `json:"cancel,omitempty"`
	// The merchant sends any request.
	Call *callStep `json:"call,omitempty"`
	// The merchant registers a webhook.
	Register *registerStep `json:"register,omitempty"`
	// The merchant removes a webhook.
	Unregister *unregisterStep `json:"unregister,omitempty"`

	// A customer orders at the shop: the built-in one, or the user's.
	Order *orderStep `json:"order,omitempty"`
	// The built-in shop does something.
	ShopDoes *shopStep `json:"shop,omitempty"`

	// The payer opens the landing page.
	Open *openStep `json:"open,omitempty"`
	// The payer enters a phone number on the landing page.
	Identify *openStep `json:"identify,omitempty"`
	// The payer says yes.
	Approve *approveStep `json:"approve,omitempty"`
	// The payer says no.
	Decline *payerStep `json:"decline,omitempty"`
	// The payer refuses to share profile details.
	Refuse *payerStep `json:"refuse,omitempty"`
	// The payer chooses a card and says yes with it.
	Card *cardStep `json:"card,omitempty"`
	// The payer scans a code.
	Scan *scanStep `json:"scan,omitempty"`
	// The payer walks away; nothing is done.
	Leave *payerStep `json:"leave,omitempty"`
	// Changes or adds a phone.
	Phone *phoneStep `json:"phone,omitempty"`
	// Ends a payment as if its time had run out.
	Expire *payerStep `json:"expire,omitempty"`

	// The world's clock jumps; what falls due on the way happens.
	Advance *advanceStep `json:"advance,omitempty"`
	// The world's clock stops.
	Freeze *emptyStep `json:"freeze,omitempty"`
	// The world's clock runs on.
	Resume *emptyStep `json:"resume,omitempty"`
	// Simulated seconds per real one.
	Speed *speedStep `json:"speed,omitempty"`

	// Breaks something on purpose.
	Fault *client.Fault `json:"fault,omitempty"`
	// Takes all faults out.
	ClearFaults *emptyStep `json:"clear-faults,omitempty"`
	// Changes the world's settings.
	Settings *client.Settings `json:"settings,omitempty"`
	// Changes a sales unit's switches.
	Merchant *client.Merchant `json:"merchant,omitempty"`
	// Ends every access token.
	ExpireTokens *emptyStep `json:"expire-tokens,omitempty"`
	// Says how a built-in receiver answers.
	Sink *sinkStep `json:"sink,omitempty"`
	// Sends a webhook again now.
	Resend *resendStep `json:"resend,omitempty"`

	// Waits for something to be there.
	Wait *waitStep `json:"wait,omitempty"`
	// What must be true; with `within` at some moment until then.
	Expect []expression `json:"expect,omitempty"`
	// Fetches a page, as a browser without cookies does.
	Page *pageStep `json:"page,omitempty"`

	// Branches that run at once; each is a step or a list of steps.
	Parallel []branch `json:"parallel,omitempty"`
	// How often to do the steps beside it.
	Repeat *repeatStep `json:"repeat,omitempty"`
	// Rows; the steps beside it are done for each, with the row's members as variables.
	Each []any `json:"each,omitempty"`
	// What each and repeat do.
	Steps []step `json:"steps,omitempty"`
	// Another file, whose steps are done here.
	Include string `json:"include,omitempty"`
	// Waits in real time, a minute at most.
	Pause span `json:"pause,omitempty"`
	// Says something in the report.
	Note string `json:"note,omitempty"`
}

// besides are the members of a step that are no verbs.
var besides = []string{"name", "as", "if", "within", "status", "code", "steps"}

// span is a span of time, written as "1h30m" or "7d".
type span string

// within is how long a step may take.
type within string

// expression is a condition or a value in the language of expressions.
type expression string

// branch is a step or a list of steps.
type branch []step

// emptyStep takes nothing; `{}` or the bare word.
type emptyStep struct{}

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
	Do string `json:"do" scenario:"short"`
	// The order; the last one when left out.
	Reference string `json:"reference,omitempty"`
	// In minor units, for capture and refund; the order's amount when left out.
	Amount int64 `json:"amount,omitempty"`
	// How often.
	Times int `json:"times,omitempty"`
	// All of them at once.
	AtOnce bool `json:"at-once,omitempty"`
}

type openStep struct {
	// The payment; the one made last when left out.
	Reference string `json:"reference,omitempty" scenario:"short"`
	// The sales unit, 123456 when left out.
	MSN string `json:"msn,omitempty"`
	// The number that is entered; for identify the first phone's when left out.
	Phone string `json:"phone,omitempty"`
}

type payerStep struct {
	// The payment; the one made last when left out.
	Reference string `json:"reference,omitempty" scenario:"short"`
	// The sales unit, 123456 when left out.
	MSN string `json:"msn,omitempty"`
	// Does it on this phone, once the request is there.
	Phone string `json:"phone,omitempty"`
}

type approveStep struct {
	// The payment; the one made last when left out.
	Reference string `json:"reference,omitempty" scenario:"short"`
	// The sales unit, 123456 when left out.
	MSN string `json:"msn,omitempty"`
	// Does it on this phone, once the request is there.
	Phone string `json:"phone,omitempty"`
	// The card to pay with.
	Card string `json:"card,omitempty"`
	// Agrees to share what is asked for, or not.
	Consent *bool `json:"consent,omitempty"`
	// The way of delivery that is chosen.
	Shipping string `json:"shipping,omitempty"`
	// The address that is chosen.
	Address string `json:"address,omitempty"`
}

type cardStep struct {
	// The card's id, such as card-4242, card-0002 (declined), card-9995 (no money), card-0069 (expired).
	ID string `json:"id" scenario:"short"`
	// The payment; the one made last when left out.
	Reference string `json:"reference,omitempty"`
	// The sales unit, 123456 when left out.
	MSN string `json:"msn,omitempty"`
}

type scanStep struct {
	// The code's text.
	Content string `json:"content" scenario:"short"`
	// The phone that scans, 4712345678 when left out.
	Phone string `json:"phone,omitempty"`
}

type phoneStep struct {
	// The phone's number with the country's code.
	Number string `json:"number" scenario:"short"`
	// Its owner.
	Name string `json:"name,omitempty"`
	// Whether it is on the net.
	Online *bool `json:"online,omitempty"`
	// Whether it shows pushes.
	PushOn *bool `json:"pushOn,omitempty"`
	// How late pushes come, in simulated time.
	Latency span `json:"latency,omitempty"`
	// What it does by itself.
	Autopilot *autopilot `json:"autopilot,omitempty"`
	// Whatever else the control API can change of a phone.
	Set map[string]any `json:"set,omitempty"`
}

type autopilot struct {
	// off, approve, decline or ignore.
	Mode string `json:"mode" scenario:"short"`
	// After what simulated time.
	Delay span `json:"delay,omitempty"`
	// The card it pays with.
	CardID string `json:"cardId,omitempty"`
}

type advanceStep struct {
	// How far, such as 5m or 7d.
	By span `json:"by,omitempty" scenario:"short"`
	// A time to jump to, such as 2030-01-31T12:00:00Z, in place of by.
	To string `json:"to,omitempty"`
}

type speedStep struct {
	// Simulated seconds per real one, up to 100000.
	Of float64 `json:"of" scenario:"short"`
}

type sinkStep struct {
	// The receiver's name.
	Name string `json:"name" scenario:"short"`
	// What it answers, 200 when left out.
	Status int `json:"status,omitempty"`
	// How long it takes to answer, in real time.
	Delay span `json:"delay,omitempty"`
	// How many requests it answers with 500 first.
	FailFirst int `json:"fail-first,omitempty"`
}

type resendStep struct {
	// The delivery's id.
	ID string `json:"id" scenario:"short"`
}

// waitStep names what to wait for: one or several things, all of them.
type waitStep struct {
	// A payment, in the simulator's eyes.
	Payment *paymentFilter `json:"payment,omitempty"`
	// Webhook deliveries.
	Deliveries *deliveryFilter `json:"deliveries,omitempty"`
	// Calls of the imitated APIs.
	Requests *requestFilter `json:"requests,omitempty"`
	// Lines of the payment's timeline.
	Log *logFilter `json:"log,omitempty"`
	// A request on a phone.
	Phone *phoneFilter `json:"phone,omitempty"`
	// What a built-in receiver got.
	Sink *sinkFilter `json:"sink,omitempty"`
}

type paymentFilter struct {
	// Any that appears when left out.
	Reference string `json:"reference,omitempty" scenario:"short"`
	// CREATED, AUTHORIZED, ABORTED, EXPIRED or TERMINATED.
	State string `json:"state,omitempty"`
	// The sales unit; any when left out.
	MSN string `json:"msn,omitempty"`
}

type deliveryFilter struct {
	// The event type.
	Event string `json:"event,omitempty" scenario:"short"`
	// The payment's reference.
	Reference string `json:"reference,omitempty"`
	// waiting, held, delivered, dropped or ended.
	State string `json:"state,omitempty"`
	// The registration's id.
	Registration string `json:"registration,omitempty"`
	// What a try was answered with, such as 200, 2xx or 401.
	Answered string `json:"answered,omitempty"`
	// How many tries there must be, of all that match; 1 when left out.
	Count int `json:"count,omitempty"`
}

type requestFilter struct {
	// The beginning of the path.
	Path string `json:"path,omitempty" scenario:"short"`
	// GET, POST and so on.
	Method string `json:"method,omitempty"`
	// 409, 4xx and the like.
	Status string `json:"status,omitempty"`
	// The payment's reference.
	Reference string `json:"reference,omitempty"`
	// The operation's name in the log, such as capture.
	Operation string `json:"operation,omitempty"`
	// How many there must be; 1 when left out.
	Count int `json:"count,omitempty"`
}

type logFilter struct {
	// The kind of entry, such as state, call, push, webhook or fault.
	Kind string `json:"kind,omitempty"`
	// The entry's name.
	Name string `json:"name,omitempty"`
	// A piece of its text.
	Text string `json:"text,omitempty" scenario:"short"`
	// The payment; the one made last when left out.
	Reference string `json:"reference,omitempty"`
	// How many there must be; 1 when left out.
	Count int `json:"count,omitempty"`
}

type phoneFilter struct {
	// The phone, 4712345678 when left out.
	Number string `json:"number,omitempty" scenario:"short"`
	// The payment's reference.
	Reference string `json:"reference,omitempty"`
}

type sinkFilter struct {
	// The receiver's name.
	Name string `json:"name" scenario:"short"`
	// The event type.
	Event string `json:"event,omitempty"`
	// Whether the signature is right.
	Verified *bool `json:"verified,omitempty"`
	// How many there must be; 1 when left out.
	Count int `json:"count,omitempty"`
}

type pageStep struct {
	// Where it is; a path is taken from the world's root.
	URL string `json:"url" scenario:"short"`
	// GET when left out.
	Method string `json:"method,omitempty"`
	// Cookies to send.
	Cookies map[string]string `json:"cookies,omitempty"`
	// Headers to send.
	Headers map[string]string `json:"headers,omitempty"`
	// Text that must be in it.
	Text string `json:"text,omitempty"`
}

type repeatStep struct {
	// How often.
	Times int `json:"times" scenario:"short"`
}
