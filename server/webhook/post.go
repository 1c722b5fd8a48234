package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"liksom/server/clock"
)

const (
	userAgent   = "Vipps MobilePay/1.0 Webhooks/1.0"
	contentType = "application/json; charset=utf-8"
	// keptAnswer is how much of an answer is read and kept.
	keptAnswer = 8 << 10
	// warm is how many idle connections to one receiver are kept; as many as
	// deliveries may be under way.
	warm = 64
	// idle is how long they are kept: less than the five seconds after which
	// common servers hang up, which would look like a failed try.
	idle = 4 * time.Second
)

// Dial connects to a network address, as [net.Dialer.DialContext] does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// NewTransport makes the one that deliveries and other calls to merchants
// leave by; of the options it looks at Egress, Dial, Resolver, Source and CA. It
// checks each address after its name has been resolved, at the moment it is
// dialled, so that no name can lead where the policy forbids. A dial of one's
// own is asked without that check, but for targets that name an address.
func NewTransport(o Options) *http.Transport {
	egress, dial := o.Egress, o.Dial
	if egress == "" {
		egress = AnyTarget
	}
	if dial == nil {
		dialer := &net.Dialer{Resolver: o.Resolver, Control: func(_, address string, _ syscall.RawConn) error {
			return checkAddress(egress, address)
		}}
		if o.Source.IsValid() {
			dialer.LocalAddr = &net.TCPAddr{IP: o.Source.AsSlice()}
		}
		dial = dialer.DialContext
	}
	t := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if err := checkAddress(egress, address); err != nil {
				return nil, err
			}
			return dial(withSource(ctx, o.Source), network, address)
		},
		Protocols:              new(http.Protocols),
		TLSClientConfig:        &tls.Config{RootCAs: o.CA, MinVersion: tls.VersionTLS12},
		DisableCompression:     true,
		MaxIdleConns:           4 * warm,
		MaxIdleConnsPerHost:    warm,
		IdleConnTimeout:        idle,
		MaxResponseHeaderBytes: 64 << 10,
	}
	t.Protocols.SetHTTP1(true)
	return t
}

// checkAddress checks an address that is one; a name is checked once it has
// been resolved.
func checkAddress(egress Egress, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return nil //nolint:nilerr // a name
	}
	return egress.Check(ip)
}

// post makes one try: it signs with the real time, sends, and writes into the
// attempt what went out and what came back.
func (s *Sender) post(ctx context.Context, r *Registration, d *Delivery, how *sending, a *Attempt) {
	a.Real, a.URL = clock.Wall().Round(0), r.URL
	u, err := ParseURL(r.URL)
	if err != nil {
		a.Body, a.Error = d.Body, "the registered URL cannot be used: "+err.Error()
		return
	}
	how.family = s.family(r.ID)
	how.write(r, u, d.Body, a)
	if !how.unsent {
		s.send(ctx, u, how, s.limit(r.ID), a)
	}
	a.Took = clock.Wall().Sub(a.Real)
}

func headers(id string, s Signature, length int) http.Header {
	return http.Header{
		"Host":              {s.Host}, // kept for the record; the transport writes its own of these two
		"Content-Length":    {strconv.Itoa(length)},
		"User-Agent":        {userAgent},
		"Content-Type":      {contentType},
		HeaderID:            {id},
		HeaderDate:          {s.Date},
		HeaderHash:          {s.Hash},
		HeaderAuthorization: {s.Authorization},
		HeaderCopy:          {s.Authorization},
	}
}

// send posts what the attempt says. The transport is used without a client:
// redirects, cookies and the credentials in a URL are none of its business.
func (s *Sender) send(ctx context.Context, u *url.URL, how *sending, limit time.Duration, a *Attempt) {
	ctx, cancel := WithLimit(ctx, limit)
	defer cancel()
	request := (&http.Request{
		Method: http.MethodPost, URL: u, Host: a.Header["Host"][0], Header: a.Header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(a.Body)), ContentLength: int64(len(a.Body)),
	}).WithContext(ctx)
	answer, err := s.way(how).RoundTrip(request)
	if err != nil {
		a.Error = Failure(ctx, err, limit)
		return
	}
	defer answer.Body.Close()
	a.Status, a.AnswerHeader = answer.StatusCode, answer.Header
	// The status is the answer; a body that breaks off changes nothing.
	a.Answer, _ = io.ReadAll(io.LimitReader(answer.Body, keptAnswer))
}

var errTooSlow = errors.New("the receiver took too long")

// WithLimit bounds a call to a merchant, in real time.
func WithLimit(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, errTooSlow)
}

// Failure says in words why no answer came to a call within [WithLimit].
func Failure(ctx context.Context, err error, limit time.Duration) string {
	var (
		refused *RefusedError
		name    *net.DNSError
		unknown x509.UnknownAuthorityError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
	)
	switch {
	case errors.Is(context.Cause(ctx), errTooSlow):
		return "no answer within " + limit.String()
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &name):
		return "the host name " + name.Name + " cannot be resolved"
	case errors.As(err, &record):
		return "the receiver does not speak TLS on this port"
	case errors.As(err, &unknown):
		return "the receiver's certificate is signed by an authority that is not trusted"
	case errors.As(err, &cert):
		return "the receiver's certificate is not valid: " + cert.Err.Error()
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused: nothing listens there"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the receiver closed the connection without an answer"
	}
	return "no usable answer: " + err.Error()
}

// Authorities are the system's and those of a PEM file, to trust when
// receivers show certificates.
func Authorities(pem []byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, err
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("the file holds no certificate in PEM form")
	}
	return pool, nil
}
