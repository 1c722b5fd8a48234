package control_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/webhook"
)

func TestRegistrationsAreListedWithTheirSecretsHidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t)
	list := func(query string) []any {
		return w.want(t, 200, "GET", "/sim/v1/registrations"+query, "")["registrations"].([]any)
	}
	all := list("")
	require.Len(t, all, 1)
	r := all[0].(map[string]any)
	require.Equal(t, "https://shop.example/hook", r["url"])
	require.Equal(t, "123456", r["msn"])
	require.Equal(t, "***", r["secret"])
	require.NotEmpty(t, r["events"])
	kept, err := w.store.Registrations(t.Context(), "*")
	require.NoError(t, err)
	require.Equal(t, kept[0].Secret, list("?secrets=show")[0].(map[string]any)["secret"])
	require.Len(t, list("?msn=123456"), 1)
	require.Empty(t, list("?msn=234567"))
	w.want(t, 400, "GET", "/sim/v1/registrations?unit=123456", "")
}

func TestAListedDeliveryTellsWhatCameOfItsNewestTry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(t)
	w.create("order-0001")
	d := delivery(t, w)
	d.Status, d.Tries, d.NextAt = webhook.Waiting, 1, morning.Add(2e9)
	_, err := w.store.Settle(t.Context(), d, w.attempt(d, 500), 1, w.clock.Now())
	require.NoError(t, err)
	listed := w.want(t, 200, "GET", "/sim/v1/deliveries?reference=order-0001", "")["deliveries"].([]any)[0].(map[string]any)
	last := listed["last"].(map[string]any)
	require.Equal(t, false, last["ok"])
	require.EqualValues(t, 500, last["status"])
	require.EqualValues(t, 12, last["tookMs"])
}
