package payment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestAGuardRefusesBeforeTheCommandAndIsKeptForItsKey(t *testing.T) {
	t.Parallel()
	w := authorized(t)
	asked := 0
	guarded := payment.Guarded{Command: capture(300), Check: func() error {
		asked++
		if asked == 1 {
			return errBroken
		}
		return nil
	}}
	first, err := w.Do(ctx, taxi, guarded, once("k", "300"))
	require.ErrorIs(t, err, errBroken)
	events := w.log()
	again, err := w.Do(ctx, taxi, guarded, once("k", "300"))
	require.NoError(t, err)
	require.True(t, again.Replayed, "the refusal was kept")
	require.Equal(t, first.Answer, again.Answer)
	require.Equal(t, 1, asked, "a replay does not ask")
	require.Equal(t, events, w.log())

	_, err = w.Do(ctx, taxi, guarded, once("k2", "300"))
	require.NoError(t, err)
	require.Equal(t, int64(300), w.stored().Sums.Captured)
}

func TestOneWindowIsAsLongAsBoth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		create payment.Create
		then   []payment.Command
		window payment.Window
	}{
		{"to open", order(), nil, payment.Landing},
		{"for a push", order(asPush), nil, payment.Approval},
		{"not begun anew by identifying", order(), []payment.Command{payment.Identify{Phone: kari}}, payment.Approval},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.windows = payment.Windows{Landing: 3 * minute, Approval: 4 * minute, One: true}
			w.must(tt.create)
			for _, cmd := range tt.then {
				w.now = w.now.Add(2 * time.Minute)
				w.must(cmd)
			}
			require.Equal(t, tt.window, w.stored().Window)
			require.Equal(t, morning.Add(7*minute), w.stored().Deadline)
		})
	}
}
