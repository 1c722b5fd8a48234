package merchant

import (
	"context"
	"errors"
	"fmt"

	"liksom/server/client"
)

// Cancel withdraws an order whose customer has not paid. One who approved in
// the same moment has paid: then nothing is cancelled, the order goes on as
// paid, and the error says so.
func (s *Shop) Cancel(ctx context.Context, reference string) error {
	e := s.find(reference)
	if e == nil {
		return fmt.Errorf("there is no order %s", reference)
	}
	if s.has(CancelsWithoutLooking) {
		e.work.Lock()
		defer e.work.Unlock()
		_, err := s.api.Cancel(ctx, reference)
		s.change(e, func(e *entry) { e.State = Cancelled })
		return err
	}
	err := s.withdraw(ctx, e)
	if again := s.Refresh(ctx, reference); err == nil {
		return again
	}
	return err
}

func (s *Shop) withdraw(ctx context.Context, e *entry) error {
	e.work.Lock()
	defer e.work.Unlock()
	return s.insist(ctx, e, "cancel", func(ctx context.Context) error {
		_, err := s.api.CancelWaiting(ctx, e.Reference)
		return err
	})
}

// Release gives back what was reserved for an order and not captured.
func (s *Shop) Release(ctx context.Context, reference string) error {
	return s.adjust(ctx, reference, "release", func(ctx context.Context) (client.Adjustment, error) { return s.api.Cancel(ctx, reference) })
}

// Capture takes so much of what was reserved for an order that is captured
// [Order.Later].
func (s *Shop) Capture(ctx context.Context, reference string, value int64) error {
	o, _ := s.Order(reference)
	return s.adjust(ctx, reference, "capture", func(ctx context.Context) (client.Adjustment, error) {
		return s.api.Capture(ctx, reference, client.Amount{Currency: o.Amount.Currency, Value: value})
	})
}

// Refund gives so much of what was captured back.
func (s *Shop) Refund(ctx context.Context, reference string, value int64) error {
	o, _ := s.Order(reference)
	return s.adjust(ctx, reference, "refund", func(ctx context.Context) (client.Adjustment, error) {
		return s.api.Refund(ctx, reference, client.Amount{Currency: o.Amount.Currency, Value: value})
	})
}

// adjust does one operation and books it. Its key is kept until an answer
// came, so that one that was cut off is not done twice.
func (s *Shop) adjust(ctx context.Context, reference, operation string, do func(context.Context) (client.Adjustment, error)) error {
	e := s.find(reference)
	if e == nil {
		return errors.New("there is no order " + reference)
	}
	e.work.Lock()
	err := s.insist(ctx, e, operation, func(ctx context.Context) error {
		_, err := do(ctx)
		return err
	})
	if err == nil || refused(err) {
		s.answered(e, operation)
	}
	e.work.Unlock()
	if again := s.Refresh(ctx, reference); err == nil {
		return again
	}
	return err
}
