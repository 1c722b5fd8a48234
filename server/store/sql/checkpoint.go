package sql

import (
	"context"
	"database/sql"
)

const (
	// checkpointEvery is after how many orders of the writer the log's pages
	// are moved to the file: some 20 MB of log.
	checkpointEvery = 10_000
	// logLimit is how many pages the log may have before the writer itself
	// moves them, which happens only when writes never pause: the checkpointer
	// cannot begin the log anew while somebody writes to it.
	logLimit = "32000"
)

// checkpointer moves what was committed from the log to the file, on a
// connection of its own: syncing it to disk takes tens of milliseconds, in
// which the writer would answer nobody.
type checkpointer struct {
	pool  *sql.DB
	wake  chan struct{}
	ended chan struct{}
}

func startCheckpointer(pool *sql.DB) *checkpointer {
	c := &checkpointer{pool: pool, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.loop()
	return c
}

func (c *checkpointer) loop() {
	defer close(c.ended)
	for range c.wake {
		// What fails stays in the log, where it is as safe, until the next time.
		_, _ = c.pool.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)")
	}
}

// ring asks for a checkpoint, unless one is asked for already.
func (c *checkpointer) ring() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// close ends the loop. Nobody may ring any more.
func (c *checkpointer) close() error {
	close(c.wake)
	<-c.ended
	return c.pool.Close()
}
