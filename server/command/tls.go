package command

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"liksom/server/clock"
)

// selfMadeFor is how long a certificate of ours is good: phones refuse more
// than 825 days.
const selfMadeFor = 365 * 24 * time.Hour

// certificate gives what --tls asks for; nil for "off".
func certificate(choice string) (*tls.Config, error) {
	switch certFile, keyFile, pair := strings.Cut(choice, ","); {
	case choice == "off" || choice == "":
		return nil, nil
	case choice == "auto":
		dir, err := dataFolder()
		if err != nil {
			return nil, err
		}
		return keptCertificate(filepath.Join(dir, "tls.pem"), names())
	case pair:
		c, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, usageError{fmt.Errorf("--tls %s: %w", choice, err)}
		}
		return tlsConfig(c), nil
	}
	return nil, usageError{fmt.Errorf("--tls is off, auto or CERT,KEY (two PEM files), not %q", choice)}
}

// tlsConfig leaves out HTTP/2: a websocket needs a connection of its own.
func tlsConfig(c tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// names are what a certificate for this machine has to cover.
func names() []string {
	all := []string{"localhost", "*.localhost", "127.0.0.1", "::1"}
	if lan := lanAddress(); lan != "" {
		all = append(all, lan)
	}
	return all
}

// keptCertificate reads the certificate made before, so that a browser that
// was told to trust it goes on doing so; it makes a new one where that one
// has ended or does not cover the names.
func keptCertificate(path string, names []string) (*tls.Config, error) {
	if c, err := tls.LoadX509KeyPair(path, path); err == nil && covers(&c, names) {
		return tlsConfig(c), nil
	}
	text, err := selfMade(names, clock.Wall())
	if err != nil {
		return nil, fmt.Errorf("a certificate cannot be made: %w", err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, text, 0o600)); err != nil {
		return nil, fmt.Errorf("the certificate cannot be kept: %w", err)
	}
	c, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, err
	}
	return tlsConfig(c), nil
}

func covers(c *tls.Certificate, names []string) bool {
	if clock.Wall().After(c.Leaf.NotAfter.Add(-24 * time.Hour)) {
		return false
	}
	for _, name := range names {
		if c.Leaf.VerifyHostname(strings.Replace(name, "*", "any", 1)) != nil {
			return false
		}
	}
	return true
}

// selfMade makes a certificate with its key, both as PEM in one text.
func selfMade(names []string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "liksom simulator"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(selfMadeFor),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true, IsCA: true, // so that a phone can be told to trust it
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			form.IPAddresses = append(form.IPAddresses, ip)
			continue
		}
		form.DNSNames = append(form.DNSNames, name)
	}
	made, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...), nil
}
