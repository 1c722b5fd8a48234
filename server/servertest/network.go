package servertest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"liksom/server/webhook"
)

// Network is a network in memory: hosts are names, and nothing leaves the
// process. Connections are [net.Pipe]s, so that a testing/synctest bubble
// knows when everybody waits.
type Network struct {
	mu    sync.Mutex
	hosts map[string]*listener

	receivers atomic.Int64 // how many got a name
	// outside, unless nil, reaches hosts that are not of this network.
	outside func(ctx context.Context, network, addr string) (net.Conn, error)
}

// NewNetwork makes a network without hosts.
func NewNetwork() *Network { return &Network{hosts: map[string]*listener{}} }

// Listen takes a host's name, "shop.test:80".
func (n *Network) Listen(_ context.Context, addr string) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, taken := n.hosts[addr]; taken {
		return nil, fmt.Errorf("%s is taken", addr)
	}
	l := &listener{network: n, addr: hostport(addr), accept: make(chan net.Conn), closed: make(chan struct{})}
	n.hosts[addr] = l
	return l, nil
}

// Dial connects to a host of this network.
func (n *Network) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	l, ok := n.find(addr)
	if !ok && n.outside != nil {
		return n.outside(ctx, network, addr)
	}
	if !ok {
		return nil, fmt.Errorf("dial %s: connection refused: nobody listens there in this test", addr)
	}
	near, far := net.Pipe()
	select {
	case l.accept <- seenFrom(ctx, far):
		return near, nil
	case <-l.closed:
		return nil, fmt.Errorf("dial %s: connection refused: it stopped listening", addr)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// coming is a connection that shows an address of its caller's choice.
type coming struct {
	net.Conn
	from net.Addr
}

func (c coming) RemoteAddr() net.Addr { return c.from }

// seenFrom shows where a delivery is to come from, if that was said.
func seenFrom(ctx context.Context, conn net.Conn) net.Conn {
	source, said := webhook.SourceOf(ctx)
	if !said {
		return conn
	}
	return coming{conn, hostport(net.JoinHostPort(source.String(), "0"))}
}

// find gives who listens at an address. Names below localhost are localhost.
func (n *Network) find(addr string) (*listener, bool) {
	if _, rest, below := strings.Cut(addr, ".localhost:"); below {
		addr = "localhost:" + rest
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	l, ok := n.hosts[addr]
	return l, ok
}

// Client is an HTTP client on this network. It follows no redirects, so that
// a test sees them.
func (n *Network) Client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DialContext: n.Dial, DisableCompression: true, MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type hostport string

func (hostport) Network() string  { return "memory" }
func (h hostport) String() string { return string(h) }

type listener struct {
	network *Network
	addr    hostport
	accept  chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.network.mu.Lock()
		defer l.network.mu.Unlock()
		delete(l.network.hosts, string(l.addr))
	})
	return nil
}

func (l *listener) Addr() net.Addr { return l.addr }
