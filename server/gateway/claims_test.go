package gateway_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/gateway"
	"liksom/server/openapi/openapitest"
)

func TestWhatATokenSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		parts := strings.Split(w.token(taxi), ".")
		part := func(i int) map[string]any {
			text, err := base64.RawURLEncoding.DecodeString(parts[i])
			require.NoError(t, err)
			var members map[string]any
			require.NoError(t, json.Unmarshal(text, &members))
			return members
		}
		head, claims := part(0), part(1)
		require.Equal(t, "JWT", head["typ"])
		require.Equal(t, "RS256", head["alg"])
		require.NotEmpty(t, head["kid"])
		now := float64(time.Now().Unix())
		require.Equal(t, []any{"00000002-0000-0000-c000-000000000000", taxi, "1.0", now, now - 300, now + 3599}, []any{
			claims["aud"], claims["appid"], claims["ver"], claims["iat"], claims["nbf"], claims["exp"],
		})
		for _, name := range []string{"iss", "tid", "uti"} {
			require.NotEmpty(t, claims[name], name)
		}
		other := strings.Split(w.token(taxi), ".")
		require.NotEqual(t, parts[1], other[1], "each has an id of its own")
	})
}

func TestTheIdentityFormIsWhole(t *testing.T) {
	t.Parallel()
	h := openapitest.New(t).Handler(newWorld(t).TokenRoutes())
	got := ask(h, "POST", "/accesstoken/get", "", credentials(taxi, "wrong")...)
	require.Equal(t, "application/json; charset=utf-8", got.Header().Get("Content-Type"))
	const id = `"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"`
	require.Regexp(t, `^\{"error":"invalid_client","error_description":"AADSTS7000215: [^"]+","error_codes":\[7000215\],`+
		`"timestamp":"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ","trace_id":`+id+`,"correlation_id":`+id+`,"error_uri":"https://[^"]+7000215"\}$`, got.Body.String())
}

func TestTheSecondSubscriptionKeyIsAsGoodAsTheFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.Directory.AddMerchant(t.Context(), directory.Unit{MSN: "700001", Market: "NO", Switches: directory.Ordinary()},
		directory.Client{ID: "shop", Secret: "s", Keys: []string{"primary", "secondary"}, MSNs: []string{"700001"}}))
	h := w.api(gateway.API{})
	for _, key := range []string{"primary", "secondary"} {
		named := "Ocp-Apim-Subscription-Key: " + key
		require.Equal(t, 200, ask(w.TokenRoutes(), "POST", "/accesstoken/get", "", named, "client_id: shop", "client_secret: s").Code)
		require.Equal(t, 200, ask(h, "POST", path, "", named, "Authorization: Bearer "+w.token("shop")).Code)
	}
	require.Equal(t, 401, ask(h, "POST", path, "", key, "Authorization: Bearer "+w.token("shop")).Code, "another unit's key")
}
