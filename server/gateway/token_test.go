package gateway_test

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/gateway"
	"liksom/server/openapi/openapitest"
)

func credentials(id, secret string) []string {
	return []string{"client_id: " + id, "client_secret: " + secret, key, "Merchant-Serial-Number: 123456"}
}

func TestATokenIsGivenAsStrings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		got := ask(openapitest.New(t).Handler(w.TokenRoutes()), "POST", "/accesstoken/get", "", credentials(taxi, directory.DemoSecret)...)
		require.Equal(t, 200, got.Code, got.Body)
		require.Equal(t, "application/json;charset=UTF-8", got.Header().Get("Content-Type"))
		answer := decode(t, got.Body.String())
		require.Equal(t, "Bearer", answer["token_type"])
		require.Equal(t, "3599", answer["expires_in"])
		require.Equal(t, "3599", answer["ext_expires_in"])
		require.Equal(t, "00000002-0000-0000-c000-000000000000", answer["resource"])
		on, _ := strconv.ParseInt(answer["expires_on"].(string), 10, 64)
		before, _ := strconv.ParseInt(answer["not_before"].(string), 10, 64)
		require.EqualValues(t, 3899, on-before)
		require.Equal(t, time.Now().Unix()+3599, on)
		order := []string{"token_type", "expires_in", "ext_expires_in", "expires_on", "not_before", "resource", "access_token"}
		at := -1
		for _, name := range order {
			next := strings.Index(got.Body.String(), `"`+name+`"`)
			require.Greater(t, next, at, name)
			at = next
		}

		parts := strings.Split(answer["access_token"].(string), ".")
		require.Len(t, parts, 3)
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		require.NoError(t, err)
		var claims struct {
			Exp   int64
			Appid string
			Ver   string
		}
		require.NoError(t, json.Unmarshal(payload, &claims))
		require.Equal(t, on, claims.Exp, "the official SDKs read it")
		require.Equal(t, taxi, claims.Appid)
		require.Equal(t, "1.0", claims.Ver)
		require.NotContains(t, string(w.Log.Calls(gateway.Filter{})[0].ResponseBody), parts[2], "the log keeps no tokens")
	})
}

func TestTokenRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		headers []string
		status  int
		body    string
	}{
		{"no subscription key", []string{"client_id: " + taxi, "client_secret: x"}, 401, "missing subscription key"},
		{"an unknown subscription key", []string{"Ocp-Apim-Subscription-Key: x"}, 401, "invalid subscription key"},
		{"no client id", []string{key, "client_secret: x"}, 400, `"error":"invalid_request"`},
		{"no secret", []string{key, "client_id: " + taxi}, 400, `"error_codes":[900144]`},
		{"an unknown client", credentials("nobody", "x"), 400, `"error":"unauthorized_client","error_description":"AADSTS700016: `},
		{"a wrong secret", credentials(taxi, "x"), 401, `"error_codes":[7000215]`},
		{"a secret with an invisible character", credentials(taxi, directory.DemoSecret+"\u2028"), 401, `"error":"invalid_client"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ask(openapitest.New(t).Handler(newWorld(t).TokenRoutes()), "POST", "/accesstoken/get", "", c.headers...)
			require.Equal(t, c.status, got.Code)
			require.Contains(t, got.Body.String(), c.body)
		})
	}
}

func TestTheTokenPathIsMatchedWithoutCase(t *testing.T) {
	t.Parallel()
	h := openapitest.New(t).Handler(newWorld(t).TokenRoutes())
	for path, status := range map[string]int{
		"/accesstoken/get": 200, "/accessToken/get": 200, "/accesstoken/get/": 200, "/AccessToken/Get": 200, "/accesstoken/other": 404, "/Miami/v1/token": 404,
	} {
		require.Equal(t, status, ask(h, "POST", path, "", credentials(taxi, directory.DemoSecret)...).Code, path)
	}
	wrong := ask(h, "GET", "/accesstoken/get", "")
	require.Equal(t, 405, wrong.Code)
	require.Equal(t, "POST", wrong.Header().Get("Allow"))
}

func TestHeadersOfTheOfficialClientsAreTolerated(t *testing.T) {
	t.Parallel()
	headers := append(credentials(taxi, directory.DemoSecret), "Authorization: Bearer ", "Idempotency-Key: x",
		"Content-Type: application/x-www-form-urlencoded", "Vipps-System-Name: ", "Accept: image/png")
	require.Equal(t, 200, ask(openapitest.New(t).Handler(newWorld(t).TokenRoutes()), "POST", "/accesstoken/get", "ignored", headers...).Code)
}

func TestOpenModeGivesAnybodyAToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Open = true
	require.Equal(t, 200, ask(openapitest.New(t).Handler(w.TokenRoutes()), "POST", "/accesstoken/get", "", "client_id: who", "client_secret: ever").Code)
}

func TestTheSpecialToken(t *testing.T) {
	t.Parallel()
	const form = "grant_type=client_credentials"
	basic := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(taxi+":"+directory.DemoSecret))
	wrong := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(taxi+":wrong"))
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
	}{
		{"is given for basic credentials", form, []string{basic}, 200},
		{"needs the grant type", "", []string{basic}, 401},
		{"takes no subscription key", form, []string{basic, key}, 401},
		{"needs the right secret", form, []string{wrong}, 401},
		{"needs credentials", form, nil, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := ask(openapitest.New(t).Handler(newWorld(t).TokenRoutes()), "POST", "/miami/v1/token", c.body, c.headers...)
			require.Equal(t, c.status, got.Code)
			answer := decode(t, got.Body.String())
			if c.status == 200 {
				require.Equal(t, "Bearer", answer["token_type"])
				require.EqualValues(t, 900, answer["expires_in"])
			} else {
				require.Equal(t, map[string]any{"error": "invalid_client"}, answer)
			}
		})
	}
}

func TestTokensAgeOnTheWall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		token := w.token(taxi)
		time.Sleep(gateway.Lifetime - time.Second)
		_, err := w.Tokens.Verify(token)
		require.NoError(t, err)
		time.Sleep(time.Second)
		_, err = w.Tokens.Verify(token)
		require.ErrorContains(t, err, "expired")
	})
}

func TestATokenIsKnownByItsSignature(t *testing.T) {
	t.Parallel()
	token := newWorld(t).token(taxi)
	other := newWorld(t).Tokens
	claims, err := other.Verify(token)
	require.NoError(t, err, "a restart ends no token")
	require.Equal(t, taxi, claims.Client)

	head, rest, _ := strings.Cut(token, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	for _, forged := range []string{token + "x", head + "." + payload, head + "." + payload[1:] + "." + signature, "..", "", head + "..."} {
		_, err := other.Verify(forged)
		require.Error(t, err, forged)
	}
}

func TestAllTokensCanBeEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.token(taxi)
	w.Tokens.ExpireAll()
	_, err := w.Tokens.Verify(old)
	require.ErrorContains(t, err, "ended")
	_, err = w.Tokens.Verify(w.token(taxi))
	require.NoError(t, err, "new ones are good")
}

func TestTheDocumentHasEveryWayToGetAToken(t *testing.T) {
	t.Parallel()
	served := []string{"POST /accesstoken/get", "POST /miami/v1/token"}
	for _, route := range served {
		require.True(t, gateway.TokenPath(strings.TrimPrefix(route, "POST ")))
	}
	openapitest.Complete(t, "access-token", served)
}
