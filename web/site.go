package web

import (
	"bytes"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

//go:embed templates static texts.json icons.svg
var files embed.FS

// Options are what a site must be told. All may be left out.
type Options struct {
	// Base gives the address of the world a request came in to, without a
	// slash at its end: "http://127.0.0.1:8080/w/ci-42". Nil takes it from the
	// request's Host.
	Base func(*http.Request) string
	// Zone is where the times people see are told; nil is the machine's.
	Zone *time.Location
	// Labels are the wallets' names by skin; nil gives the usual ones.
	Labels map[string]string
	// Log hears of pages that cannot be rendered; nil is the default logger.
	Log *slog.Logger
}

// Site renders pages and serves files. One serves all worlds of a server; it
// is safe for use by many goroutines.
type Site struct {
	*stock
	// label gives the wallets' names; nil for those of the options.
	label func(brand string) string
}

// stock is what the sites of all worlds share.
type stock struct {
	opts   Options
	assets assets
	texts  func() Texts
	icons  func() map[string]icon

	mu     sync.Mutex
	parsed map[string]*template.Template
}

// New makes a site. Nothing is read or parsed before it is asked for.
func New(opts Options) *Site {
	if opts.Base == nil {
		opts.Base = func(r *http.Request) string { return "http://" + r.Host }
	}
	if opts.Zone == nil {
		opts.Zone = time.Local
	}
	if opts.Labels == nil {
		opts.Labels = map[string]string{"vipps": "Vipps", "mobilepay": "MobilePay"}
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	s := &Site{stock: &stock{opts: opts, parsed: map[string]*template.Template{}}}
	s.texts = sync.OnceValue(readTexts)
	s.icons = sync.OnceValue(readIcons)
	s.assets.made = s.made
	return s
}

// Address is the base address of the world that a request came in to.
func (s *Site) Address(r *http.Request) string { return s.opts.Base(r) }

// Prefix is the path that all links of the request's world begin with: "" or
// "/w/ci-42". Links carry no host, so that a page works under every name the
// server is reached by.
func (s *Site) Prefix(r *http.Request) string {
	u, err := url.Parse(s.opts.Base(r))
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.EscapedPath(), "/")
}

// Asset is the address of a file on the host that a request came in to,
// changing with the files' content.
func (s *Site) Asset(r *http.Request, name string) string { return s.Prefix(r) + s.assets.path(name) }

// Labelled is the same site with other names for the wallets.
func (s *Site) Labelled(label func(brand string) string) *Site {
	return &Site{stock: s.stock, label: label}
}

// Label is a wallet's name; the skin itself when it has none.
func (s *Site) Label(brand string) string {
	if s.label != nil {
		return s.label(brand)
	}
	if l, ok := s.opts.Labels[brand]; ok {
		return l
	}
	return brand
}

// Page is what a door wants shown.
type Page struct {
	// Name is the template, such as "landing".
	Name   string
	Status int // 0 is 200
	Lang   string
	Brand  string // the skin; "" for pages that have none
	Title  string
	// Ancestors are origins that may frame the page, beside its own.
	Ancestors []string
	// TellsItself lets requests to our own server say which page they come
	// from. No page tells anybody else.
	TellsItself bool
	// Framed leaves out what has no place inside another page.
	Framed bool
	Data   any
}

// Render answers with a page. Pages are never cached: they tell what is.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, p Page) {
	v := &View{Page: p, Nonce: nonce(), site: s, prefix: s.Prefix(r), address: s.Address(r)}
	var body bytes.Buffer
	t, err := s.template(p.Name)
	if err == nil {
		err = t.ExecuteTemplate(&body, "layout", v)
	}
	if err != nil {
		id := RequestID()
		s.opts.Log.ErrorContext(r.Context(), "render page", "request", id, "page", p.Name, "err", err)
		if p.Name == trouble {
			http.Error(w, "This page could not be drawn.", http.StatusInternalServerError)
			return
		}
		s.Broken(w, r, Trouble{Brand: p.Brand, Request: id})
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", p.Lang)
	h.Set("Content-Security-Policy", policy(r, v.Nonce, p.Ancestors))
	h.Set("Referrer-Policy", referrer(p))
	h.Set("X-Content-Type-Options", "nosniff")
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	_, _ = w.Write(body.Bytes())
}

func referrer(p Page) string {
	if p.TellsItself {
		return "same-origin"
	}
	return "no-referrer"
}

// policy lets a page load what we serve and nothing else. Sockets are named
// because some browsers do not count them under 'self'.
func policy(r *http.Request, nonce string, ancestors []string) string {
	host := r.Host
	if strings.ContainsAny(host, " ;,'\"\t") {
		host = "" // not a host: never let it write into the policy
	}
	connect := "'self'"
	if host != "" {
		connect += " ws://" + host + " wss://" + host
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' 'nonce-" + nonce + "'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"connect-src " + connect,
		"img-src 'self' data:",
		"frame-src 'self'",
		"manifest-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors " + strings.Join(append([]string{"'self'"}, ancestors...), " "),
	}, "; ")
}

func nonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// template parses a page with its frame when it is first asked for.
func (s *Site) template(name string) (*template.Template, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.parsed[name]; ok {
		return t, nil
	}
	t, err := template.New(name).Funcs(s.funcs()).ParseFS(files, "templates/layout.html", "templates/parts.html", "templates/"+name+".html")
	if err != nil {
		return nil, fmt.Errorf("parse page %s: %w", name, err)
	}
	s.parsed[name] = t
	return t, nil
}

func (s *Site) funcs() template.FuncMap {
	return template.FuncMap{
		"icon":      s.icon,
		"initials":  Initials,
		"tint":      Tint,
		"phone":     Phone,
		"prose":     Prose,
		"shortened": Shortened,
	}
}

// open reads a file of ours; only for names we wrote ourselves.
func open(name string) []byte {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		panic("web: " + err.Error()) // embedded: cannot be missing
	}
	return b
}

// RequestID names one answer, so that what a person reads can be found in the
// log.
func RequestID() string { return nonce()[:12] }
