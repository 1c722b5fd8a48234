package webhook

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"liksom/server/payment"
)

// DefaultTimeout is how long a receiver has to answer, in real time.
const DefaultTimeout = 10 * time.Second

// ErrEnded tells that a delivery cannot be sent any more because its
// registration, and with it the secret, is gone.
var ErrEnded = errors.New("the registration was deleted")

// Options are what a sender needs. Only Store and Now must be set.
type Options struct {
	Store Store
	// Now is the world's simulated time.
	Now func() time.Time
	// Committed is told what each settled try wrote, to wake the timer.
	Committed func(payment.Committed)
	// Timeout is asked before each try; nil means [DefaultTimeout].
	Timeout func() time.Duration
	// Egress says where deliveries may go; "" means [AnyTarget].
	Egress Egress
	// CA are the authorities to trust; nil means the system's.
	CA *x509.CertPool
	// Dial connects to receivers; nil means the machine's network, where the
	// egress policy is checked on the resolved address.
	Dial Dial
	// Resolver looks host names up; nil means the machine's.
	Resolver *net.Resolver
	// Source is the address of this machine to send from; the zero one leaves
	// it to the machine. A Dial of one's own is told by [SourceOf].
	Source netip.Addr
	// Faults may be nil.
	Faults Faults
	// Removed is told of a registration that was removed for its receiver's
	// silence; it may be nil.
	Removed func(ctx context.Context, r Registration, at time.Time) error
	// Later writes due rows and wakes whoever does them; needed once a
	// registration is changed.
	Later func(ctx context.Context, rows ...payment.Due) error
	// Family, unless nil, is of the registrations of another API.
	Family Family
}

// Sender tries deliveries. It is safe for use by many goroutines.
type Sender struct {
	options   Options
	transport *http.Transport

	mu   sync.Mutex
	busy map[string]chan struct{} // deliveries being tried; closed at the end
	// aside are those that a later event of their payment is to overtake.
	aside map[payment.ID][]string
}

// NewSender makes a sender. Close it to let its connections go.
func NewSender(o Options) *Sender {
	return &Sender{options: o, transport: NewTransport(o), busy: map[string]chan struct{}{}, aside: map[payment.ID][]string{}}
}

// Close lets idle connections go.
func (s *Sender) Close() { s.transport.CloseIdleConnections() }

func (s *Sender) timeout() time.Duration {
	if s.options.Timeout == nil {
		return DefaultTimeout
	}
	return s.options.Timeout()
}

// NextTry is the earliest simulated time at which the delivery of a due row
// may be due again: a jump of the clock must have seen the try through before
// it passes that. A fault may put a delivery off by as little as it likes.
func (s *Sender) NextTry(due payment.Due) time.Time {
	if s.options.Faults != nil && s.options.Faults.Any() {
		return due.At
	}
	return due.At.Add(shortestWait)
}

// Try does what a due row of the kind [DueDelivery] asks for: one try of the
// ladder, at the row's own time. A delivery that does not wait any more, is
// due later by now, or whose registration is paused is left alone. An error
// means that the store failed, or that the context ended before an answer
// came; the row then stands.
func (s *Sender) Try(ctx context.Context, due payment.Due) error {
	free, err := s.occupy(ctx, due.Key)
	if err != nil {
		return err
	}
	defer free()
	d, r, err := s.load(ctx, due.Key)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrEnded) || err == nil && d.Status != Waiting {
		return nil
	}
	if err != nil {
		return err
	}
	if r.Paused || d.NextAt.After(due.At) && !d.putOff() {
		return nil
	}
	f := s.meet(&d)
	if f.Do.PutOff() > 0 || f.Do.Reorder {
		return s.putOff(ctx, d, &f, due)
	}
	if d.Reason == overtaken {
		if err := s.overtake(ctx, &d, &r); err != nil {
			return err
		}
	}
	attempts, err := s.tries(ctx, &r, &d, &f, due.At)
	if err != nil {
		return err // cut short from our side: not the receiver's fault
	}
	now := s.now(due.At)
	d.Reason = ""
	s.step(&d, &attempts[0], f.Do.Drop, now)
	if err := s.settle(ctx, d, &attempts[0], due.N, now); err != nil {
		return err
	}
	return s.settleCopies(ctx, d, attempts[1:], now)
}

// now is the simulated time, but never before that of a try: where tries go
// beside each other the clock stands at the first one's.
func (s *Sender) now(try time.Time) time.Time {
	if now := s.options.Now(); now.After(try) {
		return now
	}
	return try
}

// step moves a delivery on after a try of the ladder.
func (s *Sender) step(d *Delivery, a *Attempt, lost bool, now time.Time) {
	d.Tries++
	if d.FirstAt.IsZero() {
		d.FirstAt = a.At
	}
	if a.OK() {
		d.end(Delivered, "", now)
		return
	}
	if lost {
		d.end(Dropped, "The fault "+a.Fault+" lost it.", now)
		return
	}
	next, ok := s.next(d, a.At)
	if !ok {
		d.end(Dropped, fmt.Sprintf("It was not accepted in %d tries over %s.", d.Tries, over(a.At.Sub(d.FirstAt))), now)
		return
	}
	d.NextAt = next
}

func (d *Delivery) end(to Status, reason string, now time.Time) {
	d.Status, d.Reason, d.DoneAt, d.NextAt = to, reason, now, time.Time{}
}

// Resend sends a delivery again now, by hand and whatever its status. If an
// open one is accepted it is delivered, and its queue goes on; else nothing
// changes but that the attempt is recorded. It answers [ErrNotFound], or
// [ErrEnded] when the registration is gone.
func (s *Sender) Resend(ctx context.Context, id string) (Delivery, Attempt, error) {
	free, err := s.occupy(ctx, id)
	if err != nil {
		return Delivery{}, Attempt{}, err
	}
	defer free()
	d, r, err := s.load(ctx, id)
	if err != nil {
		return d, Attempt{}, err
	}
	now := s.options.Now()
	a := Attempt{Delivery: d.ID, Manual: true, At: now}
	s.post(ctx, &r, &d, &sending{}, &a)
	if ctx.Err() != nil && a.Status == 0 {
		return d, a, ctx.Err()
	}
	if d.Status.Open() && a.OK() {
		if d.FirstAt.IsZero() {
			d.FirstAt = now
		}
		d.end(Delivered, "", s.options.Now())
	}
	err = s.settle(ctx, d, &a, 0, s.options.Now())
	return d, a, err
}

func (s *Sender) load(ctx context.Context, id string) (Delivery, Registration, error) {
	d, err := s.options.Store.Delivery(ctx, id)
	if err != nil {
		return d, Registration{}, err
	}
	r, err := s.options.Store.Registration(ctx, d.Registration)
	if errors.Is(err, ErrNotFound) {
		err = ErrEnded
	}
	return d, r, err
}

// settle keeps what a try came to even if the caller is being stopped: the
// receiver has seen it.
func (s *Sender) settle(ctx context.Context, d Delivery, a *Attempt, done int64, now time.Time) error {
	committed, err := s.options.Store.Settle(context.WithoutCancel(ctx), d, a, done, now)
	if errors.Is(err, ErrNotFound) {
		return nil // the world was reset meanwhile
	}
	if err != nil {
		return fmt.Errorf("record a try of delivery %s: %w", d.ID, err)
	}
	if s.options.Committed != nil {
		s.options.Committed(committed)
	}
	return nil
}

// occupy has one delivery tried by one goroutine at a time, so that a resend
// by hand and a try of the ladder each see what the other came to.
func (s *Sender) occupy(ctx context.Context, id string) (free func(), err error) {
	for {
		s.mu.Lock()
		other, taken := s.busy[id]
		if !taken {
			mine := make(chan struct{})
			s.busy[id] = mine
			s.mu.Unlock()
			return func() {
				s.mu.Lock()
				delete(s.busy, id)
				s.mu.Unlock()
				close(mine)
			}, nil
		}
		s.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
