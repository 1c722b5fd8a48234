package sql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/store/sql"
	"liksom/server/store/sql/postgrestest"
	"liksom/server/store/storetest"
	"liksom/server/webhook"
)

// cut ends every connection of the store, as a server does that is started
// anew.
func cut(t *testing.T, place string) {
	t.Helper()
	told(t, place, `DO $$ BEGIN PERFORM pg_terminate_backend(pid, 5000) FROM pg_locks
		WHERE locktype = 'advisory' AND objid::bigint = hashtext(current_schema())::bigint & 4294967295; END $$`)
}

func TestALostConnectionIsMadeAnew(t *testing.T) {
	t.Parallel()
	place := postgrestest.URL(t)
	s := world(t, open(t, place), "default", storetest.Plan)
	require.NoError(t, s.Register(t.Context(), webhook.Registration{ID: "r", MSN: "123456", Events: []string{string(payment.PaymentCreated)}}, nil))
	_, err := s.Apply(t.Context(), creating("order-1"))
	require.NoError(t, err)
	claimed, err := s.Claim(t.Context(), began.AddDate(1, 0, 0), 1)
	require.NoError(t, err)

	cut(t, place)
	done, err := s.Apply(t.Context(), creating("order-2"))
	require.NoError(t, err)
	require.Equal(t, payment.Seq(2), done.Seq)
	requireLog(t, s, "order-1", "order-2")
	rest, err := s.Claim(t.Context(), began.AddDate(1, 0, 0), 9)
	require.NoError(t, err)
	require.Len(t, rest, 3, "of two windows and two deliveries")
	require.NotContains(t, rest, claimed[0])
}

func TestADatabaseThatAnotherHasHadIsNotWrittenToAnyMore(t *testing.T) {
	t.Parallel()
	place := postgrestest.URL(t)
	first := world(t, open(t, place), "default", nil)
	_, err := first.Apply(t.Context(), creating("order-1"))
	require.NoError(t, err)
	cut(t, place)

	db, err := sql.OpenPostgres(t.Context(), place)
	require.NoError(t, err)
	_, err = first.Apply(t.Context(), creating("order-2"))
	require.ErrorIs(t, err, sql.ErrInUse)
	second := world(t, db, "default", nil)
	_, err = second.Apply(t.Context(), creating("order-3"))
	require.NoError(t, err)
	require.NoError(t, db.Close())

	_, err = first.Apply(t.Context(), creating("order-4"))
	require.ErrorIs(t, err, sql.ErrInUse)
	require.ErrorContains(t, err, "start this one again")
	requireLog(t, world(t, open(t, place), "default", nil), "order-1", "order-3")
}
