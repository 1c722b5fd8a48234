package sql

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// reader is the pool of connections that read.
type reader struct {
	pool       *sql.DB
	engine     engine
	statements sync.Map // query → *sql.Stmt
}

// querier gives the rows of a query: the reader, or the writer's transaction.
type querier interface {
	query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (r *reader) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := r.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, r.engine.values(args)...)
}

func (r *reader) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := r.statements.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	s, err := r.pool.PrepareContext(ctx, r.engine.query(query))
	if err != nil {
		return nil, err
	}
	kept, loaded := r.statements.LoadOrStore(query, s)
	if loaded {
		_ = s.Close()
	}
	return kept.(*sql.Stmt), nil
}

func (r *reader) close() error {
	var errs []error
	r.statements.Range(func(_, s any) bool {
		errs = append(errs, s.(*sql.Stmt).Close())
		return true
	})
	return errors.Join(append(errs, r.pool.Close())...)
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, from querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := from.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// first reads the first row of a query; none is answered with sql.ErrNoRows.
// It is over in no time, so that nobody watches meanwhile whether the context
// ends: that would take two goroutines a question.
func first[T any](ctx context.Context, from querier, scan func(*sql.Rows) (T, error), query string, args ...any) (T, error) {
	err := ctx.Err()
	var all []T
	if err == nil {
		all, err = collect(context.WithoutCancel(ctx), from, scan, query, args...)
	}
	if err == nil && len(all) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return all[0], nil
}
