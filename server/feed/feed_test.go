package feed_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/server/feed"
	"liksom/server/payment"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("the disk is full")

// book is a log that a test writes.
type book struct {
	*feed.Feed

	mu     sync.Mutex
	events []payment.Event
	broken error
}

func newBook(events int) *book {
	b := &book{}
	for range events {
		b.append()
	}
	b.Feed = feed.New(b, payment.Seq(events))
	return b
}

func (b *book) append() payment.Seq {
	b.mu.Lock()
	defer b.mu.Unlock()
	seq := payment.Seq(len(b.events) + 1)
	b.events = append(b.events, payment.Event{Seq: seq})
	return seq
}

func (b *book) write(n int) {
	for range n {
		b.Publish(b.append())
	}
}

func (b *book) After(_ context.Context, pos payment.Seq, limit int) ([]payment.Event, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return nil, b.broken
	}
	page := b.events[pos:]
	return page[:min(limit, len(page))], nil
}

func (b *book) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = err
}

// reader follows a book and keeps what it got.
type reader struct {
	mu   sync.Mutex
	got  []payment.Seq
	err  error
	over bool
}

// follow reads in a goroutine of its own; a pause is how long it takes over
// each event.
func follow(ctx context.Context, b *book, after payment.Seq, pause time.Duration) *reader {
	r := &reader{}
	go func() {
		for e, err := range b.Follow(ctx, after) {
			r.keep(e, err)
			if pause > 0 {
				<-time.After(pause)
			}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.over = true
	}()
	return r
}

func (r *reader) keep(e payment.Event, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.err = err
		return
	}
	r.got = append(r.got, e.Seq)
}

func (r *reader) read() ([]payment.Seq, bool) {
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got, r.over
}

// span lists the positions from first to last.
func span(first, last payment.Seq) []payment.Seq {
	var list []payment.Seq
	for s := first; s <= last; s++ {
		list = append(list, s)
	}
	return list
}

func inBubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

func TestAFollowerGetsEverythingBehindItsPositionInOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		before, after int // events written before and after it begins
		from          payment.Seq
	}{
		{"of an empty log", 0, 3, 0},
		{"from the beginning", 5, 3, 0},
		{"from the middle", 5, 3, 2},
		{"from the end", 5, 3, 5},
		{"of more than is read at once", 1000, 1000, 1},
		{"of what there is when nothing more comes", 600, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				b := newBook(tt.before)
				r := follow(t.Context(), b, tt.from, 0)
				got, _ := r.read()
				require.Equal(t, span(tt.from+1, payment.Seq(tt.before)), got, "what was there comes at once")
				b.write(tt.after)
				got, over := r.read()
				require.Equal(t, span(tt.from+1, payment.Seq(tt.before+tt.after)), got)
				require.False(t, over, "it waits for more")
			})
		})
	}
}

func TestASlowFollowerHoldsUpNobodyAndMissesNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b := newBook(0)
		slow, quick := follow(t.Context(), b, 0, time.Hour), follow(t.Context(), b, 0, 0)
		begun := time.Now()
		b.write(1000)
		require.Zero(t, time.Since(begun), "publishing takes no time")
		got, _ := quick.read()
		require.Len(t, got, 1000)
		got, _ = slow.read()
		require.Len(t, got, 1)
		<-time.After(1000 * time.Hour)
		got, _ = slow.read()
		require.Equal(t, span(1, 1000), got)
	})
}

func TestFollowingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, pause := range map[string]time.Duration{"while it waits": 0, "while it reads": time.Second} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				b := newBook(100)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+1)
				defer cancel()
				r := follow(ctx, b, 0, pause)
				<-time.After(20 * time.Second)
				got, over := r.read()
				require.True(t, over)
				require.NoError(t, r.err, "an end that was asked for is no error")
				want := span(1, 100)
				if pause > 0 {
					want = span(1, 11)
				}
				require.Equal(t, want, got)
			})
		})
	}
}

func TestAReaderMayBreakOff(t *testing.T) {
	t.Parallel()
	b := newBook(10)
	var got []payment.Seq
	for e, err := range b.Follow(t.Context(), 2) {
		require.NoError(t, err)
		if got = append(got, e.Seq); len(got) == 3 {
			break
		}
	}
	require.Equal(t, span(3, 5), got)
}

func TestAFollowerIsToldThatTheLogCannotBeRead(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b := newBook(2)
		r := follow(t.Context(), b, 0, 0)
		r.read()
		b.fail(errBroken)
		b.write(1)
		got, over := r.read()
		require.Equal(t, span(1, 2), got)
		require.True(t, over)
		require.ErrorIs(t, r.err, errBroken)
	})
}

func TestALogThatFailsBecauseTheContextEndedIsNoError(t *testing.T) {
	t.Parallel()
	b := newBook(2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.fail(context.Canceled)
	for range b.Follow(ctx, 0) {
		t.Fatal("there is nothing to tell")
	}
}

func TestTheHeadOnlyMovesForward(t *testing.T) {
	t.Parallel()
	b := newBook(3)
	b.Publish(2)
	require.Equal(t, payment.Seq(3), b.Head())
	head, bell := b.Bell()
	require.Equal(t, payment.Seq(3), head)
	b.Publish(3)
	select {
	case <-bell:
		t.Fatal("nothing new was written")
	default:
	}
	b.Publish(4)
	<-bell
	head, _ = b.Bell()
	require.Equal(t, payment.Seq(4), head)
}

func TestWritersAndFollowersMeetSafely(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		b := newBook(0)
		readers := make([]*reader, 8)
		for i := range readers {
			readers[i] = follow(t.Context(), b, 0, 0)
		}
		var writers sync.WaitGroup
		for range 4 {
			writers.Go(func() { b.write(250) })
		}
		writers.Wait()
		for _, r := range readers {
			got, _ := r.read()
			require.Equal(t, span(1, 1000), got)
		}
	})
}
