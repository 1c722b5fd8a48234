package webhook

import (
	"crypto/hmac"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Step names a step of checking a delivery.
type Step string

// The steps, in the order they are taken.
const (
	HeadersStep   Step = "headers"
	BodyStep      Step = "body"
	SignatureStep Step = "signature"
	DateStep      Step = "date"
)

// Difference is the first step at which a delivery fails its check, and why
// as far as that can be found out. It is what [Verify] and [Fresh] answer.
type Difference struct {
	Step   Step
	Reason string
}

func (d *Difference) Error() string { return string(d.Step) + ": " + d.Reason }

func differs(step Step, format string, args ...any) error {
	return &Difference{Step: step, Reason: fmt.Sprintf(format, args...)}
}

// Verify checks a delivery as a receiver must: the hash of the raw body
// first, the signature then (webhooks contract, section 6). requestURI and
// host are those of the request as it arrived. A delivery whose Authorization
// was lost on the way is checked by its copy. The age of the date is not
// looked at; see [Fresh].
func Verify(secret, method, requestURI, host string, header http.Header, body []byte) error {
	signature, err := signatureOf(header)
	if err != nil {
		return err
	}
	date, hash := header.Get(HeaderDate), header.Get(HeaderHash)
	if date == "" {
		return differs(HeadersStep, "%s is missing; the signature covers it.", HeaderDate)
	}
	if hash == "" {
		return differs(HeadersStep, "%s is missing; the signature covers it.", HeaderHash)
	}
	if got := contentHash(body); got != hash {
		return differs(BodyStep, "%s is %s, but the %d bytes that arrived hash to %s: %s", HeaderHash, hash, len(body), got, whyBody(body, hash))
	}
	want := mac([]byte(secret), stringToSign(method, requestURI, date, host, hash))
	if !hmac.Equal([]byte(want), []byte(signature)) {
		in := signed{secret: secret, method: method, uri: requestURI, date: date, host: host, hash: hash}
		return differs(SignatureStep, "%s", in.why(signature, header))
	}
	return nil
}

// Fresh checks that a delivery's date is at most maxAge away from now, real
// time, in either direction.
func Fresh(header http.Header, now time.Time, maxAge time.Duration) error {
	date, err := http.ParseTime(header.Get(HeaderDate))
	if err != nil {
		return differs(DateStep, "%s is %q, which is no date such as %q.", HeaderDate, header.Get(HeaderDate), http.TimeFormat)
	}
	age := now.Sub(date)
	if age.Abs() <= maxAge {
		return nil
	}
	if age < 0 {
		return differs(DateStep, "%s is %s ahead of the receiver's clock; %s is allowed.", HeaderDate, -age.Round(time.Second), maxAge)
	}
	return differs(DateStep, "%s is %s old; %s is allowed.", HeaderDate, age.Round(time.Second), maxAge)
}

// signatureOf takes the signature from the first of both headers that holds
// one. A front end may have removed Authorization, or put its own there.
func signatureOf(header http.Header) (string, error) {
	values := []string{header.Get(HeaderAuthorization), header.Get(HeaderCopy)}
	for _, v := range values {
		if signature, ok := strings.CutPrefix(v, scheme); ok {
			return signature, nil
		}
	}
	for i, v := range values {
		if strings.HasPrefix(v, "HMAC-SHA256") {
			name := []string{HeaderAuthorization, HeaderCopy}[i]
			return "", differs(HeadersStep, "%s is not of the form %s<base64>.", name, scheme)
		}
	}
	if values[0] != "" {
		return "", differs(HeadersStep, "%s holds no HMAC-SHA256 signature, and %s is missing: a front end may have replaced the one and removed the other.", HeaderAuthorization, HeaderCopy)
	}
	return "", differs(HeadersStep, "%s and %s are both missing: a front end may have removed them.", HeaderAuthorization, HeaderCopy)
}
