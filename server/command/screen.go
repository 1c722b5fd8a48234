package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"liksom/phoneapp"
	"liksom/server/clock"
	"liksom/web"
)

// english is the language of the command line.
const english = "en"

// hangUp is the key that ends it: Ctrl C, which no signal tells of while keys
// are read one by one.
const hangUp = '\x03'

// screen is what the phone shows in a terminal, or writes line by line.
type screen struct {
	out  io.Writer
	ink  ink
	live bool // somebody looks: count in place

	counted int // lines from the one that counts down to the last; 0 for none
	head    string
}

// newScreen takes the terminal over, if it is one: keys come without Enter.
func newScreen(p *Program, k ink) (*screen, func()) {
	s := &screen{out: p.Out, ink: k, live: isTerminal(p.Out)}
	in, ok := p.In.(*os.File)
	if !ok || !s.live || !isTerminal(p.In) {
		return s, func() {}
	}
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return s, func() {}
	}
	s.out = returning{p.Out}
	return s, func() { _ = term.Restore(int(in.Fd()), before) }
}

// returning ends lines as a terminal in raw mode needs it.
type returning struct{ out io.Writer }

func (r returning) Write(b []byte) (int, error) {
	_, err := r.out.Write([]byte(strings.ReplaceAll(string(b), "\n", "\r\n")))
	return len(b), err
}

// keys reads the keyboard, or the first letters of words from elsewhere.
func (s *screen) keys(ctx context.Context, in io.Reader) <-chan rune {
	keys := make(chan rune)
	if in == nil {
		return keys
	}
	go func() {
		buffer := make([]byte, 64)
		for {
			n, err := in.Read(buffer)
			for _, key := range string(buffer[:n]) {
				select {
				case keys <- key:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return keys
}

// tick comes every real second while something is counted in place.
func (s *screen) tick(ctx context.Context) (<-chan time.Time, func()) {
	if !s.live || s.counted == 0 {
		return nil, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	tick := make(chan time.Time)
	go func() {
		if clock.Rest(ctx, time.Second, nil) == nil {
			select {
			case tick <- time.Time{}:
			case <-ctx.Done():
			}
		}
	}()
	return tick, cancel
}

func (s *screen) line(format string, args ...any) {
	s.counted = 0
	_, _ = fmt.Fprintf(s.out, format+"\n", args...)
}

// ask shows a request, and which keys answer it.
func (s *screen) ask(r *phoneapp.Request, left time.Duration, auto string) {
	amount := breaking(web.Amount(english, r.Amount.Currency, r.Amount.Value))
	s.head = fmt.Sprintf("  %s  %s", s.ink.in(amber, "push"), pad(s.ink.in(bold, r.MerchantName+" asks for "+amount), 42))
	lines := []string{s.head + remaining(left)}
	if r.Description != "" {
		lines = append(lines, "        "+r.Description)
	}
	if r.Receipt != nil {
		for _, l := range r.Receipt.OrderLines {
			lines = append(lines, "        "+pad(l.Name, 32)+" "+web.Number(english, l.TotalAmount))
		}
	}
	if len(r.Scopes) > 0 {
		lines = append(lines, "        Shares: "+shared(r.Scopes))
	}
	lines = append(lines, "        "+s.prompt(r, auto))
	s.line("\n%s", strings.Join(lines, "\n"))
	s.counted = len(lines)
}

func (s *screen) prompt(r *phoneapp.Request, auto string) string {
	switch {
	case auto == "ignore":
		return "Not answered: --auto ignore"
	case auto != "ask":
		return "Answers by itself: --auto " + auto
	case len(r.Scopes) > 0:
		return "[a]pprove / [d]ecline / [r]efuse to share / another [c]ard"
	}
	return "[a]pprove / [d]ecline / another [c]ard"
}

// count writes the time left over what was there.
func (s *screen) count(left time.Duration) {
	if s.counted == 0 {
		return
	}
	_, _ = fmt.Fprintf(s.out, "\x1b[%dA\r%s%s\x1b[K\x1b[%dB\r", s.counted, s.head, remaining(left), s.counted)
}

func remaining(left time.Duration) string {
	return "  " + breaking(web.Remaining(english, left)) + " left"
}

// breaking writes the spaces of pages as those that scripts look for.
func breaking(text string) string { return strings.ReplaceAll(text, "\u00a0", " ") }

// shared names what a merchant asks for as people call it.
func shared(scopes []string) string {
	words := map[string]string{
		"phoneNumber": "phone number", "birthDate": "date of birth", "nin": "national identity number",
	}
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = or(words[scope], scope)
	}
	return strings.Join(names, ", ")
}

// failed tells of a card that was refused; the request still waits.
func (s *screen) failed(r *phoneapp.Request) {
	s.line("  %s     %s", s.ink.fail(), r.Failure.Message)
}

// ended tells how a request ended, and with which card it was paid here.
func (s *screen) ended(r *phoneapp.Request, card string) {
	mark, words := s.ink.fail(), map[phoneapp.State]string{
		phoneapp.Declined: "Declined", phoneapp.TimedOut: "Ran out of time", phoneapp.Terminated: "Withdrawn by the merchant",
	}[r.State]
	if r.State == phoneapp.Approved {
		mark, words = s.ink.ok(), "Paid"
		if card != "" {
			words += " with card " + card
		}
	}
	s.line("  %s     %s  %s", mark, words, s.ink.in(faint, r.Reference))
}
