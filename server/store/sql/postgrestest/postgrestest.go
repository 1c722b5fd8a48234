// Package postgrestest lends tests a PostgreSQL that is thrown away
// afterwards.
package postgrestest

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// RequireVariable is set to 1 where a missing PostgreSQL is a failure: in CI,
// where a skipped test would look like a passed one.
const RequireVariable = "LIKSOM_REQUIRE_POSTGRES"

// Guarded is a user who is let in with a password only, once a test has made
// one of that name. Everybody else is trusted.
const Guarded = "guarded"

// shared is the server of a test binary: starting one takes a second.
var shared = sync.OnceValues(start)

var schemas atomic.Int64

// URL gives the address of an empty schema that nobody else has. The server
// behind it lives as long as the test binary. The test is skipped, with a word
// on what to do, where PostgreSQL is not installed, unless [RequireVariable]
// says otherwise. It is not for the inside of a bubble of synctest.
func URL(t testing.TB) string {
	t.Helper()
	if find() == "" {
		missing(t)
	}
	c, err := shared()
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), c.url(nil))
	require.NoError(t, err)
	name := fmt.Sprintf("test_%d", schemas.Add(1))
	_, err = conn.Exec(t.Context(), "CREATE SCHEMA "+name)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	return c.url(url.Values{"search_path": {name}})
}

func missing(t testing.TB) {
	t.Helper()
	const remedy = "PostgreSQL is not installed: apt-get install postgresql, or make tools"
	if os.Getenv(RequireVariable) == "1" {
		require.FailNow(t, remedy)
	}
	t.Skip(remedy)
}

// find gives the folder of PostgreSQL's programs, the newest where there are
// several; "" for none.
func find() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pg_ctl")
	slices.SortStableFunc(found, func(a, b string) int { return cmp.Compare(version(a), version(b)) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if program, err := exec.LookPath("pg_ctl"); err == nil {
		return filepath.Dir(program)
	}
	return ""
}

// version reads it off a program's place.
func version(program string) float64 {
	v, _ := strconv.ParseFloat(filepath.Base(filepath.Dir(filepath.Dir(program))), 64)
	return v
}

// cluster is a running server. It speaks on a socket in its folder alone.
type cluster struct {
	dir string
	// open keeps the server: it ends when this process closes the pipe, which
	// it does however it ends.
	open *os.File
}

func (c *cluster) url(more url.Values) string {
	query := url.Values{"host": {c.dir}}
	for name, values := range more {
		query[name] = values
	}
	return (&url.URL{Scheme: "postgres", User: url.User("liksom"), Path: "/postgres", RawQuery: query.Encode()}).String()
}

// keeper runs the server until its input ends.
const keeper = `cd "$1" &&
"$0/initdb" -D data -U liksom -A trust -E UTF8 --no-locale --no-sync >log 2>&1 &&
cat settings >>data/postgresql.conf &&
cat doors >data/pg_hba.conf &&
"$0/pg_ctl" -D data -w -s -l log start >>log 2>&1 &&
echo up &&
read -r _
"$0/pg_ctl" -D data -m immediate -s stop >>log 2>&1
cat log
cd / && rm -rf "$1"`

// settings spare what only a power cut would need.
const settings = `
listen_addresses = ''
unix_socket_directories = '%s'
fsync = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
shared_buffers = 32MB
jit = off
`

const doors = "local all " + Guarded + " scram-sha-256\nlocal all all trust\n"
