// Package epayment imitates the ePayment API: it translates its requests into
// commands, and what comes of them into its answers, byte for byte as the
// ePayment contract tells.
package epayment
