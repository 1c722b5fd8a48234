package command

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"liksom/scenarios"
	"liksom/scenarios/catalogue"
)

// choose finds the scenarios that are meant. The error is a
// [*scenarios.Mistakes] with all that is wrong with all of them.
func (c *runCmd) choose() ([]*scenarios.Script, error) {
	var wrong scenarios.Mistakes
	var chosen []*scenarios.Script
	add := func(scripts []*scenarios.Script, err error) {
		var found *scenarios.Mistakes
		switch {
		case errors.As(err, &found):
			wrong = append(wrong, *found...)
		case err != nil:
			wrong = append(wrong, scenarios.Mistake{Message: err.Error()})
		}
		for _, s := range scripts {
			if !slices.ContainsFunc(chosen, func(o *scenarios.Script) bool { return o.File == s.File && o.Group == s.Group }) {
				chosen = append(chosen, s)
			}
		}
	}
	if len(c.Names) == 0 {
		add(catalogue.All())
	}
	for _, name := range c.Names {
		if isPath(name) {
			add(scenarios.Load(name))
			continue
		}
		add(catalogue.Find(name))
	}
	meant := func(*scenarios.Script) bool { return true }
	if c.Filter != "" {
		chooses, err := scenarios.Filter(c.Filter)
		if err != nil {
			add(nil, err)
		} else {
			meant = chooses
		}
	}
	if len(wrong) > 0 {
		return nil, &wrong
	}
	chosen = slices.DeleteFunc(chosen, func(s *scenarios.Script) bool { return !meant(s) })
	if len(chosen) == 0 {
		return nil, &scenarios.Mistakes{{Message: fmt.Sprintf("None of the scenarios is chosen by --filter %q.", c.Filter), Hint: "liksom run --list shows what there is."}}
	}
	return chosen, nil
}

// isPath tells paths from names: what is there, or could be nothing else.
func isPath(name string) bool {
	if _, err := os.Stat(name); err == nil {
		return true
	}
	return strings.ContainsRune(name, filepath.Separator) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// unusable tells all that is wrong with the input.
func (p *Program) unusable(k ink, err error) error {
	var all *scenarios.Mistakes
	if !errors.As(err, &all) {
		return usageError{err}
	}
	for _, m := range *all {
		place := m.File
		if m.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column)
		}
		if place != "" {
			place = k.in(bold, place) + "  "
		}
		_, _ = fmt.Fprintf(p.Err, "%s  %s%s\n", k.in(bad, "error"), place, m.Message)
		if m.Excerpt != "" {
			_, _ = fmt.Fprintf(p.Err, "%s\n", m.Excerpt)
		}
		if m.Hint != "" {
			_, _ = fmt.Fprintf(p.Err, "       %s\n", k.in(faint, m.Hint))
		}
	}
	if len(*all) > 1 {
		_, _ = fmt.Fprintf(p.Err, "\n%d mistakes; nothing was run.\n", len(*all))
	}
	return exitStatus{status: exitUsage}
}

// The columns of a listing.
const (
	listWidth = 80
	idWidth   = 36
)

// list prints ids and titles by group.
func list(out io.Writer, k ink, scripts []*scenarios.Script) error {
	var b strings.Builder
	group := "\x00" // of none
	for _, s := range scripts {
		if s.Group != group {
			if group != "\x00" {
				b.WriteString("\n")
			}
			group = s.Group
			_, _ = fmt.Fprintf(&b, "%s\n", k.in(bold, or(group, "scripts")))
		}
		lines := wrap(s.Title, listWidth-idWidth-4)
		id := pad(s.ID, idWidth)
		if len([]rune(s.ID)) > idWidth {
			id += "\n  " + strings.Repeat(" ", idWidth)
		}
		_, _ = fmt.Fprintf(&b, "  %s  %s\n", id, strings.Join(lines, "\n"+strings.Repeat(" ", idWidth+4)))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// wrap breaks a text between words.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len([]rune(*last))+1+len([]rune(word)) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
