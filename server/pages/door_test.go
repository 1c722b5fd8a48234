package pages_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
	"liksom/server/payment"
)

func read(t *testing.T, answer *http.Response, err error) (int, string) {
	t.Helper()
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(body)
}

func TestStart_says_how_to_begin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, err := http.Get(w.url + "/console/start")
	status, body := read(t, answer, err)
	require.Equal(t, http.StatusOK, status)
	for _, s := range []string{
		w.url, directory.DemoClientID, directory.DemoSecret, directory.DemoSubscriptionKey, directory.DemoMSN, "No payments yet",
		`href="/w/ci-42/phone/4712345678"`, "/epayment/v1/payments",
	} {
		require.Contains(t, body, s)
	}
}

func TestStart_lists_payments_newest_first(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.make("older", nil)
	p := w.make("newer", func(_ *payment.ID, c *payment.Create) {
		c.Flow, c.Phone, c.Description = payment.WebRedirect, "", "<script>alert(1)</script>"
	})
	answer, err := http.Get(w.url + "/console/start")
	_, body := read(t, answer, err)
	require.Less(t, strings.Index(body, `data-reference="newer"`), strings.Index(body, `data-reference="older"`))
	require.Contains(t, body, `href="/w/ci-42/landing?token=`+p.Token+`"`)
	require.Contains(t, body, `data-state="CREATED"`)
	require.NotContains(t, body, "<script>")
}

func TestPhone_of_nobody_can_be_made(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, err := http.Get(w.url + "/phone/4799999999")
	status, body := read(t, answer, err)
	require.Equal(t, http.StatusNotFound, status)
	require.Contains(t, body, "No phone has this number.")
	answer, err = http.PostForm(w.url+"/phone", url.Values{"number": {"+47 999 99 999"}, "name": {"Nora <b>"}})
	status, body = read(t, answer, err)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "/w/ci-42/phone/4799999999", answer.Request.URL.Path, "it leads to the new phone")
	require.Contains(t, body, `Nora \u003cb\u003e`)
	require.NotContains(t, body, "<b>")
	made, ok := w.phones.Phone("4799999999")
	require.True(t, ok)
	require.Equal(t, "NO", made.Market)
}

func TestPhone_with_a_bad_number_is_refused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, err := http.PostForm(w.url+"/phone", url.Values{"number": {"12"}})
	status, body := read(t, answer, err)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, body, "A number needs its country code")
	answer, err = http.Get(w.url + "/phone/../phone/not-a-number")
	status, body = read(t, answer, err)
	require.Equal(t, http.StatusNotFound, status)
	require.NotContains(t, body, `data-testid="phone-add"`)
}

func TestPages_refuse_other_methods(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, w.url+"/phone/"+directory.DemoPhone, nil)
	require.NoError(t, err)
	answer, err := http.DefaultClient.Do(r)
	status, _ := read(t, answer, err)
	require.Equal(t, http.StatusMethodNotAllowed, status)
	require.Equal(t, "GET, HEAD", answer.Header.Get("Allow"))
}

func TestBrowsersThatAskForAnIconUnaskedGetOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, err := http.Get(w.url + "/favicon.ico")
	status, body := read(t, answer, err)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "image/svg+xml", answer.Header.Get("Content-Type"))
	require.Contains(t, body, "<svg")
}
