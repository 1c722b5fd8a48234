package command

import (
	"fmt"
	"slices"
	"strings"

	"liksom/scenarios"
)

// underWay is a run that goes on, and the step that it is at.
type underWay struct {
	script *scenarios.Script
	round  int
	step   int // -1 before the first
	name   string
	// waiting is what the step waits for, "" when it does not.
	waiting string
}

// heard keeps what is under way, and shows it in the line below all others.
func (s *progress) heard(p scenarios.Progress) { //nolint:gocritic // its receiver's type
	if s.live == 0 {
		return
	}
	now := underWay{p.Script, p.Round, p.Step, p.Name, p.Waiting}
	i := slices.IndexFunc(s.under, func(u underWay) bool { return u.script == p.Script && u.round == p.Round })
	goesOn := p.State == scenarios.Running || p.State == scenarios.Waiting
	switch {
	case goesOn && i < 0:
		s.under = append(s.under, now)
	case goesOn:
		s.under[i] = now
	case p.Step < 0 && i >= 0:
		s.under = slices.Delete(s.under, i, i+1)
	default:
		return // a step has ended; the next one is heard of at once
	}
	_, _ = fmt.Fprintf(s.out, "\r\x1b[K%s", s.ink.in(faint, cut(s.underWay(), s.live-1)))
}

// underWay is the line: a single run with its step in words, several with
// their steps counted.
func (s *progress) underWay() string {
	head := fmt.Sprintf("  %d of %d  ", s.done, s.all)
	if len(s.under) == 1 {
		return head + s.under[0].inWords()
	}
	const room = len("and 99 more") // for those that the line has no room for
	line := head
	for i, u := range s.under {
		next := line + u.inShort()
		if len([]rune(next))+room > s.live {
			return fmt.Sprintf("%sand %d more", line, len(s.under)-i)
		}
		line = next + "  "
	}
	return strings.TrimRight(line, " ")
}

func (u underWay) inShort() string {
	text := fmt.Sprintf("%s %d/%d", u.script.ID, u.step+1, u.steps())
	if u.waiting != "" {
		text += " waits"
	}
	return text
}

func (u underWay) steps() int { return len(u.script.Steps) + len(u.script.Finally) }

func (u underWay) inWords() string {
	text := u.script.Title
	if u.step >= 0 {
		text += fmt.Sprintf("  step %d of %d, %s", u.step+1, u.steps(), u.name)
	}
	if u.waiting != "" {
		text += ": " + u.waiting
	}
	return text
}
