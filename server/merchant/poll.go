package merchant

import (
	"context"
	"errors"
	"net/http"
	"time"

	"liksom/server/client"
)

// patience is after what time [GivesUpAtFiveMinutes] does.
const patience = 5 * time.Minute

// Poll asks once for each order that is open: the safety net for webhooks
// that never come. It stops early when it is told to slow down.
func (s *Shop) Poll(ctx context.Context) error {
	if s.has(TrustsWebhooksAlone) {
		return nil
	}
	var errs []error
	for _, o := range s.Orders() {
		if !o.Open() {
			continue
		}
		if s.has(GivesUpAtFiveMinutes) && s.config.Now().Sub(o.CreatedAt) >= patience {
			s.change(s.find(o.Reference), func(e *entry) { e.State = Expired })
			continue
		}
		err := s.Refresh(ctx, o.Reference)
		for range s.burst() {
			err = errors.Join(err, s.Refresh(ctx, o.Reference))
		}
		var p *client.Problem
		if errors.As(err, &p) && p.Status == http.StatusTooManyRequests && !s.has(PollsInBursts) {
			return err
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (s *Shop) burst() int {
	if s.has(PollsInBursts) {
		return 200
	}
	return 0
}

// Keep polls whenever wait comes back without an error, until it does not.
func (s *Shop) Keep(ctx context.Context, wait func(context.Context) error) {
	for wait(ctx) == nil {
		_ = s.Poll(ctx) // the next round asks again
	}
}
