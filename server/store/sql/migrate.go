package sql

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks our files; the first migration writes it.
const applicationID = 1818848115

// migrate brings a database to the newest schema, unless a newer version of
// this program has written it.
func migrate(ctx context.Context, path string, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return explain(path, err)
	}
	if current > known {
		remedy := fmt.Sprintf("its schema is %d and this version knows up to %d; update liksom, or choose another file", current, known)
		return &OpenError{Path: path, Reason: ErrNewer, Remedy: remedy}
	}
	if current == known {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return explain(path, err)
	}
	return nil
}

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
