package sql

import (
	"context"
	"database/sql"
)

const (
	putDocument    = "INSERT INTO documents (world, kind, key, body) VALUES (?, ?, ?, ?) ON CONFLICT (world, kind, key) DO UPDATE SET body = excluded.body"
	deleteDocument = "DELETE FROM documents WHERE world = ? AND kind = ? AND key = ?"
)

// PutDocument implements the directory's store.
func (s *Store) PutDocument(ctx context.Context, kind, key string, body []byte) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(putDocument, s.world.id, kind, key, blob(body))
	})
}

// DeleteDocument implements the directory's store.
func (s *Store) DeleteDocument(ctx context.Context, kind, key string) error {
	return s.write(ctx, func(t *tx) error {
		return t.exec(deleteDocument, s.world.id, kind, key)
	})
}

// Documents implements the directory's store.
func (s *Store) Documents(ctx context.Context, kind string) (map[string][]byte, error) {
	type entry struct {
		key  string
		body []byte
	}
	entries, err := collect(ctx, s.db.reader, func(row *sql.Rows) (e entry, err error) {
		err = row.Scan(&e.key, &e.body)
		return e, err
	}, "SELECT key, body FROM documents WHERE world = ? AND kind = ?", s.world.id, kind)
	if err != nil {
		return nil, err
	}
	all := make(map[string][]byte, len(entries))
	for _, e := range entries {
		all[e.key] = e.body
	}
	return all, nil
}
