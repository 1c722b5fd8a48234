package sql_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/store/sql"
	"liksom/server/webhook"
)

func TestADatabaseOfTheFirstSchemaIsBroughtUp(t *testing.T) {
	t.Parallel()
	path := file(t)
	db, err := sql.Open(t.Context(), path)
	require.NoError(t, err)
	old := webhook.Registration{ID: "old", MSN: "123456", URL: "https://a.example/", Events: []string{"CREATED"}, Secret: "s", CreatedAt: time.UnixMilli(1).UTC()}
	require.NoError(t, world(t, db, "default", nil).Register(t.Context(), old, nil))
	require.NoError(t, db.Close())
	behind(t, path, "ALTER TABLE registrations DROP COLUMN failing")
	behind(t, path, "ALTER TABLE registrations DROP COLUMN paused")
	behind(t, path, "ALTER TABLE events DROP COLUMN until")
	behind(t, path, "DELETE FROM goose_db_version WHERE version_id >= 2")

	s := world(t, open(t, path), "default", nil)
	got, err := s.Registration(t.Context(), "old")
	require.NoError(t, err)
	old.Number = got.Number
	require.Equal(t, old, got, "its receiver counts as one that accepts, and is not paused")
}
