package pages_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"liksom/server/directory"
)

func TestConsole_pages_have_addresses_of_their_own(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/", "/console/payments/123456/order-1", "/console/webhooks", "/console/webhooks/d1", "/console/merchants", "/console/control", "/console/requests", "/console/requests/7", "/console/qr", "/console/scenarios", "/console/scenarios/taxi", "/console/settings"} {
		answer, err := http.Get(w.url + path)
		status, body := read(t, answer, err)
		require.Equal(t, http.StatusOK, status, path)
		require.Contains(t, body, `"prefix":"/w/ci-42"`, path)
		require.Contains(t, body, "To the content", path)
		require.Contains(t, body, `href="/w/ci-42/console/start"`, "a way on without scripts")
		require.Contains(t, answer.Header.Get("Content-Security-Policy"), "default-src 'none'", path)
	}
}

func TestConsole_names_no_pages_that_are_not_there(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, err := http.Get(w.url + "/console/nothing")
	status, _ := read(t, answer, err)
	require.Equal(t, http.StatusNotFound, status)
	answer, err = http.Post(w.url+"/console/webhooks", "text/plain", nil)
	status, _ = read(t, answer, err)
	require.Equal(t, http.StatusMethodNotAllowed, status)
	require.Equal(t, "GET, HEAD", answer.Header.Get("Allow"))
}

func TestConsole_writes_out_the_ready_made_keys_and_no_others(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, _, err := w.phones.ChangeMerchant(t.Context(), "234567", func(_ *directory.Unit, c *directory.Client) error {
		c.Secret = "drawn-later"
		return nil
	})
	require.NoError(t, err)
	answer, err := http.Get(w.url + "/")
	_, body := read(t, answer, err)
	require.Contains(t, body, directory.DemoSubscriptionKey)
	require.NotContains(t, body, "drawn-later")
}
