package gateway_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/gateway"
)

const path = "/epayment/v1/things/a-reference"

func TestKeysTokenAndSalesUnitAreCheckedInOrder(t *testing.T) {
	t.Parallel()
	const legacy = "Something went wrong. Please try again later."
	for _, c := range []struct {
		name    string
		client  string // whose token is sent, "" for none
		headers []string
		status  int
		body    string
		cause   string
	}{
		{"a good call passes", taxi, []string{key}, 200, taxi + " for 123456", ""},
		{"the unit may be named", taxi, []string{key, "Merchant-Serial-Number: 123456"}, 200, "for 123456", ""},
		{"an empty unit counts as missing", taxi, []string{key, "Merchant-Serial-Number: "}, 200, "for 123456", ""},
		{"without anything the key's error shows", "", nil, 401, "missing subscription key", "the subscription key is missing"},
		{"a key nobody has is refused", taxi, []string{"Ocp-Apim-Subscription-Key: 00"}, 401, "invalid subscription key", "no client has"},
		{"without a token the gateway is vague", "", []string{key}, 401, legacy, "the token is missing"},
		{"a lower-case bearer is no token", "", []string{key, "Authorization: bearer x"}, 401, legacy, "the token is missing"},
		{"a token of somebody else is refused", "", []string{key, "Authorization: Bearer a.b.c"}, 401, legacy, "not one of this simulator's"},
		{"a malformed unit is a validation problem", taxi, []string{key, "Merchant-Serial-Number: 12a"}, 400, "'^[0-9]{4,10}$'", ""},
		{"another unit than the keys' is 401", taxi, []string{key, "Merchant-Serial-Number: 234567"}, 401, legacy, "belong to sales unit 123456, not to 234567"},
		{"partner keys need a unit", partner, []string{key}, 403, `"title":"Forbidden"`, "several sales units"},
		{"partner keys with a unit pass", partner, []string{key, "Merchant-Serial-Number: 456789"}, 200, partner + " for 456789", ""},
		{"partner keys with a foreign unit are 403", partner, []string{key, "Merchant-Serial-Number: 999999"}, 403, "not linked", "not linked"},
		{"a token for an unknown client is refused", "nobody", []string{key}, 401, legacy, "nobody is not known"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			headers := c.headers
			if c.client != "" {
				headers = append(headers, "Authorization: Bearer "+w.token(c.client))
			}
			got := ask(w.api(gateway.API{Name: "epayment"}), "POST", path, "", headers...)
			require.Equal(t, c.status, got.Code, got.Body)
			require.Contains(t, got.Body.String(), c.body)
			logged := w.Log.Calls(gateway.Filter{})
			require.Len(t, logged, 1)
			require.Equal(t, c.status, logged[0].Status)
			if c.status >= 400 {
				require.Contains(t, strings.Join(logged[0].Notes, "\n"), c.cause)
			}
		})
	}
}

func TestGatewayAnswersAreExact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.api(gateway.API{Name: "epayment"})

	missing := ask(h, "POST", path, "")
	require.Equal(t, `AzureApiManagementKey realm="http://example.com/epayment",name="Ocp-Apim-Subscription-Key",type="header"`, missing.Header().Get("WWW-Authenticate"))
	require.Equal(t, `{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API." }`, missing.Body.String())
	require.Equal(t, "application/json", missing.Header().Get("Content-Type"))

	unknown := ask(h, "POST", "/epayment/v1/nothing", "")
	require.Equal(t, 404, unknown.Code)
	require.Regexp(t, `^\{"type":"https://httpstatuses.io/404","title":"Not Found","detail":"There is nothing at this path.","instance":"/epayment/v1/nothing",`+
		`"status":404,"traceId":"00-[0-9a-f]{32}-[0-9a-f]{16}-01","statusCode":404,"message":"Resource not found"\}$`, unknown.Body.String())
	require.Equal(t, "application/problem+json; charset=utf-8", unknown.Header().Get("Content-Type"))

	expired := ask(h, "POST", path, "", key)
	require.Regexp(t, `^\{"responseInfo":\{"responseCode":401,"responseMessage":"Unauthorized"\},"result":\{"message":"\(Request-Id: [0-9a-f-]{36}\) Something went wrong. Please try again later."\}\}$`, expired.Body.String())
}

func TestAWrongMethodNamesTheRightOnes(t *testing.T) {
	t.Parallel()
	got := ask(newWorld(t).api(gateway.API{}), "DELETE", path, "")
	require.Equal(t, 405, got.Code)
	require.Equal(t, "POST, PUT", got.Header().Get("Allow"))
	doc := decode(t, got.Body.String())
	require.Equal(t, "Method Not Allowed", doc["title"])
	require.Equal(t, "/v1/things/a-reference", doc["instance"])
}

func TestASlashAtTheEndIsTolerated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := ask(w.api(gateway.API{}), "POST", path+"/", "", key, "Authorization: Bearer "+w.token(taxi))
	require.Equal(t, 200, got.Code)
	call := w.Log.Calls(gateway.Filter{})[0]
	require.Equal(t, path+"/", call.Path, "the log shows what came")
	require.Equal(t, "thing", call.Operation)
	require.Equal(t, "a-reference", call.Reference)
	require.Equal(t, "123456", call.MSN)
}

func TestTheWholeBodyIsThereTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	got := ask(w.api(gateway.API{}), "POST", path, "hello ", key, "Authorization: Bearer "+w.token(taxi))
	require.Equal(t, taxi+" for 123456 sent hello hello ", got.Body.String())
}

func TestABodyOverTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		length int64
	}{{"announced", gateway.BodyLimit + 1}, {"found out", -1}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			r := httptest.NewRequest("POST", path, strings.NewReader(strings.Repeat(" ", gateway.BodyLimit+1)))
			r.ContentLength = c.length
			got := httptest.NewRecorder()
			w.api(gateway.API{}).ServeHTTP(got, r)
			require.Equal(t, 413, got.Code)
			require.Equal(t, "application/problem+json; charset=utf-8", got.Header().Get("Content-Type"))
			require.Equal(t, 413, w.Log.Calls(gateway.Filter{})[0].Status)
		})
	}
}

func TestABodyOfJustTheLimitPasses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := httptest.NewRequest("POST", path, strings.NewReader(strings.Repeat(" ", gateway.BodyLimit)))
	r.ContentLength = -1
	r.Header.Set("Ocp-Apim-Subscription-Key", directory.DemoSubscriptionKey)
	r.Header.Set("Authorization", "Bearer "+w.token(taxi))
	got := httptest.NewRecorder()
	w.api(gateway.API{}).ServeHTTP(got, r)
	require.Equal(t, 200, got.Code)
}

func TestABodyThatBreaksOffIsRefused(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", path, strings.NewReader("{"))
	r.ContentLength = 10
	got := httptest.NewRecorder()
	newWorld(t).api(gateway.API{}).ServeHTTP(got, r)
	require.Equal(t, 400, got.Code)
}

func TestAUnitWithoutPaymentsIsForbidden(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unit, _ := w.Directory.Unit("123456")
	unit.Switches.PaymentsAllowed = false
	require.NoError(t, w.Directory.PutUnit(t.Context(), unit))
	got := ask(w.api(gateway.API{Payments: true}), "POST", path, "", key, "Authorization: Bearer "+w.token(taxi))
	require.Equal(t, 403, got.Code)
	require.Equal(t, "Merchant Not Allowed for Ecommerce Payment", decode(t, got.Body.String())["title"])
}

func TestLaxAPIsTakeCallsWithoutKeyOrUnit(t *testing.T) {
	t.Parallel()
	lax := gateway.API{KeyOptional: true, UnitOptional: true}
	w := newWorld(t)
	special, _, err := w.Tokens.Issue(partner, true)
	require.NoError(t, err)
	got := ask(w.api(lax), "POST", path, "", "Authorization: Bearer "+special)
	require.Equal(t, partner+" for  sent ", got.Body.String())
	wrong := ask(w.api(lax), "POST", path, "", "Ocp-Apim-Subscription-Key: wrong", "Authorization: Bearer "+special)
	require.Equal(t, 401, wrong.Code)
	strict := ask(w.api(gateway.API{}), "POST", path, "", key, "Merchant-Serial-Number: 123456", "Authorization: Bearer "+special)
	require.Equal(t, 401, strict.Code, "a special token is not for an API with keys")
}

func TestAnAPIMayRefuseInItsOwnForm(t *testing.T) {
	t.Parallel()
	own := gateway.API{Refuse: func(w http.ResponseWriter, _ *http.Request, status int, title, _ string) {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "own %s", title)
	}}
	require.Equal(t, "own Unauthorized", ask(newWorld(t).api(own), "POST", path, "", key).Body.String())
}

func TestOpenModeTakesAnybodyAndMakesUnits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Open = true
	h := w.api(gateway.API{Payments: true})
	require.Equal(t, 200, ask(h, "POST", path, "", "Merchant-Serial-Number: 777777").Code)
	unit, known := w.Directory.Unit("777777")
	require.True(t, known)
	require.Equal(t, "Unit 777777", unit.Name)
	require.Equal(t, "NOK", unit.Rules().Currency)
	require.Equal(t, 400, ask(h, "POST", path, "", "Merchant-Serial-Number: x").Code)
	require.Equal(t, 403, ask(h, "POST", path, "").Code, "which unit, nobody can know")
	known1 := ask(h, "POST", path, "", "Authorization: Bearer "+w.token(taxi))
	require.Contains(t, known1.Body.String(), "for 123456", "a known token implies its unit")
}

func TestLongSystemHeadersAreNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask(w.api(gateway.API{}), "POST", path, "", key, "Authorization: Bearer "+w.token(taxi),
		"Vipps-System-Name: "+strings.Repeat("ø", 31), "Vipps-System-Version: "+strings.Repeat("ø", 30))
	require.Equal(t, []string{"the header Vipps-System-Name has more than 30 characters"}, w.Log.Calls(gateway.Filter{})[0].Notes)
}

func TestTheLogMasksSecretsAndFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := w.api(gateway.API{Name: "epayment"})
	token := w.token(taxi)
	for i := range 3 {
		ask(h, "POST", fmt.Sprintf("/epayment/v1/things/ref-%d", i), `{"secret":"hush"}`, key, "Authorization: Bearer "+token)
	}
	all := w.Log.Calls(gateway.Filter{})
	require.Equal(t, []int64{3, 2, 1}, []int64{all[0].N, all[1].N, all[2].N}, "newest first")
	require.Equal(t, "Bearer ***", all[0].Header.Get("Authorization"))
	require.Equal(t, "***", all[0].Header.Get("Ocp-Apim-Subscription-Key"))
	require.Equal(t, `{"secret":"***"}`, string(all[0].RequestBody))
	require.NotContains(t, string(all[0].ResponseBody), "hush")
	require.Equal(t, simulated, all[0].At)

	require.Len(t, w.Log.Calls(gateway.Filter{Reference: "ref-1"}), 1)
	require.Len(t, w.Log.Calls(gateway.Filter{MSN: "123456", Limit: 2}), 2)
	require.Len(t, w.Log.Calls(gateway.Filter{Before: 2}), 1)
	require.Empty(t, w.Log.Calls(gateway.Filter{Status: 500}))
	require.Empty(t, w.Log.Calls(gateway.Filter{Path: "/qr"}))
	w.Log.Clear()
	require.Empty(t, w.Log.Calls(gateway.Filter{}))
}

func TestTheLogKeepsTheNewestCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Log = gateway.NewLog(3)
	h := w.api(gateway.API{})
	for range 5 {
		ask(h, "POST", path, "")
	}
	var numbers []int64
	for _, c := range w.Log.Calls(gateway.Filter{}) {
		numbers = append(numbers, c.N)
	}
	require.Equal(t, []int64{5, 4, 3}, numbers)
}

func TestTheLogKeepsOnlyTheBeginningOfALargeBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask(w.api(gateway.API{}), "POST", path, strings.Repeat("x", 100<<10), key, "Authorization: Bearer "+w.token(taxi))
	call := w.Log.Calls(gateway.Filter{})[0]
	require.Len(t, call.RequestBody, 32<<10)
	require.Len(t, call.ResponseBody, 32<<10)
}

func TestNotesOutsideACallAreDropped(t *testing.T) {
	t.Parallel()
	require.NotPanics(t, func() {
		gateway.Note(context.Background(), "x")
		gateway.About(context.Background(), "x")
	})
	r := httptest.NewRequest("POST", "/", io.NopCloser(strings.NewReader("x")))
	require.Nil(t, gateway.Body(r))
}

func FuzzHeaders(f *testing.F) {
	f.Add("Bearer x.y.z", directory.DemoSubscriptionKey, "123456", "id", "secret")
	f.Add("Bearer ", "", "", "", "")
	f.Add("bearer \xff", "\x00", "١٢٣٤", "\xff", "\u2028")
	f.Add("Basic !", directory.DemoSubscriptionKey, "99999999999", taxi, directory.DemoSecret)
	w := newWorld(f)
	api := w.api(gateway.API{Payments: true})
	tokens := w.TokenRoutes()
	f.Fuzz(func(t *testing.T, auth, key, msn, id, secret string) {
		headers := http.Header{"Authorization": {auth}, "Ocp-Apim-Subscription-Key": {key}, "Merchant-Serial-Number": {msn}, "Client_id": {id}, "Client_secret": {secret}}
		for path, h := range map[string]http.Handler{path: api, "/accesstoken/get": tokens, "/miami/v1/token": tokens} {
			r := httptest.NewRequest("POST", path, strings.NewReader("grant_type=client_credentials"))
			r.Header = headers
			got := httptest.NewRecorder()
			h.ServeHTTP(got, r)
			require.Less(t, got.Code, 500)
		}
	})
}
