// Package sql keeps worlds in a database: SQLite in a file, or PostgreSQL.
//
// Worlds are rows, not databases: a world's number comes first in every key.
// One goroutine with one connection writes, and commits in groups: what
// arrives while a commit runs shares the next one, and nobody gets an answer
// before the group is committed, so that an answered write survives the
// process. Readers have a pool of their own and never wait for the writer.
//
// One process at a time owns the database. That lets the writer know positions,
// counters, registrations and the newest payments by heart, and keep in memory
// which due rows come next and which are claimed. A world's clock, bell and
// phones are in one process anyhow.
//
// Queries are the same for both engines, written as SQLite has them; what
// differs is [engine], the schemas, and how a database is opened.
package sql
