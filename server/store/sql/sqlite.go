package sql

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// forSQLite is how SQLite takes what the store says, which is written for it.
func forSQLite() engine {
	return engine{
		begin:  "BEGIN IMMEDIATE",
		query:  func(query string) string { return query },
		values: func(args []any) []any { return args },
	}
}

// readers is how many connections may read at once.
const readers = 4

// pool opens a file with as many connections as said. Pragmas hold for every
// connection, so they belong in its name.
func pool(path string, connections int, pragmas ...string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	abs = filepath.ToSlash(abs)
	if !strings.HasPrefix(abs, "/") {
		abs = "/" + abs // a drive letter
	}
	name := url.URL{Scheme: "file", Path: abs, RawQuery: url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// writerPool trades room for speed: 32 MB of pages in memory, since references
// and keys come in no order, and a log that others move to the file.
func writerPool(path string) (*sql.DB, error) {
	return pool(path, 1, "busy_timeout(5000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(ON)",
		"wal_autocheckpoint("+logLimit+")", "cache_size(-32000)")
}

func checkpointerPool(path string) (*sql.DB, error) {
	return pool(path, 1, "busy_timeout(0)", "synchronous(NORMAL)")
}

func readerPool(path string) (*sql.DB, error) {
	return pool(path, readers, "busy_timeout(5000)", "query_only(ON)")
}

// lock makes sure that this process alone uses a file, until the connection
// is closed or the process ends, however it ends. What is locked is an empty
// database beside the file: a lock on the file itself would keep out our own
// readers as well.
func lock(ctx context.Context, path string) (*sql.DB, error) {
	db, err := pool(path+".lock", 1, "busy_timeout(0)")
	if err != nil {
		return nil, err
	}
	// The transaction stays open: the pool's only connection holds it.
	if _, err := db.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func sqliteSchema(path string) schema {
	return schema{dialect: goose.DialectSQLite3, folder: "sqlite", place: path, kind: "file", explain: explain}
}

// applicationID marks our files; the first migration writes it.
const applicationID = 1818848115

// checkOurs makes sure that a file is empty or one of ours. It wants a
// connection that changes nothing, not even the journal's mode.
func checkOurs(ctx context.Context, path string, db *sql.DB) error {
	var id, tables int
	err := db.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)").Scan(&id, &tables)
	if err != nil {
		return explain(path, err)
	}
	if tables > 0 && id != applicationID {
		return &OpenError{Path: path, Reason: ErrForeign, Remedy: "another program's data is in it; choose another file"}
	}
	return nil
}
