package webhook

import (
	"fmt"
	"net/netip"
)

// Egress says where webhooks may go. Whatever it says, link-local addresses
// and those at which clouds tell secrets are refused.
type Egress string

// The policies.
const (
	AnyTarget   Egress = "any"
	PrivateOnly Egress = "private" // loopback and private ranges
	Loopback    Egress = "loopback"
)

// Valid tells whether the policy is a known one.
func (e Egress) Valid() bool { return e == AnyTarget || e == PrivateOnly || e == Loopback }

// RefusedError tells that a target is one where webhooks may not go.
type RefusedError struct {
	Addr netip.Addr
	Rule string
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("webhooks may not go to %s: %s", e.Addr, e.Rule)
}

// metadata are the addresses of cloud metadata services that are not
// link-local.
func metadata() []netip.Addr {
	return []netip.Addr{
		netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd20:ce::254"),
		netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("168.63.129.16"),
		netip.MustParseAddr("192.0.0.192"),
	}
}

// Check answers a [*RefusedError] for an address where webhooks may not go.
// It must be asked about the address that is dialled, not about a name.
func (e Egress) Check(addr netip.Addr) error {
	ip := plain(addr)
	if ip.IsLinkLocalUnicast() || ip.IsMulticast() {
		return &RefusedError{Addr: addr, Rule: "link-local and multicast addresses are always refused"}
	}
	for _, m := range metadata() {
		if ip == m {
			return &RefusedError{Addr: addr, Rule: "cloud metadata addresses are always refused"}
		}
	}
	switch {
	case e == Loopback && !local(ip):
		return &RefusedError{Addr: addr, Rule: "only loopback addresses are allowed (egress policy loopback)"}
	case e == PrivateOnly && !local(ip) && !ip.IsPrivate():
		return &RefusedError{Addr: addr, Rule: "only loopback and private addresses are allowed (egress policy private)"}
	}
	return nil
}

// local counts the unspecified address in: dialling it reaches this machine.
func local(ip netip.Addr) bool { return ip.IsLoopback() || ip.IsUnspecified() }

func public(addr netip.Addr) bool {
	ip := plain(addr)
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !local(ip)
}

// plain is the IPv4 address inside the IPv6 forms of one, so that no way of
// writing an address gets past a rule.
func plain(addr netip.Addr) netip.Addr {
	ip := addr.WithZone("").Unmap()
	translated := netip.MustParsePrefix("64:ff9b::/96")
	if translated.Contains(ip) {
		b := ip.As16()
		return netip.AddrFrom4([4]byte(b[12:]))
	}
	return ip
}
