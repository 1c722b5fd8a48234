package sql

import (
	"context"
	"database/sql"

	"liksom/server/store"
)

// Size implements [store.Store].
func (s *Store) Size(ctx context.Context) (store.Size, error) {
	return first(ctx, s.db.reader, func(row *sql.Rows) (size store.Size, err error) {
		err = row.Scan(&size.Payments, &size.Deliveries)
		return size, err
	}, "SELECT (SELECT count(*) FROM payments WHERE world = ?1), (SELECT count(*) FROM deliveries WHERE world = ?1)", s.world.id)
}

var _ store.Store = (*Store)(nil)
