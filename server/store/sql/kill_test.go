package sql_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
	"liksom/server/store/sql"
	"liksom/server/store/storetest"
	"liksom/server/webhook"
)

// victimEnv makes the test binary write to the database it names, and tell
// each answered reference on its standard output, until it is killed.
const victimEnv = "LIKSOM_TEST_VICTIM"

func beVictim(path string) {
	ctx := context.Background()
	db, err := opened(ctx, path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s, err := db.World(ctx, "default", storetest.Plan)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for worker := range callers {
		go func() {
			for i := 0; ; i++ {
				reference := fmt.Sprintf("order-%d-%d", worker, i)
				if _, err := s.Apply(ctx, creating(reference)); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				_, _ = fmt.Fprintln(os.Stdout, reference)
			}
		}()
	}
	select {}
}

func TestAnAnsweredWriteSurvivesAKill(t *testing.T) {
	inEach(t, survivesAKill)
}

func survivesAKill(t *testing.T, path string) {
	db := open(t, path)
	require.NoError(t, world(t, db, "default", nil).Register(t.Context(),
		webhook.Registration{ID: "r", MSN: "123456", Events: []string{string(payment.PaymentCreated)}}, nil))
	require.NoError(t, db.Close())
	answered := killedAfter(t, path, 1000)

	s := world(t, open(t, path), "default", storetest.Plan)
	events, err := s.After(t.Context(), 0, 0)
	require.NoError(t, err)
	logged := map[string]bool{}
	for i, e := range events {
		require.Equal(t, payment.Seq(i+1), e.Seq)
		require.False(t, logged[e.ID.Reference], "%s is in the log twice", e.ID.Reference)
		logged[e.ID.Reference] = true
	}
	for _, reference := range answered {
		require.True(t, logged[reference], "%s was answered", reference)
	}
	requireWhole(t, s, len(events))
}

// killedAfter runs a victim until it has answered so many writes, and gives
// the references of all that it answered.
func killedAfter(t *testing.T, path string, writes int) []string {
	t.Helper()
	victim := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // this very binary
	victim.Env = append(os.Environ(), victimEnv+"="+path)
	victim.Stderr = os.Stderr
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	var answered []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		answered = append(answered, lines.Text())
		if len(answered) == writes {
			require.NoError(t, victim.Process.Kill())
		}
	}
	require.Error(t, victim.Wait())
	require.GreaterOrEqual(t, len(answered), writes)
	// The kill may have cut the last line short.
	return answered[:len(answered)-1]
}

// requireWhole makes sure that each creation has all that came with it.
func requireWhole(t *testing.T, s *sql.Store, creations int) {
	t.Helper()
	payments, err := s.List(t.Context(), payment.Query{})
	require.NoError(t, err)
	require.Len(t, payments, creations)
	deliveries, err := s.Deliveries(t.Context(), webhook.Query{})
	require.NoError(t, err)
	require.Len(t, deliveries, creations)
	for kind, want := range map[string]int{payment.DueWindow: creations, webhook.DueDelivery: creations} {
		rows, err := s.Waiting(t.Context(), kind, 0)
		require.NoError(t, err)
		require.Len(t, rows, want)
	}
}
