package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"liksom/phoneapp"
	"liksom/phoneapp/bot"
	"liksom/server/client"
	"liksom/server/clock"
)

// phoneCmd is a phone in the terminal.
type phoneCmd struct {
	target
	Number string        `arg:"" help:"The phone's number with its country code, such as 4712345678."`
	Auto   string        `enum:"ask,approve,decline,ignore" default:"ask" help:"Answer each request by itself: ${enum}."`
	Delay  time.Duration `help:"How long to wait before answering by itself, in simulated time."`
	Card   string        `placeholder:"ID" help:"The card to pay with; the phone's first when left out."`
}

// Validate refuses delays that lie in the past.
func (c *phoneCmd) Validate() error {
	if c.Delay < 0 {
		return fmt.Errorf("--delay cannot be below nothing, not %s", c.Delay)
	}
	return c.target.Validate()
}

// again is the real time between two tries to reach a simulator that went
// away.
const again = time.Second

// Run is the phone until a signal comes, or until it has been hung up.
func (c *phoneCmd) Run(ctx context.Context, p *Program, line *commandLine) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	phone, err := bot.Connect(ctx, c.URL, c.Number, nil)
	if err != nil {
		return c.cannot(ctx, err)
	}
	screen, restore := newScreen(p, newInk(line.Color, p.Out))
	defer restore()
	keys := screen.keys(ctx, p.In)
	for {
		s := session{cmd: c, phone: phone, screen: screen, asked: map[string]phoneapp.Request{}}
		hungUp := s.run(ctx, keys)
		_ = phone.Close()
		if hungUp || ctx.Err() != nil {
			return nil
		}
		screen.line("%s", screen.ink.in(faint, "The simulator went away. Trying to reach it again."))
		if phone, err = c.reconnect(ctx); err != nil {
			return nil //nolint:nilerr // ended while it tried
		}
	}
}

// cannot explains why a phone cannot connect, with the numbers there are.
func (c *phoneCmd) cannot(ctx context.Context, err error) error {
	var refused *client.Problem
	if !errors.As(err, &refused) || refused.Status != 404 {
		return c.explain(err)
	}
	phones, listErr := c.client().Phones(ctx)
	if listErr != nil {
		return err
	}
	var known []string
	for i := range phones {
		known = append(known, phones[i].Number+" ("+phones[i].Name+")")
	}
	return fmt.Errorf("no phone has the number %s; there are %s", c.Number, strings.Join(known, ", "))
}

func (c *phoneCmd) reconnect(ctx context.Context) (*bot.Bot, error) {
	for {
		if phone, err := bot.Connect(ctx, c.URL, c.Number, nil); err == nil {
			return phone, nil
		}
		if err := clock.Rest(ctx, again, nil); err != nil {
			return nil, err
		}
	}
}

// session is the phone from one connection to its end.
type session struct {
	cmd    *phoneCmd
	phone  *bot.Bot
	screen *screen
	// asked are the requests that wait, queue their order; the first is on
	// the screen.
	asked map[string]phoneapp.Request
	queue []string
	// answers are the requests that our messages answer, by the message's id.
	answers map[string]string
}

// run shows what comes and answers until the connection ends, or the person
// hangs up.
func (s *session) run(ctx context.Context, keys <-chan rune) (hungUp bool) {
	s.answers = map[string]string{}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	frames := make(chan bot.Frame)
	go func() {
		defer close(frames)
		for {
			f, err := s.phone.Next()
			if err != nil {
				return
			}
			select {
			case frames <- f:
			case <-ctx.Done():
				return
			}
		}
	}()
	due := make(chan string)
	for {
		tick, stop := s.screen.tick(ctx)
		select {
		case f, alive := <-frames:
			if !alive {
				stop()
				return false
			}
			s.take(ctx, &f, due)
		case id := <-due:
			s.answer(id, s.cmd.Auto)
		case key := <-keys:
			if key == hangUp {
				stop()
				return true
			}
			s.press(key)
		case <-tick:
			s.screen.count(s.left())
		case <-ctx.Done():
			stop()
			return true
		}
		stop()
	}
}

func (s *session) take(ctx context.Context, f *bot.Frame, due chan<- string) {
	switch f.Type {
	case "hello":
		s.greet(f)
		for i := range f.Requests {
			s.ask(ctx, &f.Requests[i], due)
		}
	case "push":
		s.ask(ctx, f.Request, due)
	case "request":
		s.changed(ctx, f.Request, due)
	case "error":
		s.refused(f)
	}
}

func (s *session) greet(f *bot.Frame) {
	state := "online"
	if !f.Phone.Online {
		state = "offline: nothing is shown before it is switched on"
	}
	name, _, _ := strings.Cut(f.Phone.Name, " ")
	s.screen.line("%s, +%s, %s. Waiting for requests. %s",
		s.screen.ink.in(bold, name), f.Phone.Number, state, s.screen.ink.in(faint, "Ctrl C hangs up."))
}

// ask puts a request that waits on the screen, or behind those that do.
func (s *session) ask(ctx context.Context, r *phoneapp.Request, due chan<- string) {
	if r == nil || r.State != phoneapp.Pending {
		return
	}
	_, known := s.asked[r.ID]
	s.asked[r.ID] = *r
	if known {
		return
	}
	s.queue = append(s.queue, r.ID)
	if len(s.queue) == 1 {
		s.show()
	}
	if s.cmd.Auto == "approve" || s.cmd.Auto == "decline" {
		go s.later(ctx, r.ID, due)
	}
}

// later tells when it is time to answer a request by itself.
func (s *session) later(ctx context.Context, id string, due chan<- string) {
	at := s.phone.Clock().Now().Add(s.cmd.Delay)
	if s.phone.Clock().Wait(ctx, at, nil) != nil {
		return
	}
	select {
	case due <- id:
	case <-ctx.Done():
	}
}

func (s *session) show() {
	if len(s.queue) == 0 {
		return
	}
	r := s.asked[s.queue[0]]
	s.screen.ask(&r, s.left(), s.cmd.Auto)
}

// left is the time left for what is on the screen.
func (s *session) left() time.Duration {
	if len(s.queue) == 0 {
		return 0
	}
	return s.asked[s.queue[0]].ExpiresAt.Sub(s.phone.Clock().Now())
}

// changed tells how a request ended, here or on another screen of this phone,
// and goes on with the next.
func (s *session) changed(ctx context.Context, r *phoneapp.Request, due chan<- string) {
	if r == nil {
		return
	}
	if r.State == phoneapp.Pending {
		if _, known := s.asked[r.ID]; !known {
			s.ask(ctx, r, due)
			return
		}
		s.asked[r.ID] = *r
		if r.Failure != nil && s.queue[0] == r.ID {
			s.screen.failed(r)
			s.show()
		}
		return
	}
	i := slices.Index(s.queue, r.ID)
	if i < 0 || r.State == phoneapp.Processing {
		return
	}
	s.queue = slices.Delete(s.queue, i, i+1)
	delete(s.asked, r.ID)
	s.screen.ended(r)
	if i == 0 {
		s.show()
	}
}

// press answers what is on the screen.
func (s *session) press(key rune) {
	if len(s.queue) == 0 {
		return
	}
	switch key {
	case 'a', 'A':
		s.answer(s.queue[0], "approve")
	case 'd', 'D':
		s.answer(s.queue[0], "decline")
	case 'r', 'R':
		s.refuse(s.queue[0])
	case 'c', 'C':
		s.nextCard(s.queue[0])
	}
}

// answer says yes or no. Saying yes shares what was asked for, as tapping
// through the app does.
func (s *session) answer(id, how string) {
	r, waits := s.asked[id]
	if !waits {
		return
	}
	a := bot.Answer{Type: how, RequestID: id}
	if how == "approve" {
		a.CardID = s.cmd.Card
		if len(r.Scopes) > 0 {
			a.Consent = new(true)
		}
	}
	s.say(id, a)
}

// refuse pays nothing, because something would be shared.
func (s *session) refuse(id string) {
	if len(s.asked[id].Scopes) > 0 {
		s.say(id, bot.Answer{Type: "approve", RequestID: id, Answer: phoneapp.Answer{Consent: new(false)}})
	}
}

func (s *session) say(id string, a bot.Answer) {
	message, err := s.phone.Say(a)
	if err == nil { // else the connection has ended, which run sees
		s.answers[message] = id
	}
}

// nextCard chooses the card after the one chosen.
func (s *session) nextCard(id string) {
	r := s.asked[id]
	if len(r.Cards) == 0 {
		return
	}
	i := slices.IndexFunc(r.Cards, func(c phoneapp.Card) bool { return c.ID == s.cmd.Card })
	next := r.Cards[(max(i, 0)+1)%len(r.Cards)]
	s.cmd.Card = next.ID
	s.screen.line("        %s", s.screen.ink.in(faint, "Paying with "+next.Name+" "+next.Last4))
}

// refused tells why an answer was not taken.
func (s *session) refused(f *bot.Frame) {
	_, ours := s.answers[f.ID]
	if !ours || f.Code == phoneapp.CardDeclined {
		return // a card's refusal comes with the request
	}
	s.screen.line("  %s     %s", s.screen.ink.fail(), f.Message)
}

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
	amount := r.Amount.Currency + " " + minor(r.Amount.Value)
	s.head = fmt.Sprintf("  %s  %s", s.ink.in(amber, "push"), pad(s.ink.in(bold, r.MerchantName+" asks for "+amount), 42))
	lines := []string{s.head + remaining(left)}
	if r.Description != "" {
		lines = append(lines, "        "+r.Description)
	}
	if r.Receipt != nil {
		for _, l := range r.Receipt.OrderLines {
			lines = append(lines, "        "+pad(l.Name, 32)+" "+minor(l.TotalAmount))
		}
	}
	if len(r.Scopes) > 0 {
		lines = append(lines, "        Shares: "+strings.Join(r.Scopes, ", "))
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
	left = max(left, 0)
	return fmt.Sprintf("  %d:%02d left", int(left.Minutes()), int(left.Seconds())%60)
}

// failed tells of a card that was refused; the request still waits.
func (s *screen) failed(r *phoneapp.Request) {
	s.line("  %s     %s", s.ink.fail(), r.Failure.Message)
}

// ended tells how a request ended.
func (s *screen) ended(r *phoneapp.Request) {
	mark, words := s.ink.fail(), map[phoneapp.State]string{
		phoneapp.Declined: "Declined", phoneapp.TimedOut: "Ran out of time", phoneapp.Terminated: "Withdrawn by the merchant",
	}[r.State]
	if r.State == phoneapp.Approved {
		mark, words = s.ink.ok(), "Paid"
	}
	s.line("  %s     %s  %s", mark, words, s.ink.in(faint, r.Reference))
}

// minor writes minor units as people do: 35000 is 350.00.
func minor(value int64) string {
	sign := ""
	if value < 0 {
		sign, value = "-", -value
	}
	return fmt.Sprintf("%s%d.%02d", sign, value/100, value%100)
}
