package command_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestServeWithACertificateOfItsOwnSpeaksTLS(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	url, certificate := overTLS(t)
	require.Contains(t, url, "https://")
	require.NoError(t, certificate.VerifyHostname("localhost"))
	require.NoError(t, certificate.VerifyHostname("ci-42.localhost"), "worlds have hosts of their own")

	_, again := overTLS(t)
	require.Equal(t, certificate.SerialNumber, again.SerialNumber, "who trusts it goes on doing so")
}

// overTLS starts a simulator, asks it for something and gives its URL and
// certificate.
func overTLS(t *testing.T) (string, *x509.Certificate) {
	t.Helper()
	r := start(t, "--tls", "auto")
	defer r.stop()
	first, err := r.lines.ReadString('\n')
	require.NoError(t, err, r.errors)
	url := strings.TrimSpace(strings.TrimPrefix(first, "listening  "))
	//nolint:gosec // the certificate is looked at below
	browser := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer browser.CloseIdleConnections()
	answer, err := browser.Get(url + "/sim/v1/info") //nolint:noctx // a test
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return url, answer.TLS.PeerCertificates[0]
}
