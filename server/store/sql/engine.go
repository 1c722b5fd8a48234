package sql

import (
	"context"
	"database/sql"
)

// engine is what differs between databases once they are open. Their schemas
// have the same names, and queries are written so that both understand them.
type engine struct {
	// begin begins a transaction that writes.
	begin string
	// query is a query with its parameters, ? or ?1, written as the engine
	// wants them.
	query func(string) string
	// values are parameters as the engine can keep them.
	values func([]any) []any
	// aborted tells of a driver's connection whether an error has made its
	// transaction good for nothing; nil where errors never do.
	aborted func(conn any) bool
	// lost tells of a driver's connection whether it is gone, and renew gives
	// the writer another one, which fails where that could not know any more
	// what it must; both nil where connections do not get lost.
	lost  func(conn any) bool
	renew func(ctx context.Context) (*sql.Conn, error)
}
