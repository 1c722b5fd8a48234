package webhook

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// MaxURL is the most characters that a registered URL may have.
const MaxURL = 2048

// ParseURL reads the URL of a registration. The error says what is wrong with
// it, in words for whoever registers.
func ParseURL(raw string) (*url.URL, error) {
	if len(raw) > MaxURL {
		return nil, errors.New("it is longer than 2048 characters")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("it cannot be read as a URL")
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return nil, errors.New("it must be absolute and start with https:// or http://")
	}
	if !ascii(u.Host) {
		return nil, errors.New("its host name must be in ASCII form (xn--…)")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, errors.New("its port must be between 1 and 65535")
		}
	}
	return u, nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Objection says why the real service would refuse to register a URL that
// [ParseURL] accepted; "" when it would not.
func Objection(u *url.URL) string {
	if u.Scheme != "https" {
		return "The URL must use HTTPS."
	}
	name := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") || strings.HasSuffix(name, ".local") || strings.HasSuffix(name, ".internal") {
		return "The host cannot be reached from the internet."
	}
	if ip, err := netip.ParseAddr(name); err == nil && !public(ip) {
		return "The address cannot be reached from the internet."
	}
	return ""
}
