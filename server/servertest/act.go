package servertest

import (
	"testing"
	"time"

	"liksom/server/client"
)

// returnURL is where the payers of these tests go home to.
const returnURL = "https://shop.example/thanks"

// CreatePayment makes a payment of so many øre whose payer is sent to the
// landing page. For anything else see [client.Client.CreatePayment].
func (s *Sim) CreatePayment(t testing.TB, reference string, value int64) client.Created {
	t.Helper()
	created, err := s.Client.CreatePayment(t.Context(), client.CreatePayment{
		Amount: client.NOK(value), Reference: reference, UserFlow: client.WebRedirect, ReturnURL: returnURL,
	})
	must(t, "create", reference, err)
	return created
}

// Approve says yes for the payer, whatever the phone.
func (s *Sim) Approve(t testing.TB, reference string) client.Payment {
	t.Helper()
	p, err := s.Client.Approve(t.Context(), reference)
	must(t, "approve", reference, err)
	return p
}

// Decline says no for the payer.
func (s *Sim) Decline(t testing.TB, reference string) client.Payment {
	t.Helper()
	p, err := s.Client.Decline(t.Context(), reference)
	must(t, "decline", reference, err)
	return p
}

// Expire ends a payment as if its time had run out.
func (s *Sim) Expire(t testing.TB, reference string) client.Payment {
	t.Helper()
	p, err := s.Client.Expire(t.Context(), reference)
	must(t, "expire", reference, err)
	return p
}

// Payment reads a payment with all that happened to it.
func (s *Sim) Payment(t testing.TB, reference string) client.Payment {
	t.Helper()
	p, err := s.Client.Payment(t.Context(), reference)
	must(t, "read", reference, err)
	return p
}

// Advance moves the simulated clock on. Every deadline on the way has fired,
// and every webhook on the way been tried, when it returns.
func (s *Sim) Advance(t testing.TB, d time.Duration) {
	t.Helper()
	if _, err := s.Client.Advance(t.Context(), d); err != nil {
		t.Fatalf("cannot advance the clock by %s: %v", d, err)
	}
}

func must(t testing.TB, verb, reference string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("cannot %s the payment %s: %v", verb, reference, err)
	}
}
