package command

import (
	"context"
	"slices"
	"strings"
	"time"

	"liksom/phoneapp"
	"liksom/phoneapp/bot"
	"liksom/web"
)

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
	// paying are the last four digits of the cards we said yes with, by
	// request.
	paying map[string]string
}

// run shows what comes and answers until the connection ends, or the person
// hangs up.
func (s *session) run(ctx context.Context, keys <-chan rune) (hungUp bool) {
	s.answers, s.paying = map[string]string{}, map[string]string{}
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
		s.shown(f.Request)
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
	s.screen.line("%s, %s, %s. Waiting for requests. %s",
		s.screen.ink.in(bold, name), breaking(web.Phone(f.Phone.Number)), state, s.screen.ink.in(faint, "Ctrl C hangs up."))
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

// shown tells the simulator that a push was seen.
func (s *session) shown(r *phoneapp.Request) {
	if r != nil {
		s.say(r.ID, bot.Answer{Type: "ack", RequestID: r.ID})
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
	s.screen.ended(r, s.paying[r.ID])
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
		s.paying[id] = last4(r.Cards, s.cmd.Card)
		if len(r.Scopes) > 0 {
			a.Consent = new(true)
		}
	}
	s.say(id, a)
}

// last4 names the card with an id, or the default one.
func last4(cards []phoneapp.Card, id string) string {
	i := slices.IndexFunc(cards, func(c phoneapp.Card) bool { return c.ID == id })
	if len(cards) == 0 {
		return ""
	}
	return cards[max(i, 0)].Last4
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
