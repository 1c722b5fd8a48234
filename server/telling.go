package server

import (
	"context"
	"time"

	"liksom/server/control"
	"liksom/server/payment"
	"liksom/server/store"
	"liksom/server/webhook"
)

// telling is a store that tells of what it keeps beside the log, whoever had
// it kept.
type telling struct {
	store.Store
	news *control.News
	// tried counts what became of a delivery by a try.
	tried func(webhook.Status)
}

// Register implements [webhook.Store].
func (t telling) Register(ctx context.Context, r webhook.Registration, allowed func([]webhook.Registration) error) error {
	err := t.Store.Register(ctx, r, allowed)
	if err == nil {
		t.news.Registered(r, false)
	}
	return err
}

// ChangeRegistration implements [webhook.Store].
func (t telling) ChangeRegistration(ctx context.Context, id string, change func(*webhook.Registration) error) (webhook.Registration, error) {
	r, err := t.Store.ChangeRegistration(ctx, id, change)
	if err == nil {
		t.news.Registered(r, false)
	}
	return r, err
}

// Unregister implements [webhook.Store].
func (t telling) Unregister(ctx context.Context, id string, at time.Time) error {
	r, err := t.Store.Registration(ctx, id)
	if err != nil {
		return err
	}
	if err := t.Store.Unregister(ctx, id, at); err != nil {
		return err
	}
	t.news.Registered(r, true)
	return nil
}

// Record implements [webhook.Store].
func (t telling) Record(ctx context.Context, d webhook.Delivery, a *webhook.Attempt) error {
	err := t.Store.Record(ctx, d, a)
	if err == nil {
		t.news.Tried(&d, a)
		t.tried(d.Status)
	}
	return err
}

// Settle implements [webhook.Store].
func (t telling) Settle(ctx context.Context, d webhook.Delivery, a *webhook.Attempt, done int64, now time.Time) (payment.Committed, error) {
	kept, err := t.Store.Settle(ctx, d, a, done, now)
	if err == nil {
		t.news.Tried(&d, a)
		if a != nil {
			t.tried(d.Status)
		}
	}
	return kept, err
}

// Wipe implements [store.Store].
func (t telling) Wipe(ctx context.Context, msn string) error {
	err := t.Store.Wipe(ctx, msn)
	if err == nil {
		t.news.Wiped(msn)
	}
	return err
}
