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

	"liksom/server/ident"
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
	stage   *stage

	// making holds one token: one world is made, removed or replaced at a time.
	making chan struct{}
	// names draws names for worlds that were given none.
	names *ident.Source
	// life ends when the server stops.
	life     context.Context
	endLife  context.CancelFunc
	watching sync.Once

	mu     sync.RWMutex
	worlds map[string]*World
	// shut are the worlds that are being replaced, each with what is closed
	// when that is done.
	shut    map[string]chan struct{}
	stopped bool

	http     *http.Server
	listener net.Listener
	serving  sync.WaitGroup
	ready    atomic.Bool
	around   http.Handler // nil, or what [Options.Around] made
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
	s := &Server{options: options, engine: kept, shared: sharing, begun: beginning, worlds: map[string]*World{}, shut: map[string]chan struct{}{}, making: make(chan struct{}, 1), names: ident.New()}
	s.stage = newStage(s)
	s.life, s.endLife = context.WithCancel(context.WithoutCancel(ctx))
	if options.Seed != "" {
		s.names = ident.Seeded(options.Seed + "/worlds")
	}
	if options.Around != nil {
		s.around = options.Around(http.HandlerFunc(s.serve))
	}
	base := strings.TrimSuffix(options.PublicURL, "/")
	s.base.Store(&base)
	if err := s.reopen(ctx); err != nil {
		return nil, errors.Join(err, s.Stop(ctx))
	}
	return s, nil
}

// World gives a world by its name, and makes it with the ready-made data if
// there is none; "" is the default one. It answers under /w/{name}/ and at
// the host {name}.localhost. Asking counts as a touch.
func (s *Server) World(ctx context.Context, name string) (*World, error) {
	if name != "" {
		if err := s.checkName(name); err != nil {
			return nil, err
		}
	}
	if err := s.hold(ctx); err != nil {
		return nil, err
	}
	defer s.release()
	if w, ok := s.world(name); ok {
		w.touch()
		return w, nil
	}
	return s.open(ctx, WorldPlan{Name: name})
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

// AddressTakenError tells that somebody else listens where the simulator was
// to listen.
type AddressTakenError struct{ Addr string }

func (e AddressTakenError) Error() string { return e.Addr + " is taken by another program" }

func listenError(addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return AddressTakenError{addr}
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
	s.stage.close(ctx)     // while there is still a simulator that runs can tidy up in
	s.making <- struct{}{} // whoever makes a world finishes
	s.mu.Lock()
	again := s.stopped
	s.stopped = true
	s.mu.Unlock()
	s.release()
	if again {
		return nil
	}
	worlds := s.list()

	s.ready.Store(false)
	s.endLife()
	for _, w := range worlds {
		w.quiesce()
	}
	var errs []error
	if s.http != nil {
		errs = append(errs, s.http.Shutdown(ctx))
	}
	s.serving.Wait()
	for _, w := range worlds {
		errs = append(errs, w.stop(ctx))
	}
	return errors.Join(append(errs, s.engine.close())...)
}
