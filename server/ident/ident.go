// Package ident draws the names of new things: ids, codes and secrets. A
// seeded source draws the same ones each time.
package ident

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"hash/fnv"
	"io"
	mathrand "math/rand/v2"
	"sync"
)

// Source draws names. It is safe for use by many goroutines.
type Source struct {
	mu  sync.Mutex
	rng io.Reader
}

// New makes a source of names nobody can guess.
func New() *Source { return &Source{rng: bufio.NewReaderSize(rand.Reader, 1024)} }

// Seeded makes a source that draws the same names for the same seed.
func Seeded(seed string) *Source {
	h := fnv.New128a()
	_, _ = io.WriteString(h, seed)
	var key [32]byte
	h.Sum(key[:0])
	return &Source{rng: mathrand.NewChaCha8(key)}
}

// Bytes fills b.
func (s *Source) Bytes(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.rng, b); err != nil {
		panic("ident: the system gives no random bytes: " + err.Error())
	}
}

// UUID draws a version 4 UUID.
func (s *Source) UUID() string {
	var b [16]byte
	s.Bytes(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:36], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// Code draws n letters and digits.
func (s *Source) Code(n int) string {
	b := make([]byte, n)
	s.Bytes(b)
	for i := range b {
		// 256 is no multiple of 62: the slight bias does not matter in names.
		b[i] = alphabet[int(b[i])%len(alphabet)]
	}
	return string(b)
}

// Rand makes a generator of chances that repeats with the source.
func (s *Source) Rand() *mathrand.Rand {
	var key [32]byte
	s.Bytes(key[:])
	return mathrand.New(mathrand.NewChaCha8(key))
}

// Secret draws what a webhook registration is given: 64 bytes in base64, 88
// characters.
func (s *Source) Secret() string {
	var b [64]byte
	s.Bytes(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}
