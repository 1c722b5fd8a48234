package control

import (
	"context"
	"time"

	"liksom/server/webhook"
)

// Departed are the registrations that were removed because their receivers had
// accepted nothing for two weeks, as the real service does. They are told of
// until somebody has seen it.
type Departed interface {
	// Departed lists them, oldest first.
	Departed(ctx context.Context) ([]DepartedRegistration, error)
	// Forget tells of one no more; false when there is none of this id.
	Forget(ctx context.Context, id string) (bool, error)
}

// DepartedRegistration is a registration as it was when it was removed.
type DepartedRegistration struct {
	ID  string `json:"id"`
	MSN string `json:"msn"`
	URL string `json:"url"`
	// Events are those it asked for.
	Events    []string  `json:"events"`
	CreatedAt time.Time `json:"createdAt"`
	// FailingSince is the first try in vain, RemovedAt two weeks later; both
	// simulated.
	FailingSince time.Time `json:"failingSince"`
	RemovedAt    time.Time `json:"removedAt"`
}

// Depart is what is kept of a registration that is removed at a time.
func Depart(r *webhook.Registration, at time.Time) DepartedRegistration {
	return DepartedRegistration{
		ID: r.ID, MSN: r.MSN, URL: r.URL, Events: append([]string{}, r.Events...),
		CreatedAt: shown(r.CreatedAt), FailingSince: shown(r.FailingSince), RemovedAt: shown(at),
	}
}

// departed are those that would hear of a sales unit's events, or all.
func (c *Control) departed(ctx context.Context, msn string) ([]DepartedRegistration, error) {
	all, err := c.Departed.Departed(ctx)
	if err != nil {
		return nil, err
	}
	found := []DepartedRegistration{}
	for _, r := range all {
		if msn == "" || r.MSN == "" || r.MSN == msn {
			found = append(found, r)
		}
	}
	return found, nil
}
