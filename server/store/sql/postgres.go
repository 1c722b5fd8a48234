package sql

import (
	"context"
	"database/sql"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// forPostgres is how PostgreSQL takes what the store says.
func forPostgres() engine {
	return engine{
		begin:  "BEGIN",
		query:  numbered,
		values: keepable,
		// Whatever it refuses ends the transaction, be it a question, and a
		// COMMIT after that is no error but keeps nothing.
		aborted: func(conn any) bool { return conn.(*stdlib.Conn).Conn().PgConn().TxStatus() != 'T' },
		lost:    func(conn any) bool { return conn.(*stdlib.Conn).Conn().IsClosed() },
	}
}

// numbered writes $1 for ?1, and for ? the number after the highest so far,
// which is how SQLite counts. No text in our queries holds the sign.
func numbered(query string) string {
	var to strings.Builder
	highest := 0
	for i := 0; i < len(query); i++ {
		if query[i] != '?' {
			to.WriteByte(query[i])
			continue
		}
		end := i + 1
		for end < len(query) && '0' <= query[end] && query[end] <= '9' {
			end++
		}
		n, err := strconv.Atoi(query[i+1 : end])
		if err != nil {
			n = highest + 1
		}
		highest = max(highest, n)
		to.WriteString("$" + strconv.Itoa(n))
		i = end - 1
	}
	return to.String()
}

// keepable puts the sign for the unknown in the place of what PostgreSQL
// keeps in no text: NUL, and bytes that are no UTF-8. What is kept as a
// document has neither: JSON writes them otherwise.
func keepable(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", "\uFFFD"), "\uFFFD")
		}
	}
	return args
}

// patience is how long a database may take to let us in.
const patience = 10 * time.Second

// server is a PostgreSQL server's database, and how to get there.
type server struct {
	config *pgx.ConnConfig
	name   string // without the password
}

// PostgresName is an address of PostgreSQL as people may see it: without its
// password, and with what else PostgreSQL's variables and files say. Its error
// is an [*OpenError] that shows no password either. Nobody is called.
func PostgresName(address string) (string, error) {
	at, err := postgresAt(address)
	if err != nil {
		return "", err
	}
	return at.name, nil
}

func postgresAt(address string) (*server, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The driver's text would show the address, and it may hold a password
		// in a place where nobody looks for one.
		return nil, &OpenError{Path: "postgres://…", Reason: ErrAddress,
			Remedy: "write postgres://USER:PASSWORD@HOST:PORT/DATABASE, signs in the password as in any URL; all parts may be left out"}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = patience
	}
	return &server{config, nameOf(config)}, nil
}

// nameOf is an address as people may see it.
func nameOf(c *pgx.ConnConfig) string {
	at := url.URL{Scheme: "postgres", User: url.User(c.User), Path: "/" + c.Database}
	rest := url.Values{}
	if strings.HasPrefix(c.Host, "/") {
		rest.Set("host", c.Host)
	} else {
		at.Host = net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
	}
	if path := c.RuntimeParams["search_path"]; path != "" {
		rest.Set("search_path", path)
	}
	at.RawQuery = strings.ReplaceAll(rest.Encode(), "%2F", "/")
	return at.String()
}

// pool opens the database with as many connections as said.
func (s *server) pool(connections int, params ...string) *sql.DB {
	config := s.config.Copy()
	for i := 0; i < len(params); i += 2 {
		config.RuntimeParams[params[i]] = params[i+1]
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// OpenPostgres opens a database of a PostgreSQL server by its address,
// postgres://USER:PASSWORD@HOST:PORT/DATABASE, and brings it to the newest
// schema. What the address leaves out, PGPASSWORD and the other variables
// and files of PostgreSQL's own programs say. An [*OpenError] tells of what
// the user can mend, without the password.
func OpenPostgres(ctx context.Context, address string) (*DB, error) {
	server, err := postgresAt(address)
	if err != nil {
		return nil, err
	}
	db := &DB{worlds: map[string]*world{}}
	if err := db.openServer(ctx, server); err != nil {
		_ = db.Close() // it says no more than the first error
		return nil, err
	}
	return db, nil
}

func (db *DB) openServer(ctx context.Context, s *server) error {
	db.writing = s.pool(1)
	conn, err := s.own(ctx, db.writing)
	if err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		_ = conn.Close()
		return err
	}
	opening, err := openings(ctx, conn, 1)
	if err != nil {
		_ = conn.Close()
		return explainPostgres(s.name, err)
	}
	db.reader = &reader{pool: s.pool(readers, "default_transaction_read_only", "on"), engine: forPostgres()}
	engine := forPostgres()
	engine.renew = func(ctx context.Context) (*sql.Conn, error) { return db.renew(ctx, s, opening) }
	return db.start(ctx, startWriter(conn, engine, func() {}))
}

// openings counts how often the database was opened, this time included or
// not.
func openings(ctx context.Context, conn *sql.Conn, more int) (count int64, err error) {
	err = conn.QueryRowContext(ctx, "UPDATE openings SET count = count + $1 RETURNING count", more).Scan(&count)
	return count, err
}

// renew gives a new connection that writes, after the server was started
// anew, say. Should another process have had the database meanwhile, nothing
// is true any more of what this one knows by heart.
func (db *DB) renew(ctx context.Context, s *server, opening int64) (*sql.Conn, error) {
	conn, err := s.own(ctx, db.writing)
	if err != nil {
		return nil, err
	}
	count, err := openings(ctx, conn, 0)
	if err == nil && count != opening {
		err = &OpenError{Path: s.name, Reason: ErrInUse, Remedy: "another simulator has had it since the connection was lost; start this one again"}
	}
	if err == nil {
		err = conn.QueryRowContext(ctx, newestDue).Scan(&db.lastDue)
	}
	if err != nil {
		discard(conn)
		return nil, err
	}
	db.times++
	return conn, nil
}

// own gives a connection that holds the database against other processes of
// liksom. It is the one that writes: whoever has lost it has lost the right to
// write as well.
func (s *server) own(ctx context.Context, writing *sql.DB) (*sql.Conn, error) {
	conn, err := writing.Conn(ctx)
	if err != nil {
		return nil, explainPostgres(s.name, err)
	}
	// A process that was killed may be noticed a moment later.
	for _, step := range []string{
		"SET lock_timeout = '1s'",
		"SELECT pg_advisory_lock(" + strconv.Itoa(applicationID) + ", hashtext(coalesce(current_schema(), '')))",
		"SET lock_timeout = 0",
	} {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			_ = conn.Close()
			return nil, explainPostgres(s.name, err)
		}
	}
	return conn, nil
}

// prepare makes sure that the database is one of ours or empty, and brings it
// to the newest schema.
func (s *server) prepare(ctx context.Context) error {
	pool := s.pool(1)
	defer func() { _ = pool.Close() }()
	if err := s.checkOurs(ctx, pool); err != nil {
		return err
	}
	return migrate(ctx, schema{dialect: goose.DialectPostgres, folder: "postgres", place: s.name, kind: "database", explain: explainPostgres}, pool)
}

// asked is what tells whose a database is. The first migration leaves the
// comment.
const asked = `SELECT coalesce(current_schema(), ''), current_setting('server_encoding'),
	(SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'goose%'),
	coalesce(obj_description(to_regclass(quote_ident(current_schema()) || '.worlds'), 'pg_class'), '')`

func (s *server) checkOurs(ctx context.Context, pool *sql.DB) error {
	var schema, encoding, mark string
	var tables int
	if err := pool.QueryRowContext(ctx, asked).Scan(&schema, &encoding, &tables, &mark); err != nil {
		return explainPostgres(s.name, err)
	}
	if schema == "" {
		return &OpenError{Path: s.name, Reason: ErrMissing, Remedy: "the schema that search_path names is not there; make it with CREATE SCHEMA, or name another"}
	}
	if encoding != "UTF8" {
		return &OpenError{Path: s.name, Reason: ErrForeign, Remedy: "it keeps texts as " + encoding + "; make one with createdb --encoding UTF8 --template template0"}
	}
	if tables > 0 && mark != "worlds of liksom" {
		return &OpenError{Path: s.name, Reason: ErrForeign, Remedy: "another program's tables are in it; choose another database, or an empty schema of it with ?search_path=NAME"}
	}
	return nil
}
