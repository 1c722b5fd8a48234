package gateway

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	_ "embed" // for the test key
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"liksom/server/clock"
)

// testKeyPEM signs the tokens of every simulator. It is public on purpose and
// guards nothing: whoever can reach a simulator may do anything with it.
//
//go:embed testkey.pem
var testKeyPEM []byte

// testKey reads the key when the first token needs it: it costs more than
// starting the rest.
var testKey = sync.OnceValues(func() (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(testKeyPEM)
	if block == nil {
		return nil, errors.New("the embedded test key is not in PEM form")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read the embedded test key: %w", err)
	}
	rsaKey, ok := key.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the embedded test key is not an RSA key")
	}
	return rsaKey, nil
})

const (
	// Lifetime is how long a token of /accesstoken/get is good, as in the
	// operator's test environment.
	Lifetime = 3599 * time.Second
	// SpecialLifetime is that of a token of /miami/v1/token.
	SpecialLifetime = 900 * time.Second
	// backdated is how long before its issue a token says it is good.
	backdated = 300 * time.Second

	resource        = "00000002-0000-0000-c000-000000000000"
	specialResource = "liksom-special"
	issuerName      = "https://liksom.invalid/5a1e0000-0000-4000-8000-00000000aaaa/"
	tenant          = "5a1e0000-0000-4000-8000-00000000aaaa"
	mostTokens      = 4096
)

// Claims are what a token says. The times are real, not simulated: clients
// compare them with their own clocks.
type Claims struct {
	Client string
	// Special marks a token of /miami/v1/token.
	Special bool
	Issued  time.Time
	Expires time.Time

	generation int64
}

// Issuer makes access tokens and knows them again. It is safe for use by many
// goroutines.
type Issuer struct {
	ids IDs

	mu sync.RWMutex
	// known saves most requests the work of checking a signature.
	known map[string]Claims
	// generation counts the calls of ExpireAll.
	generation int64
}

// NewIssuer makes an issuer that draws the tokens' own ids from ids.
func NewIssuer(ids IDs) *Issuer { return &Issuer{ids: ids, known: map[string]Claims{}} }

// ExpireAll ends every token given out so far. It answers how often that was
// done, for [Issuer.Since] after a restart.
func (i *Issuer) ExpireAll() int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.generation++
	clear(i.known)
	return i.generation
}

// Since has an issuer go on after so many calls of [Issuer.ExpireAll].
func (i *Issuer) Since(generation int64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.generation = generation
	clear(i.known)
}

type header struct {
	Typ string `json:"typ"`
	Alg string `json:"alg"`
	Kid string `json:"kid"`
}

type jwtClaims struct {
	Aud        string `json:"aud"`
	Iss        string `json:"iss"`
	Iat        int64  `json:"iat"`
	Nbf        int64  `json:"nbf"`
	Exp        int64  `json:"exp"`
	AppID      string `json:"appid"`
	Tid        string `json:"tid"`
	Uti        string `json:"uti"`
	Ver        string `json:"ver"`
	Generation int64  `json:"gen"`
}

// Issue makes a token for a client.
func (i *Issuer) Issue(client string, special bool) (string, Claims, error) {
	key, err := testKey()
	if err != nil {
		return "", Claims{}, err
	}
	i.mu.RLock()
	generation := i.generation
	i.mu.RUnlock()
	c := Claims{Client: client, Special: special, Issued: clock.Wall().Truncate(time.Second), generation: generation}
	c.Expires = c.Issued.Add(Lifetime)
	aud := resource
	if special {
		c.Expires, aud = c.Issued.Add(SpecialLifetime), specialResource
	}
	signed := encode(header{Typ: "JWT", Alg: "RS256", Kid: "liksom-1"}) + "." + encode(jwtClaims{
		Aud: aud, Iss: issuerName, Iat: c.Issued.Unix(), Nbf: c.Issued.Add(-backdated).Unix(), Exp: c.Expires.Unix(),
		AppID: client, Tid: tenant, Uti: i.ids.UUID(), Ver: "1.0", Generation: generation,
	})
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		return "", Claims{}, fmt.Errorf("sign a token: %w", err)
	}
	token := signed + "." + base64.RawURLEncoding.EncodeToString(signature)
	i.remember(token, c)
	return token, c, nil
}

func encode(v any) string {
	b, _ := json.Marshal(v) // strings and numbers: cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

// Verify reads a token. The error says what is wrong with it.
func (i *Issuer) Verify(token string) (Claims, error) {
	if token == "" {
		return Claims{}, errors.New(`the token is missing, or the word "Bearer" before it`)
	}
	i.mu.RLock()
	c, known := i.known[token]
	generation := i.generation
	i.mu.RUnlock()
	if !known {
		var err error
		if c, err = read(token); err != nil {
			return Claims{}, err
		}
	}
	if c.generation < generation {
		return Claims{}, errors.New("the token was ended")
	}
	if !clock.Wall().Before(c.Expires) {
		return Claims{}, fmt.Errorf("the token expired at %s", c.Expires.UTC().Format(time.RFC3339))
	}
	if !known {
		i.remember(token, c)
	}
	return c, nil
}

func (i *Issuer) remember(token string, c Claims) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if c.generation < i.generation {
		return
	}
	if len(i.known) >= mostTokens {
		clear(i.known) // those still in use come back by their signatures
	}
	i.known[token] = c
}

// read checks a token's signature and form, not its age.
func read(token string) (Claims, error) {
	malformed := errors.New("the token is not one of this simulator's")
	signed, tail, ok := cutLast(token)
	if !ok {
		return Claims{}, malformed
	}
	signature, err := base64.RawURLEncoding.DecodeString(tail)
	if err != nil {
		return Claims{}, malformed
	}
	key, err := testKey()
	if err != nil {
		return Claims{}, err
	}
	digest := sha256.Sum256([]byte(signed))
	if rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		return Claims{}, malformed
	}
	_, payload, _ := strings.Cut(signed, ".")
	text, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil {
		return Claims{}, malformed
	}
	var c jwtClaims
	if json.Unmarshal(text, &c) != nil {
		return Claims{}, malformed
	}
	return Claims{
		Client: c.AppID, Special: c.Aud == specialResource,
		Issued: time.Unix(c.Iat, 0), Expires: time.Unix(c.Exp, 0), generation: c.Generation,
	}, nil
}

func cutLast(token string) (before, after string, ok bool) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 {
		return "", "", false
	}
	return token[:i], token[i+1:], true
}
