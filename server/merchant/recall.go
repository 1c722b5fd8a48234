package merchant

import (
	"context"

	"liksom/server/client"
)

// Recall takes an order into the book that an earlier run of this shop made
// and that its book, kept in memory, has lost. How it stands is asked for; what
// was captured then counts as shipped. An order that is in the book stays as
// it is.
func (s *Shop) Recall(ctx context.Context, reference string) error {
	if s.find(reference) != nil {
		return nil
	}
	p, err := s.api.GetPayment(ctx, reference)
	if err != nil {
		return err
	}
	o := Order{Reference: reference, Amount: p.Amount, Flow: client.WebRedirect, State: Waiting, CreatedAt: s.config.Now()}
	if p.Aggregate.Captured.Value > 0 {
		o.Shipped = 1
	}
	s.save(o)
	return s.Refresh(ctx, reference)
}
