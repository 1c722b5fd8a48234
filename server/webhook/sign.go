package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The headers of a delivery (webhooks contract, section 5).
const (
	HeaderID            = "Webhook-Id"
	HeaderDate          = "X-Ms-Date"
	HeaderHash          = "X-Ms-Content-Sha256"
	HeaderAuthorization = "Authorization"
	// HeaderCopy repeats Authorization, for servers whose front end eats that.
	HeaderCopy = "X-Vipps-Authorization"
)

// scheme is what the authorization starts with, up to the signature.
const scheme = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="

// Signature is what signing a delivery yields (webhooks contract, section 6).
type Signature struct {
	Date          string // X-Ms-Date
	Host          string // Host
	Hash          string // X-Ms-Content-Sha256
	StringToSign  string
	Authorization string
}

// Sign signs a body posted to a URL at a time. The key is the secret's text
// itself, although it looks like base64.
func Sign(secret string, u *url.URL, body []byte, at time.Time) Signature {
	s := Signature{
		Date: at.UTC().Format(http.TimeFormat),
		Host: Host(u),
		Hash: contentHash(body),
	}
	s.StringToSign = stringToSign(http.MethodPost, u.RequestURI(), s.Date, s.Host, s.Hash)
	s.Authorization = scheme + mac([]byte(secret), s.StringToSign)
	return s
}

// Host is the value of the Host header for a URL: its port is left out when
// it is the scheme's default.
func Host(u *url.URL) string {
	if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		return u.Host[:strings.LastIndexByte(u.Host, ':')]
	}
	return strings.TrimSuffix(u.Host, ":")
}

func contentHash(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}

func stringToSign(method, requestURI, date, host, hash string) string {
	return method + "\n" + requestURI + "\n" + date + ";" + host + ";" + hash
}

func mac(key []byte, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
