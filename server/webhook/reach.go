package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"time"
)

// reachFor is how long is tried to reach a receiver that nothing is sent to
// yet, in real time.
const reachFor = 3 * time.Second

// Reach connects to where a URL leads, by the way that deliveries take, and
// hangs up without a word. The error says in words why that failed.
func (s *Sender) Reach(ctx context.Context, u *url.URL) error {
	ctx, cancel := WithLimit(ctx, reachFor)
	defer cancel()
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := s.transport.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return errors.New(Failure(ctx, err, reachFor))
	}
	defer conn.Close()
	if u.Scheme != "https" {
		return nil
	}
	trust := s.transport.TLSClientConfig.Clone()
	trust.ServerName = u.Hostname()
	if err := tls.Client(conn, trust).HandshakeContext(ctx); err != nil {
		return errors.New(Failure(ctx, err, reachFor))
	}
	return nil
}
