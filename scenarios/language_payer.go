package scenarios

import "liksom/server/client"

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
	payerStep
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
	Mode string `json:"mode" scenario:"short" of:"off approve decline ignore"`
	// After what simulated time.
	Delay span `json:"delay,omitempty"`
	// The card it pays with.
	CardID string `json:"cardId,omitempty"`
	// What it does with payments of an amount, a reference or a unit instead: the first that matches counts.
	Rules []client.AutopilotRule `json:"rules,omitempty"`
}
