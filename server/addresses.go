package server

import (
	"net"
	"slices"
)

// addresses are where the simulator can be opened, as far as it knows: the
// public one, the one on the network nearby where it listens there, and the
// one on this machine.
func (s *Server) addresses() []string {
	all := []string{s.PublicURL()}
	if s.listener == nil {
		return all
	}
	addr := s.listener.Addr().String()
	if host, _, err := net.SplitHostPort(addr); err == nil && net.ParseIP(host).IsUnspecified() && s.options.Lan != "" {
		all = append(all, s.scheme()+reachable(addr, s.options.Lan))
	}
	all = append(all, s.URL())
	distinct := all[:0]
	for _, a := range all {
		if !slices.Contains(distinct, a) {
			distinct = append(distinct, a)
		}
	}
	return distinct
}

// fixed tells which flag said what the simulator tells of itself.
func (o *Options) fixed() map[string]string {
	by := map[string]string{"store": "--store", "auth": "--auth"}
	if o.PublicURL != "" {
		by["publicUrl"] = "--public-url"
	}
	return by
}
