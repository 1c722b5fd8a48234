package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

var dueRows = []test{
	{"due rows come oldest first and, at the same time, in the order written", func(t *testing.T, s Store) {
		soon, later := start.Add(time.Second), start.Add(2*time.Second)
		add(t, s, row("c", later), row("a", soon), row("d", later))
		add(t, s, row("b", soon), row("e", later))
		require.Equal(t, []string{"a", "b", "c", "d", "e"}, keys(claim(t, s, later, 9)))
	}},
	{"a row comes back as it was written", func(t *testing.T, s Store) {
		add(t, s, payment.Due{At: start, Kind: "push", Key: "msn/a/b"})
		rows := claim(t, s, start, 1)
		require.Len(t, rows, 1)
		require.NotZero(t, rows[0].N)
		require.Equal(t, payment.Due{At: start, Kind: "push", Key: "msn/a/b", N: rows[0].N}, rows[0])
	}},
	{"a row is due at its time and not a millisecond before", func(t *testing.T, s Store) {
		add(t, s, row("a", start))
		require.Empty(t, claim(t, s, start.Add(-time.Millisecond), 9))
		require.Equal(t, []string{"a"}, keys(claim(t, s, start, 9)))
	}},
	{"no more rows are claimed than asked for", func(t *testing.T, s Store) {
		add(t, s, row("a", start), row("b", start), row("c", start))
		require.Equal(t, []string{"a", "b"}, keys(claim(t, s, start, 2)))
		require.Equal(t, []string{"c"}, keys(claim(t, s, start, 2)))
	}},
	{"a claimed row is given to nobody else", func(t *testing.T, s Store) {
		add(t, s, row("a", start))
		require.Len(t, claim(t, s, start, 9), 1)
		require.Empty(t, claim(t, s, start.Add(time.Hour), 9))
	}},
	{"Next is the earliest row that is not claimed", func(t *testing.T, s Store) {
		requireNext(t, s, time.Time{})
		add(t, s, row("b", start.Add(time.Minute)), row("a", start))
		requireNext(t, s, start)
		claim(t, s, start, 9)
		requireNext(t, s, start.Add(time.Minute))
		claim(t, s, start.Add(time.Minute), 9)
		requireNext(t, s, time.Time{})
	}},
	{"done rows never come back", func(t *testing.T, s Store) {
		add(t, s, row("a", start), row("b", start))
		require.NoError(t, s.Done(t.Context(), claim(t, s, start, 9)...))
		require.Empty(t, claim(t, s, start.Add(time.Hour), 9))
		requireNext(t, s, time.Time{})
	}},
	{"rows put back wait until their new time", func(t *testing.T, s Store) {
		add(t, s, row("a", start), row("b", start), row("c", start.Add(time.Minute)))
		again := start.Add(time.Hour)
		require.NoError(t, s.PutBack(t.Context(), again, claim(t, s, start, 9)...))
		requireNext(t, s, start.Add(time.Minute))
		require.Equal(t, []string{"c"}, keys(claim(t, s, again.Add(-time.Millisecond), 9)))
		rows := claim(t, s, again, 9)
		require.Equal(t, []string{"a", "b"}, keys(rows))
		require.Equal(t, again, rows[0].At)
	}},
	{"Done named in a change removes the row", func(t *testing.T, s Store) {
		create(t, s, "order-1")
		rows := claim(t, s, start.Add(time.Hour), 9)
		require.Len(t, rows, 1)
		expire := recording(id("order-1"), payment.PaymentExpired, rows[0].At, nil)
		record := expire.Step
		expire.Step = func(c payment.Current) (payment.Change, error) {
			ch, err := record(c)
			ch.Done = rows[0].N
			return ch, err
		}
		apply(t, s, expire)
		require.NoError(t, s.Done(t.Context(), rows...), "gone already is no error")
		require.NoError(t, s.PutBack(t.Context(), start, rows...))
		require.Empty(t, claim(t, s, start.Add(2*time.Hour), 9))
	}},
	{"Done is kept when the change holds nothing else", func(t *testing.T, s Store) {
		create(t, s, "order-1")
		rows := claim(t, s, start.Add(time.Hour), 9)
		apply(t, s, payment.Op{ID: id("order-1"), Step: func(payment.Current) (payment.Change, error) {
			return payment.Change{Done: rows[0].N}, nil
		}})
		require.NoError(t, s.PutBack(t.Context(), start, rows...))
		require.Empty(t, claim(t, s, start.Add(2*time.Hour), 9))
	}},
	{"a failing change leaves its row claimed", func(t *testing.T, s Store) {
		create(t, s, "order-1")
		rows := claim(t, s, start.Add(time.Hour), 9)
		done := payment.Op{ID: id("order-1"), Step: func(payment.Current) (payment.Change, error) {
			return payment.Change{Done: rows[0].N}, nil
		}}
		_, err := s.Apply(t.Context(), done, refusing(id("order-2")))
		require.ErrorIs(t, err, errRefused)
		require.Empty(t, claim(t, s, start.Add(time.Hour), 9))
		require.NoError(t, s.PutBack(t.Context(), start, rows...))
		require.Len(t, claim(t, s, start.Add(time.Hour), 9), 1)
	}},
	{"Waiting lists rows of a kind, or all, earliest first", func(t *testing.T, s Store) {
		add(t, s, payment.Due{At: start.Add(2 * time.Second), Kind: "tock", Key: "c"}, row("b", start.Add(time.Second)), row("a", start))
		for _, c := range []struct {
			kind  string
			limit int
			want  []string
		}{
			{"", 0, []string{"a", "b", "c"}}, {"tick", 0, []string{"a", "b"}}, {"tock", 5, []string{"c"}}, {"", 2, []string{"a", "b"}}, {"tuck", 0, []string{}},
		} {
			rows, err := s.Waiting(t.Context(), c.kind, c.limit)
			require.NoError(t, err)
			require.Equal(t, c.want, keys(rows))
		}
	}},
	{"very many rows come in order, whenever they were written", func(t *testing.T, s Store) {
		chance := rand.New(rand.NewPCG(1, 2))
		var waiting, claimed []payment.Due
		written := 0
		for range 60 {
			switch act := chance.IntN(10); {
			case act < 3:
				rows := make([]payment.Due, chance.IntN(300))
				for i := range rows {
					rows[i] = row(fmt.Sprintf("%06d", written), start.Add(time.Duration(chance.IntN(1000))*time.Second))
					written++
				}
				add(t, s, rows...)
				waiting = append(waiting, rows...)
			case act < 8:
				now := start.Add(time.Duration(chance.IntN(1000)) * time.Second)
				sortDue(waiting)
				n := 0
				for limit := chance.IntN(100); n < min(limit, len(waiting)) && !waiting[n].At.After(now); {
					n++
				}
				rows := claim(t, s, now, n)
				require.Equal(t, keys(waiting[:n]), keys(rows))
				waiting, claimed = slices.Clone(waiting[n:]), append(claimed, rows...)
			case act < 9:
				require.NoError(t, s.Done(t.Context(), claimed...))
				claimed = nil
			default:
				at := start.Add(time.Duration(chance.IntN(1000)) * time.Second)
				require.NoError(t, s.PutBack(t.Context(), at, claimed...))
				for _, r := range claimed {
					waiting = append(waiting, row(r.Key, at))
				}
				claimed = nil
			}
			sortDue(waiting)
			var next time.Time
			if len(waiting) > 0 {
				next = waiting[0].At
			}
			requireNext(t, s, next)
		}
		require.Greater(t, written, 2000, "more than anybody knows by heart")
		require.Equal(t, keys(waiting), keys(claim(t, s, start.Add(time.Hour), written)))
	}},
	{"nothing to do is no error", func(t *testing.T, s Store) {
		require.NoError(t, s.Add(t.Context()))
		require.NoError(t, s.Done(t.Context()))
		require.NoError(t, s.PutBack(t.Context(), start))
		done, err := s.Apply(t.Context())
		require.NoError(t, err)
		require.Zero(t, done)
	}},
}

// sortDue sorts rows as they come: by time, then as they were written, which
// is the order of their keys.
func sortDue(rows []payment.Due) {
	slices.SortFunc(rows, func(a, b payment.Due) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key)) })
}

// requireNext checks the time of the next row; zero for none.
func requireNext(t *testing.T, s Store, want time.Time) {
	t.Helper()
	at, ok, err := s.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, !want.IsZero(), ok)
	require.Equal(t, want, at)
}
