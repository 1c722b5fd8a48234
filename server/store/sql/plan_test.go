package sql

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

// A query that walks through a whole world is right, and slow once the world
// is large. So the engine is asked which way it would go.
func TestQueriesFindTheirIndexes(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "liksom.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	s, err := db.World(t.Context(), "default", nil)
	require.NoError(t, err)
	listing := func(q payment.Query) string {
		query, _ := s.list(q)
		return query
	}
	for _, c := range []struct{ name, query, want string }{
		{"a payment by its reference", selectPayment + byReference, "sqlite_autoindex_payments_2 (world=? AND msn=? AND reference=?)"},
		{"a payment by its code", selectPayment + " WHERE world = ? AND code = ?", "sqlite_autoindex_payments_3 (world=? AND code=?)"},
		{"a page of payments", listing(payment.Query{Before: 9}), "sqlite_autoindex_payments_1 (world=? AND number<?)"},
		{"a phone's payments", listing(payment.Query{Phone: "1"}), "payments_by_phone (world=? AND phone=?)"},
		{"a phone's inbox", listing(payment.Query{Phone: "1", State: payment.Created}), "payments_by_phone (world=? AND phone=? AND state=?)"},
		{"what a phone holds", listing(payment.Query{Phone: "1"}), "payments_by_holder (world=? AND holder=?)"},
		{"those of the numbers found", listing(payment.Query{Phone: "1"}), "sqlite_autoindex_payments_1 (world=? AND number=?)"},
		{"a payment's events", selectEvents, "events_by_payment (world=? AND payment=?)"},
		{"the log behind a position", selectEvent + " WHERE world = ? AND seq > ? ORDER BY seq", "PRIMARY KEY (world=? AND seq>?)"},
		{"what is due", pageOfDue("true"), "due_by_time (world=? AND at>?)"},
		{"the head of a queue", selectHead, "deliveries_open (world=? AND registration=? AND msn=? AND reference=?)"},
		{"a payment's deliveries", selectDelivery + " WHERE world = ? AND msn = ? AND reference = ?", "deliveries_by_payment (world=? AND msn=? AND reference=?)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, err := db.reader.pool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+c.query, make([]any, 12)...)
			require.NoError(t, err)
			defer func() { require.NoError(t, rows.Close()) }()
			var steps []string
			for rows.Next() {
				var a, b, d int
				var step string
				require.NoError(t, rows.Scan(&a, &b, &d, &step))
				steps = append(steps, step)
			}
			require.NoError(t, rows.Err())
			plan := strings.Join(steps, "\n")
			require.Contains(t, plan, c.want, fmt.Sprintf("%s\n%s", c.query, plan))
		})
	}
}
