package server

import (
	"context"
	"time"
)

// together is how far apart windows may end in one transaction where no webhook
// tells of them. Each has its own time.
const together = 6 * time.Hour

// endSpan is how far apart the deadlines of windows may lie that end in one
// transaction. What a receiver does about one may change what becomes of the
// next, so with any webhook each is told before time goes on.
func (w *World) endSpan(ctx context.Context) time.Duration {
	all, err := w.store.Registrations(ctx, "*")
	if err != nil || len(all) > 0 {
		return 0
	}
	return together
}
