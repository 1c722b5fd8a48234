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
	since := s.consentSince(msn, phone)
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

// consentSince is when the oldest grant was given that still counts.
func (s *Service) consentSince(msn, phone string) time.Time {
	since := s.now().Add(-consentLife)
	if s.Revoked == nil {
		return since
	}
	if revoked := s.Revoked(msn, phone); revoked.After(since) {
		return revoked
	}
	return since
}

// Share is what a payer lately shared with one sales unit.
type Share struct {
	MSN    string
	Scopes []string
	// At is when something was shared last.
	At time.Time
}

// Shared gives what a payer has granted within the last seven days and not
// taken back, by sales unit, the newest first: what [Service.Remembered] goes
// by.
func (s *Service) Shared(ctx context.Context, phone string) ([]Share, error) {
	var shares []Share
	q := Query{Phone: phone, State: Authorized, Limit: consentPage}
	for {
		page, err := s.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range page {
			if page[i].CreatedAt.Before(s.now().Add(-consentLife - longestWait)) {
				return shares, nil
			}
			shares = s.addShare(shares, &page[i], phone)
		}
		if len(page) < consentPage {
			return shares, nil
		}
		q.Before = page[len(page)-1].Number
	}
}

// addShare adds what was shared with one payment to what was shared with its
// sales unit.
func (s *Service) addShare(shares []Share, p *Payment, phone string) []Share {
	if p.Grant == nil || len(p.Grant.Given) == 0 || p.Phone != phone || !p.EndedAt.After(s.consentSince(p.MSN, phone)) {
		return shares
	}
	at := slices.IndexFunc(shares, func(o Share) bool { return o.MSN == p.MSN })
	if at < 0 {
		return append(shares, Share{MSN: p.MSN, Scopes: slices.Clone(p.Grant.Given), At: p.EndedAt})
	}
	have := &shares[at]
	have.Scopes = append(have.Scopes, Without(p.Grant.Given, have.Scopes)...)
	if p.EndedAt.After(have.At) {
		have.At = p.EndedAt
	}
	return shares
}
