// Package payment holds the wallet core: what a payment is, what it may
// become, and the service that applies one command to it.
//
// It knows no wire format, no storage and no socket. A command goes in, a
// [Change] comes out, and the change is kept whole by a [Store]: the new
// state, the events that explain it, the rows of what must happen later, and
// the answer to give when the same request comes again. Whoever must react
// reads the log those events form; nobody is called back.
//
// The rules are those of the ePayment contract, section 3, told without its
// spelling: a refusal is a [Reason], and each door has its own table from
// reasons to codes.
package payment
