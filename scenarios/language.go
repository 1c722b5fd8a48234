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
	// How long an expectation must stay true, in real time.
	Stays span `json:"stays,omitempty"`
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
var besides = []string{"name", "as", "if", "within", "stays", "status", "code", "steps"}

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

type repeatStep struct {
	// How often.
	Times int `json:"times" scenario:"short"`
}
