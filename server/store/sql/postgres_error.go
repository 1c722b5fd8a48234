package sql

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// The reasons that only a server has, for errors.Is.
var (
	// ErrAddress: it is no address of PostgreSQL.
	ErrAddress = errors.New("not an address of PostgreSQL")
	// ErrUnreachable: nobody takes connections there.
	ErrUnreachable = errors.New("not reachable")
	// ErrRefused: the server does not let this user in.
	ErrRefused = errors.New("refused")
	// ErrMissing: the server has no such database or schema.
	ErrMissing = errors.New("does not exist")
)

// explainPostgres gives a server's error at opening its reason. What the
// server itself says is shown: it never tells a password.
func explainPostgres(place string, err error) error {
	var engine *pgconn.PgError
	if errors.As(err, &engine) {
		return explainCode(place, engine)
	}
	var connecting *pgconn.ConnectError
	if errors.As(err, &connecting) {
		reason := fmt.Errorf("%w (%s)", ErrUnreachable, whyUnreachable(err))
		return &OpenError{place, reason, "check host and port, and that PostgreSQL is running there and takes connections from here", nil}
	}
	return fmt.Errorf("store %s: %w", place, err)
}

func explainCode(place string, engine *pgconn.PgError) error {
	told := func(reason error, remedy string) error {
		return &OpenError{place, fmt.Errorf("%w (%s)", reason, engine.Message), remedy, engine}
	}
	switch engine.Code {
	case "28P01", "28000": // a wrong password, no such user, no rule lets it in
		return told(ErrRefused, "check user and password, in the address or in PGUSER and PGPASSWORD")
	case "3D000": // no such database
		return told(ErrMissing, "make it with createdb, or choose another")
	case "3F000": // no such schema
		return told(ErrMissing, "make the schema that search_path names with CREATE SCHEMA, or name another")
	case "42501", "25006": // not allowed, or a replica that is read only
		return told(ErrUnwritable, "have its owner run: GRANT CREATE, USAGE ON SCHEMA to this user; or choose another database")
	case "55P03": // the lock was not to be had
		return &OpenError{place, ErrInUse, "stop the other simulator that has it open, or choose another database, or an empty schema of it with ?search_path=NAME", engine}
	case "53300", "57P03": // all connections are taken, or it is starting up
		return told(ErrUnreachable, "wait a moment and try again; it takes six connections")
	}
	return fmt.Errorf("store %s: %w", place, engine)
}

// whyUnreachable is the network's word for it.
func whyUnreachable(err error) string {
	var lookup *net.DNSError
	var network *net.OpError
	switch {
	case errors.As(err, &lookup):
		return "no such host"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer"
	case errors.As(err, &network) && network.Timeout():
		return "no answer"
	case errors.As(err, &network):
		return network.Err.Error()
	}
	return "it does not speak as PostgreSQL does, or not with this sslmode"
}
