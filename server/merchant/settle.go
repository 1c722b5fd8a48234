package merchant

import (
	"context"
	"errors"
	"net/http"

	"liksom/server/client"
)

// Refresh asks how an order's payment stands and does what is to do. Webhooks,
// polling and returning customers all come here: the answer to this question
// is the truth, whatever made the shop ask it.
func (s *Shop) Refresh(ctx context.Context, reference string) error {
	e := s.find(reference)
	if e == nil {
		return nil
	}
	e.work.Lock()
	defer e.work.Unlock()
	if (s.has(GivesUpAtFiveMinutes) || s.has(GivesUpWhenRefused)) && !s.open(e) {
		return nil
	}
	p, err := s.api.GetPayment(ctx, reference)
	var missing *client.Problem
	if errors.As(err, &missing) && missing.Status == http.StatusNotFound && s.state(e) == Saved {
		s.change(e, func(e *entry) { e.State, e.Why = Failed, "the payment was never made" })
		return nil
	}
	if err != nil {
		return err
	}
	s.book(e, p)
	switch p.State {
	case "AUTHORIZED":
		return s.take(ctx, e, p)
	case "ABORTED":
		s.change(e, func(e *entry) { e.State = Declined })
	case "EXPIRED":
		s.change(e, func(e *entry) { e.State = Expired })
	case "TERMINATED":
		s.change(e, func(e *entry) { e.State = Cancelled })
	case "CREATED":
		s.change(e, func(e *entry) { e.State, e.RedirectURL = Waiting, p.RedirectURL })
	}
	return nil
}

func (s *Shop) open(e *entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.Open()
}

func (s *Shop) state(e *entry) State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.State
}

func (s *Shop) book(e *entry, p client.MerchantPayment) {
	s.change(e, func(e *entry) {
		e.Captured, e.Refunded, e.psp = p.Aggregate.Captured.Value, p.Aggregate.Refunded.Value, p.PSPReference
	})
}

// take captures what was approved, once. The state stays AUTHORIZED for ever;
// the sums tell what was captured (scenarios, state-stays-authorized).
func (s *Shop) take(ctx context.Context, e *entry, p client.MerchantPayment) error {
	sums := p.Aggregate
	rest := sums.Authorized.Value - sums.Captured.Value - sums.Cancelled.Value
	if s.has(ReadsStateForCapture) { // it is never CAPTURED, so once more
		rest = sums.Authorized.Value
		s.answered(e, "capture")
	} else if sums.Captured.Value > 0 {
		return s.finish(ctx, e, p)
	} else if rest == 0 {
		s.change(e, func(e *entry) { e.State = Cancelled })
		return nil
	}
	s.change(e, func(e *entry) { e.State = Reserved })
	if e.Later {
		return nil
	}
	err := s.capture(ctx, e, client.Amount{Currency: sums.Authorized.Currency, Value: rest})
	if s.has(ReadsStateForCapture) {
		return err
	}
	if err != nil {
		return err
	}
	return s.finish(ctx, e, p)
}

func (s *Shop) capture(ctx context.Context, e *entry, amount client.Amount) error {
	err := s.insist(ctx, e, "capture", func(ctx context.Context) error {
		done, err := s.api.Capture(ctx, e.Reference, amount)
		if err == nil {
			s.change(e, func(e *entry) { e.Captured, e.Refunded = done.Aggregate.Captured.Value, done.Aggregate.Refunded.Value })
		}
		return err
	})
	if err != nil && (refused(err) || s.has(GivesUpWhenRefused)) {
		s.change(e, func(e *entry) { e.State, e.Why = Failed, err.Error() })
	}
	return err
}

// finish ships what is paid for, once, and reads what the customer shares.
func (s *Shop) finish(ctx context.Context, e *entry, p client.MerchantPayment) error {
	s.change(e, func(e *entry) {
		e.State, e.Why = Paid, ""
		if e.Shipped == 0 {
			e.Shipped++
		}
	})
	if e.Scope == "" || e.Shared != nil || p.Profile.Sub == "" {
		return nil
	}
	shared, err := s.api.Userinfo(ctx, p.Profile.Sub)
	if err != nil {
		return err
	}
	s.change(e, func(e *entry) { e.Shared = &shared })
	return nil
}
