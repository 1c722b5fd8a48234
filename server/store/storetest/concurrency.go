package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/webhook"
)

const (
	workers = 16
	rounds  = 25
)

// together runs a function in many goroutines and waits for all.
func together(work func(worker int) error) error {
	errs := make(chan error, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() { errs <- work(w) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var concurrency = []test{
	{"concurrent applies on one payment are serialised", func(t *testing.T, s Store) {
		create(t, s, "order-1")
		require.NoError(t, together(func(int) error {
			for range rounds {
				_, err := s.Apply(background(), recording(id("order-1"), payment.PaymentCaptured, start, func(p *payment.Payment) { p.Sums.Captured++ }))
				if err != nil {
					return err
				}
			}
			return nil
		}))
		require.Equal(t, int64(workers*rounds), get(t, s, id("order-1")).Sums.Captured)
		require.Equal(t, seqs(1+workers*rounds), positions(after(t, s, 0)))
	}},
	{"concurrent applies on many payments give a log without gaps", func(t *testing.T, s Store) {
		require.NoError(t, together(func(worker int) error {
			for i := range rounds {
				if _, err := s.Apply(background(), creating(draft(id(fmt.Sprintf("order-%d-%d", worker, i))))); err != nil {
					return err
				}
			}
			return nil
		}))
		events := after(t, s, 0)
		require.Equal(t, seqs(workers*rounds), positions(events))
		for _, e := range events {
			require.Equal(t, e.Seq, get(t, s, e.ID).Number)
		}
	}},
	{"concurrent applies over two payments never end half done", func(t *testing.T, s Store) {
		create(t, s, "order-0", "order-1")
		require.NoError(t, together(func(worker int) error {
			one, other := id(fmt.Sprintf("order-%d", worker%2)), id(fmt.Sprintf("order-%d", 1-worker%2))
			for i := range rounds {
				ops := []payment.Op{
					recording(one, payment.Opened, start, func(p *payment.Payment) { p.Sums.Captured++ }),
					recording(other, payment.Opened, start, func(p *payment.Payment) { p.Sums.Captured-- }),
				}
				if i%5 == 0 {
					ops = append(ops, refusing(one))
				}
				if _, err := s.Apply(background(), ops...); err != nil && i%5 != 0 {
					return err
				}
			}
			return nil
		}))
		require.Zero(t, get(t, s, id("order-0")).Sums.Captured)
		require.Zero(t, get(t, s, id("order-1")).Sums.Captured)
		require.Equal(t, seqs(2+2*workers*rounds*4/5), positions(after(t, s, 0)))
	}},
	{"concurrent creates of one reference make one payment", func(t *testing.T, s Store) {
		var made, refused counter
		require.NoError(t, together(func(int) error {
			_, err := s.Apply(background(), creating(draft(id("order-1"))))
			if err != nil {
				refused.add()
				return nil
			}
			made.add()
			return nil
		}))
		require.Equal(t, 1, made.n)
		require.Equal(t, workers-1, refused.n)
		require.Len(t, after(t, s, 0), 1)
	}},
	{"concurrent ops with the same once key run the second after the first", func(t *testing.T, s Store) {
		var replayed counter
		require.NoError(t, together(func(worker int) error {
			p := draft(id(fmt.Sprintf("order-%d", worker)))
			var saw bool
			_, err := s.Apply(background(), payment.Op{ID: p.ID, Once: "once", Step: func(c payment.Current) (payment.Change, error) {
				if saw = c.Reply != nil; saw {
					return payment.Change{}, nil
				}
				ch := created(p)
				ch.Reply = &payment.Reply{Answer: []byte("first")}
				return ch, nil
			}})
			if saw {
				replayed.add()
			}
			return err
		}))
		require.Equal(t, workers-1, replayed.n)
		require.Len(t, after(t, s, 0), 1)
	}},
	{"what was answered is read at once", func(t *testing.T, s Store) {
		require.NoError(t, together(func(worker int) error {
			for i := range rounds {
				p := draft(id(fmt.Sprintf("order-%d-%d", worker, i)))
				done, err := s.Apply(background(), creating(p))
				if err != nil {
					return err
				}
				if _, err := s.Get(background(), p.ID); err != nil {
					return err
				}
				head, err := s.Head(background())
				if err != nil {
					return err
				}
				if head < done.Seq {
					return fmt.Errorf("the head is %d after %d was answered", head, done.Seq)
				}
			}
			return nil
		}))
	}},
	{"a reader of the log never sees a gap", func(t *testing.T, s Store) {
		stop := make(chan struct{})
		gap := make(chan error, 1)
		go func() { gap <- followWithoutGap(s, stop) }()
		require.NoError(t, together(func(worker int) error {
			for i := range rounds {
				if _, err := s.Apply(background(), creating(draft(id(fmt.Sprintf("order-%d-%d", worker, i))))); err != nil {
					return err
				}
			}
			return nil
		}))
		close(stop)
		require.NoError(t, <-gap)
	}},
	{"each due row is claimed once", func(t *testing.T, s Store) {
		const rows = 200
		for i := range rows {
			add(t, s, row(fmt.Sprint(i), start.Add(time.Duration(i%7)*time.Second)))
		}
		var mu sync.Mutex
		seen := map[string]int{}
		require.NoError(t, together(func(int) error {
			for {
				got, err := s.Claim(background(), start.Add(time.Minute), 3)
				if err != nil || len(got) == 0 {
					return err
				}
				mu.Lock()
				for _, r := range got {
					seen[r.Key]++
				}
				mu.Unlock()
				if err := s.Done(background(), got...); err != nil {
					return err
				}
			}
		}))
		require.Len(t, seen, rows)
		for key, times := range seen {
			require.Equal(t, 1, times, "row %s", key)
		}
	}},
	{"a limit on registrations holds when many register at once", func(t *testing.T, s Store) {
		var refused counter
		require.NoError(t, together(func(worker int) error {
			err := s.Register(background(), registration(fmt.Sprint(worker), unit), func(existing []webhook.Registration) error {
				if len(existing) >= 5 {
					return errRefused
				}
				return nil
			})
			if err != nil {
				refused.add()
			}
			return nil
		}))
		require.Equal(t, workers-5, refused.n)
		found, err := s.Registrations(t.Context(), unit)
		require.NoError(t, err)
		require.Len(t, found, 5)
	}},
	{"concurrent events of one payment leave one delivery waiting", func(t *testing.T, s Store) {
		register(t, s, registration("r", unit, payment.PaymentCreated, payment.PaymentCaptured))
		create(t, s, "order-1")
		require.NoError(t, together(func(int) error {
			_, err := s.Apply(background(), recording(id("order-1"), payment.PaymentCaptured, start, nil))
			return err
		}))
		waiting, err := s.Deliveries(t.Context(), webhook.Query{Status: webhook.Waiting})
		require.NoError(t, err)
		require.Equal(t, []string{deliveryID("r", 1)}, deliveryIDs(waiting))
		held, err := s.Deliveries(t.Context(), webhook.Query{Status: webhook.Held})
		require.NoError(t, err)
		require.Len(t, held, workers)
	}},
}

// followWithoutGap reads the log from its beginning until it is stopped.
func followWithoutGap(s Store, stop <-chan struct{}) error {
	var pos payment.Seq
	for {
		events, err := s.After(background(), pos, 10)
		if err != nil {
			return err
		}
		for _, e := range events {
			if e.Seq != pos+1 {
				return fmt.Errorf("after %d came %d", pos, e.Seq)
			}
			pos = e.Seq
		}
		select {
		case <-stop:
			return nil
		default:
		}
	}
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
}
