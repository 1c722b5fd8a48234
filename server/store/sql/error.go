package sql

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The reasons why a database cannot be opened, for errors.Is.
var (
	// ErrNewer: a newer version of the program wrote it.
	ErrNewer = errors.New("written by a newer version")
	// ErrForeign: the file is no database, or another program's.
	ErrForeign = errors.New("not a database of liksom")
	// ErrUnwritable: the file or its folder cannot be written.
	ErrUnwritable = errors.New("not writable")
	// ErrInUse: another process has it open.
	ErrInUse = errors.New("in use")
)

// ErrClosed is the answer to whoever uses a database after Close, or a world
// after DeleteWorld.
var ErrClosed = errors.New("the store is closed")

// OpenError tells in one line why a database cannot be opened and what to do
// about it.
type OpenError struct {
	Path   string
	Reason error  // one of the reasons above
	Remedy string // what to do, as a sentence without its full stop
	Cause  error  // what the engine said; nil if it was not asked
}

func (e *OpenError) Error() string {
	return fmt.Sprintf("store %s: %v: %s", e.Path, e.Reason, e.Remedy)
}

// Unwrap gives the reason and the cause.
func (e *OpenError) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Reason}
	}
	return []error{e.Reason, e.Cause}
}

// explain gives an engine's error at opening its reason, where it has one
// that the user can mend.
func explain(path string, err error) error {
	var engine *sqlite.Error
	if !errors.As(err, &engine) {
		return fmt.Errorf("store %s: %w", path, err)
	}
	switch engine.Code() & 0xff {
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return &OpenError{path, ErrUnwritable, "check that its folder exists and that you may write there, or choose another file", err}
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return &OpenError{path, ErrForeign, "choose another file, or move this one away", err}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return &OpenError{path, ErrInUse, "stop the other process that has it open, or choose another file", err}
	}
	return fmt.Errorf("store %s: %w", path, err)
}
