package sql_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"liksom/server/store/sql"
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

func open(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open(t.Context(), path)
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

func TestSQLiteKeeps(t *testing.T) {
	t.Parallel()
	storetest.RunDurable(t, func(t *testing.T) func(webhook.Plan) storetest.Store {
		path := file(t)
		var db *sql.DB
		return func(plan webhook.Plan) storetest.Store {
			if db != nil {
				require.NoError(t, db.Close())
			}
			db = open(t, path)
			return world(t, db, "default", plan)
		}
	})
}

func TestWorldsOfOneFile(t *testing.T) {
	t.Parallel()
	storetest.RunApart(t, func(t *testing.T) (one, other storetest.Store) {
		db := open(t, file(t))
		return world(t, db, "one", storetest.Plan), world(t, db, "other", storetest.Plan)
	})
}
