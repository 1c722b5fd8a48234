package webhook_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReachingAReceiverSendsItNothing(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	count := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	plain, secret := httptest.NewServer(count), httptest.NewTLSServer(count)
	t.Cleanup(plain.Close)
	t.Cleanup(secret.Close)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, free.Close())
	h := build(t)
	for target, why := range map[string]string{
		plain.URL + "/hook": "",
		secret.URL:          "signed by an authority that is not trusted",
		"https://" + plain.Listener.Addr().String(): "does not speak TLS",
		"http://" + free.Addr().String():            "connection refused",
		"http://169.254.1.1":                        "always refused",
	} {
		u, err := url.Parse(target)
		require.NoError(t, err)
		err = h.sender.Reach(t.Context(), u)
		if why == "" {
			require.NoError(t, err, target)
			continue
		}
		require.ErrorContains(t, err, why, target)
	}
	require.Zero(t, asked.Load())
}
