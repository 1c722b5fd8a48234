package scenarios

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
	State string `json:"state,omitempty" of:"CREATED AUTHORIZED ABORTED EXPIRED TERMINATED"`
	// The sales unit; any when left out.
	MSN string `json:"msn,omitempty"`
}

type deliveryFilter struct {
	// The event type.
	Event string `json:"event,omitempty" scenario:"short"`
	// The payment's reference.
	Reference string `json:"reference,omitempty"`
	// waiting, held, delivered, dropped or ended.
	State string `json:"state,omitempty" of:"waiting held delivered dropped ended"`
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
