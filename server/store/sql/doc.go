// Package sql keeps worlds in a database: SQLite in a file so far.
//
// Worlds are rows, not databases: a world's number comes first in every key.
// One goroutine with one connection writes, and commits in groups: what
// arrives while a commit runs shares the next one, and nobody gets an answer
// before the group is committed, so that an answered write survives the
// process. Readers have a pool of their own and never wait for the writer.
//
// One process at a time owns the file. That lets the writer know positions,
// counters and registrations by heart, and keep in memory which due rows are
// claimed.
package sql
