package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/gateway"
)

// pacedWorld limits things to two calls a minute each, on a clock that the
// test moves.
func pacedWorld(t *testing.T) (ask func(reference string, headers ...string) *httptest.ResponseRecorder, now *time.Time) {
	t.Helper()
	w := newWorld(t)
	at := simulated
	w.Now, w.Limited = func() time.Time { return at }, func() bool { return true }
	token := "Authorization: Bearer " + w.token(taxi)
	h := w.api(gateway.API{Name: "things", Limit: func(string) gateway.Limit { return gateway.Limit{Most: 2} }})
	return func(reference string, headers ...string) *httptest.ResponseRecorder {
		return askAt(h, reference, append(headers, key, token)...)
	}, &at
}

func TestALimitCountsForAMinuteFromTheFirstCall(t *testing.T) {
	t.Parallel()
	ask, now := pacedWorld(t)
	require.Equal(t, 200, ask("a").Code)
	*now = now.Add(59_500 * time.Millisecond)
	require.Equal(t, 200, ask("a").Code)
	refused := ask("a")
	require.Equal(t, 429, refused.Code)
	require.Equal(t, "1", refused.Header().Get("Retry-After"))
	require.Equal(t, 200, ask("b").Code, "another reference")
	*now = now.Add(500 * time.Millisecond)
	require.Equal(t, 200, ask("a").Code)
}

func TestAClockThatIsSetBackBeginsAnew(t *testing.T) {
	t.Parallel()
	ask, now := pacedWorld(t)
	for range 3 {
		ask("a")
	}
	*now = now.Add(-time.Hour)
	require.Equal(t, 200, ask("a").Code)
}

func TestTheUnitOfTheKeysCountsAsIfItWereNamed(t *testing.T) {
	t.Parallel()
	ask, _ := pacedWorld(t)
	require.Equal(t, 200, ask("a").Code)
	require.Equal(t, 200, ask("a", "Merchant-Serial-Number: 123456").Code)
	require.Equal(t, 429, ask("a").Code)
}

func TestManyReferencesAreStillCountedOneByOne(t *testing.T) {
	t.Parallel()
	ask, now := pacedWorld(t)
	for i := range 5000 {
		require.Equal(t, 200, ask("r"+strconv.Itoa(i)).Code)
		*now = now.Add(time.Second)
	}
	require.Equal(t, 200, ask("r4999").Code)
	require.Equal(t, 429, ask("r4999").Code, "what has not ended was not let go with what has")
}

func TestALimitMayCountForEachKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Limited = func() bool { return true }
	require.NoError(t, w.Directory.AddMerchant(t.Context(), directory.Unit{MSN: "700001", Market: "NO", Switches: directory.Ordinary()},
		directory.Client{ID: "shop", Secret: "s", Keys: []string{"primary", "secondary"}, MSNs: []string{"700001"}}))
	h := w.api(gateway.API{Limit: func(string) gateway.Limit { return gateway.Limit{Most: 1, PerKey: true} }})
	with := func(key string) int {
		return ask(h, "POST", path, "", "Ocp-Apim-Subscription-Key: "+key, "Authorization: Bearer "+w.token("shop")).Code
	}
	require.Equal(t, []int{200, 200, 429, 429}, []int{with("primary"), with("secondary"), with("primary"), with("secondary")})
}

func TestAnIssuerGoesOnAfterItsGeneration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.token(taxi)
	generation := w.Tokens.ExpireAll()
	fresh := w.token(taxi)
	other := newWorld(t)
	_, err := other.Tokens.Verify(old)
	require.NoError(t, err, "any simulator's tokens are taken")
	other.Tokens.Since(generation)
	_, err = other.Tokens.Verify(old)
	require.Error(t, err)
	_, err = other.Tokens.Verify(fresh)
	require.NoError(t, err)
}

func askAt(h http.Handler, reference string, headers ...string) *httptest.ResponseRecorder {
	return ask(h, "POST", "/epayment/v1/things/"+reference, "{}", headers...)
}
