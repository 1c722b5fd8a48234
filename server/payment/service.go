package payment

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"time"
)

// IDs draws the names of new things. A world with a seed draws the same ones
// each time.
type IDs interface {
	UUID() string
	// Code draws n letters and digits.
	Code(n int) string
}

// Windows are how long a payer may take, on the simulated clock.
type Windows struct {
	Landing  time.Duration
	Approval time.Duration
	// One makes them one window as long as both, which identification does
	// not begin anew.
	One bool
}

// toApprove is how long a payer may take who has just been identified, of a
// payment created at a time.
func (w Windows) toApprove(created, now time.Time) time.Time {
	if w.One {
		return created.Add(w.Landing + w.Approval)
	}
	return now.Add(w.Approval)
}

// toOpen is when a payment created just now must have been opened.
func (w Windows) toOpen(now time.Time) time.Time {
	if w.One {
		return now.Add(w.Landing + w.Approval)
	}
	return now.Add(w.Landing)
}

// Once makes a command take effect at most once for its key.
type Once struct {
	// Key is scope and key in one, unique within the world.
	Key string
	// Print is the digest of the request, to tell a replay from a reuse.
	Print [sha256.Size]byte
	// Answer renders what a replay shall be given: the answer to the payment
	// as it is now, or to the refusal. A nil answer is not kept.
	Answer func(Payment, error) []byte
}

// Result is what came of a command.
type Result struct {
	Payment Payment
	// Answer is what [Once.Answer] rendered, now or when the key was first
	// used.
	Answer []byte
	// Replayed tells that the command had been done before.
	Replayed bool
}

// Service applies commands. It is the only way a payment changes.
type Service struct {
	Store Store
	IDs   IDs
	// Now is the world's simulated time.
	Now func() time.Time
	// Windows are read anew for each command: they may change while running.
	Windows func() Windows
	// FollowUps gives further due rows for an event, such as a delayed push;
	// kept with the event. May be nil.
	FollowUps func(Payment, Event) []Due
	// Revoked is when a payer took back what was granted to a sales unit, zero
	// for never. May be nil.
	Revoked func(msn, phone string) time.Time
	// Committed is told after each commit, to ring the bell. May be nil.
	Committed func(Committed)
	// Log takes what an operator should know. May be nil.
	Log *slog.Logger
}

// Command is something that can be asked of a payment: one of the structs of
// this package.
type Command interface{ decide(*draft) error }

// Do applies a command. A refusal is an [*Error]; any other error means that
// nothing is known to have happened.
func (s *Service) Do(ctx context.Context, id ID, cmd Command, once *Once) (Result, error) {
	a := attempt{service: s, id: id, cmd: cmd, once: once, now: s.now()}
	if err := s.apply(ctx, a.op()); err != nil {
		return Result{}, err
	}
	return a.result, a.refusal
}

// Fire does what due rows of the kinds [DueWindow] and [DueRelease] ask for,
// each at its own time, all in one transaction, and removes the rows. A row
// whose key nobody can read is removed too: it must not hold up the others.
func (s *Service) Fire(ctx context.Context, rows []Due) error {
	ops := make([]Op, 0, len(rows))
	for _, row := range rows {
		id, ok := ParseID(row.Key)
		if !ok {
			ops = append(ops, s.drop(row))
			continue
		}
		var cmd Command = expire{}
		if row.Kind == DueRelease {
			cmd = release{}
		}
		a := &attempt{service: s, id: id, cmd: cmd, now: row.At, done: row.N}
		ops = append(ops, a.op())
	}
	return s.apply(ctx, ops...)
}

// drop removes a row that can mean nothing.
func (s *Service) drop(row Due) Op {
	if s.Log != nil {
		s.Log.Error("a due row names no payment; it is dropped", "row", row.N, "kind", row.Kind, "key", row.Key)
	}
	return Op{Step: func(Current) (Change, error) { return Change{Done: row.N}, nil }}
}

// Get reads a payment. One whose time has run out is ended first, so that the
// answer does not depend on how punctual the timer is.
func (s *Service) Get(ctx context.Context, id ID) (Payment, error) {
	p, err := s.Store.Get(ctx, id)
	if err != nil {
		return p, err
	}
	return s.settled(ctx, p)
}

// Find reads a payment by its code, as [Service.Get] does.
func (s *Service) Find(ctx context.Context, code string) (Payment, error) {
	p, err := s.Store.Find(ctx, code)
	if err != nil {
		return p, err
	}
	return s.settled(ctx, p)
}

func (s *Service) settled(ctx context.Context, p Payment) (Payment, error) {
	if !p.overdue(s.now()) {
		return p, nil
	}
	result, err := s.Do(ctx, p.ID, expire{}, nil)
	return result.Payment, err
}

func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) apply(ctx context.Context, ops ...Op) error {
	done, err := s.Store.Apply(ctx, ops...)
	if err != nil {
		return err
	}
	if s.Committed != nil {
		s.Committed(done)
	}
	return nil
}

// attempt is one command on its way through the store.
type attempt struct {
	service *Service
	id      ID
	cmd     Command
	once    *Once
	now     time.Time
	done    int64

	result  Result
	refusal error
}

func (a *attempt) op() Op {
	op := Op{ID: a.id, Step: a.step}
	if a.once != nil {
		op.Once = a.once.Key
	}
	return op
}

func (a *attempt) step(cur Current) (Change, error) {
	a.result, a.refusal = Result{}, nil
	if cur.Reply != nil {
		return Change{}, a.replay(cur)
	}
	d := &draft{service: a.service, id: a.id, now: a.now}
	if cur.Payment != nil {
		p := *cur.Payment
		d.payment = &p
		if p.overdue(a.now) {
			d.runOut()
		}
	}
	err := a.cmd.decide(d)
	var refusal *Error
	if err != nil && !errors.As(err, &refusal) && !d.checkFailed {
		return Change{}, err
	}
	a.refusal = err
	ch := d.change
	ch.Done = a.done
	if d.touched {
		ch.Payment = d.payment
	}
	if d.payment != nil {
		a.result.Payment = *d.payment
	}
	if a.once != nil {
		if answer := a.once.Answer(a.result.Payment, err); answer != nil {
			a.result.Answer = answer
			ch.Reply = &Reply{Print: a.once.Print, Answer: answer}
		}
	}
	return ch, nil
}

func (a *attempt) replay(cur Current) error {
	if cur.Payment != nil {
		a.result.Payment = *cur.Payment
	}
	if cur.Reply.Print != a.once.Print {
		a.refusal = refuse(cur.Payment, KeyReused, "The idempotency key was already used for another request.")
		return nil
	}
	a.result.Answer, a.result.Replayed = cur.Reply.Answer, true
	return nil
}

// draft is a payment being changed, and the change it makes.
type draft struct {
	service     *Service
	id          ID
	now         time.Time
	payment     *Payment // nil while there is none
	touched     bool
	checkFailed bool
	change      Change
}

// existing gives the payment to change, or the refusal that there is none.
func (d *draft) existing() (*Payment, error) {
	if d.payment == nil {
		return nil, Unknown(d.id)
	}
	return d.payment, nil
}

// record adds an event and whatever must follow it.
func (d *draft) record(e Event) {
	e.ID = d.id
	if e.At.IsZero() {
		e.At = d.now
	}
	d.touched = true
	d.change.Events = append(d.change.Events, e)
	if d.service.FollowUps != nil {
		d.change.Later = append(d.change.Later, d.service.FollowUps(*d.payment, e)...)
	}
}

func (d *draft) later(kind string, at time.Time) {
	d.change.Later = append(d.change.Later, Due{At: at, Kind: kind, Key: d.id.String()})
}

// wait starts a window and writes the row that will end it.
func (d *draft) wait(w Window, until time.Time) {
	p := d.payment
	p.Window, p.Since, p.Deadline = w, d.now, until
	d.later(DueWindow, until)
}

// end leads a waiting payment to a final state that reserves nothing.
// The operator's reference of what payer and time do is the creation's, that
// of what the merchant does is its own (webhooks contract, section 8).
// by names who acted in the payer's or the clock's place, if anybody did.
func (d *draft) end(to State, kind Kind, at time.Time, by string) {
	p := d.payment
	p.State, p.EndedAt, p.Holder = to, at, ""
	e := Event{Kind: kind, At: at, Amount: p.Amount.Value, PSP: p.PSP, Key: p.Key, Phone: p.Phone, By: by}
	if kind == PaymentTerminated {
		e.PSP, e.Key = d.service.IDs.UUID(), ""
	}
	d.record(e)
}
