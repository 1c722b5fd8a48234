package webhook_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"liksom/server/webhook"
)

// failed sends one delivery to a URL and gives the attempt that failed.
func failed(t *testing.T, url string, change ...func(*webhook.Options)) webhook.Attempt {
	h := build(t, change...)
	h.register("w", url)
	h.create("ride-0001")
	h.tryDue()
	d, a := h.one("ride-0001")
	require.Equal(t, webhook.Waiting, d.Status)
	require.Equal(t, start.Add(2*time.Second), d.NextAt)
	require.False(t, a.OK())
	return a
}

// raw starts a receiver that reads the head of a request and then does as it
// likes with the connection.
func raw(t *testing.T, then func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			then(conn)
			_ = conn.Close()
		}
	}()
	return "http://" + l.Addr().String() + "/hook"
}

func TestAReceiverThatHangsHasTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := failed(t, "http://merchant.example/hook", func(o *webhook.Options) {
			o.Dial = func(context.Context, string, string) (net.Conn, error) {
				near, far := net.Pipe()
				go func() { _, _ = io.Copy(io.Discard, far) }()
				return near, nil
			}
		})
		require.Equal(t, "no answer within 10s", a.Error)
		require.Equal(t, 10*time.Second, a.Took)
	})
}

func TestTheTimeToAnswerIsAskedBeforeEachTry(t *testing.T) {
	t.Parallel()
	limits := []time.Duration{time.Millisecond, 3 * time.Millisecond}
	h := build(t, func(o *webhook.Options) {
		o.Timeout = func() time.Duration {
			limit := limits[0]
			limits = limits[1:]
			return limit
		}
	})
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	h.register("w", raw(t, func(net.Conn) { <-hang }))
	h.create("ride-0001")
	h.run(start.Add(2 * time.Second))
	got := h.attempts(h.deliveries("ride-0001")[0])
	require.Equal(t, []string{"no answer within 1ms", "no answer within 3ms"}, []string{got[0].Error, got[1].Error})
}

func TestAReceiverThatHangsHoldsUpNothingElse(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}, 1), make(chan int, 1)
	h := build(t)
	h.register("slow", answering(t, func() int { arrived <- struct{}{}; return <-release }).URL, "epayments.payment.created.v1")
	h.register("quick", answering(t, always(200)).URL, "epayments.payment.created.v1")
	h.create("ride-0001")
	rows := h.due()
	done := make(chan error)
	go func() { done <- h.sender.Try(t.Context(), rows[0]) }()
	<-arrived
	require.NoError(t, h.sender.Try(t.Context(), rows[1]))
	require.Equal(t, []webhook.Status{webhook.Waiting, webhook.Delivered}, h.statuses("ride-0001"))
	release <- 200
	require.NoError(t, <-done)
}

func TestAReceiverThatResetsTheConnection(t *testing.T) {
	t.Parallel()
	a := failed(t, raw(t, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) }))
	require.Equal(t, "the receiver closed the connection without an answer", a.Error)
	a = failed(t, raw(t, func(net.Conn) {}))
	require.Equal(t, "the receiver closed the connection without an answer", a.Error)
}

func TestAReceiverThatAnswersGarbage(t *testing.T) {
	t.Parallel()
	a := failed(t, raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "hello there\r\n\r\n") }))
	require.Contains(t, a.Error, "no usable answer: ")
	require.Zero(t, a.Status)
	a = failed(t, raw(t, func(c net.Conn) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("x", 1<<20))
	}))
	require.Contains(t, a.Error, "no usable answer: ")
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/hook" {
			t.Error("followed")
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	a := failed(t, server.URL+"/hook")
	require.Equal(t, http.StatusTemporaryRedirect, a.Status)
	require.Equal(t, []string{"/elsewhere"}, a.AnswerHeader["Location"])
}

func TestAReceiverThatIsNotThere(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.Equal(t, "connection refused: nothing listens there", failed(t, "http://"+l.Addr().String()).Error)
}

func TestOnlyTheBeginningOfAnAnswerIsKept(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.register("w", serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 100 {
			_, _ = io.WriteString(w, strings.Repeat("x", 1000))
		}
	}).URL)
	h.create("ride-0001")
	h.tryDue()
	_, a := h.one("ride-0001")
	require.True(t, a.OK())
	require.Len(t, a.Answer, 8<<10)
}

func TestAnAnswerWhoseBodyBreaksOffCountsAllTheSame(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.register("w", raw(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") }))
	h.create("ride-0001")
	h.tryDue()
	d, a := h.one("ride-0001")
	require.Equal(t, webhook.Delivered, d.Status)
	require.Equal(t, "abc", string(a.Answer))
}

func TestConnectionsAreKeptWarm(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	h := build(t)
	h.register("w", server.URL)
	for _, reference := range []string{"ride-0001", "ride-0002", "ride-0003"} {
		h.create(reference)
	}
	h.tryDue()
	require.EqualValues(t, 1, opened.Load())
}

func TestTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 {
			t.Error(r.Proto)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})

	h := build(t, func(o *webhook.Options) { o.CA = authorities(t, ca) })
	h.register("w", server.URL+"/hook")
	h.create("ride-0001")
	h.tryDue()
	d, _ := h.one("ride-0001")
	require.Equal(t, webhook.Delivered, d.Status)

	a := failed(t, server.URL, func(o *webhook.Options) { o.CA = x509.NewCertPool() })
	require.Contains(t, a.Error, "not trusted")
	a = failed(t, strings.Replace(server.URL, "127.0.0.1", "merchant.test", 1), func(o *webhook.Options) {
		o.CA = authorities(t, ca)
		o.Resolver = resolving("127.0.0.1")
	})
	require.Contains(t, a.Error, "the receiver's certificate is not valid")
	a = failed(t, strings.Replace(answering(t, always(200)).URL, "http:", "https:", 1))
	require.Contains(t, a.Error, "does not speak TLS")
}

func authorities(t *testing.T, ca []byte) *x509.CertPool {
	pool, err := webhook.Authorities(ca)
	require.NoError(t, err)
	return pool
}

func TestAuthoritiesMustBePEM(t *testing.T) {
	t.Parallel()
	_, err := webhook.Authorities([]byte("no"))
	require.ErrorContains(t, err, "PEM")
}

func TestWhereWebhooksMayGo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		addr                   string
		any, private, loopback bool
	}{
		{"127.0.0.1", true, true, true}, {"127.8.8.8", true, true, true}, {"::1", true, true, true}, {"0.0.0.0", true, true, true},
		{"10.1.2.3", true, true, false}, {"172.16.0.1", true, true, false}, {"192.168.1.1", true, true, false}, {"fd12::1", true, true, false},
		{"93.184.215.14", true, false, false}, {"2606:2800::1", true, false, false}, {"172.32.0.1", true, false, false},
		{"::ffff:10.1.2.3", true, true, false}, {"::ffff:93.184.215.14", true, false, false}, {"64:ff9b::10.1.2.3", true, true, false},
		{"169.254.169.254", false, false, false}, {"169.254.0.1", false, false, false}, {"::ffff:169.254.169.254", false, false, false},
		{"64:ff9b::169.254.169.254", false, false, false}, {"fe80::1", false, false, false}, {"fe80::1%eth0", false, false, false},
		{"fd00:ec2::254", false, false, false}, {"fd20:ce::254", false, false, false}, {"100.100.100.200", false, false, false},
		{"168.63.129.16", false, false, false}, {"224.0.0.1", false, false, false}, {"ff02::1", false, false, false},
	} {
		addr := netip.MustParseAddr(c.addr)
		require.Equal(t, c.any, webhook.AnyTarget.Check(addr) == nil, "any %s", c.addr)
		require.Equal(t, c.private, webhook.PrivateOnly.Check(addr) == nil, "private %s", c.addr)
		require.Equal(t, c.loopback, webhook.Loopback.Check(addr) == nil, "loopback %s", c.addr)
	}
	require.True(t, webhook.AnyTarget.Valid())
	require.False(t, webhook.Egress("some").Valid())
}

func TestARefusedTargetIsAFailedTryThatSaysSo(t *testing.T) {
	t.Parallel()
	a := failed(t, "http://169.254.169.254/latest/meta-data")
	require.Equal(t, "webhooks may not go to 169.254.169.254: link-local and multicast addresses are always refused", a.Error)
	a = failed(t, "http://[fe80::1%25lo]/")
	require.Contains(t, a.Error, "always refused")
	a = failed(t, "http://93.184.215.14/", func(o *webhook.Options) { o.Egress = webhook.PrivateOnly })
	require.Contains(t, a.Error, "only loopback and private addresses are allowed")
}

func TestNoNameLeadsWhereNoAddressMay(t *testing.T) {
	t.Parallel()
	for name, egress := range map[string]webhook.Egress{"169.254.169.254": webhook.AnyTarget, "10.1.2.3": webhook.Loopback} {
		a := failed(t, "http://innocent.test/", func(o *webhook.Options) {
			o.Egress = egress
			o.Resolver = resolving(name)
		})
		require.Contains(t, a.Error, "webhooks may not go to "+name)
	}
}

func TestANameThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	a := failed(t, "http://nowhere.test/", func(o *webhook.Options) { o.Resolver = resolving("") })
	require.Equal(t, "the host name nowhere.test cannot be resolved", a.Error)
}

// resolving gives a resolver whose name server answers every question for an
// IPv4 address with one, and others with nothing.
func resolving(addr string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go answerQuestions(far, addr)
		return near, nil
	}}
}

// answerQuestions speaks as much of DNS over a stream as that takes: each
// message has its length in front; an answer repeats the question.
func answerQuestions(conn net.Conn, addr string) {
	defer conn.Close()
	for {
		var length uint16
		if binary.Read(conn, binary.BigEndian, &length) != nil {
			return
		}
		question := make([]byte, length)
		if _, err := io.ReadFull(conn, question); err != nil {
			return
		}
		end := 12 // behind the header, the name, then type and class
		for question[end] != 0 {
			end += int(question[end]) + 1
		}
		answer := append([]byte{}, question[:end+5]...)
		answer[2], answer[3] = 0x81, 0x80 // a response, no error
		binary.BigEndian.PutUint16(answer[6:], 0)
		binary.BigEndian.PutUint16(answer[10:], 0)
		if addr != "" && binary.BigEndian.Uint16(question[end+1:]) == 1 {
			ip := netip.MustParseAddr(addr).As4()
			binary.BigEndian.PutUint16(answer[6:], 1)
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4)
			answer = append(answer, ip[:]...)
		}
		if binary.Write(conn, binary.BigEndian, uint16(len(answer))) != nil {
			return
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
	}
}
