package payment_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/payment"
)

func TestWhatWasSharedIsToldByShopUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	revoked := map[string]time.Time{}
	w.Revoked = func(msn, phone string) time.Time { return revoked[msn+phone] }
	w.share("123456", "a", kari, nil, "name")
	w.pass(time.Hour)
	w.share("234567", "b", kari, nil, "email")
	w.share("123456", "c", kari, []string{"name"}, "name", "address")
	w.share("123456", "d", ola, nil, "birthDate")

	shares := func() map[string][]string {
		found, err := w.Shared(ctx, kari)
		require.NoError(t, err)
		all := map[string][]string{}
		for _, s := range found {
			all[s.MSN] = s.Scopes
		}
		return all
	}
	require.Equal(t, map[string][]string{"123456": {"address", "name"}, "234567": {"email"}}, shares())

	revoked["123456"+kari] = w.now
	require.Equal(t, map[string][]string{"234567": {"email"}}, shares())
	known, err := w.Remembered(ctx, "123456", kari, []string{"name", "address"})
	require.NoError(t, err)
	require.Empty(t, known, "it must be asked for again")
	w.pass(time.Second)
	w.share("123456", "e", kari, nil, "name")
	require.Equal(t, []string{"name"}, shares()["123456"], "what was granted since counts")

	p, err := w.Get(ctx, payment.ID{MSN: "123456", Reference: "a"})
	require.NoError(t, err)
	require.Equal(t, []string{"name"}, p.Grant.Given, "the payment's own data stay")
	w.pass(7 * day)
	require.Empty(t, shares())
}
