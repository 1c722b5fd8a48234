package merchant

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"liksom/server/client"
)

// Checkout makes the payment of an order. The order is in the book before the
// call, so that the first webhook finds it. A cut connection is tried again
// with the same key, which finds the payment already made. After a refusal
// the mended order can be given again under the same reference.
func (s *Shop) Checkout(ctx context.Context, o Order) (Order, error) {
	if e := s.find(o.Reference); e != nil && !s.failed(e) {
		return o, fmt.Errorf("the order %s is in the book already", o.Reference)
	}
	o.State, o.Why, o.CreatedAt = Saved, "", s.config.Now()
	if s.has(RegistersPerPayment) {
		if err := s.register(ctx); err != nil {
			return o, err
		}
	}
	var e *entry
	if s.has(SavesOrderLate) {
		e = newEntry(o)
	} else {
		e = s.save(o)
	}
	e.work.Lock()
	defer e.work.Unlock()
	created, err := s.create(ctx, e, o)
	if s.has(SavesOrderLate) {
		keys := e.keys
		e = s.save(o)
		e.keys = keys
	}
	s.change(e, func(e *entry) {
		if err == nil {
			e.State, e.RedirectURL = Waiting, created.RedirectURL
			return
		}
		if refused(err) {
			e.State, e.Why, e.refused = Failed, err.Error(), true
		}
	})
	got, _ := s.Order(o.Reference)
	return got, err
}

func (s *Shop) failed(e *entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e.State == Failed
}

// create asks for the payment. Where the unit may not push, the customer is
// sent to the landing page instead.
func (s *Shop) create(ctx context.Context, e *entry, o Order) (client.Created, error) {
	if e.refused && !s.has(KeepsKeyAfterRefusal) {
		s.answered(e, "create") // a refused request stays refused for its key
	}
	request := s.request(o)
	var created client.Created
	try := func(ctx context.Context) (err error) {
		created, err = s.api.CreatePayment(ctx, request)
		return err
	}
	err := s.insist(ctx, e, "create", try)
	if s.mayNotPush(err) {
		s.answered(e, "create")
		request.UserFlow = client.WebRedirect
		err = s.insist(ctx, e, "create", try)
	}
	return created, err
}

func (s *Shop) mayNotPush(err error) bool {
	var p *client.Problem
	if !errors.As(err, &p) {
		return false
	}
	if s.has(MatchesTitle) {
		return p.Title == "PUSH_MESSAGE not allowed"
	}
	return p.Code == "5080"
}

func (s *Shop) request(o Order) client.CreatePayment {
	r := client.CreatePayment{
		Amount: o.Amount, Reference: o.Reference, UserFlow: o.Flow, ReturnURL: o.ReturnURL,
		PaymentDescription: o.Description, Receipt: o.Receipt, Metadata: o.Metadata,
	}
	if s.has(CountsInFloats) {
		r.Amount.Value = int64(float64(o.Amount.Value) / 100 * 100)
	}
	if r.UserFlow == "" {
		r.UserFlow = client.WebRedirect
	}
	if r.ReturnURL == "" {
		r.ReturnURL = s.config.PublicURL + "/return/" + url.PathEscape(o.Reference)
	}
	if o.Phone != "" {
		r.Customer = &client.Customer{PhoneNumber: s.number(o.Phone)}
	}
	if o.Scope != "" {
		r.Profile = &client.Profile{Scope: o.Scope}
	}
	if o.Present {
		r.CustomerInteraction = "CUSTOMER_PRESENT"
	}
	return r
}

// number writes a phone number as the API wants it: digits with the country's
// code. A Norwegian number may be typed without.
func (s *Shop) number(typed string) string {
	if s.has(SendsPhoneAsTyped) {
		return typed
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, typed)
	digits = strings.TrimPrefix(digits, "00")
	if len(digits) == 8 {
		return "47" + digits
	}
	return digits
}

// Again makes a new payment for an order that ended without one, under a new
// reference: the old one is taken for good.
func (s *Shop) Again(ctx context.Context, reference string) (Order, error) {
	o, found := s.Order(reference)
	if !found || o.Open() || o.State == Paid {
		return o, fmt.Errorf("the order %s has not ended unpaid", reference)
	}
	next := Order{
		Reference: reference, Amount: o.Amount, Flow: o.Flow, Phone: o.Phone, Description: o.Description, Receipt: o.Receipt,
		Scope: o.Scope, Metadata: o.Metadata, ReturnURL: o.ReturnURL, Present: o.Present, Later: o.Later,
	}
	if !s.has(ReusesReference) {
		for n := 2; s.find(next.Reference) != nil; n++ {
			next.Reference = fmt.Sprintf("%s-%d", reference, n)
		}
		return s.Checkout(ctx, next)
	}
	s.change(s.find(reference), func(e *entry) { e.State, e.keys = Failed, map[string]string{} })
	return s.Checkout(ctx, next)
}

// tries is how often an operation is begun before polling takes over.
const tries = 3

// insist does an operation under its kept idempotency key, again when nobody
// can know whether it was done.
func (s *Shop) insist(ctx context.Context, e *entry, operation string, do func(context.Context) error) error {
	var err error
	for range tries {
		if s.has(RetriesWithNewKey) {
			s.answered(e, operation)
		}
		err = do(client.WithIdempotencyKey(ctx, s.key(e, operation)))
		if !uncertain(err) || ctx.Err() != nil {
			break
		}
	}
	return err
}

// uncertain tells that no word came whether a call did its work.
func uncertain(err error) bool {
	var p *client.Problem
	if errors.As(err, &p) {
		return p.Status >= http.StatusInternalServerError
	}
	return err != nil
}

// tryLater is a refusal for the moment: the same request may be sent again
// under the same key (epayment contract, section 8.4).
const tryLater = "6280"

// refused tells that a call did nothing and will not, as it stands.
func refused(err error) bool {
	var p *client.Problem
	return errors.As(err, &p) && p.Status < http.StatusInternalServerError && p.Code != tryLater &&
		p.Status != http.StatusLocked && p.Status != http.StatusTooManyRequests && p.Status != http.StatusUnauthorized
}
