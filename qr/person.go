package qr

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"strconv"
	"strings"
	"time"

	"liksom/server/directory"
)

// The beginnings of a personal code (QR contract, section 6): the number in
// clear, and a token in its place.
const (
	personalPlain = "https://" + vendorHost + "/28/2/01/031/"
	personalToken = "https://" + vendorHost + "/p/"
)

// The versions of personal codes.
const (
	PlainVersion = "1.0"
	TokenVersion = "2.0"
)

// Person is what a payer's own code says.
type Person struct {
	Number  string
	Version string
	// MadeAt is when the code was made, in simulated time; zero where the
	// code does not say it.
	MadeAt time.Time
}

// Code is the text of the payer's own code.
func (p Person) Code() string {
	if p.Version == TokenVersion {
		return personalToken + p.token()
	}
	return personalPlain + p.Number + "?v=1"
}

// ReadPerson tells whose code a text is; false for any other text.
func ReadPerson(content string) (Person, bool) {
	link, err := url.Parse(strings.TrimSpace(content))
	if err != nil || link.Scheme != "https" {
		return Person{}, false
	}
	code, ok := person(link)
	if !ok {
		return Person{}, false
	}
	if code.Token != "" {
		return readToken(code.Token)
	}
	return Person{Number: code.Number, Version: PlainVersion}, directory.ValidNumber(code.Number)
}

// A token holds number and time with a few bytes of their digest. It hides
// the number from the eye and finds typing errors; it need not keep a secret,
// as a phone here is nobody's.
const (
	tokenData   = 8 + 5
	tokenDigest = 8
)

func (p Person) token() string {
	var data [8 + 8]byte
	number, _ := strconv.ParseUint(p.Number, 10, 64) // of 15 digits at most
	binary.BigEndian.PutUint64(data[:8], number)
	binary.BigEndian.PutUint64(data[8:], uint64(max(0, p.MadeAt.Unix()))<<24) //nolint:gosec // not negative
	return base64.RawURLEncoding.EncodeToString(append(data[:tokenData:tokenData], digest(data[:tokenData])...))
}

func digest(data []byte) []byte {
	sum := sha256.Sum256(append([]byte("liksom personal code "), data...))
	return sum[:tokenDigest]
}

func readToken(token string) (Person, bool) {
	all, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(all) != tokenData+tokenDigest {
		return Person{}, false
	}
	data := all[:tokenData:tokenData]
	if subtle.ConstantTimeCompare(digest(data), all[tokenData:]) == 0 {
		return Person{}, false
	}
	seconds := int64(binary.BigEndian.Uint64(append(data[8:], 0, 0, 0)) >> 24) //nolint:gosec // five bytes
	p := Person{
		Number:  strconv.FormatUint(binary.BigEndian.Uint64(data[:8]), 10),
		Version: TokenVersion, MadeAt: time.Unix(seconds, 0).UTC(),
	}
	return p, directory.ValidNumber(p.Number)
}
