package sql_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/server/store/sql"
	"liksom/server/store/sql/postgrestest"
	"liksom/server/store/storetest"
	"liksom/server/webhook"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(victimEnv); path != "" {
		beVictim(path)
	}
	goleak.VerifyTestMain(m)
}

// file names a database in a folder of the test's own.
func file(t testing.TB) string { return filepath.Join(t.TempDir(), "liksom.db") }

// inEach tells of both engines, each with an empty place of the test's own.
func inEach(t *testing.T, test func(t *testing.T, place string)) {
	t.Helper()
	t.Parallel()
	for name, place := range map[string]func(testing.TB) string{"SQLite": file, "PostgreSQL": postgrestest.URL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, place(t))
		})
	}
}

// opened opens either engine's place.
func opened(ctx context.Context, place string) (*sql.DB, error) {
	if strings.HasPrefix(place, "postgres://") {
		return sql.OpenPostgres(ctx, place)
	}
	return sql.Open(ctx, place)
}

func open(t testing.TB, place string) *sql.DB {
	t.Helper()
	db, err := opened(t.Context(), place)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func world(t testing.TB, db *sql.DB, name string, plan webhook.Plan) *sql.Store {
	t.Helper()
	s, err := db.World(t.Context(), name, plan)
	require.NoError(t, err)
	return s
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, plan webhook.Plan) storetest.Store {
		return world(t, open(t, file(t)), "default", plan)
	})
}

// All worlds of this suite are rows of the same tables.
func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	db := open(t, postgrestest.URL(t))
	var worlds atomic.Int64
	storetest.Run(t, func(t *testing.T, plan webhook.Plan) storetest.Store {
		return world(t, db, fmt.Sprintf("world-%d", worlds.Add(1)), plan)
	})
}

func TestSQLiteKeeps(t *testing.T)     { t.Parallel(); keeps(t, file) }
func TestPostgreSQLKeeps(t *testing.T) { t.Parallel(); keeps(t, postgrestest.URL) }

func keeps(t *testing.T, place func(testing.TB) string) {
	t.Helper()
	storetest.RunDurable(t, func(t *testing.T) func(webhook.Plan) storetest.Store {
		at := place(t)
		var db *sql.DB
		return func(plan webhook.Plan) storetest.Store {
			if db != nil {
				require.NoError(t, db.Close())
			}
			db = open(t, at)
			return world(t, db, "default", plan)
		}
	})
}

func TestWorldsOfOneFile(t *testing.T)     { t.Parallel(); apart(t, file) }
func TestWorldsOfOneDatabase(t *testing.T) { t.Parallel(); apart(t, postgrestest.URL) }

func apart(t *testing.T, place func(testing.TB) string) {
	t.Helper()
	storetest.RunApart(t, func(t *testing.T) (one, other storetest.Store) {
		db := open(t, place(t))
		return world(t, db, "one", storetest.Plan), world(t, db, "other", storetest.Plan)
	})
}
