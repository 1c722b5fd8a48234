package sql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"liksom/server/payment"
	"liksom/server/webhook"
)

// DB is a database of worlds. It is safe for use by many goroutines.
type DB struct {
	lock    *sql.DB // held while the database is open; nil where the writer's connection is what holds it
	writing *sql.DB
	writer  *writer
	mover   *checkpointer // nil where the engine moves its log by itself
	reader  *reader
	closing sync.Once
	closed  error

	// lastDue is the number of the newest due row. The writer alone touches it.
	lastDue int64
	// times is how many connections the writer has had: what a world knew by
	// heart is read anew after each. The writer alone touches it.
	times int

	mu     sync.Mutex
	worlds map[string]*world
}

// Open opens the SQLite database in a file, made if missing in a folder that
// exists, and brings it to the newest schema. An [*OpenError] tells of what
// the user can mend.
func Open(ctx context.Context, path string) (*DB, error) {
	held, err := lock(ctx, path)
	if err != nil {
		return nil, explain(path, err)
	}
	db := &DB{lock: held, worlds: map[string]*world{}}
	if err := db.open(ctx, path); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, path string) error {
	reading, err := readerPool(path)
	if err != nil {
		return err
	}
	db.reader = &reader{pool: reading, engine: forSQLite()}
	if err := checkOurs(ctx, path, reading); err != nil {
		return err
	}
	if db.writing, err = writerPool(path); err != nil {
		return err
	}
	if err := migrate(ctx, sqliteSchema(path), db.writing); err != nil {
		return err
	}
	conn, err := db.writing.Conn(ctx)
	if err != nil {
		return explain(path, err)
	}
	moving, err := checkpointerPool(path)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	db.mover = startCheckpointer(moving)
	return db.start(ctx, startWriter(conn, forSQLite(), db.mover.ring))
}

// start has a writer write, from where the due rows are numbered.
func (db *DB) start(ctx context.Context, w *writer) error {
	db.writer = w
	return w.do(ctx, db.countDue)
}

const newestDue = "SELECT coalesce(max(n), 0) FROM due"

func (db *DB) countDue(t *tx) error {
	return t.row(newestDue).Scan(&db.lastDue)
}

// Close finishes the writes that wait and closes the database. It may be
// called again, and answers the same then.
func (db *DB) Close() error {
	db.closing.Do(func() {
		var errs []error
		if db.reader != nil {
			errs = append(errs, db.reader.close())
		}
		if db.writer != nil {
			errs = append(errs, db.writer.close())
		}
		if db.mover != nil {
			errs = append(errs, db.mover.close())
		}
		if db.writing != nil {
			errs = append(errs, db.writing.Close())
		}
		if db.lock != nil {
			errs = append(errs, db.lock.Close())
		}
		db.closed = errors.Join(errs...)
	})
	return db.closed
}

// World opens a world by its name, made if it is new. The plan says which
// deliveries an event causes; nil for none.
func (db *DB) World(ctx context.Context, name string, plan webhook.Plan) (*Store, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	w, open := db.worlds[name]
	if !open {
		var err error
		if w, err = db.load(ctx, name); err != nil {
			return nil, fmt.Errorf("open the world %s: %w", name, err)
		}
		db.worlds[name] = w
	}
	return &Store{db: db, world: w, plan: plan}, nil
}

func (db *DB) load(ctx context.Context, name string) (*world, error) {
	var w *world
	err := db.writer.do(ctx, func(t *tx) error {
		w = &world{soon: newSoon(), times: db.times}
		if err := t.exec("INSERT INTO worlds (name) VALUES (?) ON CONFLICT DO NOTHING", name); err != nil {
			return err
		}
		if err := t.row("SELECT id FROM worlds WHERE name = ?", name).Scan(&w.id); err != nil {
			return err
		}
		return w.count(t)
	})
	return w, err
}

// count reads how far a world's log and deliveries are numbered.
func (w *world) count(t *tx) error {
	var head payment.Seq
	var deliveries int64
	err := t.row(`SELECT head, deliveries, coalesce((SELECT max(seq) FROM events WHERE world = worlds.id), 0),
		coalesce((SELECT max(number) FROM deliveries WHERE world = worlds.id), 0)
		FROM worlds WHERE id = ?`, w.id).Scan(&w.head, &w.deliveries, &head, &deliveries)
	w.head, w.deliveries = max(w.head, head), max(w.deliveries, deliveries)
	return err
}

// Worlds lists the names of all worlds, oldest first.
func (db *DB) Worlds(ctx context.Context) ([]string, error) {
	return collect(ctx, db.reader, func(row *sql.Rows) (name string, err error) {
		err = row.Scan(&name)
		return name, err
	}, "SELECT name FROM worlds ORDER BY id")
}

// DeleteWorld removes a world with all it holds; one that does not exist is no
// error. Stores of the world answer [ErrClosed] from then on.
func (db *DB) DeleteWorld(ctx context.Context, name string) error {
	db.mu.Lock()
	defer db.mu.Unlock()
	w := db.worlds[name]
	err := db.writer.do(ctx, func(t *tx) error {
		if w != nil {
			w.gone = true
			t.onRollback(func() { w.gone = false })
			t.onCommit(w.soon.clear)
		}
		return t.exec("DELETE FROM worlds WHERE name = ?", name)
	})
	if err == nil {
		delete(db.worlds, name)
	}
	return err
}

// world is what the writer knows of a world by heart. Its goroutine alone
// touches it, but for what locks itself.
type world struct {
	id         int64
	gone       bool
	times      int // the writer's connection that the rest was read by
	head       payment.Seq
	deliveries int64
	// registrations are all of them, oldest first, if known.
	registrations []webhook.Registration
	known         bool
	// open is how many deliveries are open, if counted.
	open    int64
	counted bool
	// listed are the same for readers, once committed; nil while unknown.
	listed atomic.Pointer[[]webhook.Registration]

	tail  tail
	fresh fresh
	// recent is the writer's alone.
	recent recent
	soon   *soon
}

// Store is one world. It implements the store contracts of payment, timer,
// webhook and directory, and is safe for use by many goroutines.
type Store struct {
	db    *DB
	world *world
	plan  webhook.Plan
}

// write runs a function with the writer's connection; see [writer.do].
func (s *Store) write(ctx context.Context, run func(*tx) error) error {
	return s.db.writer.do(ctx, func(t *tx) error {
		if s.world.gone {
			return ErrClosed
		}
		if s.world.times != s.db.times {
			if err := s.relearn(t); err != nil {
				return err
			}
		}
		return run(t)
	})
}

// relearn reads anew what the writer knows by heart: it lost its connection,
// perhaps in the middle of a commit that went through after all.
func (s *Store) relearn(t *tx) error {
	w := s.world
	w.forgetRegistrations()
	w.counted, w.recent = false, nil
	w.fresh.clear()
	w.tail.clear()
	w.soon.forget()
	if err := w.count(t); err != nil {
		return err
	}
	w.times = s.db.times
	return nil
}
