package payment

import (
	"context"
	"slices"
	"time"
)

const (
	// consentLife is how long a grant is remembered (userinfo contract,
	// section 8).
	consentLife = 7 * 24 * time.Hour
	// longestWait is more than any payment may wait for its payer: one
	// created before that cannot have been approved lately.
	longestWait = 60 * 24 * time.Hour
	consentPage = 50
)

// Remembered gives those of some scopes that a payer has granted a sales unit
// within the last seven days, and which therefore need not be asked for
// again. It reads the payments themselves, newest first, and stops as soon as
// every scope is found.
func (s *Service) Remembered(ctx context.Context, msn, phone string, scopes []string) ([]string, error) {
	if phone == "" || len(scopes) == 0 {
		return nil, nil
	}
	since := s.now().Add(-consentLife)
	var found []string
	q := Query{MSN: msn, Phone: phone, State: Authorized, Limit: consentPage}
	for {
		page, err := s.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page {
			p := &page[i]
			if p.CreatedAt.Before(since.Add(-longestWait)) {
				return found, nil
			}
			if found = p.addGiven(found, phone, scopes, since); len(found) == len(scopes) {
				return found, nil
			}
		}
		if len(page) < consentPage {
			return found, nil
		}
		q.Before = page[len(page)-1].Number
	}
}

// addGiven adds the scopes wanted that a payer consented to with this
// payment.
func (p *Payment) addGiven(found []string, phone string, wanted []string, since time.Time) []string {
	if p.Grant == nil || p.Phone != phone || !p.EndedAt.After(since) {
		return found
	}
	for _, scope := range p.Grant.Given {
		if slices.Contains(wanted, scope) && !slices.Contains(found, scope) {
			found = append(found, scope)
		}
	}
	return found
}

// Without gives the scopes that are not among those known, in their order:
// those that are to be asked for.
func Without(scopes, known []string) []string {
	var asked []string
	for _, scope := range scopes {
		if !slices.Contains(known, scope) {
			asked = append(asked, scope)
		}
	}
	return asked
}
