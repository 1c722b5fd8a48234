package sql

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"liksom/server/store/sql/postgrestest"
)

// PostgreSQL gives a transaction up at whatever it refuses, be it a question,
// and takes a COMMIT after that for a ROLLBACK.
func TestAQuestionThatIsRefusedLosesNobodyElsesWrite(t *testing.T) {
	t.Parallel()
	place := postgrestest.URL(t)
	synctest.Test(t, func(t *testing.T) {
		db, err := OpenPostgres(t.Context(), place)
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()
		s, err := db.World(t.Context(), "default", nil)
		require.NoError(t, err)

		release := make(chan struct{})
		ended := make([]chan error, 4)
		for i, run := range []func(*tx) error{
			func(*tx) error { <-release; return nil },
			func(t *tx) error { return t.exec("INSERT INTO documents VALUES (?, 'k', 'before', '')", s.world.id) },
			func(t *tx) error { return t.row("SELECT 1 / (SELECT 0)").Scan(new(int)) },
			func(t *tx) error { return t.exec("INSERT INTO documents VALUES (?, 'k', 'after', '')", s.world.id) },
		} {
			ended[i] = make(chan error, 1)
			go func() { ended[i] <- db.writer.do(context.Background(), run) }()
			synctest.Wait() // so that they queue in order
		}
		close(release)
		require.NoError(t, <-ended[0])
		require.NoError(t, <-ended[1])
		require.ErrorContains(t, <-ended[2], "division by zero")
		require.NoError(t, <-ended[3])
		kept, err := s.Documents(t.Context(), "k")
		require.NoError(t, err)
		require.Equal(t, map[string][]byte{"before": {}, "after": {}}, kept)
	})
}

func TestParametersAreNumberedAsSQLiteCountsThem(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT 1":                            "SELECT 1",
		"a = ? AND b = ?":                     "a = $1 AND b = $2",
		"a = ?1 AND b = ?2 AND c = ?1":        "a = $1 AND b = $2 AND c = $1",
		"a = ? AND (?2 = '' OR b = ?2) AND ?": "a = $1 AND ($2 = '' OR b = $2) AND $3",
		"VALUES (?10, ?)":                     "VALUES ($10, $11)",
	} {
		require.Equal(t, want, numbered(query))
	}
}
