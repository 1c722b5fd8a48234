package webhook

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"liksom/server/payment"
)

// DueRemoval is the kind of due row that asks whether a registration's
// receiver has been dead for too long; its key is the registration's id.
const DueRemoval = "removal"

// patience is how long a receiver may accept nothing before its registration
// is removed (webhooks contract, section 7).
const patience = 14 * 24 * time.Hour

// After is the registration as a try leaves it; changed tells whether it is
// another. The first try in vain since one was accepted sets FailingSince, an
// accepted one clears it. What a fault lost says nothing of the receiver.
func (r Registration) After(a *Attempt) (left Registration, changed bool) {
	failing := !r.FailingSince.IsZero()
	if strings.HasPrefix(r.ID, Immortal) {
		return r, false
	}
	switch {
	case a.OK() && failing:
		r.FailingSince = time.Time{}
		return r, true
	case a.OK() || failing || a.Fault != "" && a.Status == 0:
		return r, false
	}
	r.FailingSince = a.At
	return r, true
}

// Removal is the row to write for a receiver that begins to fail; false for
// one that does not.
func (r *Registration) Removal() (payment.Due, bool) {
	due := payment.Due{At: r.FailingSince.Add(patience), Kind: DueRemoval, Key: r.ID}
	return due, !r.FailingSince.IsZero()
}

// Remove does what a due row of the kind [DueRemoval] asks for: it removes a
// registration whose receiver has accepted nothing for two weeks. One that is
// gone, or has accepted something meanwhile, is left alone.
func (s *Sender) Remove(ctx context.Context, due payment.Due) error {
	r, err := s.options.Store.Registration(ctx, due.Key)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if last, failing := r.Removal(); !failing || last.At.After(due.At) {
		return nil
	}
	if r.Paused { // it is sent nothing, so nothing says that it is dead
		return s.options.Later(ctx, payment.Due{At: due.At.Add(patience), Kind: DueRemoval, Key: r.ID})
	}
	if s.options.Removed != nil { // first, so that a crash between the two tells it again
		if err := s.options.Removed(ctx, r, due.At); err != nil {
			return fmt.Errorf("remember the dead registration %s: %w", r.ID, err)
		}
	}
	err = s.options.Store.Unregister(ctx, r.ID, due.At)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("remove the dead registration %s: %w", r.ID, err)
	}
	if s.options.Committed != nil {
		s.options.Committed(payment.Committed{})
	}
	return nil
}
