package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
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
	tx    tx
	ended chan struct{}
	// full is told whenever the log has grown by a good deal.
	full func()

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

func startWriter(conn *sql.Conn, engine engine, full func()) *writer {
	w := &writer{full: full, ended: make(chan struct{}), jobs: make(chan *job, maxGroup)}
	w.tx = tx{conn: conn, engine: engine, questions: map[string]*sql.Stmt{}, orders: map[string]driver.StmtExecContext{}}
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
	err := errors.Join(w.tx.close(), w.tx.conn.Close())
	if errors.Is(err, sql.ErrConnDone) {
		return nil // it was lost, and could not be renewed
	}
	return err
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
		if w.tx.given >= checkpointEvery {
			w.tx.given = 0
			w.full()
		}
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
	if err := t.begin(); err != nil {
		failAll(group, fmt.Errorf("nothing was stored: %w", err))
		return -1
	}
	for i, j := range group {
		t.wrote = false
		if j.err = guard(j.run, t); j.err != nil && (t.wrote || t.aborted()) {
			t.rollback()
			return i
		}
	}
	if err := t.control("COMMIT"); err != nil {
		t.rollback()
		failAll(group, fmt.Errorf("not known to be stored: %w", err))
		return -1
	}
	for _, show := range t.show {
		show()
	}
	t.forget()
	return -1
}

func failAll(group []*job, err error) {
	for _, j := range group {
		j.err = err
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

// tx is the writer's connection within a transaction. Statements are kept for
// good: there are few, and they are all ours.
type tx struct {
	conn      *sql.Conn
	engine    engine
	questions map[string]*sql.Stmt
	// orders are the driver's own statements. The writer alone has the
	// connection, so that nothing of what database/sql does around each of
	// them is needed, and a create is a tenth cheaper without it.
	orders map[string]driver.StmtExecContext
	args   []driver.NamedValue // of the order being given, reused
	given  int                 // orders since the last checkpoint
	wrote  bool                // the running job has written
	undo   []func()            // what a rollback must mend in memory
	show   []func()            // what a commit makes visible in memory
}

// onRollback has a change in memory taken back should the transaction fail.
func (t *tx) onRollback(undo func()) { t.undo = append(t.undo, undo) }

// onCommit has something done in memory once the transaction is on disk and
// before anybody hears of it.
func (t *tx) onCommit(show func()) { t.show = append(t.show, show) }

// forget makes ready for the next transaction.
func (t *tx) forget() {
	clear(t.undo)
	clear(t.show)
	t.undo, t.show = t.undo[:0], t.show[:0]
}

func (t *tx) rollback() {
	// An engine that ran out of room has rolled back already: no error then.
	_ = t.control("ROLLBACK")
	for _, undo := range slices.Backward(t.undo) {
		undo()
	}
	t.forget()
}

// begin begins a transaction, on a new connection if the old one is lost.
func (t *tx) begin() error {
	err := t.control(t.engine.begin)
	if err == nil || t.engine.renew == nil || !t.lost() {
		return err
	}
	_ = t.close() // what is lost says no more
	discard(t.conn)
	conn, err := t.engine.renew(context.Background())
	if err != nil {
		return err
	}
	t.conn = conn
	return t.control(t.engine.begin)
}

// discard closes a connection for good: Close alone would leave it, and the
// locks it holds, in the pool.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

func (t *tx) lost() bool {
	lost := false
	err := t.conn.Raw(func(conn any) error {
		lost = t.engine.lost(conn)
		return nil
	})
	return err != nil || lost
}

// aborted tells whether the engine has given the transaction up.
func (t *tx) aborted() bool {
	if t.engine.aborted == nil {
		return false
	}
	given := true
	_ = t.conn.Raw(func(conn any) error {
		given = t.engine.aborted(conn)
		return nil
	})
	return given
}

func (t *tx) question(query string) (*sql.Stmt, error) {
	if s, ok := t.questions[query]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.Background(), t.engine.query(query))
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	t.questions[query] = s
	return s, nil
}

func (t *tx) order(query string) (driver.StmtExecContext, error) {
	if s, ok := t.orders[query]; ok {
		return s, nil
	}
	err := t.conn.Raw(func(conn any) error {
		s, err := conn.(driver.Conn).Prepare(t.engine.query(query))
		if err != nil {
			return err
		}
		t.orders[query] = s.(driver.StmtExecContext)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	return t.orders[query], nil
}

func (t *tx) exec(query string, args ...any) error {
	t.wrote = true
	t.given++
	return t.control(query, args...)
}

// control is exec for what changes no data.
func (t *tx) control(query string, args ...any) error {
	s, err := t.order(query)
	if err != nil {
		return err
	}
	t.args = t.args[:0]
	for i, arg := range t.engine.values(args) {
		v, err := driver.DefaultParameterConverter.ConvertValue(arg)
		if err != nil {
			return fmt.Errorf("argument %d of %q: %w", i+1, query, err)
		}
		t.args = append(t.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	_, err = s.ExecContext(context.Background(), t.args)
	clear(t.args)
	return err
}

// row reads one row; a statement that cannot be prepared shows at Scan.
func (t *tx) row(query string, args ...any) scanner {
	s, err := t.question(query)
	if err != nil {
		return failed{err}
	}
	return s.QueryRowContext(context.Background(), t.engine.values(args)...)
}

func (t *tx) query(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := t.question(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), t.engine.values(args)...)
}

// close forgets all statements.
func (t *tx) close() error {
	var errs []error
	for _, s := range t.questions {
		errs = append(errs, s.Close())
	}
	for _, s := range t.orders {
		errs = append(errs, s.(driver.Stmt).Close())
	}
	clear(t.questions)
	clear(t.orders)
	return errors.Join(errs...)
}

type scanner interface{ Scan(dest ...any) error }

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }
