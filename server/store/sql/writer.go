package sql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// maxGroup bounds how many jobs share a commit, so that the first of them
// does not wait for ever.
const maxGroup = 256

// writer owns the connection that writes.
type writer struct {
	conn  *sql.Conn
	tx    tx
	ended chan struct{}

	mu     sync.RWMutex // guards closed, and jobs against being closed
	closed bool
	jobs   chan *job
}

// job is something to be done within a transaction.
type job struct {
	run   func(*tx) error
	err   error
	state atomic.Int32
	done  chan error
}

const (
	queued int32 = iota
	running
	withdrawn
)

func startWriter(conn *sql.Conn) *writer {
	w := &writer{conn: conn, ended: make(chan struct{}), jobs: make(chan *job, maxGroup)}
	w.tx = tx{conn: conn, statements: map[string]*sql.Stmt{}}
	go w.loop()
	return w
}

// do runs a function within a transaction and answers once that is committed.
//
// The transaction is shared with others. If the function fails after it has
// written, all is rolled back and the others run again without it, so a
// function may run more than once and must begin anew each time. A context
// that ends before the function has begun withdraws it; after that it is
// brought to its end.
func (w *writer) do(ctx context.Context, run func(*tx) error) error {
	j := &job{run: run, done: make(chan error, 1)}
	if err := w.enqueue(ctx, j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
	}
	if j.state.CompareAndSwap(queued, withdrawn) {
		return ctx.Err()
	}
	return <-j.done
}

func (w *writer) enqueue(ctx context.Context, j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close finishes what waits.
func (w *writer) close() error {
	w.mu.Lock()
	w.closed = true
	close(w.jobs)
	w.mu.Unlock()
	<-w.ended
	return errors.Join(w.tx.close(), w.conn.Close())
}

func (w *writer) loop() {
	defer close(w.ended)
	var group []*job
	for j := range w.jobs {
		// Let those who are ready to write come first: larger groups cost less.
		runtime.Gosched()
		group = w.gather(append(group[:0], j))
		w.commit(group)
		clear(group)
	}
}

// gather takes along what waits.
func (w *writer) gather(group []*job) []*job {
	for len(group) < maxGroup {
		select {
		case j, ok := <-w.jobs:
			if !ok {
				return group
			}
			group = append(group, j)
		default:
			return group
		}
	}
	return group
}

// commit runs a group of jobs in one transaction. A job that spoils the
// transaction gets its error, and the rest is run again without it.
func (w *writer) commit(group []*job) {
	group = slices.DeleteFunc(group, func(j *job) bool { return !j.state.CompareAndSwap(queued, running) })
	for len(group) > 0 {
		spoiler := w.attempt(group)
		if spoiler < 0 {
			break
		}
		group[spoiler].done <- group[spoiler].err
		group = slices.Delete(group, spoiler, spoiler+1)
	}
	for _, j := range group {
		j.done <- j.err
	}
}

// attempt runs all jobs and commits. It gives the index of a job that failed
// after it had written, whereupon nothing is kept; -1 if there was none.
func (w *writer) attempt(group []*job) (spoiler int) {
	t := &w.tx
	if err := t.control("BEGIN IMMEDIATE"); err != nil {
		failAll(group, err)
		return -1
	}
	for i, j := range group {
		t.wrote = false
		if j.err = guard(j.run, t); j.err != nil && t.wrote {
			t.rollback()
			return i
		}
	}
	if err := t.control("COMMIT"); err != nil {
		t.rollback()
		failAll(group, err)
		return -1
	}
	t.undo = t.undo[:0]
	return -1
}

func failAll(group []*job, err error) {
	for _, j := range group {
		j.err = fmt.Errorf("nothing was stored: %w", err)
	}
}

// guard turns a panic into an error: others share this goroutine.
func guard(run func(*tx) error, t *tx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			t.wrote = true // nobody knows
			err = fmt.Errorf("panic while storing: %v", r)
		}
	}()
	return run(t)
}

// tx is the writer's connection within a transaction.
type tx struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
	wrote      bool     // the running job has written
	undo       []func() // what a rollback must mend in memory
}

// onRollback has a change in memory taken back should the transaction fail.
func (t *tx) onRollback(undo func()) { t.undo = append(t.undo, undo) }

func (t *tx) rollback() {
	// An engine that ran out of room has rolled back already: no error then.
	_ = t.control("ROLLBACK")
	for _, undo := range slices.Backward(t.undo) {
		undo()
	}
	t.undo = t.undo[:0]
}

// prepare keeps statements for good: there are few, and they are all ours.
func (t *tx) prepare(query string) (*sql.Stmt, error) {
	if s, ok := t.statements[query]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	t.statements[query] = s
	return s, nil
}

func (t *tx) control(query string) error {
	s, err := t.prepare(query)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(context.Background())
	return err
}

func (t *tx) exec(query string, args ...any) error {
	s, err := t.prepare(query)
	if err != nil {
		return err
	}
	t.wrote = true
	_, err = s.ExecContext(context.Background(), args...)
	return err
}

// row reads one row; a statement that cannot be prepared shows at Scan.
func (t *tx) row(query string, args ...any) scanner {
	s, err := t.prepare(query)
	if err != nil {
		return failed{err}
	}
	return s.QueryRowContext(context.Background(), args...)
}

func (t *tx) query(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := t.prepare(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (t *tx) close() error {
	var errs []error
	for _, s := range t.statements {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

type scanner interface{ Scan(dest ...any) error }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }
