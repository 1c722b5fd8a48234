package scenarios

import (
	"net"
	"net/http"
)

// network is a client for many calls at once to one place, that shows
// redirects as they are.
func network() *http.Client {
	t := &http.Transport{
		DialContext: (&net.Dialer{Timeout: tidying}).DialContext, Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 64, ForceAttemptHTTP2: false,
	}
	return Client(t)
}

// Client is a client for [Options], over a way of one's own: it sends each
// request once and shows redirects as they are.
func Client(t *http.Transport) *http.Client {
	return &http.Client{Transport: unrepeated{t}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// unrepeated sends each request once. Go's transport would send one with an
// idempotency key again by itself when the connection breaks, and nobody would
// see that it broke.
type unrepeated struct{ next *http.Transport }

// RoundTrip implements [http.RoundTripper].
func (u unrepeated) RoundTrip(r *http.Request) (*http.Response, error) {
	once := *r
	once.GetBody = nil
	return u.next.RoundTrip(&once)
}

// CloseIdleConnections is asked for by [http.Client].
func (u unrepeated) CloseIdleConnections() { u.next.CloseIdleConnections() }
