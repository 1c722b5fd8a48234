package command

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"liksom/server"
	"liksom/server/directory"
)

// banner tells a person where everything is.
type banner struct {
	out     io.Writer
	ink     ink
	sim     *server.Server
	options server.Options
	took    time.Duration
}

func (b banner) print() {
	base := b.sim.PublicURL()
	k := b.ink
	b.line("")
	b.line("  %s %s  %s  a stand-in for Vipps MobilePay, and not made by it. No real money moves.",
		k.in(amber, "(✓)"), k.in(bold, "Liksom"), k.in(amber, "simulator"))
	b.line("")
	b.row("Console", k.in(blue, base+"/"))
	b.row("Phones", k.in(blue, base+"/phone"), "Kari, Ola, Freja, Aino, Elsa")
	b.row("Demos", k.in(blue, base+"/demo/taxi"), k.in(blue, "/demo/shop"))
	b.row("API base", k.in(blue, base), "put this where you had https://apitest.vipps.no")
	b.line("")
	b.line("  %s%s, NOK", pad(k.in(bold, "Demo Taxi"), b.width("Demo Taxi")+17), directory.DemoMSN)
	for _, key := range [][2]string{
		{"client_id", directory.DemoClientID}, {"client_secret", directory.DemoSecret},
		{"Ocp-Apim-Subscription-Key", directory.DemoSubscriptionKey},
	} {
		b.line("    %-25s  %s", key[0], k.in(good, key[1]))
	}
	b.line("  %s %s", k.in(faint, "4 more sales units:"), k.in(blue, base+"/console/merchants"))
	b.line("")
	b.row("Windows", b.windows())
	b.row("Store", b.options.StoreName(), b.kept())
	b.row("Real phones", b.reach(base)...)
	b.line("")
	b.line("  Ready in %d ms. Stop with Ctrl C.", b.took.Milliseconds())
	b.line("")
}

// windows tells how long a payer of the default world may take.
func (b banner) windows() string {
	w, speed := b.sim.Windows(), b.options.ClockSpeed
	text := fmt.Sprintf("landing %s, approval %s", short(w.Landing), short(w.Approval))
	if w.One {
		text = fmt.Sprintf("%s to open the link and approve", short(w.Landing+w.Approval))
	}
	if speed == 0 || speed == 1 {
		return text + ", clock at real speed"
	}
	return text + ", clock at ×" + strconv.FormatFloat(speed, 'g', -1, 64)
}

// short writes a span of time without its zeros: 5m, not 5m0s.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func (b banner) kept() string {
	if b.options.Store == "memory" {
		return "forgotten at the end; keep it: --store sqlite"
	}
	return "kept over restarts; forget everything: --store memory"
}

// reach says whether a real phone can open the codes, and how to let it.
func (b banner) reach(base string) []string {
	u, err := url.Parse(base)
	if err == nil && loopback(u.Hostname()) {
		return []string{"can't reach " + u.Hostname(), "let them: --addr 0.0.0.0:" + or(u.Port(), "8080") + " --tls auto"}
	}
	return []string{"open " + base + "/phone in their browser", "codes lead there too"}
}

// loopback tells an address that only this machine can reach.
func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// lanAddress is this machine's first address on a private network, "" if it
// is on none. It is what phones nearby can reach.
func lanAddress() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return ""
	}
	for _, a := range addrs {
		ip, ok := a.(*net.IPNet)
		if ok && ip.IP.IsPrivate() && ip.IP.To4() != nil {
			return ip.IP.String()
		}
	}
	return ""
}

// row prints a name, what there is, and hints.
func (b banner) row(name string, what ...string) {
	text := what[0]
	for _, hint := range what[1:] {
		text += "   " + b.ink.in(faint, hint)
	}
	b.line("  %s %s", pad(b.ink.in(bold, name), b.width(name)), text)
}

// width is that of a column whose first word has invisible codes in it.
func (b banner) width(name string) int {
	return 12 + len([]rune(b.ink.in(bold, name))) - len([]rune(name))
}

func (b banner) line(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format+"\n", args...) }
