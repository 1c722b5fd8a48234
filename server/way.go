package server

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync"

	"liksom/scenarios"
	"liksom/server/webhook"
)

// unheard is the address by which scenarios know a simulator that listens to
// nothing: a port that nobody can have.
const unheard = "http://localhost:0"

// way is how scenarios reach this server: inside the process, whatever it
// listens to, and whatever certificate it shows there. All else is reached as
// webhooks reach it: a script that somebody sends may call no more than the
// egress policy allows.
func (s *Server) way() (at string, through *http.Client) {
	at = s.URL()
	if at == "" {
		at = unheard
	}
	away := webhook.NewTransport(webhook.Options{Egress: webhook.Egress(s.options.Egress), CA: s.shared.trusted, Dial: s.options.Dial})
	t := &tunnel{server: s, own: map[string]bool{}, away: away}
	for _, address := range []string{at, s.PublicURL()} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			t.own[hostAndPort(u)] = true
		}
	}
	return at, scenarios.Client(&http.Transport{DialContext: t.dial, DialTLSContext: t.dialTLS, MaxIdleConnsPerHost: 64})
}

func hostAndPort(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Host
	case u.Scheme == "https":
		return net.JoinHostPort(u.Hostname(), "443")
	}
	return net.JoinHostPort(u.Hostname(), "80")
}

// tunnel connects to a server inside the process, and to others as the
// server's options say.
type tunnel struct {
	server *Server
	own    map[string]bool // hosts with ports
	away   *http.Transport
}

func (t *tunnel) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if t.own[addr] {
		return t.enter(), nil
	}
	return t.away.DialContext(ctx, network, addr)
}

// dialTLS needs no secrecy within the process.
func (t *tunnel) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	if t.own[addr] {
		return t.enter(), nil
	}
	conn, err := t.dial(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	settings := t.away.TLSClientConfig.Clone()
	settings.ServerName = host
	secret := tls.Client(conn, settings)
	if err := secret.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return secret, nil
}

// enter gives one end of a connection whose other end is served.
func (t *tunnel) enter() net.Conn {
	near, far := net.Pipe()
	single := &oneConn{conn: far, done: make(chan struct{})}
	inner := &http.Server{Handler: t.server, ReadHeaderTimeout: readHeaderTimeout, ErrorLog: quiet(t.server.options.Log)}
	go func() { _ = inner.Serve(single) }() // ends when the connection does
	return near
}

// oneConn is a listener with one connection, which closes with it.
type oneConn struct {
	conn  net.Conn
	given bool
	once  sync.Once
	done  chan struct{}
}

// Accept implements [net.Listener].
func (l *oneConn) Accept() (net.Conn, error) {
	if !l.given {
		l.given = true
		return &lastConn{l.conn, l}, nil
	}
	<-l.done
	return nil, net.ErrClosed
}

// Close implements [net.Listener].
func (l *oneConn) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr implements [net.Listener].
func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }

// lastConn closes its listener with it.
type lastConn struct {
	net.Conn
	listener *oneConn
}

// Close implements [net.Conn].
func (c *lastConn) Close() error {
	_ = c.listener.Close()
	return c.Conn.Close()
}
