package sql_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/store/sql"
)

func TestTheLogIsTheSameFromMemoryAndFromTheFile(t *testing.T) {
	inEach(t, sameFromMemoryAndFile)
}

func sameFromMemoryAndFile(t *testing.T, path string) {
	const many = 1500 // more than are known by heart
	db := open(t, path)
	s := world(t, db, "default", nil)
	ops := make([]payment.Op, many)
	for i := range ops {
		ops[i] = creating(fmt.Sprintf("order-%d", i))
	}
	_, err := s.Apply(t.Context(), ops[:many-1]...)
	require.NoError(t, err)
	_, err = s.Apply(t.Context(), ops[many-1])
	require.NoError(t, err)

	logs := func(s *sql.Store) (all [][]payment.Event) {
		for _, pos := range []payment.Seq{0, 900, many - 513, many - 512, many - 2, many - 1, many, many + 5} {
			events, err := s.After(t.Context(), pos, 600)
			require.NoError(t, err)
			require.Len(t, events, min(600, max(0, many-int(pos))))
			for i := range events {
				require.Equal(t, pos+payment.Seq(i)+1, events[i].Seq)
			}
			all = append(all, append([]payment.Event{}, events...))
		}
		return all
	}
	known := logs(s)
	require.NoError(t, db.Close())
	require.Equal(t, logs(world(t, open(t, path), "default", nil)), known)
}

func TestAWipedLogIsNotRemembered(t *testing.T) {
	t.Parallel()
	s := world(t, open(t, file(t)), "default", nil)
	_, err := s.Apply(t.Context(), creating("order-1"), creating("order-2"))
	require.NoError(t, err)
	require.NoError(t, s.Wipe(t.Context(), ""))
	events, err := s.After(t.Context(), 0, 0)
	require.NoError(t, err)
	require.Empty(t, events)
	_, err = s.Apply(t.Context(), creating("order-3"))
	require.NoError(t, err)
	events, err = s.After(t.Context(), 0, 0)
	require.NoError(t, err)
	require.Len(t, events, 1)
	require.Equal(t, payment.Seq(3), events[0].Seq)
}
