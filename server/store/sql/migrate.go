package sql

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// schema is what an engine's database is brought up to.
type schema struct {
	dialect goose.Dialect
	folder  string
	place   string // for errors
	kind    string // what a place is: a file
	// explain gives an engine's error its reason.
	explain func(place string, err error) error
}

// migrate brings a database to the newest schema, unless a newer version of
// this program has written it.
func migrate(ctx context.Context, to schema, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations/"+to.folder)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(to.dialect, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	current, known, err := provider.GetVersions(ctx)
	if err != nil {
		return to.explain(to.place, err)
	}
	if current > known {
		remedy := fmt.Sprintf("its schema is %d and this version knows up to %d; update liksom, or choose another %s", current, known, to.kind)
		return &OpenError{Path: to.place, Reason: ErrNewer, Remedy: remedy}
	}
	if current == known {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return to.explain(to.place, err)
	}
	return nil
}
