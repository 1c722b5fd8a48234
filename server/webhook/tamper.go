package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"liksom/server/fault"
)

// elsewhere is the Host of a delivery whose own was to be another and that
// nobody named.
const elsewhere = "rewritten.example"

// sending is how one try leaves: the zero value sends it rightly.
type sending struct {
	do fault.Do
	// secret is another one to sign with; "" for one that nobody has.
	secret string
	// copied tells that it is not the first of several.
	copied bool
	// unsent has nothing sent.
	unsent bool
	// family is that of the registration, nil for the Webhooks API's.
	family Family
}

// stand writes into an attempt what a fault puts in the place of an answer.
func (how *sending) stand(a *Attempt) {
	how.unsent = how.do.Drop || how.do.Status != 0
	a.Status = how.do.Status
	if how.do.Drop {
		a.Error = "a fault lost the delivery"
	}
}

// write signs a body and writes what is sent into the attempt.
func (how *sending) write(r *Registration, u *url.URL, body []byte, a *Attempt) {
	do, secret, at := &how.do, r.Secret, a.Real
	if do.Corrupt == fault.Date || how.copied {
		at = at.Add(do.Off())
	}
	switch do.Corrupt {
	case fault.Key:
		secret = how.otherSecret(r)
	case fault.Decoded:
		secret = decoded(secret)
	}
	if do.Success != nil {
		body = bytes.Replace(body, []byte(`"success":true`), []byte(`"success":false`), 1)
	}
	a.Body = body
	switch do.Corrupt {
	case fault.Body:
		a.Body = changed(body)
	case fault.Reserialise:
		a.Body = rewritten(body)
	}
	if do.Resign {
		body = a.Body
	}
	header, signed, by := how.signed(r, secret, u, body, a.Body, at)
	a.Signed = signed
	if do.Corrupt == fault.Signature {
		for _, name := range []string{by, HeaderCopy} {
			if value := header.Get(name); value != "" {
				header[name] = []string{broken(value)}
			}
		}
	}
	if do.Corrupt == fault.Host {
		header["Host"] = []string{how.otherHost()}
	}
	strip(header, do.StripHeader)
	a.Header = header
}

// otherSecret is a secret that is not the registration's.
func (how *sending) otherSecret(r *Registration) string {
	if how.secret != "" {
		return how.secret
	}
	sum := sha256.Sum256([]byte("not " + r.Secret))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// decoded is what receivers take for the key that decode a secret because it
// looks like base64.
func decoded(secret string) string {
	key, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		return secret + "=" // cannot be decoded, and is none that anybody has
	}
	return string(key)
}

func (how *sending) otherHost() string {
	if how.do.Host != "" {
		return how.do.Host
	}
	return elsewhere
}

// broken changes the signature at the end of an authorization and leaves its
// form.
func broken(authorization string) string {
	b := []byte(authorization)
	i := strings.LastIndexByte(authorization, '=') // the padding of 32 bytes in base64
	if i < len(b)-sha256.Size {
		i = len(b) // hexadecimal digits, which need none
	}
	for i--; i >= 0 && i > len(b)-6; i-- {
		if b[i] == 'A' {
			b[i] = 'B'
		} else {
			b[i] = 'A'
		}
	}
	return string(b)
}

// strip leaves out a header. The transport would write its own in place of a
// missing User-Agent, but not of an empty one.
func strip(header http.Header, name string) {
	for have := range header {
		if name == "" || !strings.EqualFold(have, name) {
			continue
		}
		delete(header, have)
		if have == "User-Agent" {
			header[have] = []string{""}
		}
	}
}

// changed is a body of the same form that says something else: another
// amount, or else another first digit.
func changed(body []byte) []byte {
	out := bytes.Clone(body)
	from := max(bytes.Index(out, []byte(`"value":`)), 0)
	for i := from; i < len(out); i++ {
		if c := out[i]; c >= '0' && c <= '9' {
			out[i] = '1' + (c-'0'+1)%9 // never the same, and no zero in front
			return out
		}
	}
	return append(out, ' ')
}

// rewritten is a body that says the same in other bytes: members sorted from
// behind, with white space between them.
func rewritten(body []byte) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return append(bytes.Clone(body), '\n')
	}
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	slices.Reverse(names)
	out := []byte("{ ")
	for i, name := range names {
		if i > 0 {
			out = append(out, ",\n  "...)
		}
		out = append(appendString(out, name), " : "...)
		out = append(out, members[name]...)
	}
	return append(out, " }\n"...)
}

// way is the transport that a try takes. One from another address keeps no
// connection: the next try may come from elsewhere.
func (s *Sender) way(how *sending) http.RoundTripper {
	source, err := netip.ParseAddr(how.do.From)
	if err != nil {
		return s.transport
	}
	o := s.options
	o.Source = source
	way := NewTransport(o)
	way.DisableKeepAlives = true
	return way
}

type sourceKey struct{}

func withSource(ctx context.Context, source netip.Addr) context.Context {
	if !source.IsValid() {
		return ctx
	}
	return context.WithValue(ctx, sourceKey{}, source)
}

// SourceOf tells a [Dial] from which address of this machine a delivery is to
// come; false when any will do.
func SourceOf(ctx context.Context) (netip.Addr, bool) {
	source, ok := ctx.Value(sourceKey{}).(netip.Addr)
	return source, ok
}

// orGone makes nothing of an error that tells of a registration that is gone.
func orGone(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
