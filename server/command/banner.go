package command

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"liksom/server"
	"liksom/server/directory"
)

// banner tells a person where everything is.
type banner struct {
	out     io.Writer
	colour  bool
	sim     *server.Server
	options server.Options
	took    time.Duration
}

const (
	amber = "33"
	blue  = "34"
	bold  = "1"
	faint = "2"
)

func (b banner) print() {
	base := b.sim.PublicURL()
	b.line("")
	b.line("  %s  %s", b.ink(bold, "liksom"), b.ink(amber, "simulator, no real money moves"))
	b.line("")
	b.row("Start page", b.ink(blue, base+"/"))
	b.row("Phones", b.ink(blue, base+"/phone"))
	b.row("API base", b.ink(blue, base)+b.ink(faint, "  in place of https://apitest.vipps.no"))
	b.line("")
	b.row("Sales unit", directory.DemoMSN+" Demo Taxi")
	b.row("client_id", directory.DemoClientID)
	b.row("client_secret", directory.DemoSecret)
	b.row("subscription", directory.DemoSubscriptionKey)
	b.row("Phone", directory.DemoPhone+" Kari Demo")
	b.line("")
	b.row("Windows", b.windows())
	b.row("Store", b.options.Store)
	b.row("Real phones", b.reach(base))
	b.line("")
	b.line("  %s", b.ink(faint, fmt.Sprintf("Ready in %d ms. Ctrl-C stops.", b.took.Milliseconds())))
}

// windows tells how long a payer of the default world may take.
func (b banner) windows() string {
	w := b.sim.Windows()
	if w.One {
		return fmt.Sprintf("%s to open the link and approve", w.Landing+w.Approval)
	}
	return fmt.Sprintf("%s to open the link, %s to approve", w.Landing, w.Approval)
}

// reach says whether a real phone can open the codes.
func (b banner) reach(base string) string {
	u, err := url.Parse(base)
	if err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1") {
		return "cannot reach this address; start with --addr 0.0.0.0:8080 --public-url http://YOUR-ADDRESS:8080"
	}
	return "can scan codes that lead to " + base
}

func (b banner) row(name, value string) { b.line("  %-14s %s", name, value) }

func (b banner) line(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format+"\n", args...) }

func (b banner) ink(code, text string) string {
	if !b.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// colourful decides whether to colour what goes to out.
func colourful(choice string, out io.Writer) bool {
	if choice != "auto" {
		return choice == "always"
	}
	if os.Getenv("NO_COLOR") != "" {
		return false
	}
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
