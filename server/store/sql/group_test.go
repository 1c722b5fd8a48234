package sql_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/store/sql"
)

// held runs writes that reach the store while its writer is busy, so that
// they share one group, and answers their errors.
func held(t *testing.T, s *sql.Store, meanwhile func(), writes ...func(context.Context) error) []error {
	t.Helper()
	release := make(chan struct{})
	busy := make(chan error, 1)
	go func() {
		_, err := s.Apply(t.Context(), payment.Op{ID: payment.ID{MSN: "1", Reference: "busy"}, Step: func(payment.Current) (payment.Change, error) {
			<-release
			return payment.Change{}, nil
		}})
		busy <- err
	}()
	synctest.Wait()
	errs := make([]error, len(writes))
	done := make(chan struct{})
	for i, write := range writes {
		go func() {
			errs[i] = write(t.Context())
			done <- struct{}{}
		}()
		synctest.Wait() // so that they queue in order
	}
	meanwhile()
	synctest.Wait()
	close(release)
	require.NoError(t, <-busy)
	for range writes {
		<-done
	}
	return errs
}

func applying(s *sql.Store, ops ...payment.Op) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := s.Apply(ctx, ops...)
		return err
	}
}

func nothing() {}

// bubble runs a test with a world of its own, without wall time.
func bubble(t *testing.T, test func(t *testing.T, db *sql.DB, s *sql.Store)) {
	t.Helper()
	inEach(t, func(t *testing.T, place string) {
		synctest.Test(t, func(t *testing.T) {
			db := open(t, place)
			test(t, db, world(t, db, "default", nil))
		})
	})
}

func requireLog(t *testing.T, s *sql.Store, references ...string) {
	t.Helper()
	events, err := s.After(t.Context(), 0, 0)
	require.NoError(t, err)
	var got []string
	for i, e := range events {
		require.Equal(t, payment.Seq(i+1), e.Seq)
		got = append(got, e.ID.Reference)
	}
	require.Equal(t, references, got)
}

func TestAJobThatSpoilsItsGroupFailsAlone(t *testing.T) {
	bubble(t, func(t *testing.T, _ *sql.DB, s *sql.Store) {
		clash := creating("order-2")
		step := clash.Step
		clash.Step = func(c payment.Current) (payment.Change, error) {
			ch, err := step(c)
			if ch.Payment != nil {
				ch.Payment.Code = "porder-1" // the engine refuses it, halfway
			}
			return ch, err
		}
		errs := held(t, s, nothing, applying(s, creating("order-1")), applying(s, creating("order-0"), clash), applying(s, creating("order-3")))
		require.NoError(t, errs[0])
		require.ErrorContains(t, errs[1], "order-2")
		require.NoError(t, errs[2])
		requireLog(t, s, "order-1", "order-3")
	})
}

func TestAStepThatPanicsFailsAlone(t *testing.T) {
	bubble(t, func(t *testing.T, _ *sql.DB, s *sql.Store) {
		panics := payment.Op{Step: func(payment.Current) (payment.Change, error) { panic("ouch") }}
		errs := held(t, s, nothing, applying(s, creating("order-1")), applying(s, creating("order-2"), panics), applying(s, creating("order-3")))
		require.NoError(t, errs[0])
		require.ErrorContains(t, errs[1], "ouch")
		require.NoError(t, errs[2])
		requireLog(t, s, "order-1", "order-3")
	})
}

func TestClaimsOfARolledBackGroupAreMadeOnce(t *testing.T) {
	bubble(t, func(t *testing.T, _ *sql.DB, s *sql.Store) {
		require.NoError(t, s.Add(t.Context(), payment.Due{At: began, Kind: "tick"}, payment.Due{At: began, Kind: "tick"}))
		spoilt := payment.Op{Step: func(payment.Current) (payment.Change, error) { return payment.Change{}, fmt.Errorf("no") }}
		var claimed []payment.Due
		errs := held(t, s, nothing, func(ctx context.Context) (err error) {
			claimed, err = s.Claim(ctx, began, 1)
			return err
		}, applying(s, creating("order-1"), spoilt))
		require.NoError(t, errs[0])
		require.EqualError(t, errs[1], "no")
		require.Len(t, claimed, 1)
		rest, err := s.Claim(t.Context(), began, 9)
		require.NoError(t, err)
		require.Len(t, rest, 1)
		require.NotEqual(t, claimed[0].N, rest[0].N)
	})
}

func TestAContextThatEndsInTheQueueWithdrawsTheWrite(t *testing.T) {
	bubble(t, func(t *testing.T, _ *sql.DB, s *sql.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		errs := held(t, s, cancel,
			func(context.Context) error { return applying(s, creating("order-1"))(ctx) },
			applying(s, creating("order-2")))
		require.ErrorIs(t, errs[0], context.Canceled)
		require.NoError(t, errs[1])
		requireLog(t, s, "order-2")
	})
}

func TestAContextThatEndsWhileTheWriteRunsIsTooLate(t *testing.T) {
	bubble(t, func(t *testing.T, _ *sql.DB, s *sql.Store) {
		ctx, cancel := context.WithCancel(t.Context())
		op := creating("order-1")
		step := op.Step
		op.Step = func(c payment.Current) (payment.Change, error) {
			cancel()
			return step(c)
		}
		_, err := s.Apply(ctx, op)
		require.NoError(t, err)
		requireLog(t, s, "order-1")
	})
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	inEach(t, func(t *testing.T, place string) {
		synctest.Test(t, func(t *testing.T) {
			db := open(t, place)
			s := world(t, db, "default", nil)
			closed := make(chan error, 1)
			errs := held(t, s, func() { go func() { closed <- db.Close() }() },
				applying(s, creating("order-1")), applying(s, creating("order-2")))
			require.NoError(t, <-closed)
			require.Equal(t, []error{nil, nil}, errs)
			requireLog(t, world(t, open(t, place), "default", nil), "order-1", "order-2")
		})
	})
}
