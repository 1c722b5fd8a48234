package control_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

const merchants = "/sim/v1/merchants"

func TestSecretsOfMerchantsAreMaskedUnlessAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	golden(t, "merchant", w.ask("GET", merchants+"/123456", ""))
	shown := w.want(t, 200, "GET", merchants+"/123456?secrets=show", "")
	require.Equal(t, directory.DemoSecret, shown["clientSecret"])
	require.Equal(t, []any{directory.DemoSubscriptionKey}, shown["subscriptionKeys"])
	for query, secret := range map[string]string{"": "***", "?secrets=show": directory.DemoSecret} {
		list := w.want(t, 200, "GET", merchants+query, "")["merchants"].([]any)
		require.Len(t, list, 5)
		require.Equal(t, secret, list[0].(map[string]any)["clientSecret"])
	}
	w.want(t, 400, "GET", merchants+"?secrets=yes", "")
	w.want(t, 404, "GET", merchants+"/999999", "")
}

func TestANewMerchantIsGivenWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.want(t, 201, "POST", merchants, `{}`)
	require.Equal(t, "700001", v["msn"])
	require.Equal(t, "Unit 700001", v["name"])
	require.Equal(t, "NOK", v["currency"])
	require.Len(t, v["clientSecret"], 32)
	require.Regexp(t, `^[0-9a-f-]{36}$`, v["clientId"])
	keys := v["subscriptionKeys"].([]any)
	require.Len(t, keys, 2)
	require.Regexp(t, `^[0-9a-f]{32}$`, keys[0])
	require.NotEqual(t, keys[0], keys[1])
	require.Equal(t, true, v["switches"].(map[string]any)["pushAllowed"])
	require.Equal(t, "700002", w.want(t, 201, "POST", merchants, `{"switches":{"pushAllowed":false}}`)["msn"])
	u, _ := w.phones.Unit("700002")
	require.False(t, u.Switches.PushAllowed)
	require.True(t, u.Switches.BankVerified)
}

func TestANewMerchantMayNameItAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const body = `{"msn":"8888","name":"A","company":"A Oy","market":"FI","clientId":"id","clientSecret":"secret","subscriptionKeys":["key"]}`
	v := w.want(t, 201, "POST", merchants, body)
	require.Equal(t, "secret", v["clientSecret"], "a new merchant is told its secrets")
	require.Equal(t, []any{"mobilepay", "EUR"}, []any{v["brand"], v["currency"]})
	w.want(t, 409, "POST", merchants, body)
	w.want(t, 409, "POST", merchants, `{"clientId":"id"}`)
	require.Equal(t, "***", w.want(t, 200, "GET", merchants+"/8888", "")["clientSecret"])
}

func TestAMerchantIsChangedMemberByMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.want(t, 200, "PATCH", merchants+"/123456", `{"name":"Renamed","market":"DK","switches":{"bankVerified":false,"psp":true}}`)
	require.Equal(t, []any{"Renamed", "Demo Taxi AS", "DKK"}, []any{v["name"], v["company"], v["currency"]})
	u, _ := w.phones.Unit("123456")
	want := directory.Ordinary()
	want.BankVerified, want.PSP = false, true
	require.Equal(t, want, u.Switches)
	c, _ := w.phones.ClientOf("123456")
	require.Equal(t, directory.DemoSecret, c.Secret)
	require.Equal(t, v, w.want(t, 200, "PATCH", merchants+"/123456", `{"clientSecret":"***","subscriptionKeys":["***"],"currency":"DKK"}`), "what was read may be sent back")
	c, _ = w.phones.ClientOf("123456")
	require.Equal(t, []string{directory.DemoSubscriptionKey}, c.Keys)
	w.want(t, 404, "PATCH", merchants+"/999999", `{}`)
}

func TestRotatedKeysAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.want(t, 200, "PATCH", merchants+"/123456", `{"rotateKeys":true}`)
	require.NotContains(t, v, "rotateKeys")
	require.Equal(t, directory.DemoClientID, v["clientId"])
	require.Len(t, v["clientSecret"], 32)
	c, _ := w.phones.ClientOf("123456")
	require.Equal(t, v["clientSecret"], c.Secret)
	require.Len(t, c.Keys, 2)
	require.NotContains(t, c.Keys, directory.DemoSubscriptionKey)
}

func TestAUnitWithoutKeysIsGivenSomeByRotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.phones.PutUnit(t.Context(), directory.Unit{MSN: "55555", Name: "U", Company: "U", Market: "NO"}))
	require.Empty(t, w.want(t, 200, "PATCH", merchants+"/55555", `{"name":"V"}`)["clientId"])
	v := w.want(t, 200, "PATCH", merchants+"/55555", `{"rotateKeys":true}`)
	require.NotEmpty(t, v["clientId"])
	_, ok := w.phones.ClientOf("55555")
	require.True(t, ok)
}

func TestARemovedMerchantIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 204, "DELETE", merchants+"/123456", "")
	w.want(t, 404, "DELETE", merchants+"/123456", "")
	_, ok := w.phones.Client(directory.DemoClientID)
	require.False(t, ok)
}

func TestAMerchantThatCannotBeIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ method, path, body, field string }{
		{"POST", "", `{"msn":"123"}`, "msn"},
		{"POST", "", `{"msn":"12345678901"}`, "msn"},
		{"POST", "", `{"msn":"abcde"}`, "msn"},
		{"POST", "", `{"rotateKeys":true}`, "rotateKeys"},
		{"POST", "", `{"market":"XX"}`, "market"},
		{"POST", "", `{"market":"DK","currency":"NOK"}`, "market"},
		{"POST", "", `{"name":"  "}`, "name"},
		{"POST", "", `{"subscriptionKeys":[""]}`, "subscriptionKeys"},
		{"PATCH", "/123456", `{"msn":"777777"}`, "msn"},
		{"PATCH", "/123456", `{"company":""}`, "company"},
		{"PATCH", "/123456", `{"clientSecret":""}`, "clientSecret"},
		{"PATCH", "/123456", `{"switches":{"pushAlowed":true}}`, "pushAlowed"},
		{"PATCH", "/123456", `{"switches":{"pushAllowed":"yes"}}`, "switches.pushAllowed"},
	} {
		t.Run(c.body, func(t *testing.T) {
			t.Parallel()
			doc := w.want(t, 400, c.method, merchants+c.path, c.body)
			require.Equal(t, c.field, doc["extraDetails"].([]any)[0].(map[string]any)["name"])
		})
	}
}

func TestSettingsAreToldAndChangedMemberByMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	golden(t, "settings", w.ask("GET", "/sim/v1/settings", ""))
	v := w.want(t, 200, "PATCH", "/sim/v1/settings", `{"rateLimit":true,"landingWindow":"1d","brand":{"mobilepay":{"label":"Other"}},"fixedBy":{}}`)
	require.Equal(t, "24h0m0s", v["landingWindow"])
	require.NotContains(t, v, "fixedBy", "it is not as the flag said any more")
	s := w.phones.Settings()
	want := directory.DefaultSettings()
	want.RateLimit, want.LandingWindow, want.Brand.MobilePay.Label = true, s.LandingWindow, "Other"
	require.Equal(t, want, *s)
	require.Equal(t, v, w.want(t, 200, "PATCH", "/sim/v1/settings", `{}`))
}

func TestSettingsOfAWorldThatCannotBeAreRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := *w.phones.Settings()
	for body, field := range map[string]string{
		`{"landingWindow":"0s"}`:             "landingWindow",
		`{"approvalWindow":"61d"}`:           "approvalWindow",
		`{"webhookTimeout":"1h"}`:            "webhookTimeout",
		`{"returnAfter":"31s"}`:              "returnAfter",
		`{"returnAfter":"-1s"}`:              "returnAfter",
		`{"errorsToldBy":"smoke"}`:           "errorsToldBy",
		`{"errorsTracedBy":"dogs"}`:          "errorsTracedBy",
		`{"mobilePayCaptureDays":10}`:        "mobilePayCaptureDays",
		`{"shippingCallbackCasing":"kebab"}`: "shippingCallbackCasing",
		`{"brand":{"vipps":{"label":""}}}`:   "brand.vipps.label",
		`{"rateLimit":"on"}`:                 "rateLimit",
		`{"ratelimits":true}`:                "ratelimits",
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			doc := w.want(t, 400, "PATCH", "/sim/v1/settings", body)
			require.Equal(t, field, doc["extraDetails"].([]any)[0].(map[string]any)["name"])
			require.Equal(t, before, *w.phones.Settings())
		})
	}
}

func TestTokensAreEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.want(t, 204, "POST", "/sim/v1/tokens/expire", "")
	require.Equal(t, 1, w.expired)
}
