package sql_test

import (
	"net"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/store/sql"
	"liksom/server/store/sql/postgrestest"
)

// secret is a password that no error may tell.
const secret = "Sesam:ok/1?"

// told gives statements to a server, past the store.
func told(t *testing.T, place string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), place)
	require.NoError(t, err)
	for _, statement := range statements {
		_, err = conn.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	require.NoError(t, conn.Close(t.Context()))
}

// at changes an address.
func at(t *testing.T, place string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(place)
	require.NoError(t, err)
	u.User = url.UserPassword(u.User.Username(), secret)
	change(u)
	return u.String()
}

func with(u *url.URL, name, value string) {
	query := u.Query()
	query.Set(name, value)
	u.RawQuery = query.Encode()
}

// nobodyAt is a port where nobody listens.
func nobodyAt(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

func TestOpenPostgresRefuses(t *testing.T) {
	t.Parallel()
	as := func(name string) func(*url.URL) {
		return func(u *url.URL) { u.User = url.UserPassword(name, secret) }
	}
	for _, c := range []struct {
		name   string
		spoil  func(t *testing.T, place string) string
		reason error
		says   string
	}{
		{"a schema that a newer version wrote", func(t *testing.T, place string) string {
			require.NoError(t, open(t, place).Close())
			told(t, place, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)")
			return place
		}, sql.ErrNewer, "update liksom, or choose another database"},
		{"another program's schema", func(t *testing.T, place string) string {
			told(t, place, "CREATE TABLE cakes (name TEXT)")
			return place
		}, sql.ErrForeign, "an empty schema of it with ?search_path=NAME"},
		{"a database that keeps no UTF-8", func(t *testing.T, place string) string {
			told(t, place, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
			return at(t, place, func(u *url.URL) { u.Path, u.RawQuery = "/latin", "host="+u.Query().Get("host") })
		}, sql.ErrForeign, "createdb --encoding UTF8"},
		{"a database that does not exist", func(t *testing.T, place string) string {
			return at(t, place, func(u *url.URL) { u.Path = "/moon" })
		}, sql.ErrMissing, "make it with createdb"},
		{"a schema that does not exist", func(t *testing.T, place string) string {
			return at(t, place, func(u *url.URL) { with(u, "search_path", "moon") })
		}, sql.ErrMissing, "CREATE SCHEMA"},
		{"a user that does not exist", func(t *testing.T, place string) string {
			return at(t, place, as("stranger"))
		}, sql.ErrRefused, "check user and password"},
		{"a wrong password", func(t *testing.T, place string) string {
			told(t, place, "CREATE ROLE "+postgrestest.Guarded+" LOGIN PASSWORD 'another'")
			return at(t, place, as(postgrestest.Guarded))
		}, sql.ErrRefused, "PGPASSWORD"},
		{"a schema that may not be written", func(t *testing.T, place string) string {
			told(t, place, "CREATE ROLE guest LOGIN", "DO $$ BEGIN EXECUTE 'GRANT USAGE ON SCHEMA ' || current_schema() || ' TO guest'; END $$")
			return at(t, place, as("guest"))
		}, sql.ErrUnwritable, "GRANT CREATE"},
		{"a database that is open already", func(t *testing.T, place string) string {
			open(t, place)
			return place
		}, sql.ErrInUse, "stop the other simulator"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			refused(t, c.spoil(t, postgrestest.URL(t)), c.reason, c.says)
		})
	}
}

func refused(t *testing.T, place string, reason error, says string) {
	t.Helper()
	db, err := sql.OpenPostgres(t.Context(), place)
	require.Nil(t, db)
	require.ErrorIs(t, err, reason)
	var told *sql.OpenError
	require.ErrorAs(t, err, &told)
	require.Contains(t, err.Error(), says)
	require.Contains(t, err.Error(), "store postgres://")
	require.NotContains(t, err.Error(), "\n")
	require.NotContains(t, err.Error(), "Sesam")
}

func TestAServerThatCannotBeReachedIsNamedWithoutThePassword(t *testing.T) {
	t.Parallel()
	listening, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() {
		for {
			conn, err := listening.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { require.NoError(t, listening.Close()) })
	password := url.QueryEscape(secret)
	nobody := nobodyAt(t)
	for _, c := range []struct {
		address string
		reason  error
		says    string
	}{
		{"postgres://me:" + password + "@" + nobody + "/shop", sql.ErrUnreachable, "store postgres://me@" + nobody + "/shop: not reachable (connect: connection refused): check host and port"},
		{"postgres://me:" + password + "@" + listening.Addr().String() + "/shop", sql.ErrUnreachable, "it does not speak as PostgreSQL does"},
		{"postgres://me:" + password + "@%2Fno%2Fsuch%2Ffolder/shop", sql.ErrUnreachable, "postgres://me@/shop?host=/no/such/folder"},
		{"postgres://me:Sesam ok@localhost/shop", sql.ErrAddress, "write postgres://USER:PASSWORD@HOST:PORT/DATABASE"},
		{"postgres://me:Sesam@localhost:port/shop", sql.ErrAddress, "all parts may be left out"},
		{"postgres://me@localhost/shop?password=Sesam&sslmode=perhaps", sql.ErrAddress, "all parts may be left out"},
	} {
		refused(t, c.address, c.reason, c.says)
	}
}

// PostgreSQL keeps no NUL and nothing but UTF-8 in a text.
func TestWhatNoTextOfPostgreSQLHoldsIsNoError(t *testing.T) {
	inEach(t, func(t *testing.T, place string) {
		s := world(t, open(t, place), "default", nil)
		odd := creating("order-1")
		step := odd.Step
		odd.Step = func(c payment.Current) (payment.Change, error) {
			ch, err := step(c)
			ch.Payment.Description = "socks \x00 and shoes"
			return ch, err
		}
		_, err := s.Apply(t.Context(), odd)
		require.NoError(t, err)
		got, err := s.Get(t.Context(), odd.ID)
		require.NoError(t, err)
		require.Equal(t, "socks \x00 and shoes", got.Description, "a document tells all")
		for _, q := range []payment.Query{{Text: "shoes"}, {Text: "socks \x00 and"}} {
			found, err := s.List(t.Context(), q)
			require.NoError(t, err)
			require.Len(t, found, 1)
		}
		_, err = s.Get(t.Context(), payment.ID{MSN: "123456", Reference: "\xff\x00"})
		require.ErrorIs(t, err, payment.Because(payment.UnknownPayment))
	})
}
