package sql_test

import (
	"bytes"
	"context"
	stdsql "database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/store/sql"
)

// behind changes a database file behind the store's back.
func behind(t *testing.T, path, statement string) {
	t.Helper()
	db, err := stdsql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		spoil  func(t *testing.T, path string) string
		reason error
		says   string
	}{
		{"a database that a newer version wrote", func(t *testing.T, path string) string {
			require.NoError(t, open(t, path).Close())
			behind(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
			return path
		}, sql.ErrNewer, "update liksom"},
		{"a file that is no database", func(t *testing.T, path string) string {
			require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("Dear diary, ", 400)), 0o600))
			return path
		}, sql.ErrForeign, "choose another file"},
		{"another program's database", func(t *testing.T, path string) string {
			behind(t, path, "CREATE TABLE cakes (name TEXT)")
			return path
		}, sql.ErrForeign, "choose another file"},
		{"a folder that does not exist", func(_ *testing.T, path string) string {
			return filepath.Join(filepath.Dir(path), "missing", "liksom.db")
		}, sql.ErrUnwritable, "check that its folder exists"},
		{"a folder that is a file", func(t *testing.T, path string) string {
			require.NoError(t, os.WriteFile(path, nil, 0o600))
			return filepath.Join(path, "liksom.db")
		}, sql.ErrUnwritable, "check that its folder exists"},
		{"a folder in the place of the file", func(t *testing.T, path string) string {
			require.NoError(t, os.Mkdir(path, 0o700))
			return path
		}, sql.ErrUnwritable, "choose another file"},
		{"a folder that may not be written", func(t *testing.T, path string) string {
			if os.Geteuid() == 0 {
				t.Skip("the superuser may write everywhere")
			}
			require.NoError(t, os.Chmod(filepath.Dir(path), 0o500)) //nolint:gosec // the folder must stay readable
			return path
		}, sql.ErrUnwritable, "may write there"},
		{"a database that is open already", func(t *testing.T, path string) string {
			open(t, path)
			return path
		}, sql.ErrInUse, "stop the other process"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := c.spoil(t, file(t))
			db, err := sql.Open(t.Context(), path)
			require.Nil(t, db)
			require.ErrorIs(t, err, c.reason)
			var told *sql.OpenError
			require.ErrorAs(t, err, &told)
			require.Equal(t, path, told.Path)
			require.Contains(t, err.Error(), path)
			require.Contains(t, err.Error(), c.says)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestARefusedDatabaseIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	path := file(t)
	behind(t, path, "CREATE TABLE cakes (name TEXT)")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = sql.Open(t.Context(), path)
	require.Error(t, err)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
}

func TestOpenMakesAFileWhoseNameHoldsSigns(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "50% of #1? æ.db")
	open(t, path)
	_, err := os.Stat(path)
	require.NoError(t, err)
}

func TestClose(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	s := world(t, db, "default", nil)
	require.NoError(t, db.Close())
	require.NoError(t, db.Close(), "twice")
	_, err := s.Apply(t.Context(), creating("order-1"))
	require.ErrorIs(t, err, sql.ErrClosed)
	_, err = s.Get(t.Context(), payment.ID{MSN: "123456", Reference: "order-1"})
	require.Error(t, err)
	_, err = os.Stat(path + "-wal")
	require.ErrorIs(t, err, os.ErrNotExist, "all is in the one file")
}

func TestWorlds(t *testing.T) { inEach(t, worldsOf) }

func worldsOf(t *testing.T, place string) {
	db := open(t, place)
	one, other := world(t, db, "one", nil), world(t, db, "other", nil)
	for _, s := range []*sql.Store{one, other} {
		_, err := s.Apply(t.Context(), creating("order-1"))
		require.NoError(t, err)
	}
	names, err := db.Worlds(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"one", "other"}, names)

	require.NoError(t, db.DeleteWorld(t.Context(), "one"))
	require.NoError(t, db.DeleteWorld(t.Context(), "one"), "twice")
	names, err = db.Worlds(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"other"}, names)
	_, err = one.Apply(t.Context(), creating("order-2"))
	require.ErrorIs(t, err, sql.ErrClosed)

	again := world(t, db, "one", nil)
	head, err := again.Head(t.Context())
	require.NoError(t, err)
	require.Zero(t, head)
	head, err = other.Head(t.Context())
	require.NoError(t, err)
	require.Equal(t, payment.Seq(1), head)
}

func TestAWorldOpenedTwiceIsOneWorld(t *testing.T) { inEach(t, openedTwice) }

func openedTwice(t *testing.T, place string) {
	db := open(t, place)
	first, second := world(t, db, "default", nil), world(t, db, "default", nil)
	for i, s := range []*sql.Store{first, second, first} {
		done, err := s.Apply(t.Context(), creating(string(rune('a'+i))))
		require.NoError(t, err)
		require.Equal(t, payment.Seq(i+1), done.Seq)
	}
	rows, err := first.Claim(t.Context(), began.AddDate(1, 0, 0), 9)
	require.NoError(t, err)
	require.Len(t, rows, 3)
	rows, err = second.Claim(t.Context(), began.AddDate(1, 0, 0), 9)
	require.NoError(t, err)
	require.Empty(t, rows)
}

func TestAnEndedContextIsAnswered(t *testing.T) {
	t.Parallel()
	s := world(t, open(t, file(t)), "default", nil)
	ended, end := context.WithCancel(t.Context())
	end()
	_, err := s.Apply(ended, creating("order-1"))
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Get(t.Context(), payment.ID{MSN: "123456", Reference: "order-1"})
	require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
}
