package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"liksom/server/store"
	"liksom/server/store/memory"
	"liksom/server/store/sql"
	"liksom/server/webhook"
)

// engine keeps worlds.
type engine interface {
	world(ctx context.Context, name string, plan webhook.Plan) (store.Store, error)
	// names are those of all worlds kept.
	names(ctx context.Context) ([]string, error)
	// remove removes a world with all it holds.
	remove(ctx context.Context, name string) error
	close() error
}

func openEngine(ctx context.Context, o Options) (engine, error) {
	if onServer(o.Store) {
		db, err := sql.OpenPostgres(ctx, o.Store)
		if err != nil {
			return nil, err
		}
		return sqlEngine{db}, nil
	}
	path, inFile := strings.CutPrefix(o.Store, "sqlite:")
	if !inFile {
		return memoryEngine{}, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the store's folder: %w; name a file elsewhere with --store sqlite:PATH", err)
	}
	db, err := sql.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return sqlEngine{db}, nil
}

// onServer tells whether a store is on a PostgreSQL server.
func onServer(store string) bool {
	return strings.HasPrefix(store, "postgres://") || strings.HasPrefix(store, "postgresql://")
}

// checkStore tells a store that can never be from one that cannot be at this
// moment. It never shows a password.
func checkStore(store string) error {
	path, inFile := strings.CutPrefix(store, "sqlite:")
	switch {
	case onServer(store):
		_, err := sql.PostgresName(store)
		return err
	case store == "memory", inFile && path != "":
		return nil
	case inFile:
		return errors.New("sqlite: wants the path of a file behind it")
	}
	return errors.New("the store is memory, sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE")
}

// storeKind is the kind of a store: memory, sqlite, postgres.
func storeKind(store string) string {
	if onServer(store) {
		return "postgres"
	}
	kind, _, _ := strings.Cut(store, ":")
	return kind
}

// StoreName is the store as people may see it: without a password.
func (o Options) StoreName() string {
	if !onServer(o.Store) {
		return o.Store
	}
	name, err := sql.PostgresName(o.Store)
	if err != nil {
		return storeKind(o.Store)
	}
	return name
}

type memoryEngine struct{}

func (memoryEngine) world(_ context.Context, _ string, plan webhook.Plan) (store.Store, error) {
	return memory.New(plan), nil
}

func (memoryEngine) names(context.Context) ([]string, error) { return nil, nil }

func (memoryEngine) remove(context.Context, string) error { return nil }

func (memoryEngine) close() error { return nil }

type sqlEngine struct{ db *sql.DB }

func (e sqlEngine) world(ctx context.Context, name string, plan webhook.Plan) (store.Store, error) {
	return e.db.World(ctx, name, plan)
}

func (e sqlEngine) names(ctx context.Context) ([]string, error) { return e.db.Worlds(ctx) }

func (e sqlEngine) remove(ctx context.Context, name string) error { return e.db.DeleteWorld(ctx, name) }

func (e sqlEngine) close() error { return e.db.Close() }
