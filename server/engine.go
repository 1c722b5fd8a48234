package server

import (
	"context"
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
