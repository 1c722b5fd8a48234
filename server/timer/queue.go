package timer

import (
	"context"
	"time"

	"liksom/server/payment"
)

// Queue is where due rows wait. A store implements it.
type Queue interface {
	// Claim takes rows due at now, oldest first, in the order they were
	// written where times are equal. A claimed row is given to nobody else
	// until it is done, put back, or the store is opened anew.
	Claim(ctx context.Context, now time.Time, limit int) ([]payment.Due, error)
	// Next is the time of the earliest row that is not claimed.
	Next(ctx context.Context) (at time.Time, ok bool, err error)
	// Done removes claimed rows. A row whose command's change named it is
	// gone already; that is no error.
	Done(ctx context.Context, rows ...payment.Due) error
	// PutBack makes claimed rows wait until at.
	PutBack(ctx context.Context, at time.Time, rows ...payment.Due) error
	// Add writes rows that belong to no payment's change.
	Add(ctx context.Context, rows ...payment.Due) error
	// Waiting lists rows of a kind, or of all for "", earliest first.
	Waiting(ctx context.Context, kind string, limit int) ([]payment.Due, error)
}
