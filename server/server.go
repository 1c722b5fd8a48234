// Package server builds a simulator of all its rooms, per world, and starts
// and stops them in order. It is the only package that wires.
package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"liksom/server/payment"
)

// readHeaderTimeout bounds how long a client may take to send its headers.
const readHeaderTimeout = 10 * time.Second

// Server is a running or startable simulator: one or many worlds behind one
// port. It is an http.Handler too, for who brings their own listener.
type Server struct {
	options Options
	engine  engine
	shared  *shared
	begun   begun

	mu      sync.Mutex
	worlds  map[string]*World
	stopped bool

	http     *http.Server
	listener net.Listener
	serving  sync.WaitGroup
	ready    atomic.Bool
	// base is the public URL of the default world.
	base atomic.Pointer[string]
}

// New builds a simulator with its default world. It listens to nothing yet;
// [Server.Stop] must be called in any case.
func New(ctx context.Context, options Options) (*Server, error) {
	options = options.withDefaults()
	if err := options.check(); err != nil {
		return nil, OptionError{err}
	}
	beginning, err := options.begun()
	if err != nil {
		return nil, err
	}
	sharing, err := newShared(options)
	if err != nil {
		return nil, err
	}
	kept, err := openEngine(ctx, options)
	if err != nil {
		return nil, err
	}
	s := &Server{options: options, engine: kept, shared: sharing, begun: beginning, worlds: map[string]*World{}}
	base := strings.TrimSuffix(options.PublicURL, "/")
	s.base.Store(&base)
	if _, err := s.World(ctx, ""); err != nil {
		return nil, errors.Join(err, s.Stop(ctx))
	}
	return s, nil
}

// World gives a world by its name, and makes it with the ready-made data if
// there is none; "" is the default one. It answers under /w/{name}/ and at
// the host {name}.localhost.
func (s *Server) World(ctx context.Context, name string) (*World, error) {
	if name != "" && !validWorld(name) {
		return nil, fmt.Errorf("a world's name is 1 to 63 letters, digits and hyphens, not %q", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil, errors.New("the simulator has stopped")
	}
	if w, ok := s.worlds[name]; ok {
		return w, nil
	}
	w, err := s.newWorld(ctx, name)
	if err != nil {
		return nil, err
	}
	s.worlds[name] = w
	return w, nil
}

// world finds a world that has been made.
func (s *Server) world(name string) (*World, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, ok := s.worlds[name]
	return w, ok
}

func validWorld(name string) bool {
	if len(name) == 0 || len(name) > 63 {
		return false
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

// Start listens and serves. It returns when the port answers.
func (s *Server) Start(ctx context.Context) error {
	listener, err := s.options.Listen(ctx, s.options.Addr)
	if err != nil {
		return listenError(s.options.Addr, err)
	}
	s.listener = listener
	if s.options.TLS != nil {
		listener = tls.NewListener(listener, s.options.TLS)
	}
	if s.options.PublicURL == "" {
		base := s.scheme() + reachable(listener.Addr().String(), s.options.Lan)
		s.base.Store(&base)
	}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: readHeaderTimeout, ErrorLog: quiet(s.options.Log)}
	s.serving.Go(func() {
		if err := s.http.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.options.Log.Error("serving ended", "error", err)
		}
	})
	s.ready.Store(true)
	return nil
}

func (s *Server) scheme() string {
	if s.options.TLS != nil {
		return "https://"
	}
	return "http://"
}

// reachable turns the address of all interfaces into one that a browser can
// open: on the network nearby, or on this machine.
func reachable(addr, lan string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = cmp.Or(lan, "127.0.0.1")
	}
	return net.JoinHostPort(host, port)
}

func listenError(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken by another program; choose another with --addr, or port 0 for a free one", addr)
	}
	return fmt.Errorf("cannot listen on %s: %w", addr, err)
}

// URL is where the simulator listens; "" before it was started.
func (s *Server) URL() string {
	if s.listener == nil {
		return ""
	}
	return s.scheme() + reachable(s.listener.Addr().String(), "")
}

// PublicURL is what goes into redirect URLs and QR codes.
func (s *Server) PublicURL() string { return *s.base.Load() }

// Windows are how long a payer of the default world may take at this moment.
func (s *Server) Windows() payment.Windows {
	w, made := s.world("")
	if !made {
		return s.begun.settings.Windows()
	}
	return w.directory.Settings().Windows()
}

// Ready tells whether requests are served.
func (s *Server) Ready() bool { return s.ready.Load() }

// Stop ends in-flight requests, stops the worlds and closes the store, in
// that order, within the context. Calling it again does nothing.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	if s.stopped {
		s.mu.Unlock()
		return nil
	}
	s.stopped = true
	worlds := make([]*World, 0, len(s.worlds))
	for _, w := range s.worlds {
		worlds = append(worlds, w)
	}
	s.mu.Unlock()

	s.ready.Store(false)
	for _, w := range worlds {
		w.quiesce()
	}
	var errs []error
	if s.http != nil {
		errs = append(errs, s.http.Shutdown(ctx))
		s.serving.Wait()
	}
	for _, w := range worlds {
		errs = append(errs, w.stop(ctx))
	}
	return errors.Join(append(errs, s.engine.close())...)
}
