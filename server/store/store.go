// Package store names all that a world asks of the engine that keeps it. The
// engines are below, with the suite that each must pass.
package store

import (
	"context"

	"liksom/server/directory"
	"liksom/server/payment"
	"liksom/server/timer"
	"liksom/server/webhook"
)

// Store is one world's store. The contracts are declared by those who need
// them; an engine implements all, so that what belongs together is kept
// together.
type Store interface {
	payment.Store
	timer.Queue
	webhook.Store
	webhook.Keeper
	directory.Documents
	// Wipe removes a sales unit's payments, kept answers, registrations and
	// deliveries; for "" those of all units and all due rows. Documents stay.
	// No position of the log is given twice.
	Wipe(ctx context.Context, msn string) error
	// Export gives everything that is kept, as of one moment.
	Export(ctx context.Context) (Dump, error)
	// Import has the store keep what a dump holds and nothing else, in one
	// transaction. The dump must be consistent: no number, name or code twice,
	// no event without its payment, no attempt without its delivery.
	Import(ctx context.Context, d Dump) error
	// Size counts what is kept.
	Size(ctx context.Context) (Size, error)
}

// Size is how much a world's store keeps.
type Size struct {
	Payments, Deliveries int
}
