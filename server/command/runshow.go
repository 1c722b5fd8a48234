package command

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"liksom/scenarios"
	"liksom/scenarios/report"
)

// progress shows how a run of scenarios goes on: a line for each that has
// ended and, where somebody looks, one below them for what is under way. It is
// called by one goroutine at a time.
type progress struct {
	out io.Writer
	ink ink
	// live is the width of the terminal; 0 where lines stay as they are.
	live   int
	titles int // the width of their column
	all    int // how many runs there will be
	done   int
	again  func(*report.Case) string
	apart  bool // the last line was an empty one
	under  []underWay
}

// The widths of columns: the least of the titles', and of those behind it, of
// which all together need the last.
const (
	narrowest  = 36
	stepsWidth = 15
	tookWidth  = 8
	besides    = 47
)

func newProgress(out io.Writer, k ink, c *runCmd, scripts []*scenarios.Script) *progress {
	s := &progress{out: out, ink: k, titles: narrowest, all: len(scripts) * c.Repeat, again: c.again}
	for _, one := range scripts {
		s.titles = max(s.titles, len([]rune(one.Title)))
	}
	if file, ok := out.(*os.File); ok && isTerminal(out) {
		s.live = 80
		if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
			s.live = width
		}
		s.titles = min(s.titles, max(narrowest, s.live-besides))
	}
	s.gap()
	return s
}

// clear takes the line away that is updated in place.
func (s *progress) clear() {
	if s.live > 0 {
		_, _ = io.WriteString(s.out, "\r\x1b[K")
	}
}

// ended shows what came of one; what never began is in the sum alone.
func (s *progress) ended(c *report.Case) {
	if c.State == scenarios.Never {
		return
	}
	s.done++
	s.clear()
	k, title := s.ink, pad(cut(c.Title, s.titles), s.titles)
	steps, took := stepCount(len(c.Steps)), pad(span(float64(c.Took)/float64(time.Millisecond)), tookWidth)
	mark, hint := k.ok(), ""
	if c.Result.Skipped > 0 {
		hint = "skipped " + jump(c.Result.Skipped)
	}
	if c.Round > 0 {
		hint = strings.TrimSuffix(fmt.Sprintf("round %d, %s", c.Round, hint), ", ")
	}
	switch c.State {
	case scenarios.Passed:
	case scenarios.Failed:
		mark, title, took = k.fail(), k.in(bold, title), k.in(bad, took)
		steps = "setting up"
		if f := c.Result.Failure; f != nil && f.Step >= 0 {
			steps = fmt.Sprintf("step %d of %d", f.Step+1, len(c.Steps))
		}
	case scenarios.Stopped:
		mark, steps, hint = k.skip(), "stopped", c.Why
	default:
		mark, steps, took, hint = k.skip(), "skipped", "", c.Why
	}
	s.line("  %s %s  %s%s %s", mark, title, pad(steps, stepsWidth), took, k.in(faint, hint))
	for i := range c.Steps {
		if at := &c.Steps[i]; at.State == scenarios.Stopped {
			s.line("      %s", k.in(faint, fmt.Sprintf("step %d, %s: %s", i+1, at.Name, at.Detail)))
		}
	}
	for _, note := range c.Notes {
		s.line("      %s", k.in(faint, note))
	}
	if c.Result.Failure != nil {
		s.failure(c)
	}
}

func stepCount(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

// failure shows all that is known of one, as a block of its own.
func (s *progress) failure(c *report.Case) {
	f, k := c.Result.Failure, s.ink
	number := "  "
	if f.Step >= 0 {
		number = fmt.Sprintf("%2d", f.Step+1)
	}
	s.gap()
	s.line("    %s  %s", number, k.in(bold, f.Name))
	row := func(code, word, text string) {
		text = strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+strings.Repeat(" ", 16))
		s.line("        %s%s", k.in(code, pad(word, 8)), text)
	}
	if f.Expected != "" {
		row(good, "wanted", f.Expected)
	}
	row(bad, "got", f.Actual)
	if f.Look != "" {
		row(faint, "look", k.in(blue, f.Look))
	}
	row(faint, "at", fmt.Sprintf("%s:%d\n%s", f.File, f.Line, f.Excerpt))
	if len(f.Timeline) > 0 {
		row(faint, "payment", f.MSN+"/"+f.Reference+"\n"+strings.Join(report.Timeline(f.Timeline), "\n"))
	}
	row(faint, "seed", c.Seed)
	row(faint, "again", s.again(c))
	s.gap()
}

// sum is the last line.
func (s *progress) sum(r *report.Run) {
	s.clear()
	k, n := s.ink, r.Count()
	var parts []string
	for _, part := range []struct {
		n          int
		code, word string
	}{
		{n.Passed, good, "passed"}, {n.Failed, bad, "failed"}, {n.Skipped, bold, "skipped"}, {n.Stopped, bold, "stopped"}, {n.Never, bold, "not begun"},
	} {
		if part.n > 0 {
			parts = append(parts, k.in(part.code, fmt.Sprintf("%d %s", part.n, part.word)))
		}
	}
	head := ""
	if r.Interrupted {
		head = k.in(bad, "interrupted:") + " "
	}
	s.gap()
	s.line("  %s%s in %s%s", head, strings.Join(parts, ", "), span(float64(r.Took)/float64(time.Millisecond)), k.in(faint, ", seed "+r.Seed))
}

// gap sets blocks apart.
func (s *progress) gap() {
	if !s.apart {
		s.line("")
	}
	s.apart = true
}

func (s *progress) line(format string, args ...any) {
	s.apart = false
	text := fmt.Sprintf(format, args...)
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	_, _ = fmt.Fprintln(s.out, strings.Join(lines, "\n"))
}

// again is the command that repeats one run.
func (c *runCmd) again(of *report.Case) string {
	words := []string{"liksom", "run"}
	for _, flag := range []struct{ name, value, usual string }{
		{"--url", c.URL, ""}, {"--shop", c.Shop, ""}, {"--world", c.World, ""},
		{"--pace", c.Pace, string(scenarios.Instant)}, {"--seed", of.Seed, ""},
	} {
		if flag.value != flag.usual {
			words = append(words, flag.name, quoted(flag.value))
		}
	}
	name := of.ID
	if of.Group == "" {
		name = of.File
	}
	return strings.Join(append(words, quoted(name)), " ")
}

// quoted writes a word so that a shell takes it as it stands.
func quoted(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !strings.ContainsRune("-_./:=@%+,", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// jump writes a simulated time that was skipped: 5:01, 3 h 20 min, 12 days.
func jump(d time.Duration) string {
	const days = 24 * time.Hour
	switch {
	case d < time.Hour:
		return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
	case d < 2*days:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d/days))
}

// cut shortens a text to a width.
func cut(text string, width int) string {
	if letters := []rune(text); len(letters) > width {
		return string(letters[:max(0, width-1)]) + "…"
	}
	return text
}
