package stripe_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server"
	"liksom/server/config"
	"liksom/server/servertest"
)

func configured(t *testing.T, text string) servertest.Option {
	t.Helper()
	file, err := config.Parse("liksom.yaml", []byte(text))
	require.NoError(t, err)
	return servertest.With(func(o *server.Options) { o.Config = file })
}

func TestAFileBringsAccountsSettingsAndSecretsThatAreKnownBeforehand(t *testing.T) {
	const secret = "whsec_ofTheShopsEnvironment"
	inBubble(t, func(t *testing.T, sim *servertest.Sim) {
		status, o, _ := api(t, sim, http.MethodPost, "/payment_intents", "amount=200&currency=nok", "Authorization: Bearer sk_test_taxi")
		require.Equal(t, 200, status, o)
		require.Equal(t, []any{"card", "vipps"}, o["payment_method_types"])
		status, _, _ = api(t, sim, http.MethodGet, "/payment_intents/"+o["id"].(string), "")
		require.Equal(t, 404, status, "another account's")
		_, o, _ = api(t, sim, http.MethodGet, "/webhook_endpoints", "")
		hook := o["data"].([]any)[0].(map[string]any)
		require.Equal(t, []any{"http://shop.example/hook", []any{"payment_intent.succeeded"}}, []any{hook["url"], hook["enabled_events"]})
		require.Less(t, call(t, sim, http.MethodPost, "/sim/v1/reset", "").status, 300)
		_, o, _ = api(t, sim, http.MethodGet, "/webhook_endpoints", "")
		require.Len(t, o["data"], 1, "it is there again after a reset")
	}, configured(t, `
stripe:
  preview_gate: "off"
  min_amount: 200
  accounts:
    - {account: acct_1Taxi0000000000, secret_key: sk_test_taxi, publishable_key: pk_test_taxi, msn: 123456}
  webhooks:
    - {url: "http://shop.example/hook", secret: `+secret+`, events: [payment_intent.succeeded]}
`))
}

func TestAFileThatCannotBeSaysWhereAndWhy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"a live key":        {"stripe:\n  accounts:\n    - {account: acct_1, secret_key: sk_live_1, publishable_key: pk_test_1, msn: 123456}\n", "liksom.yaml:3:"},
		"an unknown member": {"stripe:\n  on_card_declin: retry\n", "liksom.yaml:2:"},
		"an unknown word":   {"stripe:\n  windows: three\n", "liksom.yaml:2:"},
		"no secret":         {"stripe:\n  webhooks:\n    - {url: 'http://a.example'}\n", "liksom.yaml:3:"},
		"no such type":      {"stripe:\n  accounts:\n    - {account: acct_1, secret_key: sk_test_1, publishable_key: pk_test_1, msn: 123456, enabled_types: [klarna]}\n", "liksom.yaml:3:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := config.Parse("liksom.yaml", []byte(c.text))
			require.NoError(t, err)
			_, err = server.New(t.Context(), server.Options{Config: file})
			require.Error(t, err)
			require.True(t, strings.HasPrefix(err.Error(), c.want), err)
		})
	}
}
