package qr

import (
	"errors"
	"net/url"
	"strings"
)

// Kind is what a scanned text is about.
type Kind string

// The kinds of codes. The first letter of an id tells the first three apart
// (simulator contract, section 3).
const (
	// OneTime is a code for one payment; its ID is the payment's code.
	OneTime Kind = "one-time"
	// Redirect is a merchant's code that leads to a web page.
	Redirect Kind = "redirect"
	// Callback is a merchant's code that a payer checks in with.
	Callback Kind = "callback"
	// Landing is a link to a payment's landing page, with its Token.
	Landing Kind = "landing"
	// Personal is a payer's own code; Number is set where it says it openly.
	Personal Kind = "personal"
	// Foreign is a link to somebody else's Host, which the app refuses.
	Foreign Kind = "foreign"
	// Unknown is a link of ours that is no code.
	Unknown Kind = "unknown"
)

// Code is what a scanned text says.
type Code struct {
	Kind   Kind
	ID     string
	Token  string
	Number string
	Host   string
}

// ErrNoLink tells that a text is no link, and so no code the app knows.
var ErrNoLink = errors.New("the text holds no link")

// vendorHost is the only domain the real app scans; of its links, the
// personal ones are understood here too.
const vendorHost = "qr.vipps.no"

// paths that lead to a code and to the landing page; a world's own path may
// stand before them.
const (
	codePath    = "/qr/"
	landingPath = "/landing"
)

// Target is what a code says: the link to it. The base is the public URL by
// which the simulator, or the world, is reached.
func Target(base, id string) string { return strings.TrimSuffix(base, "/") + codePath + id }

// Read tells what a scanned text says. Links to any of the own hosts, each
// with or without a port, are the simulator's. The error is [ErrNoLink].
func Read(content string, ownHosts ...string) (Code, error) {
	link, err := url.Parse(strings.TrimSpace(content))
	if err != nil {
		return Code{}, ErrNoLink
	}
	switch strings.ToLower(link.Scheme) {
	case "http", "https":
		if link.Host == "" {
			return Code{}, ErrNoLink
		}
	case "vipps", "vippsmt": // what a native app opens (ePayment contract, section 10.5)
		return landing(link), nil
	default:
		return Code{}, ErrNoLink
	}
	if own(link, ownHosts) {
		return ours(link), nil
	}
	if c, ok := person(link); ok {
		return c, nil
	}
	return Code{Kind: Foreign, Host: link.Host}, nil
}

func own(link *url.URL, hosts []string) bool {
	for _, h := range hosts {
		if strings.EqualFold(h, link.Host) || strings.EqualFold(strings.Trim(h, "[]"), link.Hostname()) {
			return true
		}
	}
	return false
}

// ours tells what a link to the simulator is about.
func ours(link *url.URL) Code {
	if strings.HasSuffix(link.Path, landingPath) {
		return landing(link)
	}
	if at := strings.LastIndex(link.Path, codePath); at >= 0 {
		id := link.Path[at+len(codePath):]
		return Code{Kind: KindOf(id), ID: id}
	}
	return Code{Kind: Unknown}
}

func landing(link *url.URL) Code {
	token := link.Query().Get("token")
	if token == "" {
		return Code{Kind: Unknown}
	}
	return Code{Kind: Landing, Token: token}
}

// KindOf tells the kind of a code by its id alone: [OneTime], [Redirect],
// [Callback] or [Unknown].
func KindOf(id string) Kind {
	if len(id) < 2 || !lettersAndDigits(id[1:]) {
		return Unknown
	}
	switch rest := len(id) - 1; {
	case id[0] == 'p' && rest == 10:
		return OneTime
	case id[0] == 'r' && rest == 8:
		return Redirect
	case id[0] == 'c' && rest == 8:
		return Callback
	}
	return Unknown
}

func lettersAndDigits(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// person reads the real shapes of personal codes (QR contract, section 7):
// /28/2/01/031/{number} and /p/{token}, whose token may be a number.
func person(link *url.URL) (Code, bool) {
	if !strings.EqualFold(link.Hostname(), vendorHost) {
		return Code{}, false
	}
	if number, ok := strings.CutPrefix(link.Path, "/28/2/01/031/"); ok && digits(number) {
		return Code{Kind: Personal, Number: number}, true
	}
	token, ok := strings.CutPrefix(link.Path, "/p/")
	switch {
	case !ok || token == "" || strings.Contains(token, "/"):
		return Code{}, false
	case digits(token):
		return Code{Kind: Personal, Number: token}, true
	}
	return Code{Kind: Personal, Token: token}, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
