// Package stripe imitates the part of Stripe's API through which a merchant
// takes Vipps, over the same wallet core as the Vipps APIs (Stripe contract).
//
// A payment intent is paid by attempts. Each attempt with Vipps is a payment
// of the core, with the source "stripe"; the core alone decides what becomes
// of it. What only Stripe knows, intents, methods, charges, events and so on,
// are records: small documents that the room knows by heart and writes
// through to the world's store.
//
// Everything moves one way: a request, the payer or the clock moves the core,
// the core writes its log and with it a due row of the kind [DueSettle], and
// settling an attempt applies what it has not seen of the log to the records.
// The records changed, the events that tell of it and their deliveries are
// one transaction. Whoever reads an intent settles it first, so that no
// answer depends on how punctual the timer is, and a crash between a command
// and its settling leaves nothing behind.
package stripe
