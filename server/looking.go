package server

import (
	"context"
	"time"

	"liksom/phoneapp"
	"liksom/server/directory"
	"liksom/server/pages"
	"liksom/server/payment"
)

// added is what merchants added to an order, as the phones show it.
func (w *World) added(ctx context.Context, id payment.ID) (*payment.Receipt, []phoneapp.OrderLink, error) {
	receipt, found, err := w.orders.Added(ctx, id)
	links := make([]phoneapp.OrderLink, len(found))
	for i, l := range found {
		links[i] = phoneapp.OrderLink(l)
	}
	return receipt, links, err
}

// activity is what a phone looks back on.
func (w *World) activity(ctx context.Context, number string) (any, error) {
	return w.phones.Activity(ctx, number)
}

// sharedBy is what a phone's owner shared, and with whom.
func (w *World) sharedBy(ctx context.Context, number string) ([]pages.Share, error) {
	found, err := w.service.Shared(ctx, number)
	shares := make([]pages.Share, len(found))
	for i, s := range found {
		unit, _ := w.directory.Unit(s.MSN)
		shares[i] = pages.Share{MSN: s.MSN, Merchant: unit.Name, Scopes: s.Scopes, At: s.At}
	}
	return shares, err
}

// revoke takes back what a phone's owner granted a sales unit.
func (w *World) revoke(ctx context.Context, number, msn string) error {
	now := w.clock.Now()
	_, err := w.directory.ChangePhone(ctx, number, func(p *directory.Phone) error {
		revoked := map[string]time.Time{msn: now}
		for unit, at := range p.Revoked {
			if unit != msn {
				revoked[unit] = at
			}
		}
		p.Revoked = revoked
		return nil
	})
	return err
}
