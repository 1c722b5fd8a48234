// Package phoneapp pushes to simulated phones and takes their answers over
// one socket (simulator contract, sections 4 and 6).
//
// A phone's inbox is a question to the store, not a queue: a phone that was
// away finds what waits for it. The log says when there is something new, and
// every message carries all there is to know of a request, so none of them
// has to be kept for a socket that is slow or gone.
//
// Beyond the contract's messages there is one for payments that deliver
// something:
//
//	{"type":"shipping","id":"c6","requestId":"…","addressId":"home"}
//
// asks what the merchant offers at an address of the owner's, "" for the
// first that goods may go to. The merchant is called where the request's
// shipping is dynamic, which may take ten seconds of real time; other
// messages are taken meanwhile. The answer is an ok with shipping
// {addressId, groups, defaultOptionId}, or an error with the code bad_message
// whose remedy is "address" when another one may do, "retry" when the
// merchant did not answer as it should. An approval without addressId or
// shippingOptionId takes the default ones, and asks the merchant if need be.
//
// The error to a scan that is no code to pay with says why: reason "foreign"
// with the host of the link, or reason "personal".
//
// A phone's latency is how long a push takes to it, and how long the answer
// to an approval takes: so long the request is PROCESSING, cannot be
// withdrawn by the merchant and does not expire.
package phoneapp
